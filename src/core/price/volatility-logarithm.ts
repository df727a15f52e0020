/**
 * Logarithms and powers by arithmetic that every platform rounds alike, which `Math.log` and `**` do not promise.
 */
import { assert } from '../num/assert.ts';

/** ln 2 in two parts, the first with enough zeros at its end that whole multiples of it are exact. */
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
/** Of the series: the next term is under 2^-56 of the sum. */
const TERMS = 11;

/**
 * ln(to / from) for finite numbers above 0: a log return. Exactly 0 when they are equal, and the opposite when they are
 * swapped. Within 3e-16 of the true value, relatively.
 *
 *   ln(q) = 2 * (s + s^3/3 + s^5/5 + ...),  s = (q - 1) / (q + 1),  after dividing q by a power of two to [0.7, 1.5]
 */
export function logRatio(from: number, to: number): number {
  assert(from > 0 && to > 0 && from < Infinity && to < Infinity, 'a logarithm is of a number above zero');
  if (to < from) return -logRatio(to, from);
  let base = from;
  let twos = 0;
  while (to > 1.5 * base) {
    base *= 2;
    twos += 1;
  }
  // Small differences of prices are exact, and so a small return keeps all its digits.
  const s = (to - base) / (to + base);
  const square = s * s;
  let sum = 0;
  for (let term = TERMS; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
  return twos * LN2_HIGH + (2 * s * sum + twos * LN2_LOW);
}

/** base^exponent for a whole exponent of 0 or more, by squaring. */
export function powerOf(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
