import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { isWithinFloor } from './floor.ts';

/** The share that one market has in what it could come to hold, above a floor. */
export const marketShare: GateCheck = {
  reason: Reason.market_share,
  limits: [Limit.market_share_max, Limit.share_floor],
  requirements: ['R004-05'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { marketValue, grossValue } = candidate;
    if (grossValue === 0 || isWithinFloor(grossValue, candidate.hard(Limit.share_floor))) return;
    const hard = candidate.hard(Limit.market_share_max);
    const soft = candidate.soft(Limit.market_share_max);
    findings.shareAtMost(Reason.market_share, Limit.market_share_max, marketValue, grossValue, hard, soft);
  },
};
