/**
 * A gate as people talk to it: markets, accounts and groups by name, orders as sentences. What was asked and cannot be, but for orders, throws. Money is whole dollars
 * and a lot at a tick is worth one, so a price times a size is its value.
 */
import { Kind, Leg, MarginBasis, OrderMargin, type Command } from '../../src/core/schema/commands.ts';
import { GateKind, ShortRule, type GateCommand, type LimitSet } from '../../src/core/schema/gate-commands.ts';
import {
  FIRM,
  GroupKind,
  Limit,
  LIMIT_NAMES,
  LimitLevel,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../../src/core/schema/gate-limits.ts';
import { DEFAULT_LEVELS } from '../../src/core/schema/levels.ts';
import { NOTICE_KIND_NAMES, type Notice } from '../../src/core/schema/gate-notices.ts';
import { OrderType } from '../../src/core/schema/orders.ts';
import { Reason, REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { Side } from '../../src/core/schema/side.ts';

/** A finding as told: the limit by name, whose by name where it is a group's. */
export interface Found {
  readonly reason: string;
  readonly hard: boolean;
  readonly which: string | null;
  readonly limit: number;
  readonly value: number;
  readonly scope: number;
}

/** What any gate answers, whatever it is made of. */
export interface Answer {
  readonly reason: Reason;
  /** Of the order that was accepted; 0: none was. */
  readonly order: number;
  readonly findings: readonly Found[];
  readonly notices: readonly Notice[];
}

export interface AnyGate {
  apply(command: Command | GateCommand): Answer;
}

export interface OrderOptions {
  readonly reduceOnly?: boolean;
  readonly clientId?: number;
  readonly parent?: number;
}

/** A hard value, a hard and a soft one, or none on purpose. */
export type LimitText = number | readonly [hard: number | null, soft: number] | null;
export type Limits = { readonly [Name in keyof typeof Limit]?: LimitText };

export interface Scope {
  readonly account?: string;
  readonly group?: string;
  readonly market?: string;
  /** Of the whole group, not of each account in it. */
  readonly total?: boolean;
}

const whole = { num: 1, den: 1 };
const free = { num: 0, den: 1 };
const RISK = { by: 'Rita Risk', why: 'as the table says' };

export class Desk {
  readonly gate: AnyGate;
  timeUs = 1_000_000;
  /** Of the last order. */
  last: Answer = { reason: Reason.accepted, order: 0, findings: [], notices: [] };
  #version = 0;
  #trade = 0;
  readonly #sets = new Map<string, LimitSet>();
  readonly #markets: string[] = [];
  readonly #accounts: string[] = [];
  readonly #groups = ['firm'];

  /** With everything that is required stated as none, and windows of a second; or with nothing stated. */
  constructor(gate: AnyGate, isBare = false) {
    this.gate = gate;
    const settings = { rules: 1, asset: 'USD', decimals: 0, inclusive: false, levels: DEFAULT_LEVELS };
    this.tell({ kind: Kind.settings, ...settings });
    if (isBare) return;
    const unlimited = Object.fromEntries(REQUIRED_LIMITS.map((limit) => [LIMIT_NAMES[limit], null]));
    this.limit({}, { ...unlimited, window_us: 1_000_000 });
    this.limit(
      { total: true },
      Object.fromEntries(REQUIRED_FIRM_LIMITS.map((limit) => [LIMIT_NAMES[limit], null])),
    );
  }

  /** Answers the reason by name, and keeps the rest in `last`. */
  ask(command: object): string {
    const answer = this.gate.apply({ ...command, timeUs: this.timeUs, origin: null } as
      | Command
      | GateCommand);
    this.last = answer;
    return REASON_NAMES[answer.reason];
  }

  tell(command: object): void {
    const reason = this.ask(command);
    if (reason !== 'accepted') throw new Error(`refused: ${reason}: ${JSON.stringify(command)}`);
  }

  wait(us: number): void {
    this.timeUs += us;
    this.tell({ kind: GateKind.tick });
  }

  newDay(): void {
    this.tell({ kind: GateKind.day });
  }

  /** Initial margin is 10 %, maintenance half of it; `closeFee` is none. */
  market(name: string, mark: number | null): void {
    const grid = { tick: '1', lot: '1', markTick: '1', markUnit: 1, tickUnit: whole };
    const tiers = [{ floor: 0, mmr: { num: 1, den: 20 }, imr: { num: 1, den: 10 } }];
    const charges = {
      closeFee: free,
      basis: MarginBasis.mark,
      orderMargin: OrderMargin.none,
      orderRate: free,
    };
    this.tell({ kind: Kind.market, name, ...grid, tiers, ...charges });
    this.#markets.push(name);
    if (mark !== null) this.mark(name, mark);
  }

  mark(market: string, price: number): void {
    this.tell({ kind: Kind.marks, marks: [{ market: this.rowOf(market), price }], text: '' });
  }

  describe(
    market: string,
    about: { sector?: string; issuer?: string; short?: ShortRule; restricted?: boolean },
  ): void {
    const plain = { sector: '', issuer: '', short: ShortRule.free, restricted: false };
    this.tell({ kind: GateKind.instrument, market: this.rowOf(market), ...plain, ...about });
  }

  account(name: string, money = 1_000_000): void {
    this.tell({ kind: Kind.account, name });
    this.#accounts.push(name);
    if (money !== 0) this.deposit(name, money);
  }

  deposit(account: string, amount: number): void {
    const cross = { market: 0, leg: Leg.net, isolated: false };
    this.tell({ kind: Kind.transfer, account: this.accountOf(account), ...cross, amount });
  }

  group(name: string, of: GroupKind, ...members: string[]): void {
    this.tell({ kind: GateKind.group, name, of, parent: FIRM });
    const group = this.#groups.push(name) - 1;
    for (const member of members)
      this.tell({ kind: GateKind.member, account: this.accountOf(member), group, isIn: true });
  }

  /** States limits beside those that were stated before: each time a whole new version. */
  limit(scope: Scope, limits: Limits, effectiveUs = 0): void {
    this.tell(this.limitsCommand(scope, limits, effectiveUs));
    this.#version++;
  }

  limitsCommand({ account, group, market, total }: Scope, limits: Limits, effectiveUs = 0): object {
    const isGroup = account === undefined;
    const set = {
      level: total === true ? LimitLevel.group : LimitLevel.account,
      group: isGroup ? this.groupOf(group ?? 'firm') : null,
      account: isGroup ? null : this.accountOf(account),
      market: market === undefined ? null : this.rowOf(market),
    };
    const key = JSON.stringify(set);
    const values = new Map(this.#sets.get(key)?.values.map((value) => [value.limit, value]));
    for (const [name, text] of Object.entries(limits)) {
      const limit = Limit[name as keyof typeof Limit];
      const [hard, soft] = Array.isArray(text) ? text : [text, null];
      values.set(limit, { limit, hard, soft });
    }
    this.#sets.set(key, { ...set, values: [...values.values()] } as LimitSet);
    const who = { version: this.#version + 1, author: RISK.by, why: RISK.why };
    return { kind: GateKind.limits, ...who, effectiveUs, sets: [...this.#sets.values()] };
  }

  buy(
    account: string,
    market: string,
    size: number,
    price: number | 'market',
    options?: OrderOptions,
  ): string {
    return this.#enter(account, market, Side.bid, size, price, options);
  }

  sell(
    account: string,
    market: string,
    size: number,
    price: number | 'market',
    options?: OrderOptions,
  ): string {
    return this.#enter(account, market, Side.ask, size, price, options);
  }

  /** An order of an account that was never opened. */
  stranger(market: string, size: number, price: number): string {
    return this.#enterRow(this.#accounts.length, market, Side.bid, size, price, {});
  }

  replace(account: string, order: number, size: number, price: number): string {
    return this.ask({
      kind: GateKind.replace,
      account: this.accountOf(account),
      order,
      clientId: 0,
      size,
      price,
    });
  }

  confirm(order: number, taken = true): void {
    this.tell({ kind: GateKind.confirm, order, taken });
  }

  cancel(account: string, order: number): string {
    return this.ask({ kind: GateKind.cancel, account: this.accountOf(account), order, clientId: 0 });
  }

  done(order: number): void {
    this.tell({ kind: GateKind.done, order });
  }

  parent(parent: number, account: string, market: string, side: Side, size: number): void {
    const whose = { account: this.accountOf(account), market: this.rowOf(market) };
    this.tell({ kind: GateKind.parent, parent, ...whose, side, size });
  }

  /** An execution of an order, or of none (0); the next trade id unless one is given. */
  filled(
    account: string | null,
    market: string,
    side: Side,
    lots: number,
    price: number,
    { order = 0, trade = ++this.#trade, name = '' } = {},
  ): string {
    const whose = { account: account === null ? null : this.accountOf(account), name };
    const what = { market: this.rowOf(market), leg: Leg.net, side, lots, price, fee: 0, trade, order };
    return this.ask({ kind: GateKind.execution, ...whose, ...what });
  }

  /** Holds so many lots at the mark's price, bought or sold elsewhere. */
  holds(account: string, market: string, lots: number, price: number): void {
    const reason = this.filled(account, market, lots > 0 ? Side.bid : Side.ask, Math.abs(lots), price);
    if (reason !== 'accepted') throw new Error(reason);
  }

  locate(account: string, market: string, lots: number, expiresUs: number): void {
    const whose = { account: this.accountOf(account), market: this.rowOf(market) };
    this.tell({ kind: GateKind.locate, ...whose, lots, expiresUs });
  }

  halt(scope: Scope, state: number): void {
    this.tell({ kind: GateKind.halt, ...this.#haltScope(scope), state, ...RISK });
  }

  release(scope: Scope): string {
    return this.ask({ kind: GateKind.release, ...this.#haltScope(scope), ...RISK });
  }

  grant(
    account: string,
    limit: keyof typeof Limit,
    hard: number,
    expiresUs: number,
    approvedBy = 'Olga Officer',
  ): string {
    const scope = { level: LimitLevel.account, group: null, account: this.accountOf(account), market: null };
    return this.ask({
      kind: GateKind.grant,
      ...scope,
      limit: Limit[limit],
      hard,
      expiresUs,
      approvedBy,
      ...RISK,
    });
  }

  /** Every reason of the last order, hard ones first in order, warnings in brackets. */
  get reasons(): string[] {
    return this.last.findings.map(({ reason, hard }) => (hard ? reason : `(${reason})`));
  }

  get notices(): string[] {
    return this.last.notices.map(({ kind }) => NOTICE_KIND_NAMES[kind]);
  }

  rowOf(market: string): number {
    return known(this.#markets, market);
  }

  accountOf(account: string): number {
    return known(this.#accounts, account);
  }

  groupOf(group: string): number {
    return known(this.#groups, group);
  }

  #enter(
    account: string,
    market: string,
    side: Side,
    size: number,
    price: number | 'market',
    options: OrderOptions = {},
  ): string {
    return this.#enterRow(this.accountOf(account), market, side, size, price, options);
  }

  #enterRow(
    account: number,
    market: string,
    side: Side,
    size: number,
    price: number | 'market',
    { reduceOnly = false, clientId = 0, parent = 0 }: OrderOptions,
  ): string {
    const isMarket = price === 'market';
    const what = {
      side,
      type: isMarket ? OrderType.market : OrderType.limit,
      price: isMarket ? 0 : price,
      size,
    };
    const whose = { account, market: this.rowOf(market), leg: Leg.net };
    return this.ask({ kind: GateKind.enter, ...whose, ...what, reduceOnly, clientId, parent });
  }

  #haltScope({ account, group, market }: Scope): object {
    return {
      group: group === undefined ? null : this.groupOf(group),
      account: account === undefined ? null : this.accountOf(account),
      market: market === undefined ? null : this.rowOf(market),
    };
  }
}

function known(names: readonly string[], name: string): number {
  const row = names.indexOf(name);
  if (row < 0) throw new Error(`nobody has said what ${name} is`);
  return row;
}
