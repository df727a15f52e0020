/**
 * Everything behind one account's levels at one moment, in whole money units: what the engine knows, and two things it
 * does not keep because nothing is decided by them, prices at which a bucket would fall and what would have saved it.
 */
import type { Engine } from '../../core/engine/engine.ts';
import {
  bankruptcyPriceOf,
  liquidationPriceOf,
  type PriceAnswer,
} from '../../core/margin/liquidation-price.ts';
import { slackWide, Thresholds } from '../../core/margin/levels.ts';
import { valueWide, type BucketValue, type PositionValue } from '../../core/margin/valuation-wide.ts';
import { ceilDiv, floorDiv } from '../../core/num/exact.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { Form, MarginBasis } from '../../core/schema/commands.ts';
import { Level, type Threshold } from '../../core/schema/levels.ts';
import type { Verdict } from '../../core/schema/quality.ts';
import type { Book } from '../../core/state/book.ts';
import { isIsolated, legOfPlace, marketOfPlace } from '../../core/state/buckets.ts';
import { END } from '../../core/state/positions.ts';
import { MARGIN_F64, MarginField } from '../../core/state/orders.ts';
import { accountBuckets, bucketOrders, placeName, type OrderFacts } from './buckets.ts';

/** A position as its account sees it: size, cost basis, mark and funding index as they came in, whatever the market's form. */
export interface PositionFacts extends PositionValue {
  readonly form: Form;
  /** Money units of one lot at the mark. */
  readonly lotValue: bigint;
  /** What margin is taken on: the notional at the mark, or the absolute cost basis. */
  readonly base: bigint;
  readonly unrealized: bigint;
  /** (base * num - cut) / den of the tier, before it is rounded up. */
  readonly unrounded: { readonly num: bigint; readonly den: bigint };
  readonly liquidation: PriceAnswer;
  readonly bankruptcy: PriceAnswer;
  /** Null where the bucket is not liquidatable, and for an asset, which needs no maintenance. */
  readonly reduction: Reduction | null;
}

/** The fewest lots whose closing at the mark, without fees, ends it. */
export interface Reduction {
  /** Null: closing all of it is not enough. */
  readonly lots: bigint | null;
  readonly equity: bigint;
  /** With that closed; with everything closed where that is not enough. */
  readonly maintenance: bigint;
}

export interface ChargeFacts {
  readonly market: number;
  readonly bids: bigint;
  readonly asks: bigint;
  readonly charge: bigint;
}

export interface BucketFacts {
  readonly name: string;
  readonly isolated: boolean;
  readonly market: number;
  readonly leg: number;
  readonly level: Level;
  /** What follows from the level, with prices as good as they are. */
  readonly verdict: Verdict;
  /** Of a held bucket: its level with held markets at their reference prices; null where there is none. */
  readonly referenceLevel: Level | null;
  readonly collateral: bigint;
  readonly charge: bigint;
  readonly equity: bigint;
  readonly maintenance: bigint;
  readonly unrealized: bigint;
  readonly accrued: bigint;
  readonly positions: readonly PositionFacts[];
  readonly orders: readonly OrderFacts[];
  readonly charges: readonly ChargeFacts[];
  /** The least that had to be added to collateral; null where the bucket is not liquidatable. */
  readonly topUp: bigint | null;
}

export function accountFacts(engine: Engine, account: number): BucketFacts[] {
  const { book, settings } = engine;
  const thresholds = new Thresholds(settings!.levels, settings!.inclusive);
  return accountBuckets(book, account).map((bucket) => ({
    ...bucketFacts(book, thresholds, bucket),
    verdict: engine.verdicts.of(bucket),
    referenceLevel: engine.verdicts.referenceLevel(bucket),
  }));
}

