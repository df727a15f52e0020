/** How far the limits of groups, and of accounts that sent orders, are used: a few subjects at a time, each in its turn, so that no price waits long. */
import type { Gate } from '../../../core/admission/gate.ts';
import { Limit, LIMIT_NAMES } from '../../../core/schema/gate-limits.ts';
import type { GateUtilisation } from '../../../io/api/contract/gate.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { accountUtilisation, groupUtilisation, type Used } from '../../gate/utilisation.ts';

export type UsedLimit = GateUtilisation['limits'][number];

/** All rows of one group or account, which take the place of those told before. */
export interface SubjectUsage {
  readonly scope: 'group' | 'account';
  readonly subject: string;
  readonly limits: readonly UsedLimit[];
}

const A_TURN = 4;
/** Accounts looked at: of more that ask, the first. */
const ACCOUNTS_MAX = 500;
/** Limits that are about one market. */
const IN_MARKET: ReadonlySet<string> = new Set(
  [
    Limit.position_max,
    Limit.long_max,
    Limit.short_max,
    Limit.market_value_max,
    Limit.group_long_max,
    Limit.group_short_max,
    Limit.group_net_max,
    Limit.open_interest_max,
  ].map((limit) => LIMIT_NAMES[limit]),
);

export class Usage {
  readonly #gate: Gate;
  readonly #registry: Registry;
  readonly #accounts: number[] = [];
  readonly #known = new Set<number>();
  #at = 0;

  constructor(gate: Gate, registry: Registry) {
    this.#gate = gate;
    this.#registry = registry;
  }

  /** An account that sent an order. */
  note(account: number): void {
    if (this.#known.has(account) || this.#known.size >= ACCOUNTS_MAX) return;
    this.#known.add(account);
    this.#accounts.push(account);
  }

  /** The next few in turn. */
  turn(): SubjectUsage[] {
    const groups = this.#gate.state.groups.count;
    const count = groups + this.#accounts.length;
    return Array.from({ length: Math.min(A_TURN, count) }, () => {
      const at = this.#at % count;
      this.#at = at + 1;
      return at < groups ? this.#groupAt(at) : this.#accountAt(this.#accounts[at - groups]);
    });
  }

  #groupAt(group: number): SubjectUsage {
    const subject = this.#registry.groupAt(group);
    const of = (market: number | null): readonly Used[] =>
      groupUtilisation(this.#gate, this.#registry, group, market)['limits'] as Used[];
    return { scope: 'group', subject, limits: this.#rows('group', subject, of) };
  }

  #accountAt(account: number): SubjectUsage {
    const subject = this.#registry.accountAt(account as never);
    const of = (market: number | null): readonly Used[] =>
      accountUtilisation(this.#gate, this.#registry, account, market)['limits'] as Used[];
    return { scope: 'account', subject, limits: this.#rows('account', subject, of) };
  }

  #rows(scope: string, name: string, of: (market: number | null) => readonly Used[]): UsedLimit[] {
    const rows = rowsOf(scope, name, null, of(null));
    for (let market = 0; market < this.#registry.markets.count; market++) {
      const here = of(market).filter(({ limit }) => IN_MARKET.has(limit));
      const place = this.#registry.marketAt(market as never);
      rows.push(...rowsOf(scope, `${name} ${place}`, place, here));
    }
    return rows;
  }
}

/** Of which something is used. */
function rowsOf(scope: string, subject: string, market: string | null, used: readonly Used[]): UsedLimit[] {
  return used.flatMap(({ limit, hard, used: amount, percent }) =>
    percent === null || percent === 0
      ? []
      : [
          {
            check: limit,
            scope,
            subject,
            market,
            limit: String(hard),
            used: String(amount),
            usedPercent: percent.toFixed(1),
          },
        ],
  );
}
