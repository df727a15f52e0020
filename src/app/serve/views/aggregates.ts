/** Sums over all accounts as the API shows them. */
import { aggregatesOf } from '../../../core/state/aggregates-of-market.ts';
import { LEVEL_COUNT, LEVEL_NAMES, Level } from '../../../core/schema/levels.ts';
import { INSURANCE, TREASURY } from '../../../core/exchange/ledger.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import type { Aggregates, LevelInfo } from '../../../io/api/contract/aggregates.ts';
import type { CountByLevel } from '../../../io/api/contract/scalars.ts';
import { Form } from '../../../core/schema/commands.ts';
import { rateText } from '../../explain/units.ts';
import type { Ranking } from '../background/ranking.ts';
import { moneyByLevel } from './markets.ts';
import { fixed } from './numbers.ts';
import type { Served } from './served.ts';

export function countByLevel(counts: ArrayLike<number>): CountByLevel {
  return Object.fromEntries(LEVEL_NAMES.map((name, level) => [name, counts[level]])) as CountByLevel;
}

/** Money units of a house account. */
export function houseEquity({ exchange }: Served, account: number): number {
  const { book } = exchange.engine;
  return account < book.accounts.count ? exchange.venue.margin.equityOf(book.cross[account]) : 0;
}

export interface Totals {
  readonly notionals: readonly bigint[];
  readonly openInterest: bigint;
}

/** Money units of all that is in buckets at that level or worse. */
export function notionalFrom(level: Level, exchange: Exchange): bigint {
  return totalsOf({ exchange })
    .notionals.slice(level)
    .reduce((sum, notional) => sum + notional, 0n);
}

export function totalsOf({ exchange }: Pick<Served, 'exchange'>): Totals {
  const { book } = exchange.engine;
  const notionals = Array.from({ length: LEVEL_COUNT }, () => 0n);
  let openInterest = 0n;
  for (let market = 0; market < book.markets.count; market++) {
    const sums = aggregatesOf(book, market as MarketRow);
    for (let level = 0; level < LEVEL_COUNT; level++) notionals[level] += sums.notionals[level];
    if (book.markets.terms[market]?.form !== Form.collateral) openInterest += sums.longNotional;
  }
  return { notionals, openInterest };
}

export function aggregatesDocument(served: Served, ranking: Ranking): Aggregates {
  const { exchange, units } = served;
  const { book } = exchange.engine;
  const { notionals, openInterest } = totalsOf(served);
  const { sums } = ranking;
  return {
    accounts: book.accounts.count,
    buckets: book.buckets.count,
    positions: book.positions.count,
    orders: exchange.venue.orders.count,
    bucketsByLevel: countByLevel(book.aggregates.buckets),
    notionalByLevel: moneyByLevel(units, notionals),
    openInterest: units.amount(openInterest),
    insuranceFund: units.amount(houseEquity(served, INSURANCE)),
    treasury: units.amount(houseEquity(served, TREASURY)),
    deficit: sums === null ? null : units.amount(sums.deficit),
    equityAtRisk: sums === null ? null : units.amount(sums.equityAtRisk),
    healthQuantiles:
      sums === null || sums.quantiles === null
        ? null
        : {
            p1: fixed(sums.quantiles.p1, 3),
            p10: fixed(sums.quantiles.p10, 3),
            p50: fixed(sums.quantiles.p50, 3),
            p90: fixed(sums.quantiles.p90, 3),
          },
    markets: Array.from({ length: book.markets.count }, (_, market) => {
      const each = aggregatesOf(book, market as MarketRow);
      return {
        market: units.market(market),
        longSize: units.size(market, each.longLots),
        shortSize: units.size(market, each.shortLots),
        longNotional: units.amount(each.longNotional),
        shortNotional: units.amount(each.shortNotional),
        longPnl: units.amount(each.longPnl),
        shortPnl: units.amount(each.shortPnl),
        notionalByLevel: moneyByLevel(units, each.notionals),
      };
    }),
  };
}

export function levelsOf(served: Served): LevelInfo[] {
  const { exchange, units } = served;
  const { thresholds, book } = exchange.engine;
  const { notionals } = totalsOf(served);
  return LEVEL_NAMES.map((level, at) => ({
    level,
    enter: at === Level.safe || thresholds === null ? null : rateText(thresholds.enter[at - 1]),
    exit: at === Level.safe || thresholds === null ? null : rateText(thresholds.exit[at - 1]),
    inclusive: at !== Level.safe && thresholds !== null && thresholds.enter[at - 1].inclusive,
    buckets: book.aggregates.buckets[at],
    notional: units.amount(notionals[at]),
  }));
}
