/**
 * How far a perpetual trades above its index, read from an order book: what funding is made of.
 *
 *   P = ( max(0, impactBid - reference) - max(0, reference - impactAsk) ) / index
 *
 * The impact price is the average fill of an order of a set notional. Best prices would let one lot move funding.
 * Sources: documents of dYdX, Gate and Hyperliquid (reference = index); BitMEX and its fair basis (reference = mark).
 */
import { add, fraction, type Rational, sub, ZERO } from '../num/rational.ts';

/** One side of a book, best first: whole prices, and whole sizes above 0. */
export interface Levels {
  readonly count: number;
  priceAt(rank: number): number;
  sizeAt(rank: number): number;
}
export interface Depth {
  readonly bids: Levels;
  readonly asks: Levels;
}

/** Levels written as price, size, price, size..., best first. */
export function levelsOf(pairs: ArrayLike<number>): Levels {
  return {
    count: pairs.length >> 1,
    priceAt: (rank) => pairs[2 * rank],
    sizeAt: (rank) => pairs[2 * rank + 1],
  };
}

/**
 * The average price at which an order for `notional` would fill, exact; null when the levels do not hold that much.
 * `notional` counts price units times size units (see `impactNotional`). With 0 it is the best price.
 */
export function impactPrice(levels: Levels, notional: bigint): Rational | null {
  if (levels.count === 0) return null;
  if (notional === 0n) return { num: BigInt(levels.priceAt(0)), den: 1n };
  let rest = notional;
  let size = 0n;
  for (let rank = 0; rank < levels.count; rank++) {
    const price = BigInt(levels.priceAt(rank));
    const offered = BigInt(levels.sizeAt(rank));
    const worth = price * offered;
    // notional / (size + rest / price), with one division.
    if (worth >= rest) return fraction(notional * price, size * price + rest);
    rest -= worth;
    size += offered;
  }
  return null;
}

/**
 * `amount` whole units of the quote currency in units of 10^-(priceScale + sizeScale) of it: what a price times a size
 * of the book counts.
 */
export function impactNotional(amount: number, priceScale: number, sizeScale: number): bigint {
  return BigInt(amount) * 10n ** BigInt(priceScale + sizeScale);
}

/**
 * The premium as an exact fraction of the index; 0 when the index lies between the impact prices. A side without
 * enough depth takes no part, as if its bid were 0 or its ask infinite.
 *
 * Null, never 0, when there is nothing to measure: no index, or a crossed book.
 */
export function premiumOf(depth: Depth, notional: bigint, index: number): Rational | null {
  return premiumAround(depth, notional, index, index);
}

/**
 * BitMEX: measured around the mark, whose own distance from the index is added again. Inside the impact spread it is
 * therefore the basis of the mark, not 0.
 */
export function premiumWithBasis(
  depth: Depth,
  notional: bigint,
  index: number,
  mark: number,
): Rational | null {
  const around = premiumAround(depth, notional, index, mark);
  return around === null ? null : add(around, fraction(BigInt(mark) - BigInt(index), BigInt(index)));
}

function premiumAround(depth: Depth, notional: bigint, index: number, reference: number): Rational | null {
  const { bids, asks } = depth;
  if (!isPrice(index) || !isPrice(reference)) return null;
  if (bids.count > 0 && asks.count > 0 && bids.priceAt(0) >= asks.priceAt(0)) return null;
  const middle = { num: BigInt(reference), den: 1n };
  const bid = impactPrice(bids, notional);
  const ask = impactPrice(asks, notional);
  const above = bid === null ? ZERO : positivePart(sub(bid, middle));
  const below = ask === null ? ZERO : positivePart(sub(middle, ask));
  const distance = sub(above, below);
  return fraction(distance.num, distance.den * BigInt(index));
}

function isPrice(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function positivePart(value: Rational): Rational {
  return value.num > 0n ? value : ZERO;
}
