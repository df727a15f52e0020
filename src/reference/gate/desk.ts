/** Orders: entered, replaced, cancelled, confirmed, done. */
import { PRICE_MAX } from '../../core/num/units.ts';
import { Form } from '../../core/schema/commands.ts';
import {
  HaltCause,
  type CancelCommand,
  type ConfirmCommand,
  type DoneCommand,
  type EnterCommand,
  type ReplaceCommand,
} from '../../core/schema/gate-commands.ts';
import { DUPLICATES_SEEN, Limit } from '../../core/schema/gate-limits.ts';
import { NoticeKind, type ParentExceededNotice } from '../../core/schema/gate-notices.ts';
import { OrderType } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { isCount, isLeg, isWhole } from '../checks.ts';
import { fits } from '../state.ts';
import { formOf } from '../worth.ts';
import { candidateOf, isReducing, type Candidate } from './candidate.ts';
import { findAll } from './checks.ts';
import { legOf } from './exposure.ts';
import { groupsOf } from './groups.ts';
import { haltFor, isHaltedFor, losesTooMuch } from './halts.ts';
import { accountLimit, groupLimit } from './limits.ts';
import { notionalOf, onlyCloses, worthOf } from './orders.ts';
import { marketOrderPrice } from './prices.ts';
import { dropOrder, findOrder, putOrder, type GateState, type Order } from './state.ts';
import { count, type Done } from './windows.ts';

export function applyEnter(state: GateState, command: EnterCommand): Reason {
  const { account, market: row, leg, side, type, clientId } = command;
  if (state.accounts[account] === undefined) return Reason.account_unknown;
  const market = state.engine.markets[row];
  if (market === undefined) return Reason.market_unknown;
  const isNumbered =
    isLeg(leg) && isSide(side) && isType(type) && isLots(command.size) && isPrice(command.price);
  if (!isNumbered || !isCount(clientId) || !isCount(command.parent)) return Reason.number_invalid;
  if ((type === OrderType.market) !== (command.price === 0)) return Reason.order_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  const isTaken = state.accounts[account].orders.some((order) => order.clientId === clientId);
  if (clientId !== 0 && isTaken) return Reason.client_id_taken;
  const parent = state.parents.get(command.parent);
  const fitsParent = parent?.account === account && parent.market === row && parent.side === side;
  const order: Order = {
    id: state.lastOrder + 1,
    account,
    market: row,
    leg,
    side,
    type,
    reduceOnly: command.reduceOnly || onlyCloses(leg, side),
    clientId,
    parent: fitsParent ? command.parent : 0,
    price: priced(state, command, command.price),
    size: BigInt(command.size),
    filled: 0n,
    pending: null,
  };
  const alone = checkAlone(state, order);
  if (alone !== Reason.accepted) return alone;
  const candidate = candidateOf(state, order, false, command.parent);
  const reason = decide(candidate);
  if (reason !== Reason.accepted) return reason;
  state.lastOrder = order.id;
  state.decided = order.id;
  const { seen } = candidate.account;
  candidate.account.seen = [...seen, { timeUs: state.engine.timeUs, order }].slice(-DUPLICATES_SEEN);
  return reason;
}

export function applyReplace(state: GateState, command: ReplaceCommand): Reason {
  if (state.accounts[command.account] === undefined) return Reason.account_unknown;
  const order = namedOrder(state, command);
  if (order === undefined) return Reason.order_unknown;
  if (!isLots(command.size) || !isPrice(command.price)) return Reason.number_invalid;
  if ((order.type === OrderType.market) !== (command.price === 0)) return Reason.order_invalid;
  if (order.pending !== null) return Reason.replace_waits;
  const size = BigInt(command.size);
  if (size <= order.filled) return Reason.amend_filled;
  const replaced = { ...order, pending: { price: priced(state, order, command.price), size } };
  const alone = checkAlone(state, replaced);
  if (alone !== Reason.accepted) return alone;
  const reason = decide(candidateOf(state, replaced, true, order.parent));
  state.decided = reason === Reason.accepted ? order.id : 0;
  return reason;
}

export function applyCancel(state: GateState, command: CancelCommand): Reason {
  if (state.accounts[command.account] === undefined) return Reason.account_unknown;
  if (namedOrder(state, command) === undefined) return Reason.order_unknown;
  countDone(state, command.account, { orders: 0, value: 0n, cancels: 1 });
  return Reason.accepted;
}

