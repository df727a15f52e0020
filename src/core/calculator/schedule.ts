/**
 * Margin rates: a table of tiers, or a curve over size.
 *
 *   tiers   MM(N) = N * mmr_t - cum_t,   cum_t = cum_(t-1) + floor_t * (mmr_t - mmr_(t-1))
 *   curve   MM(N) = N * clamp(base + slope * size^power, min, max)
 *
 * The deduction `cum` is what makes the tier form continuous; it is always computed here, because a
 * published one that disagrees is a wrong table.
 */

import {
  add,
  compare,
  div,
  integer,
  max,
  min,
  mul,
  sqrtFloor,
  sub,
  ZERO,
  type Rational,
} from '../num/rational.ts';
import { rounded, type Rounding } from './rounding.ts';

export interface Tier {
  readonly floor: Rational;
  readonly mmr: Rational;
  readonly imr: Rational | null;
  readonly cum: Rational;
}

export interface Curve {
  readonly base: Rational;
  readonly slope: Rational;
  /** In halves: 1 is the square root, 2 is linear. */
  readonly halfPower: number;
  readonly min: Rational | null;
  readonly max: Rational | null;
}

export type Schedule =
  | { readonly type: 'tiers'; readonly tiers: readonly Tier[] }
  | {
      readonly type: 'curve';
      readonly maintenance: Curve;
      readonly initial: Curve | null;
      readonly rounding: Rounding | null;
    };

export interface MarginRate {
  readonly mmr: Rational;
  readonly imr: Rational | null;
  readonly cum: Rational;
}

/** A square root is irrational; 24 decimals is far below any money unit and tick. */
const ROOT_DECIMALS = 24;

/** Adds the deduction to each tier. The floors rise from 0. */
export function withDeductions(
  tiers: readonly { floor: Rational; mmr: Rational; imr: Rational | null }[],
): Tier[] {
  const result: Tier[] = [];
  let cum = ZERO;
  let before = ZERO;
  for (const [at, tier] of tiers.entries()) {
    if (at > 0) cum = add(cum, mul(tier.floor, sub(tier.mmr, before)));
    before = tier.mmr;
    result.push({ ...tier, cum });
  }
  return result;
}

/** The schedule a venue uses whose rates are on a grid; deductions follow from the rounded rates. */
export function withRoundedRates(schedule: Schedule, rounding: Rounding | null): Schedule {
  if (rounding === null) return schedule;
  if (schedule.type === 'curve') return { ...schedule, rounding };
  return {
    type: 'tiers',
    tiers: withDeductions(
      schedule.tiers.map(({ floor, mmr, imr }) => ({
        floor,
        mmr: rounded(mmr, rounding),
        imr: imr === null ? null : rounded(imr, rounding),
      })),
    ),
  };
}

/** The rates that hold for a notional and the size behind it. A tier begins at its floor. */
export function rateFor(schedule: Schedule, notional: Rational, size: Rational): MarginRate {
  if (schedule.type === 'curve') {
    const { maintenance, initial, rounding } = schedule;
    return {
      mmr: rounded(curveRate(maintenance, size), rounding),
      imr: initial === null ? null : rounded(curveRate(initial, size), rounding),
      cum: ZERO,
    };
  }
  const tiers = schedule.tiers;
  let at = 0;
  while (at + 1 < tiers.length && compare(tiers[at + 1].floor, notional) <= 0) at += 1;
  return tiers[at];
}

function curveRate(curve: Curve, size: Rational): Rational {
  let power = integer(1);
  for (let half = curve.halfPower; half >= 2; half -= 2) power = mul(power, size);
  if (curve.halfPower % 2 === 1) power = mul(power, sqrtFloor(size, ROOT_DECIMALS));
  let rate = add(curve.base, mul(curve.slope, power));
  if (curve.max !== null) rate = min(rate, curve.max);
  if (curve.min !== null) rate = max(rate, curve.min);
  return rate;
}

/** Halvings of the size at a kink: far below any price's 12 digits. */
const KINK_HALVINGS = 96;

/** The sizes at which a curve meets its `min` and its `max`. Between them its charge is one formula. */
export function curveKinks({ base, slope, halfPower, min: least, max: most }: Curve): Rational[] {
  if (slope.num === 0n || halfPower === 0) return [];
  return [least, most]
    .filter((rate) => rate !== null && compare(rate, base) > 0)
    .map((rate) => sizeAtPower(div(sub(rate!, base), slope), halfPower));
}

/** The size whose power is `power`: size^halfPower = power^2. Exact for the root and the line. */
function sizeAtPower(power: Rational, halfPower: number): Rational {
  const square = mul(power, power);
  if (halfPower === 1) return square;
  if (halfPower === 2) return power;
  let low = ZERO;
  let high = max(integer(1), square);
  for (let halvings = 0; halvings < KINK_HALVINGS; halvings += 1) {
    const middle = div(add(low, high), integer(2));
    let raised = middle;
    for (let factor = 1; factor < halfPower; factor += 1) raised = mul(raised, middle);
    if (compare(raised, square) <= 0) low = middle;
    else high = middle;
  }
  return low;
}

/** base + max(0, (open interest - lower) / (upper - lower)) * (1 - base), at most 1. */
export function scaleByOpenInterest(
  base: Rational,
  lower: Rational,
  upper: Rational,
  openInterest: Rational,
): Rational {
  const range = sub(upper, lower);
  if (range.num <= 0n) return base;
  const share = max(ZERO, div(sub(openInterest, lower), range));
  return min(integer(1), add(base, mul(share, sub(integer(1), base))));
}
