/** What markets are beside their margin, prices to hold orders against, locates, parents, and the day. */
import { MARK_MAX, PRICE_MAX } from '../../core/num/units.ts';
import { Form } from '../../core/schema/commands.ts';
import {
  ShortRule,
  type InstrumentCommand,
  type LocateCommand,
  type ParentCommand,
  type ReferenceCommand,
} from '../../core/schema/gate-commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { isCount, isName, isWhole } from '../checks.ts';
import { formOf } from '../worth.ts';
import { equityOfAll } from './money.ts';
import type { GateState } from './state.ts';

export function applyInstrument(state: GateState, command: InstrumentCommand): Reason {
  const market = state.engine.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  const { sector, issuer, short, restricted } = command;
  if (![sector, issuer].every((name) => name === '' || isName(name))) return Reason.name_invalid;
  if (!Object.values<number>(ShortRule).includes(short)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  state.instruments.set(market.row, { sector, issuer, short, restricted });
  return Reason.accepted;
}

export function applyReference(state: GateState, { market: row, index, last }: ReferenceCommand): Reason {
  const market = state.engine.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (index !== null && !isWithin(index, MARK_MAX)) return Reason.mark_out_of_range;
  if (last !== null && !isWithin(last, PRICE_MAX)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  setOrDelete(state.indices, row, index);
  setOrDelete(state.lasts, row, last);
  return Reason.accepted;
}

export function applyLocate(state: GateState, command: LocateCommand): Reason {
  const { account, market, lots, expiresUs } = command;
  if (state.accounts[account] === undefined) return Reason.account_unknown;
  if (state.engine.markets[market] === undefined) return Reason.market_unknown;
  if (!isCount(lots) || !isCount(expiresUs)) return Reason.number_invalid;
  state.locates = state.locates.filter((each) => each.account !== account || each.market !== market);
  state.locates.push(command);
  return Reason.accepted;
}

export function applyParent(state: GateState, command: ParentCommand): Reason {
  const { parent: id, account, market: row, side, size } = command;
  if (state.accounts[account] === undefined) return Reason.account_unknown;
  const market = state.engine.markets[row];
  if (market === undefined) return Reason.market_unknown;
  const isNumbered = [id, size].every((each) => isWhole(each) && each >= 1);
  if (!isNumbered || (side !== Side.bid && side !== Side.ask)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  if (state.parents.has(id)) return Reason.parent_taken;
  state.parents.set(id, {
    id,
    account,
    market: row,
    side,
    size: BigInt(size),
    day: state.days,
    executed: 0n,
  });
  return Reason.accepted;
}

export function applyDay(state: GateState): Reason {
  for (const { row, day } of state.accounts) {
    day.start = equityOfAll(state.engine, row);
    day.flows = 0n;
    day.best = day.start;
    day.orders = 0;
    day.executions = 0;
  }
  for (const group of state.groups) group.traded = 0n;
  forgetParents(state);
  state.days++;
  state.tradesBefore = state.tradesToday;
  state.tradesToday = new Set();
  return Reason.accepted;
}

/** Those that were given before the day that ends, and that no order works for. */
function forgetParents({ accounts, parents, days }: GateState): void {
  const working = new Set(accounts.flatMap(({ orders }) => orders.map(({ parent }) => parent)));
  for (const { id, day } of parents.values()) if (day < days && !working.has(id)) parents.delete(id);
}

function isWithin(price: number, most: number): boolean {
  return isWhole(price) && price >= 1 && price <= most;
}

function setOrDelete(prices: Map<number, bigint>, market: number, price: number | null): void {
  if (price === null) prices.delete(market);
  else prices.set(market, BigInt(price));
}
