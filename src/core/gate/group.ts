/** What the checks of groups share: each holds what a group would come to against the group's own limits. */
import { GroupKind, Limit } from '../schema/gate-limits.ts';
import type { Reason } from '../schema/reasons.ts';
import type { Candidate } from './candidate.ts';
import type { Findings } from './findings.ts';

/** Whether it is a venue or a counterparty: these have checks of their own. */
export function isElsewhere({ groupKind }: Candidate, at: number): boolean {
  return groupKind[at] === GroupKind.venue || groupKind[at] === GroupKind.counterparty;
}

export function holdGroup(
  from: Candidate,
  to: Findings,
  at: number,
  reason: Reason,
  limit: Limit,
  value: number,
): void {
  to.atMost(reason, limit, value, from.groupHard(at, limit), from.groupSoft(at, limit), from.group[at]);
}

/** Lots in the market. */
export function holdLots(from: Candidate, to: Findings, at: number, reason: Reason): void {
  holdGroup(from, to, at, reason, Limit.group_long_max, from.groupLong[at]);
  holdGroup(from, to, at, reason, Limit.group_short_max, from.groupShort[at]);
  holdGroup(from, to, at, reason, Limit.group_net_max, from.groupNet[at]);
}

/** Value in all markets. */
export function holdGross(from: Candidate, to: Findings, at: number, reason: Reason): void {
  holdGroup(from, to, at, reason, Limit.group_gross_value_max, from.groupGrossValue[at]);
}

export function holdNet(from: Candidate, to: Findings, at: number, reason: Reason): void {
  holdGroup(from, to, at, reason, Limit.group_net_value_max, from.groupNetValue[at]);
}
