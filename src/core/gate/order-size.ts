import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Size of one order, in lots. */
export const orderSize: GateCheck = {
  reason: Reason.order_size,
  limits: [Limit.order_size_min, Limit.order_size_max],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(c)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { size } = candidate;
    const least = Limit.order_size_min;
    const most = Limit.order_size_max;
    findings.atLeast(Reason.order_size, least, size, candidate.hard(least), candidate.soft(least));
    findings.atMost(Reason.order_size, most, size, candidate.hard(most), candidate.soft(most));
  },
};
