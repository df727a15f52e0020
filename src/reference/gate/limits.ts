/** Which limits hold, and how one is found (`core/schema/gate-limits.ts`). */
import type { GrantCommand, LimitsCommand, LimitSet } from '../../core/schema/gate-commands.ts';
import { Limit, LIMIT_COUNT, LIMIT_UNITS, LimitLevel, LimitUnit } from '../../core/schema/gate-limits.ts';
import { NoticeKind } from '../../core/schema/gate-notices.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { isCount } from '../checks.ts';
import { isBlank } from './texts.ts';
import { groupsOf } from './groups.ts';
import type { GateState } from './state.ts';

/** Null: none. */
export interface Bounds {
  readonly hard: number | null;
  readonly soft: number | null;
}

type Scope = Pick<LimitSet, 'level' | 'group' | 'account' | 'market'>;

/** Of an account in a market, or in none (null). Null: nothing is said anywhere. */
export function accountLimit(
  state: GateState,
  account: number,
  market: number | null,
  limit: Limit,
): Bounds | null {
  const level = LimitLevel.account;
  const holders = [
    ...groupsOf(state, account).map(({ row }) => ({ level, group: row, account: null })),
    { level, group: null, account },
  ];
  let found: Bounds | null = null;
  for (const holder of holders) {
    for (const place of market === null ? [null] : [null, market])
      found = boundsAt(state, { ...holder, market: place } as Scope, limit) ?? found;
  }
  return found;
}

/** Of a group itself: what is said of the market before what is said of none. */
export function groupLimit(
  state: GateState,
  group: number,
  market: number | null,
  limit: Limit,
): Bounds | null {
  const scope = { level: LimitLevel.group, group, account: null };
  const there = market === null ? null : boundsAt(state, { ...scope, market } as Scope, limit);
  return there ?? boundsAt(state, { ...scope, market: null }, limit);
}

export function applyLimits(state: GateState, command: LimitsCommand): Reason {
  if (command.version !== state.version + 1) return Reason.version_invalid;
  if (isBlank(command.author) || isBlank(command.why)) return Reason.unexplained;
  const isValid = isCount(command.effectiveUs) && areSetsValid(state, command.sets);
  if (!isValid) return Reason.limits_invalid;
  state.version = command.version;
  state.waiting = command;
  activateDue(state);
  return Reason.accepted;
}

export function applyGrant(state: GateState, grant: GrantCommand): Reason {
  if ([grant.by, grant.approvedBy, grant.why].some(isBlank)) return Reason.unexplained;
  const isTimely = isCount(grant.expiresUs) && grant.expiresUs > state.engine.timeUs;
  if (grant.by.trim() === grant.approvedBy.trim() || !isTimely || !isOneScope(grant))
    return Reason.grant_invalid;
  const { limit, hard } = grant;
  if (!isValueValid(grant, { limit, hard, soft: null })) return Reason.limits_invalid;
  if (grant.group !== null && state.groups[grant.group] === undefined) return Reason.group_unknown;
  if (grant.account !== null && state.accounts[grant.account] === undefined) return Reason.account_unknown;
  if (grant.market !== null && state.engine.markets[grant.market] === undefined) return Reason.market_unknown;
  state.grants = state.grants.filter((other) => !isSameScope(other, grant) || other.limit !== limit);
  state.grants.push(grant);
  return Reason.accepted;
}

/** Step 5. */
export function activateDue(state: GateState): void {
  const now = state.engine.timeUs;
  if (state.waiting !== null && state.waiting.effectiveUs <= now) {
    state.limits = state.waiting;
    state.waiting = null;
    const { version, author, why } = state.limits;
    state.notices.push({ kind: NoticeKind.limits_active, version, author, why });
  }
  for (const { level, group, account, market, limit, expiresUs } of state.grants) {
    if (expiresUs <= now)
      state.notices.push({ kind: NoticeKind.grant_ended, level, group, account, market, limit });
  }
  state.grants = state.grants.filter(({ expiresUs }) => expiresUs > now);
}

/** A grant stands before the limit of its scope, and warns of nothing. */
function boundsAt(state: GateState, scope: Scope, limit: Limit): Bounds | null {
  const grant = state.grants.find((each) => isSameScope(each, scope) && each.limit === limit);
  if (grant !== undefined) return { hard: grant.hard, soft: null };
  for (const set of state.limits?.sets ?? []) {
    if (!isSameScope(set, scope)) continue;
    const value = set.values.find((each) => each.limit === limit);
    if (value !== undefined) return { hard: value.hard, soft: value.soft };
  }
  return null;
}

function areSetsValid(state: GateState, sets: readonly LimitSet[]): boolean {
  const said = new Set<string>();
  for (const set of sets) {
    const isLevel = Object.values<number>(LimitLevel).includes(set.level);
    if (!isLevel || !isOneScope(set) || !areRowsKnown(state, set)) return false;
    for (const value of set.values) {
      const text = [set.level, set.group, set.account, set.market, value.limit].join(' ');
      if (said.has(text) || !isValueValid(set, value)) return false;
      said.add(text);
    }
  }
  return true;
}

/** A group or an account; limits of a group are of groups. */
function isOneScope({ level, group, account }: Scope): boolean {
  return (group === null) !== (account === null) && (level !== LimitLevel.group || account === null);
}

function areRowsKnown({ engine, groups, accounts }: GateState, { group, account, market }: Scope): boolean {
  return (
    (group === null || groups[group] !== undefined) &&
    (account === null || accounts[account] !== undefined) &&
    (market === null || engine.markets[market] !== undefined)
  );
}

function isValueValid({ level, market }: Scope, { limit, hard, soft }: LimitSet['values'][number]): boolean {
  const isLimit = isCount(limit) && limit < LIMIT_COUNT;
  const isOfLevel = level === (limit <= Limit.parent_required ? LimitLevel.account : LimitLevel.group);
  const isLength = limit === Limit.window_us || limit === Limit.group_window_us;
  const isOfMarket = market !== null && isLength;
  const most = LIMIT_UNITS[limit] === LimitUnit.flag ? 1 : Infinity;
  const isAmount = (each: number | null): boolean => each === null || (isCount(each) && each <= most);
  return isLimit && isOfLevel && !isOfMarket && isAmount(hard) && isAmount(soft);
}

function isSameScope(a: Scope, b: Scope): boolean {
  return a.level === b.level && a.group === b.group && a.account === b.account && a.market === b.market;
}
