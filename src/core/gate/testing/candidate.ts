/** A candidate that nothing is to be said of: tests change what they are about, and see what is found. */
import { GroupKind, LIMIT_COUNT, type Limit } from '../../schema/gate-limits.ts';
import { REASON_NAMES } from '../../schema/reasons.ts';
import { Candidate, LIMIT_UNSET } from '../candidate.ts';
import { findAll } from '../checks.ts';
import { Findings, NO_LIMIT, SCOPE_ACCOUNT } from '../findings.ts';

/** One group of each kind, and the row that it has. */
export const GROUPS = [
  { kind: GroupKind.firm, row: 0 },
  { kind: GroupKind.customer, row: 3 },
  { kind: GroupKind.desk, row: 5 },
  { kind: GroupKind.venue, row: 7 },
  { kind: GroupKind.counterparty, row: 9 },
  { kind: GroupKind.set, row: 11 },
] as const;

const SCOPES = 1 + GROUPS.length;

/** An account that opens its first ten lots at 100, with money, and nothing said of any limit. */
export function plain(candidate = new Candidate()): Candidate {
  candidate.limits = new Float64Array(SCOPES * 2 * LIMIT_COUNT).fill(LIMIT_UNSET);
  candidate.limitsAt = 0;
  Object.assign(candidate, { isBid: true, price: 100, size: 10, mark: 100, index: 100, last: 100 });
  Object.assign(candidate, { isMarkUsable: true, longWorst: 10, worst: 10, equity: 10_000, required: 100 });
  Object.assign(candidate, { value: 1000, marketValue: 1000, grossValue: 1000, netValue: 1000 });
  Object.assign(candidate, { ordersInWindow: 1, valueInWindow: 1000, ordersToday: 1, workingOrders: 1 });
  candidate.groupCount = GROUPS.length;
  for (const [at, { kind, row }] of GROUPS.entries()) {
    candidate.group[at] = row;
    candidate.groupKind[at] = kind;
    candidate.groupLimitsAt[at] = (1 + at) * 2 * LIMIT_COUNT;
  }
  return candidate;
}

/** States a limit of the account, or of the group `at`. */
export function state(candidate: Candidate, limit: Limit, hard: number, soft = LIMIT_UNSET, at = -1): void {
  const from = at < 0 ? candidate.limitsAt : candidate.groupLimitsAt[at];
  candidate.limits[from + limit] = hard;
  candidate.limits[from + LIMIT_COUNT + limit] = soft;
}

export interface Finding {
  readonly reason: string;
  readonly hard: boolean;
  readonly which: number;
  readonly limit: number;
  readonly value: number;
  readonly scope: number;
}

/** What all checks find. */
export function found(candidate: Candidate): Finding[] {
  const findings = new Findings();
  findAll(candidate, findings);
  const list = Array.from({ length: findings.count }, (_, at) => ({
    reason: REASON_NAMES[findings.reason[at]],
    hard: findings.isHard[at] === 1,
    which: findings.which[at],
    limit: findings.limit[at],
    value: findings.value[at],
    scope: findings.scope[at],
  }));
  if (list.filter(({ hard }) => hard).length !== findings.hardCount) throw new Error('hardCount is wrong');
  return list;
}

export function finding(reason: string, rest: Partial<Finding> = {}): Finding {
  return { reason, hard: true, which: NO_LIMIT, limit: NaN, value: NaN, scope: SCOPE_ACCOUNT, ...rest };
}
