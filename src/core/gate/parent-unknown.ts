import { Reason } from '../schema/reasons.ts';
import { NO_PARENT } from './candidate.ts';
import type { GateCheck } from './check.ts';

/** It names a parent that nobody gave, or one of another account, market or side. */
export const parentUnknown: GateCheck = {
  reason: Reason.parent_unknown,
  limits: [],
  requirements: [],
  clauses: ['15c3-5(c)(1)(ii)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (candidate.parent !== NO_PARENT && !candidate.isParentKnown) findings.refuse(Reason.parent_unknown);
  },
};
