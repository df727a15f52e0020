/** What changes from one version of limits to another, limit by limit. */
import type { LimitSet, LimitValue } from '../../core/schema/gate-commands.ts';
import { FIRM_NAME, Limit, LIMIT_NAMES, LimitLevel } from '../../core/schema/gate-limits.ts';
import type { Registry } from '../ingest/file/registry.ts';
import { valueDocument } from './limits-file.ts';

/**
 * `added` and `removed`: stated here in one version only, where a more general statement, or none, counts in the other. `warning`: only the soft
 * value is another.
 */
export type Change = 'loosened' | 'tightened' | 'added' | 'removed' | 'warning';

export interface LimitChange {
  readonly change: Change;
  /** `firm`, `group desk-a`, `account alice`. */
  readonly scope: string;
  readonly level: 'each' | 'total';
  readonly market: string | null;
  readonly limit: string;
  /** As they stand in a file; null where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

/** More of these is stricter: they refuse below, look further back, or switch a check on. */
const STRICTER_ABOVE: ReadonlySet<Limit> = new Set([
  Limit.order_size_min,
  Limit.order_value_min,
  Limit.window_us,
  Limit.duplicate_us,
  Limit.repeat_us,
  Limit.self_trade,
  Limit.parent_required,
  Limit.group_window_us,
]);

/** In the order of `before`, and after them what only `after` states. */
export function diffLimits(
  before: readonly LimitSet[],
  after: readonly LimitSet[],
  registry: Registry,
): LimitChange[] {
  const old = statementsOf(before);
  const now = statementsOf(after);
  const changes: LimitChange[] = [];
  for (const [key, { set, value }] of old) {
    const other = now.get(key);
    if (other === undefined) changes.push(describe('removed', set, value, null, registry));
    else {
      const change = changeOf(value, other.value);
      if (change !== null) changes.push(describe(change, set, value, other.value, registry));
    }
  }
  for (const [key, { set, value }] of now)
    if (!old.has(key)) changes.push(describe('added', set, null, value, registry));
  return changes;
}

interface Statement {
  readonly set: LimitSet;
  readonly value: LimitValue;
}

function statementsOf(sets: readonly LimitSet[]): Map<string, Statement> {
  const statements = new Map<string, Statement>();
  for (const set of sets)
    for (const value of set.values)
      statements.set(`${set.level} ${set.group} ${set.account} ${set.market} ${value.limit}`, { set, value });
  return statements;
}

function changeOf(before: LimitValue, after: LimitValue): Change | null {
  if (before.hard === after.hard) return before.soft === after.soft ? null : 'warning';
  if (after.hard === null) return 'loosened';
  if (before.hard === null) return 'tightened';
  return after.hard > before.hard === STRICTER_ABOVE.has(before.limit) ? 'tightened' : 'loosened';
}

function describe(
  change: Change,
  { level, group, account, market }: LimitSet,
  before: LimitValue | null,
  after: LimitValue | null,
  registry: Registry,
): LimitChange {
  const name = group === null ? '' : registry.groupAt(group);
  const scope =
    account !== null
      ? `account ${registry.accountAt(account)}`
      : name === FIRM_NAME
        ? FIRM_NAME
        : `group ${name}`;
  const shown = (value: LimitValue | null): unknown =>
    value === null ? null : valueDocument(value, market, registry);
  return {
    change,
    scope,
    level: level === LimitLevel.account ? 'each' : 'total',
    market: market === null ? null : registry.marketAt(market),
    limit: LIMIT_NAMES[(before ?? after)!.limit],
    before: shown(before),
    after: shown(after),
  };
}
