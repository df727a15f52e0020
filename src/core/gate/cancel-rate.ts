import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** Who cancelled too much in the window opens nothing new. Cancels themselves always pass. */
export const cancelRate: GateCheck = {
  reason: Reason.cancel_rate,
  limits: [Limit.cancels_max],
  requirements: ['R004-03', 'R004-41'],
  clauses: ['RTS 6 15(1)(d)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.cancels_max);
    const soft = candidate.soft(Limit.cancels_max);
    findings.atMost(Reason.cancel_rate, Limit.cancels_max, candidate.cancelsInWindow, hard, soft);
  },
};
