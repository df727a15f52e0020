import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { COUNTERPARTIES, holdThere } from './group.ts';

/** The same of all accounts that are held with a counterparty. */
export const counterpartyExposure: GateCheck = {
  reason: Reason.counterparty_exposure,
  limits: [
    Limit.group_long_max,
    Limit.group_short_max,
    Limit.group_net_max,
    Limit.group_gross_value_max,
    Limit.group_net_value_max,
  ],
  requirements: ['R004-04'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(4)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdThere(candidate, findings, Reason.counterparty_exposure, COUNTERPARTIES);
  },
};
