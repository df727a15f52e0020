/** The words of orders. These numbers are on disk: never reuse one. */

/** A market order is a limit order at the collar that never rests. */
export const OrderType = { limit: 0, market: 1 } as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];
export const ORDER_TYPE_NAMES = ['limit', 'market'] as const;

/** Until cancelled, until a time, at once or not, all at once or not at all. */
export const TimeInForce = { gtc: 0, gtd: 1, ioc: 2, fok: 3 } as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];
export const TIME_IN_FORCE_NAMES = ['gtc', 'gtd', 'ioc', 'fok'] as const;

/** What happens where an order meets one of its own account: which of them goes, or both by the smaller size. */
export const SelfTrade = { cancel_taker: 0, cancel_maker: 1, cancel_both: 2, reduce_both: 3 } as const;
export type SelfTrade = (typeof SelfTrade)[keyof typeof SelfTrade];
export const SELF_TRADE_NAMES = ['cancel_taker', 'cancel_maker', 'cancel_both', 'reduce_both'] as const;

/**
 * What a waiting order waits for. A stop fires when the price moves its way past the trigger (a buy at or above it, a sell at or
 * below), a take-profit when it comes back to it (a buy at or below, a sell at or above), a trailing stop when the price turns
 * back by its distance from the best price since it was placed (a buy: from the lowest up, a sell: from the highest down).
 */
export const TriggerKind = { none: 0, stop: 1, take_profit: 2, trailing: 3 } as const;
export type TriggerKind = (typeof TriggerKind)[keyof typeof TriggerKind];
export const TRIGGER_KIND_NAMES = ['none', 'stop', 'take_profit', 'trailing'] as const;

/** The price that triggers look at. */
export const TriggerBy = { mark: 0, last: 1 } as const;
export type TriggerBy = (typeof TriggerBy)[keyof typeof TriggerBy];
export const TRIGGER_BY_NAMES = ['mark', 'last'] as const;

/**
 * What may be done in a market. `reduce_only`: orders that only reduce; a resting order that would add to its account's position
 * goes when it is reached. `halted`: nothing trades; orders that only reduce may be placed and rest. `settling`: nothing but the
 * settlement. Cancels pass in all of them. What waits for a trigger sees no price while its market is halted, and the present one when it trades again.
 */
export const MarketState = { active: 0, reduce_only: 1, halted: 2, settling: 3 } as const;
export type MarketState = (typeof MarketState)[keyof typeof MarketState];
export const MARKET_STATE_NAMES = ['active', 'reduce_only', 'halted', 'settling'] as const;

/** Why an order is no longer working. */
export const DoneReason = {
  filled: 0,
  canceled: 1,
  expired: 2,
  /** What an immediate or market order could not get. */
  unfilled: 3,
  self_trade: 4,
  /** A reduce-only order with nothing left to reduce. */
  nothing_to_reduce: 5,
  /** The other order of its pair traded or fired. */
  pair: 6,
  disconnected: 7,
  liquidation: 8,
  /** The market is reduce-only, or closed for settlement. */
  market_state: 9,
  /** A waiting order that fired and was refused. */
  refused: 10,
} as const;
export type DoneReason = (typeof DoneReason)[keyof typeof DoneReason];
export const DONE_REASON_NAMES = Object.keys(DoneReason) as (keyof typeof DoneReason)[];
