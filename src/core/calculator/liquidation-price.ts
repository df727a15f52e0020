/**
 * "At which mark of this one market, others frozen, is the bucket liquidated?" An answer to show, never
 * a trigger. All positions of the bucket in the market share it: their legs move together.
 *
 * With a tick it is the first tick, moving away from the safe prices, at which the trigger holds; that
 * is checked by evaluating the bucket there and one tick before. Without one it is the exact boundary.
 *
 * Whether there is a boundary is decided without a venue's roundings; they then move the tick.
 */

import { abs, add, ceil, compare, div, floor, mul, sub, sum, ZERO, type Rational } from '../num/rational.ts';
import type { Bucket, Market } from './account.ts';
import {
  bucketEquity,
  bucketMaintenance,
  isLiquidatable,
  worstSize,
  type MovedMark,
} from './bucket-margin.ts';
import { equityLine } from './bankruptcy-line.ts';
import { safeRange, safeRangeByBisection } from './safe-range.ts';
import { toPrice, toX } from './value.ts';

export type NoLiquidation =
  | 'no_price_is_low_enough'
  | 'no_price_is_high_enough'
  | 'no_price_is_far_enough'
  | 'liquidatable_at_every_price';

export interface LiquidationPrice {
  readonly price: Rational | null;
  readonly reason: NoLiquidation | null;
  /** The other end of the safe prices, where there are two. */
  readonly otherBoundary: Rational | null;
  /** False where a venue's roundings spread the trigger over more ticks than we look at. */
  readonly isVerified: boolean;
}

interface Tick {
  readonly price: Rational;
  readonly isVerified: boolean;
}

interface PriceRange {
  readonly lower: Rational | null;
  readonly upper: Rational | null;
}

/** Beyond this many ticks between the exact boundary and the rounded one we do not search. */
const TICKS_SEARCHED_MAX = 20_000n;

export function liquidationPrice(bucket: Bucket, market: Market): LiquidationPrice {
  const range = safePrices(bucket, market, ZERO);
  if (range === null) return none('liquidatable_at_every_price');
  const { lower, upper } = range;
  if (lower === null && upper === null) return none(reasonFor(bucket, market));

  const mark = market.mark;
  let side: 'below' | 'above';
  if (lower === null || upper === null) side = lower === null ? 'above' : 'below';
  else side = compare(sub(mark, lower), sub(upper, mark)) <= 0 ? 'below' : 'above';

  const boundary = side === 'below' ? lower! : upper!;
  const { price, isVerified } = onTick(bucket, market, boundary, side);
  // The boundary lies below the first tick: all prices are on its one side or on its other.
  if (price.num <= 0n)
    return none(side === 'below' ? 'no_price_is_low_enough' : 'liquidatable_at_every_price');
  return { price, reason: null, otherBoundary: side === 'below' ? upper : lower, isVerified };
}

function none(reason: NoLiquidation): LiquidationPrice {
  return { price: null, reason, otherBoundary: null, isVerified: true };
}

function reasonFor(bucket: Bucket, market: Market): NoLiquidation {
  const net = sum(
    bucket.positions.filter((position) => position.market === market).map((position) => position.size),
  );
  if (net.num === 0n) return 'no_price_is_far_enough';
  return net.num > 0n ? 'no_price_is_low_enough' : 'no_price_is_high_enough';
}

/** The prices at which equity covers maintenance plus `slack`, roundings left out. */
function safePrices(bucket: Bucket, market: Market, slack: Rational): PriceRange | null {
  const isFrozen = market.rules.maintenanceInLiquidation === 'frozen';
  const frozen = isFrozen ? bucketMaintenance(bucket, null, true) : null;
  const line = equityLine(bucket, market);
  const excessAt = (x: Rational): Rational => {
    const maintenance = frozen ?? bucketMaintenance(bucket, { market, x }, true);
    return sub(add(line.at0, mul(line.slope, x)), add(maintenance, slack));
  };
  const bends = market.schedule.type === 'curve' && market.kind === 'inverse' && !isFrozen;
  const range = bends
    ? safeRangeByBisection(excessAt, toX(market, market.mark))
    : safeRange(excessAt, edges(bucket, market));
  if (range === null) return null;
  // Safe at x = 0 alone, which is no price.
  if (range.upper !== null && range.upper.num === 0n) return null;
  const lower = range.lower === null ? null : toPrice(market, range.lower);
  const upper = range.upper === null ? null : toPrice(market, range.upper);
  return market.kind === 'linear' ? { lower, upper } : { lower: upper, upper: lower };
}

