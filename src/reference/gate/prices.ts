/** Prices in ticks of orders. */
import { PRICE_MAX } from '../../core/num/units.ts';
import { Side } from '../../core/schema/side.ts';
import { ceilDiv, floorDiv, max, min } from '../exact.ts';
import type { Market } from '../state.ts';
import { roundHalfEven } from '../worth.ts';
import type { Bounds } from './limits.ts';

const MILLION = 1_000_000n;

/** A mark or an index in ticks of orders, half to even: a mark tick may be any part of one. */
export function ticksOf({ markUnit, tickUnit }: Market, mark: bigint): bigint {
  return roundHalfEven({ num: mark * markUnit * tickUnit.den, den: tickUnit.num });
}

/** What a market order is valued at: the mark and the collar beyond it, away from it to a whole tick; 0 without a mark. */
export function marketOrderPrice(market: Market, side: Side, collar: Bounds | null): bigint {
  if (market.mark === null) return 0n;
  const mark = ticksOf(market, market.mark);
  const ppm = BigInt(collar?.hard ?? 0);
  const price =
    side === Side.bid ? ceilDiv(mark * (MILLION + ppm), MILLION) : floorDiv(mark * (MILLION - ppm), MILLION);
  return min(max(price, 1n), BigInt(PRICE_MAX));
}

/** `part` of `whole` in ppm, rounded up; null: without end. */
export function share(part: bigint, whole: bigint): bigint | null {
  return whole > 0n ? ceilDiv(part * MILLION, whole) : null;
}
