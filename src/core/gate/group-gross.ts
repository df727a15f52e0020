import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdColumn, PLAIN_KINDS } from './group.ts';

/** What the members of a group could come to hold in all markets. */
export const groupGross: GateCheck = {
  reason: Reason.group_gross,
  limits: [Limit.group_gross_value_max],
  requirements: ['R004-02', 'R004-45'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdColumn(
      candidate,
      findings,
      Reason.group_gross,
      Limit.group_gross_value_max,
      candidate.groupGrossValue,
      PLAIN_KINDS,
    );
  },
};
