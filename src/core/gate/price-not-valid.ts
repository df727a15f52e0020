import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** There is no mark, or it may not be used to open: nothing that is counted in money could be relied on. */
export const priceNotValid: GateCheck = {
  reason: Reason.price_not_valid,
  limits: [],
  requirements: ['R004-34'],
  clauses: ['RTS 6 15(1)(a)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (!candidate.isMarkUsable) findings.refuse(Reason.price_not_valid);
  },
};
