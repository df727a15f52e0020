/**
 * Exact fractions of bigints, for the paths where being right matters and being fast does not:
 * the calculator and its proofs. The engine's hot paths use integers in `number` instead.
 *
 * Normalised: the denominator is positive and shares no factor with the numerator, so two equal
 * fractions have equal parts. Dividing by zero is our bug and throws.
 */

import { divideRounded, parseDecimal, scaledToText } from './decimal.ts';

export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Rational = { num: 0n, den: 1n };
export const ONE: Rational = { num: 1n, den: 1n };

export function fraction(num: bigint, den: bigint): Rational {
  if (den === 0n) throw new RangeError('a fraction has no zero denominator');
  if (num === 0n) return ZERO;
  const divisor = greatestCommonDivisor(num < 0n ? -num : num, den < 0n ? -den : den);
  const sign = den < 0n ? -1n : 1n;
  return { num: (sign * num) / divisor, den: (sign * den) / divisor };
}

export function integer(value: bigint | number): Rational {
  return { num: BigInt(value), den: 1n };
}

/** A decimal ("0.005", "1e-7") or a fraction of decimals ("1/30"). Null when malformed or n/0. */
export function parseRational(text: string): Rational | null {
  const slash = text.indexOf('/');
  if (slash === -1) {
    const decimal = parseDecimal(text);
    return decimal === null ? null : fraction(decimal.digits, 10n ** BigInt(decimal.scale));
  }
  const num = parseRational(text.slice(0, slash));
  const denText = text.slice(slash + 1);
  const den = denText.includes('/') ? null : parseRational(denText);
  if (num === null || den === null || den.num === 0n) return null;
  return div(num, den);
}

export function add(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function sub(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function mul(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.num, a.den * b.den);
}

export function div(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.den, a.den * b.num);
}

export function negate(a: Rational): Rational {
  return { num: -a.num, den: a.den };
}

export function abs(a: Rational): Rational {
  return a.num < 0n ? negate(a) : a;
}

export function sum(terms: Iterable<Rational>): Rational {
  let total = ZERO;
  for (const term of terms) total = add(total, term);
  return total;
}

/** -1, 0 or 1. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function sign(a: Rational): -1 | 0 | 1 {
  return a.num < 0n ? -1 : a.num > 0n ? 1 : 0;
}

export function min(a: Rational, b: Rational): Rational {
  return compare(a, b) <= 0 ? a : b;
}

export function max(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function floor(a: Rational): bigint {
  return divideRounded(a.num, a.den, 'floor');
}

export function ceil(a: Rational): bigint {
  return divideRounded(a.num, a.den, 'ceil');
}

/** The nearest lower, upper or even-tied multiple of `unit`, which is positive. */
export function roundTo(a: Rational, unit: Rational, rounding: 'half-even' | 'floor' | 'ceil'): Rational {
  const steps = div(a, unit);
  return mul({ num: divideRounded(steps.num, steps.den, rounding), den: 1n }, unit);
}

/**
 * The largest multiple of 10^-scale whose square is not above `a` (a >= 0): the square root,
 * rounded down. Exact whenever the root has at most `scale` decimals.
 */
export function sqrtFloor(a: Rational, scale: number): Rational {
  if (a.num < 0n) throw new RangeError('a negative number has no real square root');
  const unit = 10n ** BigInt(scale);
  return fraction(integerSqrt((a.num * unit * unit) / a.den), unit);
}

/** The largest integer whose square is not above `n` (n >= 0), by Newton's method from above. */
export function integerSqrt(n: bigint): bigint {
  if (n < 0n) throw new RangeError('a negative number has no real square root');
  if (n < 2n) return n;
  let guess = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (guess + n / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Exactly `decimals` decimals, rounded half to even. */
export function toFixedText(a: Rational, decimals: number): string {
  const scaled = divideRounded(a.num * 10n ** BigInt(decimals), a.den, 'half-even');
  return scaledToText(scaled, decimals);
}

/**
 * `significant` significant digits (12 unless told), rounded half to even, plain notation, no
 * trailing zeros. A fraction that terminates earlier is printed exactly, and an integer part is
 * never cut: 12345678901234 prints all its digits, because dropping some would print another number.
 */
export function toText(a: Rational, significant = 12): string {
  if (a.num === 0n) return '0';
  const magnitude = a.num < 0n ? -a.num : a.num;
  const whole = magnitude / a.den;
  let decimals: number;
  if (whole > 0n) {
    decimals = Math.max(0, significant - whole.toString().length);
  } else {
    // 0.00xyz: count the zeros after the point by comparing digit counts, then correct by one.
    let zeros = Math.max(0, a.den.toString().length - magnitude.toString().length - 1);
    while (magnitude * 10n ** BigInt(zeros + 1) < a.den) zeros += 1;
    decimals = zeros + significant;
  }
  const scaled = divideRounded(a.num * 10n ** BigInt(decimals), a.den, 'half-even');
  return scaledToText(scaled, decimals, { trim: true });
}

/** Null when the fraction has no finite decimal expansion: a denominator with a prime beside 2 and 5. */
export function toExactText(a: Rational): string | null {
  let rest = a.den;
  let twos = 0;
  let fives = 0;
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  if (rest !== 1n) return null;
  const scale = Math.max(twos, fives);
  return scaledToText((a.num * 10n ** BigInt(scale)) / a.den, scale, { trim: true });
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