export function applyConfirm(state: GateState, { order: id, taken }: ConfirmCommand): Reason {
  const order = findOrder(state, id);
  if (order === undefined) return Reason.order_unknown;
  if (order.pending === null) return Reason.nothing_to_confirm;
  const next = taken ? { ...order, ...order.pending, pending: null } : { ...order, pending: null };
  if (next.filled >= next.size) dropOrder(state, order);
  else putOrder(state, next);
  return Reason.accepted;
}

export function applyDone(state: GateState, { order: id }: DoneCommand): Reason {
  const order = findOrder(state, id);
  if (order === undefined) return Reason.order_unknown;
  dropOrder(state, order);
  return Reason.accepted;
}

/** Holds it against everything; accepted, it counts. */
function decide(candidate: Candidate): Reason {
  const { state, account, order, value } = candidate;
  const findings = findAll(candidate);
  state.findings = findings;
  const reason = findings.find(({ isHard }) => isHard)?.reason ?? Reason.accepted;
  if (reason === Reason.accepted) {
    putOrder(state, order);
    countDone(state, account.row, { orders: 1, value, cancels: 0 });
    account.day.orders++;
  }
  if (losesTooMuch(state, account)) haltFor(state, HaltCause.loss, account.row);
  const exceeded = findings.find((finding) => finding.reason === Reason.parent_exceeded);
  if (exceeded !== undefined && !isHaltedFor(state, HaltCause.parent, account.row)) {
    const { market, parent } = order;
    sayParentExceeded(state, { account: account.row, market, parent }, exceeded.value);
    haltFor(state, HaltCause.parent, account.row);
  }
  return reason;
}

/** An alarm: `lots` is what the children of a parent came to, or would. */
export function sayParentExceeded(
  state: GateState,
  { account, market, parent }: Pick<Order, 'account' | 'market' | 'parent'>,
  lots: number,
): void {
  const size = Number(state.parents.get(parent)!.size);
  const what = { account, market, parent, size, lots };
  state.notices.push({ kind: NoticeKind.parent_exceeded, ...what } as ParentExceededNotice);
}

/** What leaves nothing to be decided. */
function checkAlone(state: GateState, order: Order): Reason {
  if (order.reduceOnly && !isReducing(state, order)) return Reason.nothing_to_reduce;
  const market = state.engine.markets[order.market];
  const others = state.accounts[order.account].orders.filter(({ id }) => id !== order.id);
  const { worst } = legOf(state.engine, order.account, [...others, order], market, order.leg);
  const working = [...others, order].reduce((sum, each) => sum + worthOf(state.engine, each), 0n);
  const amounts = [working, notionalOf(market, worst)];
  return amounts.every(fits) ? Reason.accepted : Reason.amount_out_of_range;
}

/** In the window of the account and in those of its groups. */
function countDone(state: GateState, account: number, done: Done): void {
  const { engine, accounts } = state;
  count(accounts[account].window, accountLimit(state, account, null, Limit.window_us), engine.timeUs, done);
  if (done.orders === 0) return;
  for (const { row, window } of groupsOf(state, account))
    count(window, groupLimit(state, row, null, Limit.group_window_us), engine.timeUs, done);
}

/** What a market order is valued at, and the price of any other. */
function priced(
  state: GateState,
  order: Pick<Order, 'account' | 'market' | 'side' | 'type'>,
  price: number,
): bigint {
  if (order.type !== OrderType.market) return BigInt(price);
  const collar = accountLimit(state, order.account, order.market, Limit.collar_mark);
  return marketOrderPrice(state.engine.markets[order.market], order.side, collar);
}

/** By order id, or where that is 0 by the client's. */
function namedOrder(
  state: GateState,
  { account, order: id, clientId }: Pick<CancelCommand, 'account' | 'order' | 'clientId'>,
): Order | undefined {
  const isNamed = (order: Order): boolean =>
    id === 0 ? clientId !== 0 && order.clientId === clientId : order.id === id;
  return state.accounts[account].orders.find(isNamed);
}

function isSide(side: number): boolean {
  return side === Side.bid || side === Side.ask;
}

function isType(type: number): boolean {
  return type === OrderType.limit || type === OrderType.market;
}

function isLots(size: number): boolean {
  return isWhole(size) && size >= 1;
}

function isPrice(price: number): boolean {
  return isCount(price) && price <= PRICE_MAX;
}
