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
import { safeRanges } from './safe-range.ts';
import { curveKinks } from './schedule.ts';
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
  const range = nearestRange(safePrices(bucket, market, ZERO), market.mark);
  if (range === null) return none('liquidatable_at_every_price');
  const { lower, upper } = range;
  if (lower === null && upper === null) return none(reasonFor(bucket, market));

  const below = lower === null ? null : onTick(bucket, market, range, lower, 'below');
  const above = upper === null ? null : onTick(bucket, market, range, upper, 'above');
  // Every tick lies past an upper boundary that is below the first one.
  if (above !== null && above.price.num <= 0n) return none('liquidatable_at_every_price');
  // No tick lies past such a lower boundary: it is none, however near the mark is to it.
  const hasBelow = below !== null && below.price.num > 0n;
  if (!hasBelow && above === null) return none('no_price_is_low_enough');

  const { mark } = market;
  const isBelow = hasBelow && (above === null || compare(sub(mark, lower!), sub(upper!, mark)) <= 0);
  const { price, isVerified } = isBelow ? below : above!;
  const otherBoundary = isBelow ? upper : hasBelow ? lower : null;
  return { price, reason: null, otherBoundary, isVerified };
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

/** The prices at which equity covers maintenance plus `slack`, roundings left out; in rising order. */
function safePrices(bucket: Bucket, market: Market, slack: Rational): PriceRange[] {
  const isFrozen = market.rules.maintenanceInLiquidation === 'frozen';
  const frozen = isFrozen ? bucketMaintenance(bucket, null, true) : null;
  const line = equityLine(bucket, market);
  const excessAt = (x: Rational): Rational => {
    const maintenance = frozen ?? bucketMaintenance(bucket, { market, x }, true);
    return sub(add(line.at0, mul(line.slope, x)), add(maintenance, slack));
  };
  const bends = market.schedule.type === 'curve' && market.kind === 'inverse' && !isFrozen;
  const ranges = safeRanges(excessAt, edges(bucket, market), bends ? toX(market, market.mark) : null);
  // Safe at x = 0 alone is safe at no price.
  const reached = ranges.filter(({ upper }) => upper === null || upper.num !== 0n);
  if (market.kind === 'linear') return reached;
  return reached
    .toReversed()
    .map(({ lower, upper }) => ({ lower: priceOrNull(market, upper), upper: priceOrNull(market, lower) }));
}

function priceOrNull(market: Market, x: Rational | null): Rational | null {
  return x === null ? null : toPrice(market, x);
}

/** The range that holds the mark, or the one whose boundary it would have crossed last. */
function nearestRange(ranges: readonly PriceRange[], mark: Rational): PriceRange | null {
  const distance = ({ lower, upper }: PriceRange): Rational => {
    if (lower !== null && compare(mark, lower) < 0) return sub(lower, mark);
    if (upper !== null && compare(mark, upper) > 0) return sub(mark, upper);
    return ZERO;
  };
  let nearest: PriceRange | null = null;
  for (const range of ranges) {
    if (nearest === null || compare(distance(range), distance(nearest)) < 0) nearest = range;
  }
  return nearest;
}

/** The x at which some notional in this market steps into another tier, or onto a curve's bound. */
function edges(bucket: Bucket, market: Market): Rational[] {
  const { schedule } = market;
  // A linear contract's curve reads a size that no price moves.
  if (schedule.type === 'curve' && market.kind === 'linear') return [];
  const notionals =
    schedule.type === 'curve' ? curveKinks(schedule.maintenance) : schedule.tiers.map((tier) => tier.floor);
  const held = bucket.positions.filter((position) => position.market === market);
  const orders = bucket.orders.filter((order) => order.market === market);
  const buys = orders.filter((order) => order.size.num > 0n);
  const sells = orders.filter((order) => order.size.num < 0n);
  const net = sum(held.map((position) => position.size));
  const sizes = [...held, ...orders].map((item) => abs(item.size));
  sizes.push(abs(net), worstSize(net, buys, sells));
  const result: Rational[] = [];
  for (const notional of notionals) {
    for (const size of sizes) {
      if (size.num !== 0n) result.push(div(notional, mul(size, market.contractValue)));
    }
  }
  return result;
}

function isWithin(inner: PriceRange, outer: PriceRange): boolean {
  const isAbove = outer.lower === null || (inner.lower !== null && compare(inner.lower, outer.lower) >= 0);
  const isBelow = outer.upper === null || (inner.upper !== null && compare(inner.upper, outer.upper) <= 0);
  return isAbove && isBelow;
}

function onTick(
  bucket: Bucket,
  market: Market,
  range: PriceRange,
  boundary: Rational,
  side: 'below' | 'above',
): Tick {
  const { tick } = market;
  const isFavourable = market.rules.liquidationRounding === 'favourable';
  const exact = isFavourable ? onContractValue(market, boundary, side) : boundary;
  if (tick === null) return { price: exact, isVerified: true };
  const steps = div(exact, tick);
  if (isFavourable) {
    const price = mul({ num: side === 'below' ? ceil(steps) : floor(steps), den: 1n }, tick);
    return { price, isVerified: true };
  }
  return firstTickPast(bucket, market, range, tick, steps, side);
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
  range: PriceRange,
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
  const slack = ticksOfSlack(bucket, market, range, tick, steps, side);
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
  range: PriceRange,
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
  // Inside the range, not in another one that roundings would have to jump to.
  const inside = safePrices(bucket, market, slack).filter((shifted) => isWithin(shifted, range));
  const boundary = (side === 'below' ? inside[0] : inside[inside.length - 1])?.[
    side === 'below' ? 'lower' : 'upper'
  ];
  if (boundary === undefined || boundary === null) return TICKS_SEARCHED_MAX / 2n;
  const ticks = ceil(abs(sub(div(boundary, tick), steps)));
  return ticks < TICKS_SEARCHED_MAX / 2n ? ticks : TICKS_SEARCHED_MAX / 2n;
}

function isLiquidatableAt(bucket: Bucket, moved: MovedMark | null): boolean {
  return isLiquidatable(bucket, bucketEquity(bucket, moved, false), bucketMaintenance(bucket, moved, false));
}
