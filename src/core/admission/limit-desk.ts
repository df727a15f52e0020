/** Limits and grants: checked, put in force when their time comes, ended when it is over. */
import { isRow, isWhole } from '../num/exact.ts';
import { SAFE_MAX } from '../num/units.ts';
import type { GrantCommand, LimitsCommand, LimitSet, LimitValue } from '../schema/gate-commands.ts';
import {
  Limit,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitLevel,
  LimitUnit,
  levelOfLimit,
} from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { keyOf } from './limit-book.ts';
import type { GateState } from './state.ts';
import { isSaid } from './texts.ts';

export class LimitDesk {
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  limits(command: LimitsCommand): Reason {
    const { limits, engine } = this.#state;
    const { version, author, why, effectiveUs, sets } = command;
    if (version !== limits.version + 1) return Reason.version_invalid;
    if (!isSaid(author) || !isSaid(why)) return Reason.unexplained;
    if (!isWhole(effectiveUs) || effectiveUs < 0 || !this.#areSets(sets)) return Reason.limits_invalid;
    limits.version = version;
    limits.pending = { version, author, why, effectiveUs, sets };
    limits.nextUs = Math.min(limits.nextUs, effectiveUs);
    if (effectiveUs <= engine.timeUs) this.turn();
    return Reason.accepted;
  }

  grant(command: GrantCommand): Reason {
    const { limits, engine } = this.#state;
    const { kind: _kind, timeUs: _time, origin: _origin, ...grant } = command;
    const { level, group, account, market, limit, hard, expiresUs, by, approvedBy, why } = grant;
    if (!isSaid(by) || !isSaid(approvedBy) || !isSaid(why)) return Reason.unexplained;
    const isScope = (group === null) !== (account === null) && (level !== LimitLevel.group || group !== null);
    if (by.trim() === approvedBy.trim() || !isScope) return Reason.grant_invalid;
    if (!isWhole(expiresUs) || expiresUs <= engine.timeUs) return Reason.grant_invalid;
    if (!isValue(level, market !== null, { limit, hard, soft: null })) return Reason.limits_invalid;
    const known = this.#scopeKnown(grant);
    if (known !== Reason.accepted) return known;
    limits.grant(grant);
    this.#refresh();
    return Reason.accepted;
  }

  /** What is due at the present time: a version that waited, grants that are over. */
  turn(): void {
    const { limits, notices, engine } = this.#state;
    const ended = limits.end(engine.timeUs);
    const active = limits.activate(engine.timeUs);
    if (active !== null) {
      const { version, author, why } = active;
      notices.push({ kind: NoticeKind.limits_active, version, author, why });
    }
    for (const { level, group, account, market, limit } of ended)
      notices.push({ kind: NoticeKind.grant_ended, level, group, account, market, limit });
    this.#refresh();
  }

  #refresh(): void {
    const { limits, accounts, seat } = this.#state;
    for (const account of limits.own()) accounts.forgetProfile(account);
    limits.refresh();
    for (const account of limits.own()) accounts.forgetProfile(account);
    seat.forget();
  }

  #areSets(sets: readonly LimitSet[]): boolean {
    const seen = new Set<string>();
    return sets.every((set) => {
      const { level, group, account, market, values } = set;
      if (level !== LimitLevel.account && level !== LimitLevel.group) return false;
      if ((group === null) === (account === null)) return false;
      if (level === LimitLevel.group && group === null) return false;
      if (this.#scopeKnown(set) !== Reason.accepted) return false;
      return values.every((value) => {
        const key = `${keyOf(set)}/${value.limit}`;
        if (seen.has(key)) return false;
        seen.add(key);
        return isValue(level, market !== null, value);
      });
    });
  }

  #scopeKnown({ group, account, market }: Pick<LimitSet, 'group' | 'account' | 'market'>): Reason {
    const { groups, accounts, instruments } = this.#state;
    if (group !== null && !isRow(group, groups.count)) return Reason.group_unknown;
    if (account !== null && !isRow(account, accounts.count)) return Reason.account_unknown;
    return market === null || isRow(market, instruments.count) ? Reason.accepted : Reason.market_unknown;
  }
}

function isValue(level: LimitLevel, hasMarket: boolean, { limit, hard, soft }: LimitValue): boolean {
  if (!isRow(limit, LIMIT_NAMES.length) || levelOfLimit(limit) !== level) return false;
  if (hasMarket && (limit === Limit.window_us || limit === Limit.group_window_us)) return false;
  const most = LIMIT_UNITS[limit] === LimitUnit.flag ? 1 : SAFE_MAX;
  return isAmount(hard, most) && isAmount(soft, most);
}

function isAmount(value: number | null, most: number): boolean {
  return value === null || (isWhole(value) && value >= 0 && value <= most);
}
