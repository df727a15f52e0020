/** An incoming order against the other side: best price first, then the oldest, each at its own price. */
import { assert } from '../num/assert.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { ORDER_NONE, type OrderBook } from './order-book.ts';

const { bid: BID, ask: ASK } = Side;

/** What the taker's owner decides about each maker, and hears of each trade. It may remove any order, but adds none meanwhile. */
export interface MatchHost {
  /**
   * Lots that may trade with `maker` now, at most `size`. 0: the host has removed the maker from the book; negative: matching
   * stops here. Where it admits fewer than `size`, it is asked again for what both still have.
   */
  admit(maker: OrderRow, price: PriceTicks, size: SizeLots): number;
  /** Called after each trade, once the book is right again (the maker is gone when it was filled). */
  trade(maker: OrderRow, price: PriceTicks, size: SizeLots): void;
}

/** Trades an incoming order of `size` lots against the other side at `limit` or better; returns what is left. */
export function match(
  book: OrderBook,
  host: MatchHost,
  side: Side,
  limit: PriceTicks,
  size: SizeLots,
): SizeLots {
  const other = side === BID ? ASK : BID;
  let wanted: number = size;
  while (wanted > 0) {
    const maker = book.best(other);
    if (maker === ORDER_NONE) break;
    const price = book.price(maker);
    if (side === BID ? price > limit : price < limit) break;
    const left = book.left(maker);
    const most = (left < wanted ? left : wanted) as SizeLots;
    const admitted = host.admit(maker, price, most);
    if (admitted < 0) break;
    if (admitted === 0) {
      assert(book.best(other) !== maker, 'a maker that may not trade has been removed');
      continue;
    }
    assert(
      admitted <= most && Number.isInteger(admitted),
      'a maker trades whole lots, at most what both have',
    );
    if (admitted === left) book.remove(maker);
    else book.reduce(maker, admitted as SizeLots);
    wanted -= admitted;
    host.trade(maker, price, admitted as SizeLots);
  }
  return wanted as SizeLots;
}
