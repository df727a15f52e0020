/**
 * What the reference gate remembers: every order that works, everything that was done lately, one by one. Sums are made when they are asked
 * for, by looking at all of it.
 *
 *   GateState ── engine (accounts, positions, marks)
 *             ── accounts[] ── orders that work, what was done in the window, orders seen, the day
 *             ── groups[] ── members, what was done in the window, what was traded
 *             ── limits: the version that holds, one that waits, grants
 *             ── halts that stand, parents, locates, trade ids, executions of accounts that nobody opened
 */
import type { Leg } from '../../core/schema/commands.ts';
import type {
  GrantCommand,
  LimitsCommand,
  LocateCommand,
  ShortRule,
} from '../../core/schema/gate-commands.ts';
import { FIRM_NAME, GroupKind, type Limit } from '../../core/schema/gate-limits.ts';
import type { OrderType } from '../../core/schema/orders.ts';
import type { Side } from '../../core/schema/side.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import type { Halt, Notice } from '../../core/schema/gate-notices.ts';
import { emptyState, type State } from '../state.ts';

export interface Finding {
  readonly reason: Reason;
  readonly isHard: boolean;
  /** Null: a rule that has no limit. */
  readonly which: Limit | null;
  /** What was allowed, and what would be; NaN: no number says it. */
  readonly limit: number;
  readonly value: number;
  /** -1: the account's; otherwise the row of a group, or the epoch of a halt. */
  readonly scope: number;
}

export interface Order {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly leg: Leg;
  readonly side: Side;
  readonly type: OrderType;
  readonly reduceOnly: boolean;
  readonly clientId: number;
  /** Its parent where that is known and fits, 0 otherwise. */
  readonly parent: number;
  /** Of a market order what it is valued at. */
  readonly price: bigint;
  /** All of it, what was filled among it. */
  readonly size: bigint;
  readonly filled: bigint;
  /** A replace that is not confirmed. */
  readonly pending: { readonly price: bigint; readonly size: bigint } | null;
}

/** Something that counts for a while. */
export interface Deed {
  readonly timeUs: number;
  readonly orders: number;
  readonly value: bigint;
  readonly cancels: number;
}

export interface Window {
  /** Of one slice; 0: nothing is kept. */
  slice: number;
  deeds: Deed[];
}

/** An order that was accepted, as it came. */
export interface Seen {
  readonly timeUs: number;
  readonly order: Order;
}

export interface GateAccount {
  readonly row: number;
  orders: Order[];
  readonly window: Window;
  /** The latest last. */
  seen: Seen[];
  readonly day: {
    /** Equity when it began; less what came and went, what is lost is counted from. */
    start: bigint;
    flows: bigint;
    /** The best equity less flows. */
    best: bigint;
    orders: number;
    executions: number;
  };
}

export interface Group {
  readonly row: number;
  readonly name: string;
  readonly kind: GroupKind;
  readonly parent: number;
  readonly window: Window;
  /** Money, since the day began. */
  traded: bigint;
}

export interface Instrument {
  readonly sector: string;
  readonly issuer: string;
  readonly short: ShortRule;
  readonly restricted: boolean;
}

/** Executions in a row on one side. */
export interface Run {
  readonly side: Side;
  readonly count: number;
  readonly timeUs: number;
}

export interface Parent {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly size: bigint;
  /** Days that had begun when it was given. */
  readonly day: number;
  executed: bigint;
}

/** Of an account that nobody opened. */
export interface Stray {
  readonly name: string;
  readonly market: number;
  readonly leg: Leg;
  /** Signed. */
  readonly lots: bigint;
}

export interface GateState {
  readonly engine: State;
  readonly accounts: GateAccount[];
  readonly groups: Group[];
  /** Into which groups accounts were put: pairs. */
  members: { readonly account: number; readonly group: number }[];
  readonly instruments: Map<number, Instrument>;
  readonly indices: Map<number, bigint>;
  readonly lasts: Map<number, bigint>;
  limits: LimitsCommand | null;
  waiting: LimitsCommand | null;
  /** The last that was accepted. */
  version: number;
  grants: GrantCommand[];
  locates: LocateCommand[];
  halts: Halt[];
  /** Of the last halt. */
  epoch: number;
  readonly parents: Map<number, Parent>;
  lastOrder: number;
  /** How many began. */
  days: number;
  /** The account whose turn it is at the next tick. */
  turn: number;
  /** Market, side and trade id of today and of the day before. */
  tradesToday: Set<string>;
  tradesBefore: Set<string>;
  strays: Stray[];
  /** By account and market. */
  readonly runs: Map<string, Run>;
  /** Of the command at hand. */
  notices: Notice[];
  findings: Finding[];
  decided: number;
}

export function emptyGate(): GateState {
  return {
    engine: emptyState(),
    accounts: [],
    groups: [{ row: 0, name: FIRM_NAME, kind: GroupKind.firm, parent: 0, window: emptyWindow(), traded: 0n }],
    members: [],
    instruments: new Map(),
    indices: new Map(),
    lasts: new Map(),
    limits: null,
    waiting: null,
    version: 0,
    grants: [],
    locates: [],
    halts: [],
    epoch: 0,
    parents: new Map(),
    lastOrder: 0,
    days: 0,
    turn: 0,
    tradesToday: new Set(),
    tradesBefore: new Set(),
    strays: [],
    runs: new Map(),
    notices: [],
    findings: [],
    decided: 0,
  };
}

export function emptyWindow(): Window {
  return { slice: 0, deeds: [] };
}

export function emptyAccount(row: number): GateAccount {
  return {
    row,
    orders: [],
    window: emptyWindow(),
    seen: [],
    day: { start: 0n, flows: 0n, best: 0n, orders: 0, executions: 0 },
  };
}

/** The order that works under this id. */
export function findOrder(state: GateState, id: number): Order | undefined {
  return state.accounts.flatMap(({ orders }) => orders).find((order) => order.id === id);
}

/** Puts it in the place of the one with its id. */
export function putOrder(state: GateState, order: Order): void {
  const account = state.accounts[order.account];
  account.orders = [...account.orders.filter(({ id }) => id !== order.id), order];
}

export function dropOrder(state: GateState, order: Order): void {
  const account = state.accounts[order.account];
  account.orders = account.orders.filter(({ id }) => id !== order.id);
}
