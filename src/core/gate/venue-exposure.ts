import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdThere, VENUES } from './group.ts';

/** What all accounts that are held at a venue could come to hold there: lots in the market, gross and net value in all. */
export const venueExposure: GateCheck = {
  reason: Reason.venue_exposure,
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
    holdThere(candidate, findings, Reason.venue_exposure, VENUES);
  },
};
