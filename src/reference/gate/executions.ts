/** Trades that happened, each counted once. */
import { Form, Kind } from '../../core/schema/commands.ts';
import { HaltCause, type ExecutionCommand } from '../../core/schema/gate-commands.ts';
import { NoticeKind, type OverfillNotice } from '../../core/schema/gate-notices.ts';
import { Limit } from '../../core/schema/gate-limits.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { PRICE_MAX, type TimeUs } from '../../core/num/units.ts';
import { isCount, isLeg, isName, isWhole } from '../checks.ts';
import type { Reference } from '../reference.ts';
import { fits } from '../state.ts';
import { formOf } from '../worth.ts';
import { sayParentExceeded } from './desk.ts';
import { legOf } from './exposure.ts';
import { groupsOf } from './groups.ts';
import { haltFor, losesTooMuch } from './halts.ts';
import { accountLimit } from './limits.ts';
import { see } from './money.ts';
import { leftOf, sign, valueOf } from './orders.ts';
import { dropOrder, findOrder, putOrder, type GateState, type Order, type Run } from './state.ts';

export function applyExecution(state: GateState, engine: Reference, command: ExecutionCommand): Reason {
  const { account, market: row, side, leg, name } = command;
  if (account !== null && state.accounts[account] === undefined) return Reason.account_unknown;
  const market = state.engine.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (account === null && !isName(name)) return Reason.name_invalid;
  if (account === null && state.engine.accountNames.has(name)) return Reason.name_taken;
  if (!areNumbersValid(command)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  const trade = `${row} ${side} ${command.trade}`;
  if (state.tradesToday.has(trade) || state.tradesBefore.has(trade)) return Reason.duplicate_execution;
  const order = findOrder(state, command.order);
  const isItsOwn =
    order === undefined
      ? command.order <= state.lastOrder
      : order.account === account && order.market === row && order.leg === leg && order.side === side;
  if (!isItsOwn) return Reason.order_unknown;

  const lots = BigInt(command.lots);
  const value = valueOf(market, lots, BigInt(command.price));
  if (account !== null) {
    if (!fits(value)) return Reason.amount_out_of_range;
    const { isIsolated } = legOf(state.engine, account, [], market, leg);
    const reason = engine.fact({
      kind: Kind.fill,
      timeUs: 0 as TimeUs,
      origin: null,
      account,
      market: row,
      leg,
      isolated: isIsolated,
      size: Number(sign(side) * lots) as ExecutionCommand['lots'],
      price: command.price,
      fee: command.fee,
    });
    if (reason !== Reason.accepted) return reason;
  }

  state.tradesToday.add(trade);
  state.lasts.set(row, BigInt(command.price));
  if (account === null) {
    state.strays.push({ name, market: row, leg, lots: sign(side) * lots });
    const what = { name, market: row, side, lots: command.lots, trade: command.trade };
    state.notices.push({ kind: NoticeKind.unknown_account, ...what });
    return Reason.accepted;
  }
  const { day } = state.accounts[account];
  day.executions++;
  for (const group of groupsOf(state, account)) group.traded += value;
  const isParentExceeded = fillOrder(state, command, order);
  const run = lengthen(state, account, row, side);
  see(state, state.accounts[account]);

  if (losesTooMuch(state, state.accounts[account])) haltFor(state, HaltCause.loss, account);
  const repeatMax = accountLimit(state, account, row, Limit.repeat_max)?.hard ?? null;
  if (repeatMax !== null && run.count >= repeatMax) haltFor(state, HaltCause.repeats, account, row);
  if (isParentExceeded) haltFor(state, HaltCause.parent, account);
  return Reason.accepted;
}

/** Takes the lots off the order, and counts them for its parent; whether the children of that traded more than it is. */
function fillOrder(state: GateState, command: ExecutionCommand, order: Order | undefined): boolean {
  if (command.order === 0) return false;
  const lots = BigInt(command.lots);
  let isExceeded = false;
  if (order !== undefined) {
    const filled = { ...order, filled: order.filled + lots };
    if (leftOf(filled) <= 0n) dropOrder(state, order);
    else putOrder(state, filled);
    const parent = state.parents.get(order.parent);
    if (parent !== undefined) {
      parent.executed += lots;
      isExceeded = parent.executed > parent.size;
      if (isExceeded) sayParentExceeded(state, order, Number(parent.executed));
    }
  }
  const over = lots - (order === undefined ? 0n : leftOf(order));
  if (over > 0n) {
    const { account, market, trade } = command;
    const what = { account, market, order: command.order, trade, lots: Number(over) };
    state.notices.push({ kind: NoticeKind.overfill, ...what } as OverfillNotice);
  }
  return isExceeded;
}

/** One more in a row, or the first of one. */
function lengthen(state: GateState, account: number, market: number, side: Side): Run {
  const key = `${account} ${market}`;
  const before = state.runs.get(key);
  const now = state.engine.timeUs;
  const bounds = accountLimit(state, account, market, Limit.repeat_us);
  // Nothing said: none follows another. None on purpose: however long after.
  const within = bounds === null ? 0 : (bounds.hard ?? Infinity);
  const isInRow = before !== undefined && before.side === side && now - before.timeUs < within;
  const run = { side, count: isInRow ? before.count + 1 : 1, timeUs: now };
  state.runs.set(key, run);
  return run;
}

function areNumbersValid({ leg, side, lots, price, fee, trade, order }: ExecutionCommand): boolean {
  return (
    isLeg(leg) &&
    (side === Side.bid || side === Side.ask) &&
    [lots, price, trade].every((each) => isWhole(each) && each >= 1) &&
    price <= PRICE_MAX &&
    isWhole(fee) &&
    isCount(order)
  );
}
