import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { FIRM_KIND, holdColumn } from './group.ts';

/** The same of all accounts of the firm. */
export const capital: GateCheck = {
  reason: Reason.capital,
  limits: [Limit.traded_value_max],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdColumn(
      candidate,
      findings,
      Reason.capital,
      Limit.traded_value_max,
      candidate.groupTradedValue,
      FIRM_KIND,
    );
  },
};
