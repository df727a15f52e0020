/** What lots are worth at the mark, and what a trade at a price changes against it. Money units, exact. */
import type { MarketRow } from '../num/units.ts';
import type { Markets } from '../state/markets.ts';

/** |lots| * mark * unit, as inside (`state/forms.ts`). */
export function notionalAtMark(markets: Markets, market: MarketRow, lots: number): number {
  return Math.abs(lots) * markets.markInside(market) * markets.unit(market);
}

/** What a trade of `lots` at `price` loses at once against their `notional` at the mark, rounded as it is booked; under 0 where it gains, without end where it is too much to be counted. */
export function changeAtMark(
  markets: Markets,
  market: MarketRow,
  isBid: boolean,
  lots: number,
  price: number,
  notional: number,
): number {
  const way = markets.sign(market) * (isBid ? 1 : -1);
  const paid = markets.valueAt(market, way * lots, price);
  return paid === null ? Infinity : paid - way * notional;
}
