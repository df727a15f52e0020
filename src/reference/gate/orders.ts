/** Working orders: what is left of them and what it is worth, as it counts. */
import { Form, Leg } from '../../core/schema/commands.ts';
import { Side } from '../../core/schema/side.ts';
import { abs, max, min } from '../exact.ts';
import type { Market, State } from '../state.ts';
import { fillValue, formOf, orderValue } from '../worth.ts';
import type { Order } from './state.ts';

/** While a replace waits, of the larger of both sizes. */
export function leftOf({ size, filled, pending }: Order): bigint {
  return max(size, pending?.size ?? 0n) - filled;
}

/** While a replace waits, the price at which it would lose more: the higher of a buy, the lower of a sell. */
export function priceOf({ side, price, pending }: Order): bigint {
  if (pending === null) return price;
  return side === Side.bid ? max(price, pending.price) : min(price, pending.price);
}

/** Rounded up; while a replace waits, at the price at which it is worth more. */
export function worthOf(state: State, order: Order): bigint {
  const market = state.markets[order.market];
  const worth = (price: bigint): bigint => valueOf(market, leftOf(order), price);
  return order.pending === null ? worth(order.price) : max(worth(order.price), worth(order.pending.price));
}

/** Rounded up; nothing where there is no price. */
export function valueOf(market: Market, lots: bigint, price: bigint): bigint {
  return price === 0n ? 0n : orderValue(market, lots, price);
}

export function sign(side: Side): bigint {
  return side === Side.bid ? 1n : -1n;
}

/** Whether this side of a leg can only close it. */
export function onlyCloses(leg: Leg, side: Side): boolean {
  return leg === Leg.long ? side === Side.ask : leg === Leg.short && side === Side.bid;
}

/** What orders of one side lose against the mark when all of them trade, each valued rounded up; not under 0. */
export function lossAgainstMark(market: Market, side: Side, orders: readonly Order[]): bigint {
  const isInverse = formOf(market) === Form.inverse;
  let above = 0n;
  for (const order of orders)
    above += valueOf(market, leftOf(order), priceOf(order)) - leftOf(order) * market.lotValue;
  return max(0n, above * sign(side) * (isInverse ? -1n : 1n));
}

/** What this one loses when it trades, as it would be booked; not under 0, and nothing without a price. */
export function lossAtOnce(market: Market, order: Order): bigint {
  if (market.mark === null || priceOf(order) === 0n) return 0n;
  const lots = sign(order.side) * leftOf(order);
  const beyond = fillValue(market, lots, priceOf(order)) - lots * market.lotValue;
  return max(0n, formOf(market) === Form.inverse ? -beyond : beyond);
}

/** The notional of lots at the mark. */
export function notionalOf(market: Market, lots: bigint): bigint {
  return abs(lots) * market.lotValue;
}
