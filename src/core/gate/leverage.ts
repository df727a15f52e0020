import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';

/** What it could come to hold in all markets, in times of its equity. Without equity there is no leverage that would do. */
export const leverage: GateCheck = {
  reason: Reason.leverage,
  limits: [Limit.leverage_max],
  requirements: ['R004-07'],
  clauses: ['RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { grossValue, equity } = candidate;
    const hard = candidate.hard(Limit.leverage_max);
    const soft = candidate.soft(Limit.leverage_max);
    const base = Math.max(0, equity);
    findings.shareAtMost(Reason.leverage, Limit.leverage_max, grossValue, base, hard, soft);
  },
};
