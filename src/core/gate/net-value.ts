import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** The same, longs and shorts against each other. */
export const netValue: GateCheck = {
  reason: Reason.net_value,
  limits: [Limit.net_max],
  requirements: ['R004-02'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.net_max);
    const soft = candidate.soft(Limit.net_max);
    findings.atMost(Reason.net_value, Limit.net_max, candidate.netValue, hard, soft);
  },
};
