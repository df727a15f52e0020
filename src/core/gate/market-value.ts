import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What that is worth at the mark. */
export const marketValue: GateCheck = {
  reason: Reason.market_value,
  limits: [Limit.market_value_max],
  requirements: ['R004-02'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.market_value_max);
    const soft = candidate.soft(Limit.market_value_max);
    findings.atMost(Reason.market_value, Limit.market_value_max, candidate.marketValue, hard, soft);
  },
};
