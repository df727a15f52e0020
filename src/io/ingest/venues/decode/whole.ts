/**
 * Decimal text as venues write prices and sizes, to whole units of 10^-scale. Digits are added up in a double that is
 * known to stay below 2^53, so the usual text costs no BigInt; exponents and long text go through `num/decimal`. Both ways
 * give the same (whole.test.ts).
 */
import { parseDecimal, toSafeInteger, toScaled } from '../../../../core/num/decimal.ts';
import { SAFE_MAX } from '../../../../core/num/units.ts';
import type { BadFrameCode } from './bad-frame.ts';

const ZERO = 48;
const NINE = 57;
const POINT = 46;
/** Ten times this and nine more is still exact. */
const ROOM = Math.floor((SAFE_MAX - 9) / 10);
const LENGTH_USUAL = 40;

/**
 * Null for what is no text, malformed, negative ("-0" too), between two units, or past 2^53 - 1. Never rounds.
 */
export function wholeOf(text: unknown, scale: number): number | null {
  if (typeof text !== 'string' || text.length > LENGTH_USUAL) return wholeSlowly(text, scale);
  let value = 0;
  /** -1: before the point. */
  let decimals = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && decimals === -1 && at > 0 && at < text.length - 1) {
      decimals = 0;
    } else if (code < ZERO || code > NINE || value > ROOM) {
      return wholeSlowly(text, scale);
    } else if (decimals === scale) {
      // An exponent may follow that brings it back onto the grid.
      if (code !== ZERO) return wholeSlowly(text, scale);
    } else {
      value = value * 10 + (code - ZERO);
      if (decimals >= 0) decimals++;
    }
  }
  if (text.length === 0) return null;
  for (let place = Math.max(0, decimals); place < scale; place++) {
    if (value > ROOM) return null;
    value *= 10;
  }
  return value;
}

function wholeSlowly(text: unknown, scale: number): number | null {
  if (typeof text !== 'string' || text.startsWith('-')) return null;
  const scaled = toScaled(text, scale, 'exact');
  return scaled === null ? null : toSafeInteger(scaled);
}

/** Why `wholeOf` gave null, and what to do. */
export function whyNotWhole(
  text: unknown,
  scale: number,
): { readonly code: BadFrameCode; readonly what: string } {
  if (typeof text !== 'string')
    return { code: 'FEED_FIELD', what: 'must be decimal text, as this venue writes numbers' };
  if (parseDecimal(text) === null) return { code: 'FEED_NUMBER', what: 'is no decimal number' };
  if (text.startsWith('-')) return { code: 'FEED_NUMBER', what: 'must not be negative' };
  if (toScaled(text, scale, 'exact') !== null)
    return { code: 'FEED_NUMBER', what: `is too large to be exact with ${scale} decimals` };
  const what = `has more than the ${scale} decimals that this instrument is counted in; raise its scale`;
  return { code: 'FEED_GRID', what };
}
