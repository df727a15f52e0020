import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Orders of the account within its window. */
export const orderRate: GateCheck = {
  reason: Reason.order_rate,
  limits: [Limit.orders_max],
  requirements: ['R004-03', 'R004-39', 'R004-41'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(d)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.orders_max);
    const soft = candidate.soft(Limit.orders_max);
    findings.atMost(Reason.order_rate, Limit.orders_max, candidate.ordersInWindow, hard, soft);
  },
};
