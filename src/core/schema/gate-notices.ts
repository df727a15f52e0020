/** What a gate says beside its decisions, of the command at hand. */
import type { AccountRow, MarketRow, SizeLots } from '../num/units.ts';
import type { HaltCause, HaltScope, HaltState } from './gate-commands.ts';
import type { Limit, LimitLevel } from './gate-limits.ts';
import type { Side } from './side.ts';

/** These numbers are on disk: never reuse one. */
export const NoticeKind = {
  /** A halt was set or ended, by a person or by itself. */
  halted: 0,
  released: 1,
  /** Alarms: a page, not a mail. */
  unknown_account: 2,
  overfill: 3,
  parent_exceeded: 4,
  limits_active: 5,
  grant_ended: 6,
} as const;
export type NoticeKind = (typeof NoticeKind)[keyof typeof NoticeKind];
export const NOTICE_KIND_NAMES = Object.keys(NoticeKind) as (keyof typeof NoticeKind)[];

/** Of a halt that a rule set, `by` and `why` are empty. */
export interface Halt extends HaltScope {
  readonly epoch: number;
  readonly state: HaltState;
  readonly cause: HaltCause;
  readonly by: string;
  readonly why: string;
}

export interface HaltedNotice extends Halt {
  readonly kind: typeof NoticeKind.halted;
}

/** The halt that ended; who ended it, and why. */
export interface ReleasedNotice extends HaltScope {
  readonly kind: typeof NoticeKind.released;
  readonly epoch: number;
  readonly cause: HaltCause;
  readonly by: string;
  readonly why: string;
}

export interface UnknownAccountNotice {
  readonly kind: typeof NoticeKind.unknown_account;
  readonly name: string;
  readonly market: MarketRow;
  readonly side: Side;
  readonly lots: SizeLots;
  readonly trade: number;
}

export interface OverfillNotice {
  readonly kind: typeof NoticeKind.overfill;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly order: number;
  readonly trade: number;
  /** Beyond what the order had left. */
  readonly lots: SizeLots;
}

/** `lots` is what its children would come to, or what they traded. */
export interface ParentExceededNotice {
  readonly kind: typeof NoticeKind.parent_exceeded;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly parent: number;
  readonly size: SizeLots;
  readonly lots: SizeLots;
}

export interface LimitsActiveNotice {
  readonly kind: typeof NoticeKind.limits_active;
  readonly version: number;
  readonly author: string;
  readonly why: string;
}

export interface GrantEndedNotice {
  readonly kind: typeof NoticeKind.grant_ended;
  readonly level: LimitLevel;
  readonly group: number | null;
  readonly account: AccountRow | null;
  readonly market: MarketRow | null;
  readonly limit: Limit;
}

export type Notice =
  | HaltedNotice
  | ReleasedNotice
  | UnknownAccountNotice
  | OverfillNotice
  | ParentExceededNotice
  | LimitsActiveNotice
  | GrantEndedNotice;
