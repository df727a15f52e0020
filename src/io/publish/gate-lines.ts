/**
 * What a gate says as NDJSON: decisions with everything that was found, and notices; names for rows and numbers of words, decimals for amounts.
 * The other direction of io/ingest/file/gate-decode.ts. docs/reference/gate.md has an example of each; a test compares.
 *
 * A field that does not apply is left out: an order id where there is none, the limit of a check that has none.
 */
import { SCOPE_ACCOUNT, type Findings } from '../../core/gate/findings.ts';
import { lotsToText } from '../../core/num/grid.ts';
import type { MarketRow, SizeLots } from '../../core/num/units.ts';
import { nameOfGateKind } from '../../core/schema/gate-codec.ts';
import { KIND_NAMES } from '../../core/schema/commands.ts';
import {
  HALT_CAUSE_NAMES,
  HaltCause,
  HALT_STATE_NAMES,
  type EnterCommand,
  type HaltScope,
  type ReplaceCommand,
} from '../../core/schema/gate-commands.ts';
import {
  FIRM,
  FIRM_NAME,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitLevel,
  LimitUnit,
} from '../../core/schema/gate-limits.ts';
import { NOTICE_KIND_NAMES, NoticeKind, type Notice } from '../../core/schema/gate-notices.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { SIDE_NAMES } from '../../core/schema/side.ts';
import { amountToText } from '../gate/limit-text.ts';
import { timeToText } from '../ingest/file/fields.ts';
import type { Registry } from '../ingest/file/registry.ts';

/** What is to be known of a decision to tell it. */
export interface Decided {
  readonly isAccepted: boolean;
  readonly reason: Reason;
  /** 0: none was given. */
  readonly order: number;
  readonly findings: Findings;
}

export interface FindingDocument {
  readonly check: string;
  readonly hard: boolean;
  readonly limit?: string;
  readonly allowed?: string;
  readonly value?: string;
  readonly unit?: string;
  readonly scope: string;
}

/** What amounts are counted in, where the answer is not the name of a market or of money. */
const UNIT_NAMES: readonly (string | null)[] = [null, null, 'ratio', 'time', 'count', null];

/** Without sequence and time. `market` is null where nobody knows it. */
export function describeDecision(
  command: EnterCommand | ReplaceCommand,
  market: MarketRow | null,
  { isAccepted, reason, order, findings }: Decided,
  registry: Registry,
): Record<string, unknown> {
  const { account, clientId } = command;
  return {
    kind: nameOfGateKind(command.kind),
    account: registry.accounts.count > account ? registry.accountAt(account) : null,
    ...(market === null || market >= registry.markets.count ? {} : { market: registry.marketAt(market) }),
    accepted: isAccepted,
    ...(order === 0 ? {} : { order }),
    ...(clientId === 0 ? {} : { clientId }),
    reason: REASON_NAMES[reason],
    findings: Array.from({ length: findings.count }, (_, at) =>
      describeFinding(findings, at, market, registry),
    ),
  };
}

