import { HaltState } from '../schema/gate-commands.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { NO_LIMIT, NO_NUMBER } from './findings.ts';

/** One of these takes only what reduces. The scope is the epoch of the halt. */
export const reduceOnly: GateCheck = {
  reason: Reason.reduce_only,
  limits: [],
  requirements: ['R004-46'],
  clauses: ['RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    if (candidate.haltState !== HaltState.reduce_only) return;
    findings.refuse(Reason.reduce_only, NO_LIMIT, NO_NUMBER, NO_NUMBER, candidate.halt);
  },
};
