/**
 * Equity and maintenance of a margin bucket, the whole of it:
 *
 *   equity      = collateral + sum over positions of [ unrealized PnL + accrued funding ]
 *   maintenance = sum over positions of ceil( N * mmr - cum + N * closeFee )
 *               + sum over markets of ceil( orderRate * side(bids, asks) )
 */
import { FUNDING_SCALE } from '../core/num/units.ts';
import { Form, MarginBasis, OrderMargin } from '../core/schema/commands.ts';
import { abs, ceilDiv, floorDiv, max } from './exact.ts';
import { maintenanceOf } from './tiers.ts';
import type { Bucket, Market, Order, Position } from './state.ts';
import { formOf, lotValueAt } from './worth.ts';

const SCALE = BigInt(FUNDING_SCALE);

/** The part of an order that margin is taken on. */
export type OrderSide = Pick<Order, 'market' | 'size' | 'notional'>;

export interface Margin {
  readonly equity: bigint;
  readonly maintenance: bigint;
}

/** `prices` stand in for the marks of their markets: for what would be. */
export function marginOf(bucket: Bucket, prices?: ReadonlyMap<Market, bigint>): Margin {
  let equity = bucket.collateral;
  let maintenance = 0n;
  for (const position of bucket.positions) {
    const price = prices?.get(position.market);
    const lotValue = price === undefined ? position.market.lotValue : lotValueAt(position.market, price)!;
    equity += unrealizedPnl(position, lotValue) + accruedFunding(position);
    maintenance += maintenanceOf(position.market.tiers, marginNotional(position, lotValue));
  }
  if (bucket.orders.length > 0) maintenance += totalOrderCharge(bucket.orders);
  return { equity, maintenance };
}

/** Size * mark - cost basis; an inverse contract gains by what its lots are worth less than they were. */
export function unrealizedPnl(position: Position, lotValue = position.market.lotValue): bigint {
  const gain = position.size * lotValue - position.costBasis;
  return formOf(position.market) === Form.inverse ? -gain : gain;
}

/** Longs pay what the index rises by. Rounded down, against the account, for either sign. */
export function accruedFunding(position: Position): bigint {
  const rise = position.market.fundingIndex - position.entryIndex;
  return rise === 0n ? 0n : floorDiv(-position.size * rise, SCALE);
}

/** |size| * mark, or |cost basis| in a market that margins on entry. */
export function marginNotional(position: Position, lotValue = position.market.lotValue): bigint {
  return position.market.definition.basis === MarginBasis.mark
    ? abs(position.size) * lotValue
    : abs(position.costBasis);
}

/** What the orders of one market among a bucket's open `orders`, over all legs, add to its maintenance. */
export function orderCharge(orders: readonly OrderSide[], market: Market): bigint {
  let bids = 0n;
  let asks = 0n;
  for (const order of orders) {
    if (order.market !== market) continue;
    if (order.size > 0n) bids += order.notional;
    else asks += order.notional;
  }
  return ceilDiv(
    market.orderRate.num * sideOf(market.definition.orderMargin, bids, asks),
    market.orderRate.den,
  );
}

export function totalOrderCharge(orders: readonly OrderSide[]): bigint {
  let charge = 0n;
  for (const market of orderMarkets(orders)) charge += orderCharge(orders, market);
  return charge;
}

export function orderMarkets(orders: readonly OrderSide[]): Set<Market> {
  return new Set(orders.map((order) => order.market));
}

function sideOf(rule: OrderMargin, bids: bigint, asks: bigint): bigint {
  if (rule === OrderMargin.worst) return max(bids, asks);
  return rule === OrderMargin.sum ? bids + asks : 0n;
}
