/** Whole numbers and fractions without bounds. The reference never rounds except where a line says so by name. */
import type { Rate } from '../core/num/units.ts';

/** `num / den`, den > 0, reduced. */
export interface Exact {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Exact = { num: 0n, den: 1n };

export function exact(num: bigint, den: bigint): Exact {
  const divisor = commonDivisor(num < 0n ? -num : num, den);
  return { num: num / divisor, den: den / divisor };
}

export function exactRate(rate: Rate): Exact {
  return exact(BigInt(rate.num), BigInt(rate.den));
}

export function add(a: Exact, b: Exact): Exact {
  return exact(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Exact, b: Exact): Exact {
  return exact(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function times(factor: bigint, a: Exact): Exact {
  return exact(factor * a.num, a.den);
}

/** The largest whole number not above num / den. BigInt division truncates towards zero, which is not floor. */
export function floorDiv(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  return num < 0n && quotient * den !== num ? quotient - 1n : quotient;
}

/** The smallest whole number not under num / den. */
export function ceilDiv(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  return num > 0n && quotient * den !== num ? quotient + 1n : quotient;
}

export function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}