function bucketFacts(
  book: Book,
  thresholds: Thresholds,
  bucket: number,
): Omit<BucketFacts, 'verdict' | 'referenceLevel'> {
  const value = valueWide(book, bucket);
  const { collateral, charge, equity, maintenance } = value;
  const trigger = thresholds.enter[Level.liquidatable - 1];
  const isLiquidatable = slackWide(trigger, equity, maintenance) < 0n;
  const place = book.buckets.place(bucket);
  const positions = value.positions.map((position): PositionFacts => {
    const base = baseOf(book, position.market, position.notional, position.cost);
    const lotValue = position.mark * unitOf(book, position.market);
    const form = book.markets.terms[position.market]?.form ?? Form.linear;
    const canReduce = isLiquidatable && form !== Form.collateral;
    return {
      ...position,
      ...outside(book, position),
      form,
      lotValue,
      base,
      unrealized: position.size * lotValue - position.cost,
      unrounded: { num: base * position.line.num - position.line.cut, den: position.line.den },
      liquidation: liquidationPriceOf(book, thresholds, value, position.market),
      bankruptcy: bankruptcyPriceOf(book, value, position.market),
      reduction: canReduce ? smallestReduction(book, trigger, value, position) : null,
    };
  });
  const orders = bucketOrders(book, bucket);
  return {
    name: placeName(book, bucket),
    isolated: isIsolated(place),
    market: marketOfPlace(place),
    leg: legOfPlace(place),
    level: book.buckets.level(bucket),
    collateral,
    charge,
    equity,
    maintenance,
    unrealized: positions.reduce((sum, position) => sum + position.unrealized, 0n),
    accrued: positions.reduce((sum, position) => sum + position.accrued, 0n),
    positions,
    orders,
    charges: chargesOf(book, bucket, orders),
    topUp: isLiquidatable ? -slackWide(trigger, equity, maintenance) : null,
  };
}

function outside(
  { markets }: Book,
  { market, size, cost, fundingAtEntry }: PositionValue,
): Pick<PositionFacts, 'size' | 'cost' | 'fundingAtEntry' | 'mark'> {
  const sign = BigInt(markets.sign(market as MarketRow));
  return {
    size: sign * size,
    cost: sign * cost,
    fundingAtEntry: sign * fundingAtEntry,
    mark: BigInt(markets.mark(market as MarketRow)),
  };
}

/**
 * Closing `lots` at the mark settles the position's funding, releases floor(basis * lots / size) of its basis and pays the
 * difference into collateral, so equity stays as it is to the unit. What falls is maintenance, and it never rises with more
 * lots closed: the fewest are found by bisection, and each step values the rest exactly.
 */
function smallestReduction(
  book: Book,
  trigger: Threshold,
  { equity, maintenance }: BucketValue,
  position: PositionValue,
): Reduction {
  const size = abs(position.size);
  const at = (lots: bigint): bigint =>
    maintenance - position.maintenance + maintenanceOfRest(book, position, lots);
  const isEnough = (lots: bigint): boolean => slackWide(trigger, equity, at(lots)) >= 0n;
  if (!isEnough(size)) return { lots: null, equity, maintenance: at(size) };
  let few = 0n;
  let enough = size;
  while (enough - few > 1n) {
    const middle = (few + enough) / 2n;
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return { lots: enough, equity, maintenance: at(enough) };
}

function maintenanceOfRest(book: Book, position: PositionValue, lots: bigint): bigint {
  const { market, size, cost, mark } = position;
  const left = abs(size) - lots;
  if (left === 0n) return 0n;
  const base = baseOf(book, market, left * mark * unitOf(book, market), cost - releasedBasis(position, lots));
  const lines = book.markets.lines[market];
  let tier = lines.length - 1;
  while (base < BigInt(lines[tier].floor)) tier--;
  return ceilDiv(base * lines[tier].num - lines[tier].cut, lines[tier].den);
}

/** Of a position as inside. */
export function releasedBasis({ cost, size }: Pick<PositionValue, 'cost' | 'size'>, lots: bigint): bigint {
  return floorDiv(cost * lots, abs(size));
}

function chargesOf(book: Book, bucket: number, orders: readonly OrderFacts[]): ChargeFacts[] {
  return [...new Set(orders.map(({ market }) => market))].map((market) => {
    const row = book.findOrderMargin(bucket, market);
    const { f64 } = book.orderMargins;
    const bids = row === END ? 0 : f64[row * MARGIN_F64 + MarginField.bids];
    const asks = row === END ? 0 : f64[row * MARGIN_F64 + MarginField.asks];
    return {
      market,
      bids: BigInt(bids),
      asks: BigInt(asks),
      charge: BigInt(book.chargeOf(market, bids, asks) ?? 0),
    };
  });
}

function baseOf(book: Book, market: number, notional: bigint, cost: bigint): bigint {
  return book.markets.specs[market].basis === MarginBasis.entry ? abs(cost) : notional;
}

function unitOf(book: Book, market: number): bigint {
  return BigInt(book.markets.unit(market as MarketRow));
}

export function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
