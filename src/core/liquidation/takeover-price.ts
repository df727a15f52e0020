/**
 * The price at which each position of a bucket is taken over: its bankruptcy price, where closing leaves it nothing. A bucket with
 * several positions has no single answer; each may lose, or is owed, its share of the equity that there is (dYdX):
 *
 *   worth of i at p_i = worth of i at its mark - equity * maintenance_i / sum of maintenance
 *
 * Shares are whole money units that add up to the equity. Each price is the last tick that leaves its position no less than
 * that: up for a long, down for a short. So closing all of them leaves the bucket with equity in [0, sum of what one tick more
 * would have cost each): dust, never a debt (takeover-price.property.test.ts).
 *
 * Where such a price is not in [1, priceMax] for some position (little notional, much maintenance), equity is shared by notional.
 * Where that leaves it too (an isolated long that owes more than any price would bring, a short that nothing on the grid is
 * dear enough for), the price ends at the limit, and the bucket may keep something or owe something.
 */
import { ceilDiv, floorDiv } from '../num/exact.ts';

/** What the prices come of. */
export const TakeoverBasis = { maintenance: 0, notional: 1, clamped: 2 } as const;
export type TakeoverBasis = (typeof TakeoverBasis)[keyof typeof TakeoverBasis];

/** As inside: of an inverse market turned round (`state/forms.ts`). A `PositionValue` is one. */
export interface TakenPosition {
  readonly size: bigint;
  /** At the mark. */
  readonly notional: bigint;
  readonly maintenance: bigint;
}

/** What a lot is worth at an order price of p ticks: num * p / den, or num / (den * p) in an inverse market. */
export interface TakeoverTerms {
  readonly isInverse: boolean;
  readonly num: bigint;
  readonly den: bigint;
  /** Ticks, at least 1. */
  readonly priceMax: number;
}

/**
 * Writes the price of each position, in order ticks, into `prices`. `terms` go with the positions, of which there is at least one, none
 * of them empty; `equity` is the bucket's, accrued funding included.
 */
export function takeoverPrices(
  equity: bigint,
  positions: readonly TakenPosition[],
  terms: readonly TakeoverTerms[],
  prices: Float64Array,
): TakeoverBasis {
  if (share(equity, positions, terms, prices, TakeoverBasis.maintenance)) return TakeoverBasis.maintenance;
  if (share(equity, positions, terms, prices, TakeoverBasis.notional)) return TakeoverBasis.notional;
  return TakeoverBasis.clamped;
}

/** Whether all prices are within their limits. */
function share(
  equity: bigint,
  positions: readonly TakenPosition[],
  terms: readonly TakeoverTerms[],
  prices: Float64Array,
  basis: TakeoverBasis,
): boolean {
  let whole = 0n;
  for (const position of positions) whole += weightOf(position, basis);
  if (whole === 0n) return false;
  let isWithin = true;
  let weight = 0n;
  let shared = 0n;
  for (const [at, position] of positions.entries()) {
    weight += weightOf(position, basis);
    // What has been shared so far, rounded; the last brings it to the equity.
    const upTo = floorDiv(equity * weight, whole);
    const price = priceFor(position, upTo - shared, terms[at]);
    shared = upTo;
    const highest = BigInt(terms[at].priceMax);
    if (price < 1n || price > highest) isWithin = false;
    prices[at] = Number(price < 1n ? 1n : price > highest ? highest : price);
  }
  return isWithin;
}

function weightOf(position: TakenPosition, basis: TakeoverBasis): bigint {
  return basis === TakeoverBasis.maintenance ? position.maintenance : position.notional;
}

/** The last price, going the way that is bad for the position, at which it has lost no more than `loss` since the mark. */
function priceFor({ size, notional }: TakenPosition, loss: bigint, terms: TakeoverTerms): bigint {
  const { isInverse, num, den } = terms;
  const least = (size > 0n ? notional : -notional) - loss;
  if (!isInverse) return size > 0n ? ceilDiv(least * den, size * num) : floorDiv(-least * den, -size * num);
  if (size > 0n) return least > 0n ? floorDiv(size * num, least * den) : BigInt(terms.priceMax) + 1n;
  return least < 0n ? ceilDiv(-size * num, -least * den) : BigInt(terms.priceMax) + 1n;
}
