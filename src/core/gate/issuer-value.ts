import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold in markets of the issuer. */
export const issuerValue: GateCheck = {
  reason: Reason.issuer_value,
  limits: [Limit.issuer_value_max],
  requirements: ['R004-05'],
  clauses: ['15c3-5(c)(1)(i)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.issuer_value_max);
    const soft = candidate.soft(Limit.issuer_value_max);
    findings.atMost(Reason.issuer_value, Limit.issuer_value_max, candidate.issuerValue, hard, soft);
  },
};
