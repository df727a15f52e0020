/**
 * Exact products and quotients of whole numbers held in doubles. Each function says how it rounds and what it
 * needs; where a product does not fit into 2^53 it goes through BigInt instead of losing a digit.
 */
import { FUNDING_SCALE, SAFE_MAX } from './units.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const MOST = SAFE_MAX;
const SCALE = FUNDING_SCALE;

export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value);
}

/** Whether `row` is one of `count` rows: outside numbers may be anything. */
export function isRow(row: number, count: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < count;
}

/** ceil(a * b / c) for whole a, b and c > 0; null when the result passes 2^53 - 1. */
export function mulDivCeil(a: number, b: number, c: number): number | null {
  const product = a * b;
  if (Number.isSafeInteger(product)) return Math.ceil(product / c) + 0;
  return narrow(-floorDiv(-BigInt(a) * BigInt(b), BigInt(c)));
}

/** floor(a * b / c) for whole a, b and c > 0; null when the result passes 2^53 - 1. */
export function mulDivFloor(a: number, b: number, c: number): number | null {
  const product = a * b;
  if (Number.isSafeInteger(product)) return Math.floor(product / c) + 0;
  return narrow(floorDiv(BigInt(a) * BigInt(b), BigInt(c)));
}

/** ceil(amount * num / den) for 0 <= num <= den <= 1e9 and an amount under 2^53: whole dens and the rest are multiplied apart. */
export function mulRateCeil(amount: number, num: number, den: number): number {
  const product = amount * num;
  if (product <= MOST) return Math.ceil(product / den);
  const whole = Math.floor(amount / den);
  const rest = amount - whole * den;
  const part = rest * num;
  if (part <= MOST) return whole * num + Math.ceil(part / den);
  return whole * num + Number((BigInt(rest) * BigInt(num) + BigInt(den) - 1n) / BigInt(den));
}

/**
 * Funding that a position of `size` lots has accrued while the index rose by `delta`: floor(-size * delta / scale).
 * Exact while |size| < 2^33 and the result fits: the whole scales and the rest are multiplied apart.
 */
export function accruedFunding(size: number, delta: number): number {
  const whole = Math.floor(delta / SCALE);
  const rest = delta - whole * SCALE;
  return -size * whole + Math.floor((-size * rest) / SCALE);
}

/** The same in BigInt, for any size. */
export function accruedFundingWide(size: number, delta: bigint): bigint {
  return floorDiv(-BigInt(size) * delta, BigInt(SCALE));
}

/** ceil(size * price * num / den) for a size of either sign; null past 2^53. */
export function valueAtPrice(size: number, price: number, num: number, den: number): number | null {
  const lots = size * price;
  if (Number.isSafeInteger(lots)) return mulDivCeil(lots, num, den);
  return narrow(ceilDiv(BigInt(size) * BigInt(price) * BigInt(num), BigInt(den)));
}

/** floor(a / b) for b > 0; BigInt's own division truncates. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export function ceilDiv(a: bigint, b: bigint): bigint {
  return -floorDiv(-a, b);
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** The number when it is exact in a double, else null. */
export function narrow(value: bigint): number | null {
  return value <= BigInt(MOST) && value >= -BigInt(MOST) ? Number(value) : null;
}
