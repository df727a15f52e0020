import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold in all markets. */
export const grossValue: GateCheck = {
  reason: Reason.gross_value,
  limits: [Limit.gross_max],
  requirements: ['R004-02'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.gross_max);
    const soft = candidate.soft(Limit.gross_max);
    findings.atMost(Reason.gross_value, Limit.gross_max, candidate.grossValue, hard, soft);
  },
};
