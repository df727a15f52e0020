import { FIRM, Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdGroup } from './group.ts';

/** What the members of a group traded since the day began and have working: of a customer its credit. The firm has capital. */
export const credit: GateCheck = {
  reason: Reason.credit,
  limits: [Limit.traded_value_max],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    for (let at = 0; at < candidate.groupCount; at++) {
      if (candidate.group[at] === FIRM) continue;
      holdGroup(
        candidate,
        findings,
        at,
        Reason.credit,
        Limit.traded_value_max,
        candidate.groupTradedValue[at],
      );
    }
  },
};
