import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT } from './findings.ts';

/** Equity has to cover initial margin with the order, what it loses at once, and its fee. */
export const initialMargin: GateCheck = {
  reason: Reason.initial_margin,
  limits: [],
  requirements: ['R004-07', 'R004-10'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { equity, required, lossAtOnce, fee } = candidate;
    const needed = required + lossAtOnce + fee;
    if (needed > equity) findings.refuse(Reason.initial_margin, NO_LIMIT, equity, needed);
  },
};
