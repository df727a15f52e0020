/** The largest odd primes under an even bound, falling: denominators that share no factor. */
export function largestPrimes(below: number, count: number): number[] {
  const primes: number[] = [];
  for (let candidate = below - 1; primes.length < count; candidate -= 2) {
    let divisor = 3;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 2;
    if (divisor * divisor > candidate) primes.push(candidate);
  }
  return primes;
}
