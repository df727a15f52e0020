import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateCheck } from './check.ts';
import { isWithinFloor } from './floor.ts';

/** Orders for each trade of the day, above a floor of orders. A day without trades counts as one with one. */
export const orderTradeRatio: GateCheck = {
  reason: Reason.order_trade_ratio,
  limits: [Limit.order_trade_max, Limit.order_trade_floor],
  requirements: ['R004-03'],
  clauses: ['RTS 6 15(1)(d)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { ordersToday, executionsToday } = candidate;
    if (isWithinFloor(ordersToday, candidate.hard(Limit.order_trade_floor))) return;
    const hard = candidate.hard(Limit.order_trade_max);
    const soft = candidate.soft(Limit.order_trade_max);
    const trades = Math.max(1, executionsToday);
    findings.shareAtMost(Reason.order_trade_ratio, Limit.order_trade_max, ordersToday, trades, hard, soft);
  },
};
