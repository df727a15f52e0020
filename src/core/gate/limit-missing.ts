import { FIRM, LimitLevel } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { NONE_MISSING } from './candidate.ts';
import type { GateCheck } from './check.ts';
import { NO_NUMBER, SCOPE_ACCOUNT } from './findings.ts';

/** Nobody said what the account, or the firm, may at most: that is no permission. Whoever fills in the candidate has looked; what is missing is named. */
export const limitMissing: GateCheck = {
  reason: Reason.limit_missing,
  limits: [],
  requirements: ['R004-60', 'R004-61'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { missingLimit, missingLevel } = candidate;
    if (missingLimit === NONE_MISSING) return;
    const scope = missingLevel === LimitLevel.group ? FIRM : SCOPE_ACCOUNT;
    findings.refuse(Reason.limit_missing, missingLimit, NO_NUMBER, NO_NUMBER, scope);
  },
};
