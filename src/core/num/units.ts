/**
 * The units that amounts are counted in. All are integers held in doubles, exact to 2^53; the types cost
 * nothing at run time and keep lots from being added to ticks.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** An order price in whole ticks of its market. */
export type PriceTicks = Unit<'PriceTicks'>;
/** A mark or index price in whole mark ticks of its market (see `gridOf`). */
export type MarkTicks = Unit<'MarkTicks'>;
/** A signed position or order size in lots of its market: + long or buy, - short or sell. */
export type SizeLots = Unit<'SizeLots'>;
/** Money in the smallest unit of the settlement asset (USDT: 1e-6). */
export type QuoteMicros = Unit<'QuoteMicros'>;
/** A cumulative funding index: money units per lot, times `FUNDING_SCALE`. Longs pay what it rises by. */
export type FundingIndex = Unit<'FundingIndex'>;
/** Microseconds since 1970, UTC. */
export type TimeUs = Unit<'TimeUs'>;
export type AccountRow = Unit<'AccountRow'>;
export type MarketRow = Unit<'MarketRow'>;
export type SourceRow = Unit<'SourceRow'>;
export type OrderRow = Unit<'OrderRow'>;

/** A fraction of whole numbers, `num / den`, den > 0. One thirtieth is a margin rate and is not whole ppm. */
export interface Rate {
  readonly num: number;
  readonly den: number;
}

/** The largest integer below which every integer is exact in a double. */
export const SAFE_MAX = Number.MAX_SAFE_INTEGER;
/** Parts of a money unit that a funding index counts per lot. */
export const FUNDING_SCALE = 1e6;
/** Marks lie in [1, MARK_MAX]: 17.6 billion USDT at a mark tick of 0.001. */
export const MARK_MAX = 2 ** 44;
/** Prices of orders lie in [1, PRICE_MAX]. */
export const PRICE_MAX = 2 ** 30;
/** Where there is no price. */
export const PRICE_NONE = -1 as PriceTicks;
