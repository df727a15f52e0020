/**
 * What accounts and groups could come to hold: what they hold, and every order that works. `orders` are those of the account as they are, or
 * as they would be.
 */
import { Form, Leg } from '../../core/schema/commands.ts';
import { Side } from '../../core/schema/side.ts';
import { abs, max } from '../exact.ts';
import type { Account, Market, Position, State } from '../state.ts';
import { formOf } from '../worth.ts';
import { leftOf, notionalOf } from './orders.ts';
import type { Order } from './state.ts';

/** Lots of one leg of a market: held (signed), working to buy and to sell. */
export interface LegExposure {
  readonly market: Market;
  readonly leg: Leg;
  readonly held: bigint;
  readonly isIsolated: boolean;
  readonly bids: bigint;
  readonly asks: bigint;
  /** The largest it could come to, without sign. */
  readonly worst: bigint;
}

/** Every leg that is held or that orders work in. Assets held as collateral are none. */
export function legsOf(engine: State, account: number, orders: readonly Order[]): LegExposure[] {
  const legs: LegExposure[] = [];
  for (const market of engine.markets) {
    if (formOf(market) === Form.collateral) continue;
    for (const leg of [Leg.net, Leg.long, Leg.short]) {
      const exposure = legOf(engine, account, orders, market, leg);
      if (exposure.worst !== 0n || exposure.held !== 0n) legs.push(exposure);
    }
  }
  return legs;
}

export function legOf(
  engine: State,
  account: number,
  orders: readonly Order[],
  market: Market,
  leg: Leg,
): LegExposure {
  const position = positionOf(engine.accounts[account], market, leg);
  const held = position?.size ?? 0n;
  let [bids, asks] = [0n, 0n];
  for (const order of orders) {
    if (order.market !== market.row || order.leg !== leg || order.reduceOnly) continue;
    if (order.side === Side.bid) bids += leftOf(order);
    else asks += leftOf(order);
  }
  const worst = max(abs(held + bids), abs(held - asks));
  const isIsolated = position !== undefined && !engine.accounts[account].cross.positions.includes(position);
  return { market, leg, held, isIsolated, bids, asks, worst };
}

/** Lots of a market: how long, how short, and the larger of both. */
export function lotsOf(
  legs: readonly LegExposure[],
  market: Market,
): { long: bigint; short: bigint; worst: bigint } {
  let [long, short] = [0n, 0n];
  for (const leg of legs) {
    if (leg.market !== market) continue;
    long += max(0n, leg.held + leg.bids);
    short += max(0n, leg.asks - leg.held);
  }
  return { long, short, worst: max(long, short) };
}

/** Money at the marks, of the legs in markets that `isCounted`. */
export function grossOf(
  legs: readonly LegExposure[],
  isCounted: (market: Market) => boolean = () => true,
): bigint {
  return legs
    .filter(({ market }) => isCounted(market))
    .reduce((sum, { market, worst }) => sum + notionalOf(market, worst), 0n);
}

export function netOf(legs: readonly LegExposure[]): bigint {
  let [high, low] = [0n, 0n];
  for (const { market, held, bids, asks } of legs) {
    high += (held + bids) * market.lotValue;
    low += (held - asks) * market.lotValue;
  }
  return max(abs(high), abs(low));
}

/** Of a group in one market: long, short, and the larger net of both ends. */
export function groupLots(
  legs: readonly LegExposure[],
  market: Market,
): { long: bigint; short: bigint; net: bigint } {
  const { long, short } = lotsOf(legs, market);
  let [high, low] = [0n, 0n];
  for (const leg of legs) {
    if (leg.market !== market) continue;
    high += leg.held + leg.bids;
    low += leg.held - leg.asks;
  }
  return { long, short, net: max(abs(high), abs(low)) };
}

/** The position of a leg, cross or isolated: it is in one of them at most. */
export function positionOf(account: Account, market: Market, leg: Leg): Position | undefined {
  return [account.cross, ...account.isolated.values()]
    .flatMap(({ positions }) => positions)
    .find((position) => position.market === market && position.leg === leg);
}
