import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Orders that work at once. */
export const workingLimit: GateCheck = {
  reason: Reason.working_limit,
  limits: [Limit.working_max],
  requirements: ['R004-03'],
  clauses: ['RTS 6 15(2)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.working_max);
    const soft = candidate.soft(Limit.working_max);
    findings.atMost(Reason.working_limit, Limit.working_max, candidate.workingOrders, hard, soft);
  },
};
