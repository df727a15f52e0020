import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { EVERY_KIND, FIRM_KIND, holdColumn } from './group.ts';

/** What the members of a group traded since the day began and have working: of a customer its credit. The firm has capital. */
export const credit: GateCheck = {
  reason: Reason.credit,
  limits: [Limit.traded_value_max],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdColumn(
      candidate,
      findings,
      Reason.credit,
      Limit.traded_value_max,
      candidate.groupTradedValue,
      EVERY_KIND & ~FIRM_KIND,
    );
  },
};