/** The x at which some notional in this market steps into another tier. */
function edges(bucket: Bucket, market: Market): Rational[] {
  if (market.schedule.type === 'curve') return [];
  const held = bucket.positions.filter((position) => position.market === market);
  const orders = bucket.orders.filter((order) => order.market === market);
  const buys = orders.filter((order) => order.size.num > 0n);
  const sells = orders.filter((order) => order.size.num < 0n);
  const net = sum(held.map((position) => position.size));
  const sizes = [...held, ...orders].map((item) => abs(item.size));
  sizes.push(worstSize(net, buys, sells));
  const result: Rational[] = [];
  for (const tier of market.schedule.tiers) {
    for (const size of sizes) {
      if (size.num !== 0n) result.push(div(tier.floor, mul(size, market.contractValue)));
    }
  }
  return result;
}

function onTick(bucket: Bucket, market: Market, boundary: Rational, side: 'below' | 'above'): Tick {
  const { tick } = market;
  const isFavourable = market.rules.liquidationRounding === 'favourable';
  const exact = isFavourable ? onContractValue(market, boundary, side) : boundary;
  if (tick === null) return { price: exact, isVerified: true };
  const steps = div(exact, tick);
  if (isFavourable) {
    const price = mul({ num: side === 'below' ? ceil(steps) : floor(steps), den: 1n }, tick);
    return { price, isVerified: true };
  }
  return firstTickPast(bucket, market, tick, steps, side);
}

/**
 * Where a contract's value is itself rounded (BitMEX: to satoshi), the boundary moves to the whole
 * value on its safe side before it is a price again.
 */
export function onContractValue(market: Market, price: Rational, side: 'below' | 'above'): Rational {
  const rounding = market.roundings.contractValue;
  if (rounding === null) return price;
  const units = div(mul(market.contractValue, toX(market, price)), rounding.unit);
  const isUp = (side === 'above') === (market.kind === 'inverse');
  const value = mul({ num: isUp ? ceil(units) : floor(units), den: 1n }, rounding.unit);
  return toPrice(market, div(value, market.contractValue));
}

function firstTickPast(
  bucket: Bucket,
  market: Market,
  tick: Rational,
  steps: Rational,
  side: 'below' | 'above',
): Tick {
  const away = side === 'below' ? -1n : 1n;
  const priceAt = (step: bigint): Rational => mul({ num: step, den: 1n }, tick);
  const isPast = (step: bigint): boolean => {
    if (step <= 0n) return side === 'below';
    return isLiquidatableAt(bucket, { market, x: toX(market, priceAt(step)) });
  };
  const nearest = side === 'below' ? floor(steps) : ceil(steps);
  if (market.rules.maintenanceInLiquidation === 'frozen') {
    return { price: priceAt(nearest), isVerified: true };
  }
  const slack = ticksOfSlack(bucket, market, tick, steps, side);
  let first = nearest - away * (1n + slack);
  // Not safe where it should be: the safe prices are narrower than a tick, or than what rounding moves.
  if (isPast(first)) return { price: priceAt(nearest), isVerified: slack === 0n };
  for (let tried = 0n; tried < TICKS_SEARCHED_MAX; tried += 1n) {
    if (isPast(first)) return { price: priceAt(first), isVerified: true };
    first += away;
  }
  return { price: priceAt(nearest), isVerified: false };
}

/** How many ticks earlier the venue's roundings could at most bring the trigger. */
function ticksOfSlack(
  bucket: Bucket,
  market: Market,
  tick: Rational,
  steps: Rational,
  side: 'below' | 'above',
): bigint {
  const slack = sum(
    bucket.positions.map(({ market: { roundings }, size }) =>
      sum([
        roundings.maintenanceMargin?.unit ?? ZERO,
        roundings.initialMargin?.unit ?? ZERO,
        mul(abs(size), roundings.contractValue?.unit ?? ZERO),
        mul(abs(size), roundings.contractValue?.unit ?? ZERO),
      ]),
    ),
  );
  if (slack.num === 0n) return 0n;
  const shifted = safePrices(bucket, market, slack);
  const boundary = shifted === null ? null : shifted[side === 'below' ? 'lower' : 'upper'];
  if (boundary === null) return TICKS_SEARCHED_MAX / 2n;
  const ticks = ceil(abs(sub(div(boundary, tick), steps)));
  return ticks < TICKS_SEARCHED_MAX / 2n ? ticks : TICKS_SEARCHED_MAX / 2n;
}

function isLiquidatableAt(bucket: Bucket, moved: MovedMark | null): boolean {
  return isLiquidatable(bucket, bucketEquity(bucket, moved, false), bucketMaintenance(bucket, moved, false));
}
