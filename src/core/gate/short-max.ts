import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold short. */
export const shortMax: GateCheck = {
  reason: Reason.short_max,
  limits: [Limit.short_max],
  requirements: ['R004-01', 'R004-38'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.short_max);
    const soft = candidate.soft(Limit.short_max);
    findings.atMost(Reason.short_max, Limit.short_max, candidate.shortWorst, hard, soft);
  },
};
