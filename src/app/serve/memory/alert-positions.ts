/** Positions as alerts name them: by the id that they have among their account's, and where it is known by the price that would liquidate them. */
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { INSURANCE } from '../../../core/exchange/ledger.ts';
import { liquidationPriceOf } from '../../../core/margin/liquidation-price.ts';
import { valueWide } from '../../../core/margin/valuation-wide.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import { LEG_NAMES, type Leg } from '../../../core/schema/commands.ts';
import { Level } from '../../../core/schema/levels.ts';
import {
  BUCKET_I32,
  BucketLink,
  Flag,
  isIsolated,
  legOfPlace,
  marketOfPlace,
} from '../../../core/state/buckets.ts';
import { legOfTag, marketOfTag, tagOf } from '../../../core/state/positions.ts';
import type { AlertPosition } from '../../../io/api/contract/alerts.ts';
import { accountBuckets, bucketPositions, positionName } from '../../explain/buckets.ts';
import type { Units } from '../../explain/units.ts';
import { notionalFrom } from '../views/aggregates.ts';
import { percentText } from '../views/numbers.ts';

const NAMED_MAX = 8;

/** Those of a bucket that comes near its liquidation, the largest first. */
export function positionsInDanger(
  { engine }: Exchange,
  units: Units,
  account: string,
  bucket: number,
): AlertPosition[] {
  const { book, thresholds } = engine;
  const value = valueWide(book, bucket);
  return value.positions
    .toSorted((a, b) => Number(b.notional - a.notional))
    .slice(0, NAMED_MAX)
    .map(({ market, leg }) => {
      const { price } = liquidationPriceOf(book, thresholds!, value, market);
      const mark = book.markets.mark(market as MarketRow);
      return {
        ...nameOf(units, account, market, leg as Leg),
        liquidationPrice: price === null ? null : units.mark(market, price),
        movePercent: price === null ? null : percentText((price - mark) / mark),
      };
    });
}

/** Those that a liquidation has closed something of, by their tags, and those that its bucket still has. */
export function positionsLiquidated(
  { engine }: Exchange,
  units: Units,
  account: string,
  bucket: number | undefined,
  closed: ReadonlySet<number>,
): AlertPosition[] {
  const left = bucket === undefined ? [] : bucketPositions(engine.book, bucket);
  const tags = new Set([...closed, ...left.map(({ market, leg }) => tagOf(market, leg))]);
  return [...tags].slice(0, NAMED_MAX).map((tag) => ({
    ...nameOf(units, account, marketOfTag(tag), legOfTag(tag) as Leg),
    liquidationPrice: null,
    movePercent: null,
  }));
}

/** The bucket that a liquidation is of; undefined where it is gone. */
export function liquidatedBucket(
  { engine }: Exchange,
  account: number,
  market: number,
  leg: number,
  isolated: boolean,
): number | undefined {
  const { book } = engine;
  return accountBuckets(book, account).find((bucket) => {
    const place = book.buckets.place(bucket);
    if (!isIsolated(place) || !isolated) return isIsolated(place) === isolated;
    return marketOfPlace(place) === market && legOfPlace(place) === leg;
  });
}

/** What the fund holds, and what is at liquidatable or worse and may still fall to it. Looks at every bucket. */
export function positionsOfFund(exchange: Exchange): { readonly count: number; readonly notional: bigint } {
  const { book } = exchange.engine;
  const { buckets } = book;
  const own = book.cross[INSURANCE];
  const isLiquidatable = (bucket: number): boolean => buckets.levels[bucket] >= Level.liquidatable;
  let count = 0;
  for (let bucket = 0; bucket < buckets.used; bucket++) {
    const row = bucket * BUCKET_I32;
    if ((buckets.i32[row + BucketLink.flags] & Flag.free) === 0 && (bucket === own || isLiquidatable(bucket)))
      count += buckets.i32[row + BucketLink.count];
  }
  const held = valueWide(book, own).positions.reduce((sum, { notional }) => sum + notional, 0n);
  return { count, notional: notionalFrom(Level.liquidatable, exchange) + (isLiquidatable(own) ? 0n : held) };
}

function nameOf(
  units: Units,
  account: string,
  market: number,
  leg: Leg,
): Pick<AlertPosition, 'positionId' | 'account' | 'market' | 'leg'> {
  const name = units.market(market);
  return { positionId: positionName(account, name, leg), account, market: name, leg: LEG_NAMES[leg] };
}
