import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold long. */
export const longMax: GateCheck = {
  reason: Reason.long_max,
  limits: [Limit.long_max],
  requirements: ['R004-01', 'R004-38'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.long_max);
    const soft = candidate.soft(Limit.long_max);
    findings.atMost(Reason.long_max, Limit.long_max, candidate.longWorst, hard, soft);
  },
};
