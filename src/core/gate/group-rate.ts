import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { holdGroup } from './group.ts';

/** Orders of a group, and their value, within its window. */
export const groupRate: GateCheck = {
  reason: Reason.group_rate,
  limits: [Limit.group_orders_max, Limit.group_rate_value_max],
  requirements: ['R004-03'],
  clauses: ['15c3-5(c)(1)(ii)', 'RTS 6 15(5)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { groupCount, groupOrders, groupRateValue } = candidate;
    for (let at = 0; at < groupCount; at++) {
      holdGroup(candidate, findings, at, Reason.group_rate, Limit.group_orders_max, groupOrders[at]);
      holdGroup(candidate, findings, at, Reason.group_rate, Limit.group_rate_value_max, groupRateValue[at]);
    }
  },
};
