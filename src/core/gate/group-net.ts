import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdColumn, PLAIN_KINDS } from './group.ts';

/** The same, longs and shorts against each other. */
export const groupNet: GateCheck = {
  reason: Reason.group_net,
  limits: [Limit.group_net_value_max],
  requirements: ['R004-02', 'R004-45'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdColumn(
      candidate,
      findings,
      Reason.group_net,
      Limit.group_net_value_max,
      candidate.groupNetValue,
      PLAIN_KINDS,
    );
  },
};
