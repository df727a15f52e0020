/** Numbers that a venue computes and states more finely than it trades: marks, indices, funding rates, open interest. */
import { toSafeInteger, toScaled } from '../../../../core/num/decimal.ts';
import { BadFrame } from './bad-frame.ts';

const RATE_SCALE = 12;
const RATE_MAX = 10 ** RATE_SCALE;

/** Decimal text of at least 0, in units of 10^-scale, rounded half to even. */
export function roundedOf(value: unknown, scale: number, path: string): number {
  const units = typeof value === 'string' ? toScaled(value, scale, 'half-even') : null;
  const rounded = units === null || units < 0n ? null : toSafeInteger(units);
  if (rounded !== null) return rounded;
  throw wrong(
    `must be a number of at least 0, as decimal text, and exact with ${scale} decimals`,
    path,
    value,
  );
}

/** In units of 1e-12, rounded half to even. A rate beyond 1 either way is no rate. */
export function rateOf(value: unknown, path: string): number {
  const units = typeof value === 'string' ? toScaled(value, RATE_SCALE, 'half-even') : null;
  const rate = units === null ? null : toSafeInteger(units);
  if (rate !== null && Math.abs(rate) <= RATE_MAX) return rate;
  throw wrong('must be a rate between -1 and 1, as decimal text', path, value);
}

function wrong(what: string, path: string, value: unknown): BadFrame {
  return new BadFrame('FEED_NUMBER', value === undefined ? 'is missing' : what, path, value);
}
