import { HaltState } from '../schema/gate-commands.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT, NO_NUMBER } from './findings.ts';

/** The firm, a group, the account or the market is halted. The scope is the epoch of the halt. */
export const halted: GateCheck = {
  reason: Reason.halted,
  limits: [],
  requirements: ['R004-11', 'R004-46', 'R004-47', 'R004-49'],
  clauses: ['RTS 6 12(1)', 'RTS 6 15(3)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (candidate.haltState !== HaltState.halted) return;
    findings.refuse(Reason.halted, NO_LIMIT, NO_NUMBER, NO_NUMBER, candidate.halt);
  },
};
