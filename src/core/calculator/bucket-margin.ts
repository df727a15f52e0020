/**
 * Equity, maintenance and initial margin of a margin bucket:
 *
 *   equity      = collateral + sum of unrealised PnL + accrued funding
 *   maintenance = sum of position requirements (close fee included) + open-order charge
 *
 * One market's mark may be moved to another x (see `value.ts`): that is how prices are solved for and
 * how a solved price is checked. `exact` leaves the venue's roundings out.
 */

import { abs, add, max, mul, sub, sum, ZERO, type Rational } from '../num/rational.ts';
import type { Bucket, Market, Order, Position } from './account.ts';
import { bankruptcyX } from './bankruptcy-line.ts';
import { exposureAt, exposureOn, feeValueAt, initialFor, maintenanceFor } from './margin.ts';
import { rounded } from './rounding.ts';
import { toX, unrealizedPnl, valueAt } from './value.ts';

export interface MovedMark {
  readonly market: Market;
  readonly x: Rational;
}

export interface PositionMargin {
  readonly position: Position;
  readonly notional: Rational;
  readonly unrealizedPnl: Rational;
  readonly maintenance: Rational;
  readonly initial: Rational | null;
}

export interface BucketMargin {
  readonly equity: Rational;
  readonly maintenance: Rational;
  readonly initial: Rational | null;
  readonly positions: readonly PositionMargin[];
}

function markX(market: Market, moved: MovedMark | null): Rational {
  return moved !== null && moved.market === market ? moved.x : toX(market, market.mark);
}

export function bucketEquity(bucket: Bucket, moved: MovedMark | null, exact: boolean): Rational {
  return sum([
    bucket.collateral,
    ...bucket.positions.map((position) =>
      add(unrealizedPnl(position, markX(position.market, moved), exact), position.accruedFunding),
    ),
  ]);
}

/** Equity falls below maintenance, or under `inclusive` reaches it. Nothing to maintain, nothing to liquidate. */
export function isLiquidatable(bucket: Bucket, equity: Rational, maintenance: Rational): boolean {
  const excess = sub(equity, maintenance);
  return excess.num < 0n || (bucket.inclusive && excess.num === 0n && maintenance.num > 0n);
}

export function bucketMaintenance(bucket: Bucket, moved: MovedMark | null, exact: boolean): Rational {
  const requirements = bucket.positions.map((position) =>
    positionMaintenance(bucket, position, moved, exact),
  );
  const charges = orderMarkets(bucket).map((market) => orderMaintenance(bucket, market, moved, exact));
  return sum([...requirements, ...charges]);
}

export function bucketMargin(bucket: Bucket): BucketMargin {
  const positions = bucket.positions.map((position): PositionMargin => {
    const { market, size } = position;
    const x = toX(market, market.mark);
    return {
      position,
      notional: exposureAt(market, size, x, false).notional,
      unrealizedPnl: unrealizedPnl(position, x),
      maintenance: positionMaintenance(bucket, position, null, false),
      initial: initialFor(
        market,
        exposureOn(market.rules.imBasis, position, x, false),
        position.leverage,
        closeFee(bucket, position, x, false),
      ),
    };
  });
  return {
    equity: bucketEquity(bucket, null, false),
    maintenance: bucketMaintenance(bucket, null, false),
    initial: sumOrNull([
      ...positions.map((position) => position.initial),
      ...orderMarkets(bucket).map((market) => orderInitial(bucket, market)),
    ]),
    positions,
  };
}

function positionMaintenance(
  bucket: Bucket,
  position: Position,
  moved: MovedMark | null,
  exact: boolean,
): Rational {
  const { market } = position;
  const x = markX(market, moved);
  const exposure = exposureOn(market.rules.mmBasis, position, x, exact);
  return maintenanceFor(market, exposure, closeFee(bucket, position, x, exact), exact);
}

