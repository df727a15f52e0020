import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** The market is on the restricted list. */
export const marketRestricted: GateCheck = {
  reason: Reason.market_restricted,
  limits: [],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(2)(ii)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (candidate.isRestricted) findings.refuse(Reason.market_restricted);
  },
};
