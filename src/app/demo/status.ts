/** What there is to say about a running demo, gathered from the engine's aggregates: nothing here goes over all accounts. */
import type { Engine } from '../../core/engine/engine.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { LEVEL_COUNT } from '../../core/schema/levels.ts';
import { aggregatesOf } from '../../core/state/aggregates-of-market.ts';
import { isIsolated, marketOfPlace } from '../../core/state/buckets.ts';
import { nearest } from '../../core/watch/nearest.ts';
import type { LatencyReport } from '../bench/latencies.ts';
import type { CheckerLink } from './checker-link.ts';

/** Money is in whole units of the asset, as doubles: for display alone. */
export interface BookStatus {
  readonly buckets: readonly number[];
  /** Of all positions in buckets at each level. */
  readonly notional: readonly number[];
  readonly openInterestLong: number;
  readonly openInterestShort: number;
  readonly pnlLong: number;
  readonly pnlShort: number;
}

export interface NearAccount {
  readonly account: string;
  readonly bucket: string;
  readonly distance: number;
}

/** The moment at which a bucket became liquidatable. */
export interface Liquidatable {
  readonly account: string;
  readonly bucket: string;
  /** The market that moved, or how many did. */
  readonly market: string;
  readonly equity: number;
  readonly maintenance: number;
  readonly at: Date;
}

export interface CheckerStatus {
  /** `agrees` so far, `disagrees`, or `failed`: it is no more. */
  readonly verdict: 'agrees' | 'disagrees' | 'failed';
  readonly checked: number;
  readonly missed: number;
  readonly late: number;
  readonly extra: number;
  /** Prices that it could not even hear of. */
  readonly left: number;
  /** Prices decided and not yet noted by it. */
  readonly behind: number;
  readonly isLoaded: boolean;
  readonly opening: number;
  readonly failure: string | null;
  readonly first: string | null;
}

export interface Status {
  readonly accounts: number;
  readonly positions: number;
  readonly bucketCount: number;
  readonly markets: number;
  readonly book: string;
  readonly popularity: string;
  readonly seed: number;
  readonly regime: string;
  readonly elapsedSeconds: number;
  readonly prices: number;
  /** Over the last second; over everything in a summary. */
  readonly pricesPerSecond: number;
  readonly evaluations: number;
  readonly evaluationsPerPrice: number;
  readonly levelChanges: number;
  readonly liquidations: number;
  readonly sweeps: number;
  readonly latencyUs: LatencyReport;
  readonly memoryBytes: number;
  readonly state: BookStatus;
  /** Null while wires are being laid after a gap. */
  readonly nearest: readonly NearAccount[] | null;
  readonly latest: readonly Liquidatable[];
  readonly checker: CheckerStatus;
}

export function bookStatus(engine: Engine): BookStatus {
  const { book } = engine;
  const scale = 10 ** engine.settings!.decimals;
  const units = (amount: bigint): number => Number(amount) / scale;
  const notional = Array.from({ length: LEVEL_COUNT }, () => 0n);
  let [long, short, longPnl, shortPnl] = [0n, 0n, 0n, 0n];
  for (let market = 0; market < book.markets.count; market++) {
    const sums = aggregatesOf(book, market as MarketRow);
    for (const [level, amount] of sums.notionals.entries()) notional[level] += amount;
    long += sums.longNotional;
    short += sums.shortNotional;
    longPnl += sums.longPnl;
    shortPnl += sums.shortPnl;
  }
  return {
    buckets: Array.from(book.aggregates.buckets),
    notional: notional.map(units),
    openInterestLong: units(long),
    openInterestShort: units(short),
    pnlLong: units(longPnl),
    pnlShort: units(shortPnl),
  };
}

/** Null where wires are missing: laying them all at once would stop the prices. */
export function nearestAccounts(engine: Engine, count: number): NearAccount[] | null {
  if (engine.tidy(0) > 0) return null;
  return nearest(engine, count).map(({ bucket, distance }) => ({ ...nameBucket(engine, bucket), distance }));
}

export function nameBucket(engine: Engine, bucket: number): { account: string; bucket: string } {
  const { buckets, accounts, markets } = engine.book;
  const place = buckets.place(bucket);
  return {
    account: accounts.at(buckets.account(bucket)),
    bucket: isIsolated(place) ? `isolated ${markets.names.at(marketOfPlace(place))}` : 'cross',
  };
}

export function checkerStatus(link: CheckerLink): CheckerStatus {
  const { checked, missed, late, extra, sequence, opening } = link.counts;
  return {
    verdict:
      link.hasDifferences || link.differences.length > 0
        ? 'disagrees'
        : link.failure === null
          ? 'agrees'
          : 'failed',
    checked,
    missed,
    late,
    extra,
    left: link.left,
    behind: link.prices - sequence,
    isLoaded: link.isLoaded,
    opening,
    failure: link.failure,
    first: link.differences[0]?.text ?? null,
  };
}
