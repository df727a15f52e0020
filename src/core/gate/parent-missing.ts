import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { NO_PARENT } from './candidate.ts';
import type { GateCheck } from './check.ts';

/** Every order has to say what it is a part of. */
export const parentMissing: GateCheck = {
  reason: Reason.parent_missing,
  limits: [Limit.parent_required],
  requirements: [],
  clauses: ['15c3-5(c)(1)(ii)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (candidate.parent !== NO_PARENT || candidate.hard(Limit.parent_required) !== 1) return;
    findings.refuse(Reason.parent_missing, Limit.parent_required);
  },
};
