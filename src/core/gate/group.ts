/**
 * What the checks of groups share: each holds what a group would come to against the group's own limits. Groups are few and limits of them fewer, so what is
 * passed over has to cost next to nothing: the columns are taken out of the candidate once for all groups.
 */
import { GROUP_KIND_NAMES, GroupKind, Limit, LIMIT_COUNT } from '../schema/gate-limits.ts';
import type { Reason } from '../schema/reasons.ts';
import type { Candidate } from './candidate.ts';
import type { Findings } from './findings.ts';

/** Kinds of groups, a bit each. Venues and counterparties have checks of their own for what is held there. */
export const VENUES = 1 << GroupKind.venue;
export const COUNTERPARTIES = 1 << GroupKind.counterparty;
export const EVERY_KIND = (1 << GROUP_KIND_NAMES.length) - 1;
export const PLAIN_KINDS = EVERY_KIND & ~(VENUES | COUNTERPARTIES);
export const FIRM_KIND = 1 << GroupKind.firm;

const { group_long_max: LONG, group_short_max: SHORT, group_net_max: NET } = Limit;
const { group_gross_value_max: GROSS_VALUE, group_net_value_max: NET_VALUE } = Limit;
const COUNT = LIMIT_COUNT;

/** Holds one column of the candidate, of groups of these kinds. */
export function holdColumn(
  candidate: Candidate,
  findings: Findings,
  reason: Reason,
  limit: Limit,
  column: Float64Array,
  kinds: number,
): void {
  const { groupCount, groupLimitsAt, groupKind, limits } = candidate;
  for (let at = 0; at < groupCount; at++) {
    const place = groupLimitsAt[at] + limit;
    const value = column[at];
    if ((value > limits[place] || value > limits[place + COUNT]) && ((kinds >>> groupKind[at]) & 1) === 1)
      holdGroup(candidate, findings, at, reason, limit, value);
  }
}

/** Lots in the market: long, short and net. */
export function holdLots(candidate: Candidate, findings: Findings, reason: Reason, kinds: number): void {
  const { groupCount, groupLimitsAt, groupKind, limits, groupLong, groupShort, groupNet } = candidate;
  for (let at = 0; at < groupCount; at++) {
    if (((kinds >>> groupKind[at]) & 1) === 0) continue;
    const place = groupLimitsAt[at];
    const long = groupLong[at];
    const short = groupShort[at];
    const net = groupNet[at];
    if (long > limits[place + LONG] || long > limits[place + LONG + COUNT])
      holdGroup(candidate, findings, at, reason, LONG, long);
    if (short > limits[place + SHORT] || short > limits[place + SHORT + COUNT])
      holdGroup(candidate, findings, at, reason, SHORT, short);
    if (net > limits[place + NET] || net > limits[place + NET + COUNT])
      holdGroup(candidate, findings, at, reason, NET, net);
  }
}

/** All that accounts at a venue or with a counterparty could come to hold there: lots in the market, gross and net value in all. */
export function holdThere(candidate: Candidate, findings: Findings, reason: Reason, kinds: number): void {
  const { groupCount, groupKind, groupLong, groupShort, groupNet, groupGrossValue, groupNetValue } =
    candidate;
  for (let at = 0; at < groupCount; at++) {
    if (((kinds >>> groupKind[at]) & 1) === 0) continue;
    holdGroup(candidate, findings, at, reason, LONG, groupLong[at]);
    holdGroup(candidate, findings, at, reason, SHORT, groupShort[at]);
    holdGroup(candidate, findings, at, reason, NET, groupNet[at]);
    holdGroup(candidate, findings, at, reason, GROSS_VALUE, groupGrossValue[at]);
    holdGroup(candidate, findings, at, reason, NET_VALUE, groupNetValue[at]);
  }
}

/** Holds one value of one group. */
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