export function describeFinding(
  findings: Findings,
  at: number,
  market: MarketRow | null,
  registry: Registry,
): FindingDocument {
  const which = findings.which[at];
  const reason = findings.reason[at] as Reason;
  const unit = unitOfFinding(findings, at);
  const money = { grid: market === null ? null : registry.gridAt(market), decimals: registry.decimals! };
  const isAmount = unit !== LimitUnit.flag;
  const amount = (value: number): string | undefined =>
    Number.isNaN(value) || !isAmount ? undefined : amountToText(unit, value, money);
  const allowed = amount(findings.limit[at]);
  const value = amount(findings.value[at]);
  return {
    check: REASON_NAMES[reason],
    hard: findings.isHard[at] === 1,
    ...(LIMIT_NAMES[which] === undefined ? {} : { limit: LIMIT_NAMES[which] }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(value === undefined ? {} : { value }),
    ...(allowed === undefined && value === undefined ? {} : { unit: unitName(unit, market, registry) }),
    scope: scopeName(reason, findings.scope[at], registry),
  };
}

/** Of the rules that have no limit the findings say which numbers they have. */
export function unitOfFinding({ which, reason }: Findings, at: number): LimitUnit {
  const withoutLimit = reason[at] === Reason.initial_margin ? LimitUnit.money : LimitUnit.lots;
  return LIMIT_UNITS[which[at]] ?? withoutLimit;
}

function unitName(unit: LimitUnit, market: MarketRow | null, registry: Registry): string {
  if (unit === LimitUnit.money) return registry.asset!;
  if (unit === LimitUnit.lots) return market === null ? 'lots' : registry.marketAt(market);
  return UNIT_NAMES[unit]!;
}

function scopeName(reason: Reason, scope: number, registry: Registry): string {
  if (scope === SCOPE_ACCOUNT) return 'account';
  if (reason === Reason.halted || reason === Reason.reduce_only) return `halt ${scope}`;
  return scope === FIRM ? FIRM_NAME : `group ${registry.groupAt(scope)}`;
}

/** What became of an order, said when it is durable. `line` is where it stood in what its sender sent. */
export function decisionLine(
  command: EnterCommand | ReplaceCommand,
  market: MarketRow | null,
  decided: Decided,
  sequence: number,
  timeUs: number,
  line: number,
  registry: Registry,
): string {
  const time = timeToText(timeUs as never);
  const told = describeDecision(command, market, decided, registry);
  return JSON.stringify({ sequence, time, event: 'decision', line, ...told });
}

/** Alarms are for a page, not for a mail; a halt that a rule set is one, too. */
const ALARMS: ReadonlySet<NoticeKind> = new Set([
  NoticeKind.unknown_account,
  NoticeKind.overfill,
  NoticeKind.parent_exceeded,
]);

/** Without sequence and time. */
export function describeNotice(notice: Notice, registry: Registry): Record<string, unknown> {
  const { kind } = notice;
  const isAlarm = ALARMS.has(kind) || (kind === NoticeKind.halted && notice.cause !== HaltCause.person);
  return {
    notice: NOTICE_KIND_NAMES[kind],
    ...(isAlarm ? { alarm: true } : {}),
    ...describeBody(notice, registry),
  };
}

function describeBody(notice: Notice, registry: Registry): Record<string, unknown> {
  switch (notice.kind) {
    case NoticeKind.halted: {
      const { epoch, state, cause, by, why } = notice;
      return {
        epoch,
        ...describeScope(notice, registry),
        state: HALT_STATE_NAMES[state],
        cause: HALT_CAUSE_NAMES[cause],
        ...saidBy(by, why),
      };
    }
    case NoticeKind.released: {
      const { epoch, cause, by, why } = notice;
      return {
        epoch,
        ...describeScope(notice, registry),
        cause: HALT_CAUSE_NAMES[cause],
        ...saidBy(by, why),
      };
    }
    case NoticeKind.unknown_account: {
      const { name, market, side, lots, trade } = notice;
      return {
        account: name,
        market: registry.marketAt(market),
        side: SIDE_NAMES[side],
        size: sizeOf(lots, market, registry),
        trade,
      };
    }
    case NoticeKind.overfill: {
      const { account, market, order, trade, lots } = notice;
      return {
        account: registry.accountAt(account),
        market: registry.marketAt(market),
        order,
        trade,
        beyond: sizeOf(lots, market, registry),
      };
    }
    case NoticeKind.parent_exceeded: {
      const { account, market, parent, size, lots } = notice;
      return {
        account: registry.accountAt(account),
        market: registry.marketAt(market),
        parent,
        size: sizeOf(size, market, registry),
        children: sizeOf(lots, market, registry),
      };
    }
    case NoticeKind.limits_active: {
      const { version, author, why } = notice;
      return { version, author, why };
    }
    default: {
      const { level, limit } = notice;
      return {
        ...describeScope(notice, registry),
        level: level === LimitLevel.account ? 'each' : 'total',
        limit: LIMIT_NAMES[limit],
      };
    }
  }
}

export function describeScope(
  { group, account, market }: HaltScope,
  registry: Registry,
): { group?: string; account?: string; market?: string } {
  return {
    ...(group === null ? {} : { group: registry.groupAt(group) }),
    ...(account === null ? {} : { account: registry.accountAt(account) }),
    ...(market === null ? {} : { market: registry.marketAt(market) }),
  };
}

function saidBy(by: string, why: string): { by?: string; why?: string } {
  return { ...(by === '' ? {} : { by }), ...(why === '' ? {} : { why }) };
}

function sizeOf(lots: SizeLots, market: MarketRow, registry: Registry): string {
  return lotsToText(lots, registry.gridAt(market));
}

export function noticeLine(notice: Notice, sequence: number, timeUs: number, registry: Registry): string {
  const time = timeToText(timeUs as never);
  return JSON.stringify({ sequence, time, event: 'notice', ...describeNotice(notice, registry) });
}

/** That the gate cancels an order because its client is gone: who sends orders on has to send the cancel on. */
export function cancelLine(account: string, order: number, sequence: number, timeUs: number): string {
  const time = timeToText(timeUs as never);
  return JSON.stringify({ sequence, time, event: 'cancel', account, order, why: 'disconnect' });
}

/** What a command is called, the engine's and the gate's own. */
export function gateCommandName(kind: number): string {
  return nameOfGateKind(kind) ?? KIND_NAMES[kind];
}
