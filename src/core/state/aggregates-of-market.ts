/** What a market's aggregates come to at its present mark, exactly, without a look at any account. */
import { LEVEL_COUNT } from '../schema/levels.ts';
import type { MarketRow } from '../num/units.ts';
import type { Book } from './book.ts';
import { MARK_NONE } from './markets.ts';

export interface MarketAggregates {
  /** Open interest by side, both positive. Those of a mirrored exchange need not be equal; balances of an asset are all long. */
  readonly longLots: bigint;
  readonly shortLots: bigint;
  /** The same as money at the mark; 0 without one, as nothing can be held then. */
  readonly longNotional: bigint;
  readonly shortNotional: bigint;
  /** Unrealised PnL by side: worth less cost basis. Accrued funding is not in it. */
  readonly longPnl: bigint;
  readonly shortPnl: bigint;
  /** Notional of both sides by level of the bucket that holds it. */
  readonly notionals: readonly bigint[];
}

export function aggregatesOf(book: Book, market: MarketRow): MarketAggregates {
  const { aggregates, markets } = book;
  book.countAllLots();
  const mark = markets.markInside(market);
  const lotValue = mark === MARK_NONE ? 0n : BigInt(mark) * BigInt(markets.unit(market));
  const notionals: bigint[] = [];
  let longLots = 0n;
  let shortLots = 0n;
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const long = aggregates.longAt(market, level);
    const short = aggregates.shortAt(market, level);
    longLots += long;
    shortLots += short;
    notionals.push((long + short) * lotValue);
  }
  const longNotional = longLots * lotValue;
  const shortNotional = shortLots * lotValue;
  const longPnl = longNotional - aggregates.cost.value(market * 2);
  const shortPnl = -shortNotional - aggregates.cost.value(market * 2 + 1);
  // What is long inside an inverse market is short to everybody else.
  return markets.sign(market) === 1
    ? { longLots, shortLots, longNotional, shortNotional, longPnl, shortPnl, notionals }
    : {
        longLots: shortLots,
        shortLots: longLots,
        longNotional: shortNotional,
        shortNotional: longNotional,
        longPnl: shortPnl,
        shortPnl: longPnl,
        notionals,
      };
}
