import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { beyondBy } from './collar.ts';

/** How far a limit price lies beyond the index. */
export const collarIndex: GateCheck = {
  reason: Reason.collar_index,
  limits: [Limit.collar_index],
  requirements: [],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(1)(a)'],
  holdsReducing: true,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.collar_index);
    const soft = candidate.soft(Limit.collar_index);
    const beyond = beyondBy(candidate, candidate.index);
    if (beyond > 0)
      findings.shareAtMost(Reason.collar_index, Limit.collar_index, beyond, candidate.index, hard, soft);
  },
};
