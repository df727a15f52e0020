import { ShortRule } from '../schema/gate-commands.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT } from './findings.ts';

/** A sale that could make a position short where that is banned. */
export const shortBanned: GateCheck = {
  reason: Reason.short_banned,
  limits: [],
  requirements: ['R004-06'],
  clauses: ['15c3-5(c)(2)(i)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { isBid, shortRule, shortWorst } = candidate;
    if (isBid || shortRule !== ShortRule.banned || shortWorst <= 0) return;
    findings.refuse(Reason.short_banned, NO_LIMIT, 0, shortWorst);
  },
};
