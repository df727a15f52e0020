/**
 * Decimal text to exact integers and back. Nothing here touches a float, so "0.1" stays a tenth.
 *
 *   "-12.50"  ->  { digits: -1250n, scale: 2 }      value = digits / 10^scale, scale >= 0
 *
 * Refused, rather than guessed at: NaN, Infinity, hex, "", spaces, a leading "+", "1,000", "1_000",
 * ".5" and "5.". An exponent is accepted within `EXPONENT_MAX`: exchanges do print 1e-7, and a
 * larger one could only ask us for a number with thousands of digits.
 */

export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export type DecimalRounding = 'exact' | 'half-even' | 'floor' | 'ceil';

const EXPONENT_MAX = 60;
const LENGTH_MAX = 120;
const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/;
const MINUS = '-'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** 10^0 to 10^15, each exact. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 16 }, (_, exponent) =>
  Number(`1e${exponent}`),
);

/** Null means malformed. The scale is as written ("1.50" has scale 2), never negative. */
export function parseDecimal(text: string): Decimal | null {
  if (typeof text !== 'string' || text.length > LENGTH_MAX) return null;
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? '0');
  if (Math.abs(exponent) > EXPONENT_MAX) return null;
  const magnitude = BigInt(match[2] + fraction);
  const digits = match[1] === '-' ? -magnitude : magnitude;
  const scale = fraction.length - exponent;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * `text` as a whole number of units of 10^-scale. Null when malformed, or under 'exact' when it
 * does not fall on the grid. 'floor' and 'ceil' are towards minus and plus infinity.
 */
export function toScaled(text: string, scale: number, rounding: DecimalRounding): bigint | null {
  const decimal = parseDecimal(text);
  if (decimal === null) return null;
  if (decimal.scale <= scale) return decimal.digits * 10n ** BigInt(scale - decimal.scale);
  const divisor = 10n ** BigInt(decimal.scale - scale);
  if (rounding === 'exact' && decimal.digits % divisor !== 0n) return null;
  return divideRounded(decimal.digits, divisor, rounding === 'exact' ? 'floor' : rounding);
}

/** `numerator / denominator` to a whole number; the denominator is positive. */
export function divideRounded(
  numerator: bigint,
  denominator: bigint,
  rounding: 'half-even' | 'floor' | 'ceil',
): bigint {
  const truncated = numerator / denominator;
  const rest = numerator - truncated * denominator;
  if (rest === 0n) return truncated;
  const floor = rest < 0n ? truncated - 1n : truncated;
  if (rounding === 'floor') return floor;
  if (rounding === 'ceil') return floor + 1n;
  const twice = 2n * (numerator - floor * denominator);
  if (twice === denominator) return floor % 2n === 0n ? floor : floor + 1n;
  return twice < denominator ? floor : floor + 1n;
}

/**
 * `value` units of 10^-scale as text: all `scale` decimals, or with `trim` no trailing zeros.
 * A `number` must be a safe integer (beyond that it is not exact to begin with). Never "-0".
 */
export function scaledToText(
  value: bigint | number,
  scale: number,
  options: { trim?: boolean } = {},
): string {
  const text = (Number.isSafeInteger(value) ? value : BigInt(value)).toString();
  const isNegative = text.charCodeAt(0) === MINUS;
  const digits = (isNegative ? text.slice(1) : text).padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  if (options.trim === true) while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  const whole = `${isNegative ? '-' : ''}${digits.slice(0, point)}`;
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

/** Null beyond 2^53-1 in either direction: what does not fit is refused, never rounded. */
export function toSafeInteger(value: bigint): number | null {
  return value > SAFE_MAX || value < -SAFE_MAX ? null : Number(value);
}
