import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it lost since the best moment of the day. */
export const drawdown: GateCheck = {
  reason: Reason.drawdown,
  limits: [Limit.drawdown_max],
  requirements: ['R004-11'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.drawdown_max);
    const soft = candidate.soft(Limit.drawdown_max);
    findings.atMost(Reason.drawdown, Limit.drawdown_max, candidate.drawdown, hard, soft);
  },
};
