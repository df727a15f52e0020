/** A small gate for tests: markets of whole dollars and lots, generous limits, and words for what is asked of it. */
import { assert } from '../../num/assert.ts';
import { Kind, type Command } from '../../schema/commands.ts';
import { GateKind, type GateCommand, type LimitSet, type LimitValue } from '../../schema/gate-commands.ts';
import { FIRM, Limit, LIMIT_NAMES, LimitLevel } from '../../schema/gate-limits.ts';
import type { Notice } from '../../schema/gate-notices.ts';
import { DEFAULT_LEVELS } from '../../schema/levels.ts';
import { OrderType } from '../../schema/orders.ts';
import { Reason, REASON_NAMES } from '../../schema/reasons.ts';
import { Side } from '../../schema/side.ts';
import { Gate } from '../gate.ts';
import type { Checks } from '../order-desk.ts';

type Values = Partial<Record<keyof typeof Limit, number | null | readonly [number | null, number | null]>>;

/** What every account may, and the firm: more than any test needs. */
export const GENEROUS: Values = {
  order_size_max: 1_000_000,
  order_value_max: 1e12,
  collar_mark: 200_000,
  position_max: 1_000_000,
  gross_max: 1e12,
  window_us: 1_600_000,
  orders_max: 1_000_000,
  order_rate_value_max: 1e12,
};
export const GENEROUS_FIRM: Values = { group_gross_value_max: 1e14, traded_value_max: 1e14 };

export function valuesOf(values: Values): LimitValue[] {
  return Object.entries(values).map(([name, value]) => {
    const [hard, soft] = Array.isArray(value) ? (value as [number | null, number | null]) : [value, null];
    return { limit: LIMIT_NAMES.indexOf(name as never) as Limit, hard: hard as number | null, soft };
  });
}

export interface SetScope {
  readonly group?: number;
  readonly account?: number;
  readonly market?: number;
}

export function limitSet(level: LimitLevel, scope: SetScope, values: Values): LimitSet {
  const { group = null, account = null, market = null } = scope;
  return { level, group, account, market, values: valuesOf(values) } as LimitSet;
}

/** For all accounts of the firm, or of the scope. */
export function forAccounts(values: Values, scope: SetScope = { group: FIRM }): LimitSet {
  return limitSet(LimitLevel.account, scope, values);
}

export function forGroup(group: number, values: Values, market?: number): LimitSet {
  return limitSet(LimitLevel.group, market === undefined ? { group } : { group, market }, values);
}

export interface Order {
  readonly market?: number;
  readonly leg?: number;
  readonly type?: OrderType;
  readonly reduceOnly?: boolean;
  readonly clientId?: number;
  readonly parent?: number;
}

/** Money is whole dollars: a lot at a tick of one is worth one. Maintenance is 2 %, initial margin 4 %. Two markets at 100. */
export class GateDesk {
  readonly gate: Gate;
  timeUs = 1_000_000_000;
  /** What it was given, to be played again. */
  readonly commands: (Command | GateCommand)[] = [];
  trade = 0;
  #version = 0;

  constructor(checks?: Checks) {
    this.gate = checks === undefined ? new Gate() : new Gate({ checks });
    this.accept({
      kind: Kind.settings,
      rules: 1,
      asset: 'USD',
      decimals: 0,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    });
    this.market('BTC-PERP');
    this.market('ETH-PERP');
    this.mark(0, 100);
    this.mark(1, 100);
    this.limits();
  }

