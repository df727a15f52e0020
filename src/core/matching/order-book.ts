/**
 * The resting orders of one market, by price, then by time. It knows nothing of accounts, margin or money, and it does not
 * keep bids below asks: `match` does, by trading before what is left comes to rest.
 *
 * Rows are given by the caller, from 0, dense, and reused after removal: what else is known of an order lies in its
 * columns. Prices are whole ticks in [1, PRICE_MAX]; a size is at least one lot, and the sum of a level below 2^53.
 */
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import type { Side } from '../schema/side.ts';

export const ORDER_NONE = -1 as OrderRow;

export interface OrderBook {
  /** Behind all others of its price. */
  add(row: OrderRow, side: Side, price: PriceTicks, size: SizeLots): void;
  remove(row: OrderRow): void;
  /** Takes `by` lots off, fewer than are left, so that the order keeps its place. */
  reduce(row: OrderRow, by: SizeLots): void;

  left(row: OrderRow): SizeLots;
  price(row: OrderRow): PriceTicks;
  side(row: OrderRow): Side;
  /** First in priority, or ORDER_NONE. */
  best(side: Side): OrderRow;
  /** Next in priority on its side, across levels, or ORDER_NONE. */
  next(row: OrderRow): OrderRow;
  /** PRICE_NONE where the side is empty. */
  bestPrice(side: Side): PriceTicks;

  /** Lots that a taker could get from `side` at `limit` or better, counted up to `need`. */
  available(side: Side, limit: PriceTicks, need: SizeLots): SizeLots;
  sizeAt(side: Side, price: PriceTicks): SizeLots;
  /** Fills `prices` and `sizes` with the best levels, as many as both have room for; returns how many. */
  levels(side: Side, prices: Float64Array, sizes: Float64Array): number;
  /** Resting orders. */
  readonly count: number;
}
