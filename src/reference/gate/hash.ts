/** The state hash of the reference gate: the entities and fields that `schema/digest.ts` lists, in its order. */
import { Digest, Entity } from '../../core/schema/digest.ts';
import type { LimitsCommand } from '../../core/schema/gate-commands.ts';
import { OrderType } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { put, putState } from '../hash.ts';
import type { GateAccount, GateState, Order, Window } from './state.ts';
import { countsAt } from './windows.ts';

const NONE = -1;
/** A value past 2^53 is told in these and the rest. */
const LARGE = 2n ** 40n;

export function digestOfGate(state: GateState): string {
  const digest = new Digest();
  const { engine, halts, strays } = state;
  putState(digest, engine);
  put(digest, Entity.gate, [state.lastOrder, state.epoch, state.version, state.days, state.turn]);
  putInstruments(digest, state);
  putGroups(digest, state);
  if (state.limits !== null) putLimits(digest, state.limits, 1);
  if (state.waiting !== null) putLimits(digest, state.waiting, 0);
  putGrants(digest, state);
  for (const { epoch, state: to, cause, group, account, market, by, why } of halts)
    put(digest, Entity.halt, [epoch, to, cause, ...orNone(group, account, market)], by, why);
  for (const [name, market, lots] of sumStrays(strays)) put(digest, Entity.stray, [market, lots], name);
  for (const account of state.accounts) putAccount(digest, state, account);
  for (const { id, account, market, side, size, executed, day } of state.parents.values())
    put(digest, Entity.parent, [id, account, market, side, size, executed, day]);
  for (const { account, market, lots, expiresUs } of state.locates)
    if (expiresUs > engine.timeUs && lots > 0)
      put(digest, Entity.located, [account, market, lots, expiresUs]);
  for (const [key, { count, side, timeUs }] of state.runs)
    put(digest, Entity.repeats, [...key.split(' ').map(Number), count, side, timeUs]);
  for (const [isToday, trades] of [
    [1, state.tradesToday],
    [0, state.tradesBefore],
  ] as const)
    for (const trade of trades) {
      const [market, side, id] = trade.split(' ').map(Number);
      put(digest, Entity.trade, [isToday, market * 2 + side, id]);
    }
  return digest.hex();
}

/** Markets of which anything is said. */
function putInstruments(digest: Digest, { engine, instruments, indices, lasts }: GateState): void {
  for (const { row } of engine.markets) {
    const { sector, issuer, short, restricted } = instruments.get(row) ?? {
      sector: '',
      issuer: '',
      short: 0,
      restricted: false,
    };
    const numbers = [short, restricted, indices.get(row) ?? 0, lasts.get(row) ?? 0].map(Number);
    if (sector === '' && issuer === '' && numbers.every((number) => number === 0)) continue;
    put(digest, Entity.instrument, [row, ...numbers], sector, issuer);
  }
}

function putGroups(digest: Digest, state: GateState): void {
  for (const { row, kind, parent, traded, name, window } of state.groups) {
    put(digest, Entity.group, [row, kind, parent, traded / LARGE, traded % LARGE], name);
    putWindow(digest, 1, row, window, state.engine.timeUs);
  }
  for (const { account, group } of state.members) put(digest, Entity.membership, [account, group]);
}

function putLimits(
  digest: Digest,
  { version, effectiveUs, author, why, sets }: LimitsCommand,
  isInForce: number,
): void {
  put(digest, Entity.limits, [version, effectiveUs, isInForce], author, why);
  for (const { level, group, account, market, values } of sets)
    for (const { limit, hard, soft } of values) {
      const scope = orNone(group, account, market);
      put(digest, Entity.limit, [version, level, ...scope, limit, ...orNone(hard, soft)]);
    }
}

function putGrants(digest: Digest, { grants }: GateState): void {
  for (const { level, group, account, market, limit, hard, expiresUs, by, approvedBy, why } of grants) {
    const fields = [level, ...orNone(group, account, market), limit, ...orNone(hard), expiresUs];
    put(digest, Entity.grant, fields, by, approvedBy, why);
  }
}

function putAccount(digest: Digest, state: GateState, { row, day, window, seen, orders }: GateAccount): void {
  put(digest, Entity.day, [row, day.orders, day.executions, day.start + day.flows, day.best - day.start]);
  putWindow(digest, 0, row, window, state.engine.timeUs);
  for (const [place, { order, timeUs }] of seen.entries()) {
    const { market, leg, type, price, size } = order;
    const shape = market * 32 + leg * 8 + bitsOf(order, 4, 2, 1);
    const limit = type === OrderType.market ? 0n : price;
    put(digest, Entity.recent, [row, place, shape, limit, size, timeUs]);
  }
  for (const order of orders) {
    const { id, account, market, leg, size, filled, price, pending, clientId, parent } = order;
    const next = [pending?.size ?? 0n, pending?.price ?? 0n];
    const bits = bitsOf(order, 1, 2, 4);
    const fields = [id, account, market, leg, bits, size, filled, price, ...next, clientId, parent];
    put(digest, Entity.reserved, fields);
  }
}

/** The slices in which something happened that still counts. */
function putWindow(
  digest: Digest,
  isGroup: number,
  row: number,
  { slice, deeds }: Window,
  now: number,
): void {
  const slices = new Map<number, { orders: number; cancels: number; value: bigint }>();
  for (const deed of deeds) {
    if (!countsAt(deed, slice, now)) continue;
    const number = Math.floor(deed.timeUs / slice);
    const { orders, cancels, value } = slices.get(number) ?? { orders: 0, cancels: 0, value: 0n };
    slices.set(number, {
      orders: orders + deed.orders,
      cancels: cancels + deed.cancels,
      value: value + deed.value,
    });
  }
  for (const [number, { orders, cancels, value }] of slices)
    put(digest, Entity.slice, [isGroup, row, slice, number, orders, cancels, value]);
}

function bitsOf({ side, type, reduceOnly }: Order, ask: number, market: number, reducing: number): number {
  return (
    (side === Side.ask ? ask : 0) + (type === OrderType.market ? market : 0) + (reduceOnly ? reducing : 0)
  );
}

/** By name and market. */
function sumStrays(strays: GateState['strays']): [name: string, market: number, lots: bigint][] {
  const sums = new Map<string, [string, number, bigint]>();
  for (const { name, market, lots } of strays) {
    const key = `${market} ${name}`;
    sums.set(key, [name, market, (sums.get(key)?.[2] ?? 0n) + lots]);
  }
  return [...sums.values()];
}

function orNone(...fields: readonly (number | null)[]): number[] {
  return fields.map((field) => field ?? NONE);
}
