/** Limits as they were stated: the version that holds, one that waits, grants, and how the value for an account or a group is found among them. */
import { LIMIT_COUNT, LimitLevel, type Limit } from '../schema/gate-limits.ts';
import type { GrantCommand, LimitsCommand } from '../schema/gate-commands.ts';
import { LIMIT_NONE, LIMIT_UNSET } from '../gate/candidate.ts';

export type LimitsVersion = Pick<LimitsCommand, 'version' | 'author' | 'why' | 'effectiveUs' | 'sets'>;
export type Grant = Omit<GrantCommand, 'kind' | 'timeUs' | 'origin'>;

interface Scope {
  readonly level: LimitLevel;
  readonly group: number | null;
  readonly account: number | null;
  readonly market: number | null;
}

interface Value {
  readonly hard: number;
  readonly soft: number;
}

export const NO_MARKET = null;
const NEVER = Infinity;

export class LimitBook {
  /** The last that was accepted, in force or waiting. */
  version = 0;
  active: LimitsVersion | null = null;
  pending: LimitsVersion | null = null;
  /** In the order in which they were given. */
  grants: Grant[] = [];
  /** When the next of them comes into force or ends. */
  nextUs = NEVER;
  #scopes = new Map<string, Map<Limit, Value>>();
  /** Accounts of which something is said by themselves. */
  #own = new Set<number>();
  /** Groups of which something is said for their accounts, and markets in which something is said of anybody. */
  #groups = new Set<number>();
  #markets = new Set<number>();

  /** Takes up what is said now, after a change of any of the above. */
  refresh(): void {
    this.#scopes = new Map();
    this.#own = new Set();
    this.#groups = new Set();
    this.#markets = new Set();
    for (const set of this.active?.sets ?? [])
      for (const { limit, hard, soft } of set.values)
        this.#say(set, limit, { hard: hard ?? LIMIT_NONE, soft: soft ?? LIMIT_UNSET });
    for (const grant of this.grants)
      this.#say(grant, grant.limit, { hard: grant.hard ?? LIMIT_NONE, soft: LIMIT_UNSET });
    this.nextUs = this.pending?.effectiveUs ?? NEVER;
    for (const { expiresUs } of this.grants) if (expiresUs < this.nextUs) this.nextUs = expiresUs;
  }

  /** Whether accounts differ in their limits by being in this group; by trading in this market. */
  differsBy(group: number): boolean {
    return this.#groups.has(group);
  }

  differsIn(market: number): boolean {
    return this.#markets.has(market);
  }

  own(): ReadonlySet<number> {
    return this.#own;
  }

  /** Puts the version that waits in force where its time has come. */
  activate(nowUs: number): LimitsVersion | null {
    if (this.pending === null || this.pending.effectiveUs > nowUs) return null;
    this.active = this.pending;
    this.pending = null;
    return this.active;
  }

  /** Takes out grants whose time is over, and answers them. */
  end(nowUs: number): Grant[] {
    const over = this.grants.filter(({ expiresUs }) => expiresUs <= nowUs);
    if (over.length > 0) this.grants = this.grants.filter(({ expiresUs }) => expiresUs > nowUs);
    return over;
  }

  grant(grant: Grant): void {
    const key = keyOf(grant);
    this.grants = [
      ...this.grants.filter((other) => other.limit !== grant.limit || keyOf(other) !== key),
      grant,
    ];
  }

  /** Limits of accounts that are in `groups` (the firm first, then as `Groups.withParents`), hard and then soft. `account` where something is said of it by itself. */
  ofAccount(
    groups: readonly number[],
    account: number | null,
    market: number | null,
    into: Float64Array,
  ): void {
    into.fill(LIMIT_UNSET, 0, 2 * LIMIT_COUNT);
    for (const group of groups) this.#take(LimitLevel.account, group, null, market, into);
    if (account !== null) this.#take(LimitLevel.account, null, account, market, into);
  }

  ofGroup(group: number, market: number | null, into: Float64Array): void {
    into.fill(LIMIT_UNSET, 0, 2 * LIMIT_COUNT);
    this.#take(LimitLevel.group, group, null, market, into);
  }

  /** What is said of a scope without a market, and over it what is said with this one. */
  #take(
    level: LimitLevel,
    group: number | null,
    account: number | null,
    market: number | null,
    into: Float64Array,
  ): void {
    for (const where of market === NO_MARKET ? [null] : [null, market]) {
      const values = this.#scopes.get(keyOf({ level, group, account, market: where }));
      if (values === undefined) continue;
      for (const [limit, { hard, soft }] of values) {
        into[limit] = hard;
        into[LIMIT_COUNT + limit] = soft;
      }
    }
  }

  #say(scope: Scope, limit: Limit, value: Value): void {
    const key = keyOf(scope);
    let values = this.#scopes.get(key);
    if (values === undefined) {
      values = new Map();
      this.#scopes.set(key, values);
    }
    values.set(limit, value);
    if (scope.account !== null) this.#own.add(scope.account);
    else if (scope.level === LimitLevel.account) this.#groups.add(scope.group!);
    if (scope.market !== null) this.#markets.add(scope.market);
  }
}

export function keyOf({ level, group, account, market }: Scope): string {
  return `${level}/${group ?? ''}/${account ?? ''}/${market ?? ''}`;
}