function closeFee(bucket: Bucket, position: Position, x: Rational, exact: boolean): Rational {
  const { market, size } = position;
  if (market.closeFee.num === 0n) return ZERO;
  if (market.rules.closeFeeBasis !== 'bankruptcy') {
    return mul(market.closeFee, feeValueAt(position, x, exact));
  }
  const bankrupt = bankruptcyX(bucket, market, true);
  if (bankrupt.x === null || bankrupt.x.num <= 0n) return ZERO;
  return mul(market.closeFee, abs(valueAt(market, size, bankrupt.x, exact)));
}

function orderMarkets(bucket: Bucket): Market[] {
  return [...new Set(bucket.orders.map((order) => order.market))];
}

function orderMaintenance(bucket: Bucket, market: Market, moved: MovedMark | null, exact: boolean): Rational {
  const mode = market.rules.orderMargin;
  if (mode === 'none') return ZERO;
  const { buys, sells } = sides(bucket, market);
  if (mode !== 'worst_position') {
    const bids = orderValue(market, buys);
    const asks = orderValue(market, sells);
    const charge = mul(market.orderRate ?? ZERO, mode === 'worst' ? max(bids, asks) : add(bids, asks));
    return exact ? charge : rounded(charge, market.roundings.maintenanceMargin);
  }
  const x = markX(market, moved);
  const held = bucket.positions.filter((position) => position.market === market);
  const charge = (size: Rational): Rational =>
    maintenanceFor(market, exposureAt(market, size, x, exact), ZERO, exact);
  // Two hedge legs do not net, so neither do the orders beside them: each is charged for itself.
  if (held.length > 1) return sum([...buys, ...sells].map((order) => charge(order.size)));
  const net = sum(held.map((position) => position.size));
  return max(ZERO, sub(charge(worstSize(net, buys, sells)), charge(net)));
}

function orderInitial(bucket: Bucket, market: Market): Rational | null {
  if (market.rules.orderInitial === 'none') return ZERO;
  const { buys, sells } = sides(bucket, market);
  const held = bucket.positions.filter((position) => position.market === market);
  const leverage = held[0]?.leverage ?? null;
  const x = toX(market, market.mark);
  const net = sum(held.map((position) => position.size));
  const own = exposureAt(market, net, x, false);
  const long = add(net, sum(buys.map((order) => order.size)));
  const short = add(net, sum(sells.map((order) => order.size)));
  const atMark = market.rules.orderMargin === 'worst_position';
  const value = (orders: readonly Order[]): Rational =>
    atMark
      ? sum(orders.map((order) => valueAt(market, order.size, x)))
      : sum(orders.map((order) => valueAt(market, order.size, toX(market, order.price))));
  const signed = valueAt(market, net, x);
  const total = (size: Rational, orders: readonly Order[]): Rational | null => {
    const notional = abs(add(signed, value(orders)));
    const base = market.kind === 'linear' ? abs(mul(size, market.contractValue)) : notional;
    return initialFor(market, { notional, size: base }, leverage, ZERO);
  };
  const before = initialFor(market, own, leverage, ZERO);
  const afterBuys = total(long, buys);
  const afterSells = total(short, sells);
  if (before === null || afterBuys === null || afterSells === null) return null;
  return max(ZERO, sub(max(afterBuys, afterSells), before));
}

function sides(bucket: Bucket, market: Market): { buys: Order[]; sells: Order[] } {
  const orders = bucket.orders.filter((order) => order.market === market);
  return {
    buys: orders.filter((order) => order.size.num > 0n),
    sells: orders.filter((order) => order.size.num < 0n),
  };
}

function orderValue(market: Market, orders: readonly Order[]): Rational {
  return sum(orders.map((order) => abs(valueAt(market, order.size, toX(market, order.price)))));
}

/** The larger of the position after all buys and after all sells, unsigned. */
export function worstSize(net: Rational, buys: readonly Order[], sells: readonly Order[]): Rational {
  const long = abs(add(net, sum(buys.map((order) => order.size))));
  const short = abs(add(net, sum(sells.map((order) => order.size))));
  return max(long, short);
}

function sumOrNull(terms: readonly (Rational | null)[]): Rational | null {
  let total = ZERO;
  for (const term of terms) {
    if (term === null) return null;
    total = add(total, term);
  }
  return total;
}
