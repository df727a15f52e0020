/** Everything that an order is held against, computed from the whole state as if it were accepted. */
import { HaltState, ShortRule } from '../../core/schema/gate-commands.ts';
import {
  FIRM,
  Limit,
  LimitLevel,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../../core/schema/gate-limits.ts';
import type { Halt } from '../../core/schema/gate-notices.ts';
import { OrderType } from '../../core/schema/orders.ts';
import { Use } from '../../core/schema/quality.ts';
import { Side } from '../../core/schema/side.ts';
import { ceilDiv } from '../exact.ts';
import type { Market } from '../state.ts';
import { groupLots, grossOf, legOf, legsOf, lotsOf, netOf, type LegExposure } from './exposure.ts';
import { groupsOf } from './groups.ts';
import { worstHalt } from './halts.ts';
import { accountLimit, groupLimit, type Bounds } from './limits.ts';
import { equityOf, lossesOf, requiredOf } from './money.ts';
import { leftOf, lossAtOnce, priceOf, sign, valueOf, worthOf } from './orders.ts';
import { ticksOf } from './prices.ts';
import type { GateAccount, GateState, Group, Instrument, Order } from './state.ts';
import { sumOf, type Done } from './windows.ts';

const PLAIN: Instrument = { sector: '', issuer: '', short: ShortRule.free, restricted: false };

export interface Candidate {
  readonly state: GateState;
  readonly account: GateAccount;
  readonly market: Market;
  readonly instrument: Instrument;
  /** As it will count. */
  readonly order: Order;
  /** What is left of the new order by itself, its price and its value. */
  readonly size: bigint;
  readonly price: bigint;
  readonly value: bigint;
  readonly isReducing: boolean;
  readonly isReplace: boolean;
  /** The parent that it names, known or not; 0: none. */
  readonly named: number;
  /** Of the account, with this one in its place. */
  readonly orders: readonly Order[];
  readonly legs: readonly LegExposure[];
  /** The firm first. */
  readonly groups: readonly GroupView[];
}

/** A group as it would be with the order. */
export interface GroupView {
  readonly group: Group;
  readonly long: bigint;
  readonly short: bigint;
  readonly net: bigint;
  readonly gross: bigint;
  readonly netValue: bigint;
  readonly done: Done;
  readonly traded: bigint;
}

export function candidateOf(state: GateState, order: Order, isReplace: boolean, named: number): Candidate {
  const { engine } = state;
  const account = state.accounts[order.account];
  const market = engine.markets[order.market];
  const price = order.pending?.price ?? order.price;
  const size = (order.pending?.size ?? order.size) - order.filled;
  const orders = [...account.orders.filter(({ id }) => id !== order.id), order];
  const value = valueOf(market, size, price);
  const ordersOf = (row: number): readonly Order[] =>
    row === account.row ? orders : state.accounts[row].orders;
  const members = state.accounts.map(({ row }) => ({
    groups: groupsOf(state, row),
    legs: legsOf(engine, row, ordersOf(row)),
    working: ordersOf(row).reduce((sum, each) => sum + worthOf(engine, each), 0n),
  }));
  return {
    state,
    account,
    market,
    instrument: state.instruments.get(market.row) ?? PLAIN,
    order,
    size,
    price,
    value,
    isReducing: isReducing(state, order),
    isReplace,
    named,
    orders,
    legs: members[account.row].legs,
    groups: members[account.row].groups.map((group) => {
      const inside = members.filter(({ groups }) => groups.includes(group));
      const legs = inside.flatMap((member) => member.legs);
      const length = groupLimit(state, group.row, null, Limit.group_window_us);
      const done = sumOf(group.window, length, engine.timeUs);
      return {
        group,
        ...groupLots(legs, market),
        gross: grossOf(legs),
        netValue: netOf(legs),
        done: { ...done, orders: done.orders + 1, value: done.value + value },
        traded: inside.reduce((sum, { working }) => sum + working, group.traded),
      };
    }),
  };
}

/** Against the position of its leg, and of no more lots than are held beyond the other orders of its side. */
export function isReducing(state: GateState, order: Order): boolean {
  const { engine, accounts } = state;
  const { held } = legOf(engine, order.account, [], engine.markets[order.market], order.leg);
  const others = accounts[order.account].orders.filter(
    ({ id, market, leg, side }) =>
      id !== order.id && market === order.market && leg === order.leg && side === order.side,
  );
  const free = -sign(order.side) * held - others.reduce((sum, other) => sum + leftOf(other), 0n);
  return (order.pending?.size ?? order.size) - order.filled <= free;
}

export function limitOf({ state, account, market }: Candidate, limit: Limit): Bounds | null {
  return accountLimit(state, account.row, market.row, limit);
}

export function groupLimitOf(
  { state, market }: Candidate,
  { group }: GroupView,
  limit: Limit,
): Bounds | null {
  return groupLimit(state, group.row, market.row, limit);
}

/** The first limit that must be there and is not, and whose it is. */
export function missingLimit(candidate: Candidate): { limit: Limit; level: LimitLevel } | null {
  const { state, market } = candidate;
  const limit = REQUIRED_LIMITS.find((each) => limitOf(candidate, each) === null);
  if (limit !== undefined) return { limit, level: LimitLevel.account };
  const firms = REQUIRED_FIRM_LIMITS.find((each) => groupLimit(state, FIRM, market.row, each) === null);
  return firms === undefined ? null : { limit: firms, level: LimitLevel.group };
}

export function haltOf({ state, account, market }: Candidate, wanted: HaltState): Halt | null {
  const halt = worstHalt(state, account.row, market.row);
  return halt !== null && halt.state === wanted ? halt : null;
}

export function isMarkUsable({ market }: Candidate): boolean {
  return market.mark !== null && ticksOf(market, market.mark) > 0n && (market.allows & Use.open) !== 0;
}

/** Mark, index and last price in ticks of orders; 0: none. */
export function referencesOf({ state, market }: Candidate): { mark: bigint; index: bigint; last: bigint } {
  const index = state.indices.get(market.row);
  return {
    mark: market.mark === null ? 0n : ticksOf(market, market.mark),
    index: index === undefined ? 0n : ticksOf(market, index),
    last: state.lasts.get(market.row) ?? 0n,
  };
}

/** With this order. */
export function doneOf({ state, account, value }: Candidate): Done {
  const length = accountLimit(state, account.row, null, Limit.window_us);
  const done = sumOf(account.window, length, state.engine.timeUs);
  return { ...done, orders: done.orders + 1, value: done.value + value };
}

export function isRepeated({ state, account, order, isReplace }: Candidate, withinUs: number): boolean {
  const now = state.engine.timeUs;
  return (
    !isReplace && account.seen.some((seen) => areEqual(seen.order, order) && now - seen.timeUs < withinUs)
  );
}

/** But for their names. A market order has no price. */
function areEqual(a: Order, b: Order): boolean {
  return (
    a.market === b.market &&
    a.leg === b.leg &&
    a.side === b.side &&
    a.type === b.type &&
    a.size === b.size &&
    a.reduceOnly === b.reduceOnly &&
    (a.type === OrderType.market || a.price === b.price)
  );
}

export function lotsHere({ legs, market }: Candidate): ReturnType<typeof lotsOf> {
  return lotsOf(legs, market);
}

/** Of the market's legs, of all, of the sector and of the issuer. */
export function valuesOf({ legs, market, instrument, state }: Candidate): {
  here: bigint;
  gross: bigint;
  net: bigint;
  sector: bigint;
  issuer: bigint;
} {
  const { sector, issuer } = instrument;
  const infoOf = ({ row }: Market): Instrument => state.instruments.get(row) ?? PLAIN;
  return {
    here: grossOf(legs, (each) => each === market),
    gross: grossOf(legs),
    net: netOf(legs),
    sector: sector === '' ? 0n : grossOf(legs, (each) => infoOf(each).sector === sector),
    issuer: issuer === '' ? 0n : grossOf(legs, (each) => infoOf(each).issuer === issuer),
  };
}

export function locatedLots({ state, account, market }: Candidate): bigint {
  const { locates, engine } = state;
  const found = locates.find((each) => each.account === account.row && each.market === market.row);
  return found !== undefined && found.expiresUs > engine.timeUs ? BigInt(found.lots) : 0n;
}

/** The best price of the account's orders on the other side of the market, whatever their leg; null: there are none. */
export function ownOpposite({ orders, order }: Candidate): bigint | null {
  const prices = orders
    .filter(({ market, side }) => market === order.market && side !== order.side)
    .map(priceOf);
  if (prices.length === 0) return null;
  return prices.reduce((a, b) => ((order.side === Side.bid ? a < b : a > b) ? a : b));
}

/** Equity of the cross bucket, and what it has to cover. */
export function marginOf({ state, account, market, orders, order }: Candidate): {
  equity: bigint;
  required: bigint;
} {
  const { num, den } = market.definition.closeFee;
  const fee = ceilDiv(worthOf(state.engine, order) * BigInt(num), BigInt(den));
  const required = requiredOf(state, account.row, orders, order);
  return {
    equity: equityOf(state.engine.accounts[account.row].cross),
    required: required + lossAtOnce(market, order) + fee,
  };
}

export function lossesToday({ state, account }: Candidate): ReturnType<typeof lossesOf> {
  return lossesOf(state, account);
}

/** What the children of the parent have traded and could trade. */
export function childrenLots({ state, orders, order }: Candidate): bigint {
  const parent = state.parents.get(order.parent)!;
  return orders
    .filter((each) => each.parent === parent.id)
    .reduce((sum, each) => sum + leftOf(each), parent.executed);
}
