import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** The same order again, sooner than anybody would mean it. */
export const duplicateOrder: GateCheck = {
  reason: Reason.duplicate_order,
  limits: [Limit.duplicate_us],
  requirements: ['R004-03'],
  clauses: ['15c3-5(c)(1)(ii)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (!candidate.isDuplicate) return;
    findings.refuse(Reason.duplicate_order, Limit.duplicate_us, candidate.hard(Limit.duplicate_us));
  },
};
