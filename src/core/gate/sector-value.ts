import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold in markets of the sector. */
export const sectorValue: GateCheck = {
  reason: Reason.sector_value,
  limits: [Limit.sector_value_max],
  requirements: ['R004-05'],
  clauses: ['15c3-5(c)(1)(i)'],
  holdsReducing: false,
  check(candidate, findings) {
    const hard = candidate.hard(Limit.sector_value_max);
    const soft = candidate.soft(Limit.sector_value_max);
    findings.atMost(Reason.sector_value, Limit.sector_value_max, candidate.sectorValue, hard, soft);
  },
};
