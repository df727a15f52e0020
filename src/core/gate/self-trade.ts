import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { PRICE_ABSENT } from './candidate.ts';
import type { GateCheck } from './check.ts';
import { through } from './collar.ts';

/** It could trade against an order of the account itself. */
export const selfTrade: GateCheck = {
  reason: Reason.self_trade,
  limits: [Limit.self_trade],
  requirements: ['R004-07'],
  clauses: ['15c3-5(c)(2)(i)', 'RTS 6 13(1)'],
  holdsReducing: false,
  check(candidate, findings) {
    const { isBid, dearest, ownOpposite } = candidate;
    if (candidate.hard(Limit.self_trade) !== 1 || ownOpposite === PRICE_ABSENT) return;
    if (through(isBid, dearest, ownOpposite) >= 0) findings.refuse(Reason.self_trade, Limit.self_trade);
  },
};
