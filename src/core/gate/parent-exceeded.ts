import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT } from './findings.ts';

/** The children of a parent, filled and working, together are never more than it. */
export const parentExceeded: GateCheck = {
  reason: Reason.parent_exceeded,
  limits: [],
  requirements: [],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(3)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { isParentKnown, parentSize, childrenLots } = candidate;
    if (!isParentKnown || childrenLots <= parentSize) return;
    findings.refuse(Reason.parent_exceeded, NO_LIMIT, parentSize, childrenLots);
  },
};
