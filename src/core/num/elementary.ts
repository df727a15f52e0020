/**
 * Exponentials, logarithms and powers by arithmetic that every platform rounds alike, which `Math.exp`, `Math.log` and `**` do
 * not promise. Marks are computed outside the deterministic engine and enter it as commands, so this is not needed for replay;
 * it is what lets a mark be computed again from its recorded inputs, on another machine, to the last digit.
 */
import { assert } from './assert.ts';

/** ln 2 in two parts, the first with enough zeros at its end that whole multiples of it are exact. */
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
/** Of the series: the next term is under 2^-53 of the sum, of the logarithm's under 2^-56. */
const DECAY_TERMS = 14;
const LOGARITHM_TERMS = 11;

/**
 *   e^-x = 2^-k * e^-r,  k = round(x / ln 2),  |r| <= ln(2)/2,  e^-r by its series to r^14
 *
 * Within 4e-16 of the true value, relatively, for x in [0, 700]; 0 from 700 on (e^-700 is 1e-304).
 */
export function decay(x: number): number {
  if (x >= 700) return 0;
  const halvings = Math.round(x / (LN2_HIGH + LN2_LOW));
  const rest = x - halvings * LN2_HIGH - halvings * LN2_LOW;
  let sum = 1;
  for (let term = DECAY_TERMS; term > 0; term--) sum = 1 - (rest / term) * sum;
  // Dividing by powers of two is exact.
  let left = halvings;
  for (; left >= 32; left -= 32) sum /= 2 ** 32;
  for (; left > 0; left--) sum /= 2;
  return sum;
}

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
  for (let term = LOGARITHM_TERMS; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
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