  market(name: string, more: Record<string, unknown> = {}): number {
    this.accept({
      kind: Kind.market,
      name,
      tick: '1',
      lot: '1',
      markTick: '1',
      markUnit: 1,
      tickUnit: { num: 1, den: 1 },
      tiers: [{ floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } }],
      closeFee: { num: 0, den: 1 },
      basis: 0,
      orderMargin: 0,
      orderRate: { num: 0, den: 1 },
      ...more,
    });
    return this.gate.engine.book.markets.count - 1;
  }

  do(command: Record<string, unknown>): Reason {
    const whole = { timeUs: this.timeUs, origin: null, ...command } as never as Command | GateCommand;
    this.commands.push(whole);
    return this.gate.apply(whole);
  }

  accept(command: Record<string, unknown>): void {
    const reason = this.do(command);
    assert(reason === Reason.accepted, `it is accepted, not ${REASON_NAMES[reason]}`);
  }

  /** Reasons of all findings that refuse. */
  get refusals(): string[] {
    const { findings } = this.gate.decision;
    return Array.from({ length: findings.count }, (_, at) => at)
      .filter((at) => findings.isHard[at] === 1)
      .map((at) => REASON_NAMES[findings.reason[at]]);
  }

  get warnings(): string[] {
    const { findings } = this.gate.decision;
    return Array.from({ length: findings.count }, (_, at) => at)
      .filter((at) => findings.isHard[at] === 0)
      .map((at) => REASON_NAMES[findings.reason[at]]);
  }

  notices(): Notice[] {
    return [...this.gate.notices];
  }

  /** All limits anew: the generous ones, and these. */
  limits(sets: readonly LimitSet[] = [], more: Record<string, unknown> = {}): Reason {
    const all = [forAccounts(GENEROUS), forGroup(FIRM, GENEROUS_FIRM), ...sets];
    return this.state(merged(all), more);
  }

  /** These limits and no others. */
  state(sets: readonly LimitSet[], more: Record<string, unknown> = {}): Reason {
    const reason = this.do({
      kind: GateKind.limits,
      version: this.#version + 1,
      author: 'risk',
      why: 'test',
      effectiveUs: 0,
      sets,
      ...more,
    });
    if (reason === Reason.accepted) this.#version++;
    return reason;
  }

  account(name: string, collateral = 1_000_000): number {
    this.accept({ kind: Kind.account, name });
    const account = this.gate.engine.book.accounts.count - 1;
    if (collateral !== 0) this.transfer(account, collateral);
    return account;
  }

  transfer(account: number, amount: number): void {
    this.accept({ kind: Kind.transfer, account, market: 0, leg: 0, isolated: false, amount });
  }

  /** States the account's position: signed lots, and what they were bought for. */
  position(
    account: number,
    market: number,
    size: number,
    costBasis: number,
    { leg = 0, isolated = false }: { readonly leg?: number; readonly isolated?: boolean } = {},
  ): void {
    const place = { account, market, leg, isolated };
    this.accept({ kind: Kind.position, ...place, size, costBasis, fundingIndex: null });
  }

  mark(market: number, price: number): void {
    this.accept({ kind: Kind.marks, marks: [{ market, price }], text: '' });
  }

  group(name: string, of: number, parent = FIRM): number {
    this.accept({ kind: GateKind.group, name, of, parent });
    return this.gate.state.groups.count - 1;
  }

  member(account: number, group: number, isIn = true): Reason {
    return this.do({ kind: GateKind.member, account, group, isIn });
  }

  /** Signed lots. The answer is the order's id; 0 where it was refused. */
  enter(account: number, lots: number, price: number, more: Order = {}): number {
    this.do({
      kind: GateKind.enter,
      account,
      market: 0,
      leg: 0,
      side: lots > 0 ? Side.bid : Side.ask,
      type: price === 0 ? OrderType.market : OrderType.limit,
      price,
      size: Math.abs(lots),
      reduceOnly: false,
      clientId: 0,
      parent: 0,
      ...more,
    });
    return this.gate.decision.order;
  }

  /** Why the last order was refused. */
  get reason(): string {
    return REASON_NAMES[this.gate.decision.reason];
  }

  replace(account: number, order: number, size: number, price: number): Reason {
    return this.do({ kind: GateKind.replace, account, order, clientId: 0, price, size });
  }

  confirm(order: number, taken = true): Reason {
    return this.do({ kind: GateKind.confirm, order, taken });
  }

  cancel(account: number, order: number): Reason {
    return this.do({ kind: GateKind.cancel, account, order, clientId: 0 });
  }

  done(order: number): Reason {
    return this.do({ kind: GateKind.done, order });
  }

  /** Signed lots, a new trade. */
  execute(account: number | null, lots: number, price: number, more: Record<string, unknown> = {}): Reason {
    return this.do({
      kind: GateKind.execution,
      account,
      name: '',
      market: 0,
      leg: 0,
      side: lots > 0 ? Side.bid : Side.ask,
      lots: Math.abs(lots),
      price,
      fee: 0,
      trade: ++this.trade,
      order: 0,
      ...more,
    });
  }

  day(): void {
    this.accept({ kind: GateKind.day });
  }

  tick(us = 0): void {
    this.timeUs += us;
    this.accept({ kind: GateKind.tick });
  }

  halt(scope: Record<string, unknown>, state = 2): Reason {
    const whole = { group: null, account: null, market: null, ...scope };
    return this.do({ kind: GateKind.halt, ...whole, state, by: 'officer', why: 'test' });
  }

  release(scope: Record<string, unknown>): Reason {
    const whole = { group: null, account: null, market: null, ...scope };
    return this.do({ kind: GateKind.release, ...whole, by: 'officer', why: 'test' });
  }
}

/** Of values for one scope and limit the last counts. */
function merged(sets: readonly LimitSet[]): LimitSet[] {
  const scopes = new Map<string, LimitSet>();
  for (const set of sets) {
    const { level, group, account, market } = set;
    const key = [level, group, account, market].join();
    const before = scopes.get(key)?.values ?? [];
    const values = [
      ...before.filter(({ limit }) => !set.values.some((value) => value.limit === limit)),
      ...set.values,
    ];
    scopes.set(key, { ...set, values });
  }
  return [...scopes.values()];
}
