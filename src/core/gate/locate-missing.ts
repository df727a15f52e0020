import { ShortRule } from '../schema/gate-commands.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT } from './findings.ts';

/** A sale that could make a position short by more lots than were located. */
export const locateMissing: GateCheck = {
  reason: Reason.locate_missing,
  limits: [],
  requirements: ['R004-06'],
  clauses: ['15c3-5(c)(2)(i)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { isBid, shortRule, shortWorst, locatedLots } = candidate;
    if (isBid || shortRule !== ShortRule.locate || shortWorst <= locatedLots) return;
    findings.refuse(Reason.locate_missing, NO_LIMIT, locatedLots, shortWorst);
  },
};
