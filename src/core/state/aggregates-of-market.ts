/** What a market's aggregates come to at its present mark, exactly, without a look at any account. */
import { LEVEL_COUNT } from '../schema/levels.ts';
import type { MarketRow } from '../num/units.ts';
import type { Book } from './book.ts';
import { MARK_NONE } from './markets.ts';

export interface MarketAggregates {
  /** Open interest by side, both positive. Those of a mirrored exchange need not be equal. */
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
  const mark = markets.mark(market);
  const lotValue =
    (mark as number) === MARK_NONE ? 0n : BigInt(mark) * BigInt(markets.specs[market].markUnit);
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
  return {
    longLots,
    shortLots,
    longNotional,
    shortNotional,
    longPnl: longNotional - aggregates.cost.value(market * 2),
    shortPnl: -shortNotional - aggregates.cost.value(market * 2 + 1),
    notionals,
  };
}
