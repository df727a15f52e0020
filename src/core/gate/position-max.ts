import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** The larger of what it could come to hold long and short. */
export const positionMax: GateCheck = {
  reason: Reason.position_max,
  limits: [Limit.position_max],
  requirements: ['R004-01', 'R004-38'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(2)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.position_max);
    const soft = candidate.soft(Limit.position_max);
    findings.atMost(Reason.position_max, Limit.position_max, candidate.worst, hard, soft);
  },
};
