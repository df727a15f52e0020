import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Value of the orders of the account within its window. */
export const valueRate: GateCheck = {
  reason: Reason.value_rate,
  limits: [Limit.order_rate_value_max],
  requirements: ['R004-03', 'R004-40', 'R004-41'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(b)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.order_rate_value_max);
    const soft = candidate.soft(Limit.order_rate_value_max);
    findings.atMost(Reason.value_rate, Limit.order_rate_value_max, candidate.valueInWindow, hard, soft);
  },
};
