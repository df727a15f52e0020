import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { beyondBy } from './collar.ts';

/** How far a limit price lies beyond the last price. */
export const collarLast: GateCheck = {
  reason: Reason.collar_last,
  limits: [Limit.collar_last],
  requirements: [],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(a)'],
  holdsReducing: true,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.collar_last);
    const soft = candidate.soft(Limit.collar_last);
    const beyond = beyondBy(candidate, candidate.last);
    if (beyond > 0)
      findings.shareAtMost(Reason.collar_last, Limit.collar_last, beyond, candidate.last, hard, soft);
  },
};
