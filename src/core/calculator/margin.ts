/** The margin requirement of one position or of one notional: rates, deduction, close fee, roundings. */

import { abs, add, div, max, mul, ONE, sub, ZERO, type Rational } from '../num/rational.ts';
import type { Market, Position } from './account.ts';
import type { MarginBasis } from './input.ts';
import { rounded } from './rounding.ts';
import { rateFor, scaleByOpenInterest } from './schedule.ts';
import { entryValue, toX, valueAt } from './value.ts';

/** A notional and the size that a curve reads: base units, or coin for an inverse contract. */
export interface Exposure {
  readonly notional: Rational;
  readonly size: Rational;
}

export function exposureAt(market: Market, size: Rational, x: Rational, exact: boolean): Exposure {
  const notional = abs(valueAt(market, size, x, exact));
  const base = market.kind === 'linear' ? abs(mul(size, market.contractValue)) : notional;
  return { notional, size: base };
}

/** The exposure a rule reads: at x, or as it was booked. */
export function exposureOn(basis: MarginBasis, position: Position, x: Rational, exact: boolean): Exposure {
  const { market, size, entryPrice } = position;
  return basis === 'entry'
    ? exposureAt(market, size, toX(market, entryPrice), false)
    : exposureAt(market, size, x, exact);
}

/** N * mmr - cum + fee, with one rounding; or, where a venue goes through the initial margin, two. */
export function maintenanceFor(
  market: Market,
  exposure: Exposure,
  closeFee: Rational,
  exact: boolean,
): Rational {
  const { mmr, imr, cum } = rateFor(market.schedule, exposure.notional, exposure.size);
  const { initialMargin, maintenanceMargin } = market.roundings;
  let charge: Rational;
  if (!exact && market.rules.maintenanceFrom === 'initial' && imr !== null && imr.num !== 0n) {
    charge = mul(rounded(mul(exposure.notional, imr), initialMargin), div(mmr, imr));
  } else {
    charge = mul(exposure.notional, mmr);
  }
  const requirement = add(sub(charge, cum), closeFee);
  return exact ? requirement : rounded(requirement, maintenanceMargin);
}

/** Null when neither the market nor the position's leverage gives an initial rate. */
export function initialFor(
  market: Market,
  exposure: Exposure,
  leverage: Rational | null,
  closeFee: Rational,
): Rational | null {
  const rounding = market.roundings.initialMargin;
  const fee = market.rules.closeFeeInInitial ? closeFee : ZERO;
  if (market.initialFactor !== null) {
    const maintenance = maintenanceFor(market, exposure, ZERO, false);
    return rounded(add(mul(maintenance, market.initialFactor), fee), rounding);
  }
  let rate = rateFor(market.schedule, exposure.notional, exposure.size).imr;
  const scaling = market.openInterestScaling;
  if (rate !== null && scaling !== null) {
    const openInterest = abs(valueAt(market, scaling.openInterest, toX(market, market.mark)));
    const scaled = scaleByOpenInterest(rate, scaling.lower, scaling.upper, openInterest);
    rate = rounded(scaled, market.roundings.scaledRate);
  }
  if (leverage !== null) rate = max(rate ?? ZERO, div(ONE, leverage));
  if (rate === null) return null;
  return rounded(add(mul(exposure.notional, rate), fee), rounding);
}

/**
 * The value the close fee is charged on, at x. `leverage` moves the mark by 1/leverage to where the
 * position's own margin is gone: below for a long. (In x that is up for an inverse long.)
 */
export function feeValueAt(position: Position, x: Rational, exact: boolean): Rational {
  const { market, size, leverage } = position;
  const value = abs(valueAt(market, size, x, exact));
  if (market.rules.closeFeeBasis === 'entry') {
    return abs(entryValue(position));
  }
  if (market.rules.closeFeeBasis !== 'leverage' || leverage === null) return value;
  const share = div(value, leverage);
  const shrinks = size.num > 0n === (market.kind === 'linear');
  return shrinks ? sub(value, share) : add(value, share);
}
