import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What the account lost since the day began. */
export const loss: GateCheck = {
  reason: Reason.loss,
  limits: [Limit.loss_max],
  requirements: ['R004-11'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.loss_max);
    const soft = candidate.soft(Limit.loss_max);
    findings.atMost(Reason.loss, Limit.loss_max, candidate.lostToday, hard, soft);
  },
};
