import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdLots, PLAIN_KINDS } from './group.ts';

/** Lots that the members of a group could come to hold in the market: long, short, and the larger net of both. */
export const groupPosition: GateCheck = {
  reason: Reason.group_position,
  limits: [Limit.group_long_max, Limit.group_short_max, Limit.group_net_max],
  requirements: ['R004-01', 'R004-45'],
  clauses: ['15c3-5(c)(1)(i)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    holdLots(candidate, findings, Reason.group_position, PLAIN_KINDS);
  },
};
