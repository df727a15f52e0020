import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdGroup } from './group.ts';

/** The open interest of a group in the market: the larger of its longs and its shorts. */
export const openInterest: GateCheck = {
  reason: Reason.open_interest,
  limits: [Limit.open_interest_max],
  requirements: ['R004-01'],
  clauses: ['RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { groupCount, groupLong, groupShort } = candidate;
    for (let at = 0; at < groupCount; at++) {
      const open = Math.max(groupLong[at], groupShort[at]);
      holdGroup(candidate, findings, at, Reason.open_interest, Limit.open_interest_max, open);
    }
  },
};
