import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { beyondBy } from './collar.ts';

/** How far a limit price lies beyond the mark. A price that is a slip is one whether it opens or reduces. */
export const collarMark: GateCheck = {
  reason: Reason.collar_mark,
  limits: [Limit.collar_mark],
  requirements: ['R004-40'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(a)'],
  holdsReducing: true,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.collar_mark);
    const soft = candidate.soft(Limit.collar_mark);
    const beyond = beyondBy(candidate, candidate.mark);
    if (beyond > 0)
      findings.shareAtMost(Reason.collar_mark, Limit.collar_mark, beyond, candidate.mark, hard, soft);
  },
};
