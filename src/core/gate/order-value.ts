import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Value of one order at its price. */
export const orderValue: GateCheck = {
  reason: Reason.order_value,
  limits: [Limit.order_value_min, Limit.order_value_max],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(b)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { value } = candidate;
    const least = Limit.order_value_min;
    const most = Limit.order_value_max;
    findings.atLeast(Reason.order_value, least, value, candidate.hard(least), candidate.soft(least));
    findings.atMost(Reason.order_value, most, value, candidate.hard(most), candidate.soft(most));
  },
};
