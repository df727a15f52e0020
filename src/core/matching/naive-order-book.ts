/**
 * The order book as one would say it: two lists, sorted. Every operation looks through a list, so it is for tests, and for
 * whoever wants to read what an order book is. `DirectOrderBook` must do the same.
 */
import { assert } from '../num/assert.ts';
import { PRICE_MAX, PRICE_NONE, SAFE_MAX } from '../num/units.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { ORDER_NONE, type OrderBook } from './order-book.ts';

interface Order {
  readonly row: OrderRow;
  readonly side: Side;
  readonly price: PriceTicks;
  left: number;
}

export class NaiveOrderBook implements OrderBook {
  readonly #orders = new Map<OrderRow, Order>();
  /** Of each side, first in priority first. */
  readonly #sides: Record<Side, Order[]> = { [Side.bid]: [], [Side.ask]: [] };

  get count(): number {
    return this.#orders.size;
  }

  add(row: OrderRow, side: Side, price: PriceTicks, size: SizeLots): void {
    assert(Number.isInteger(row) && row >= 0, 'a row is a whole number from 0');
    assert(!this.#orders.has(row), 'a row is free when an order is added');
    assert(Number.isSafeInteger(size) && size > 0, 'a size is at least one lot');
    assert(this.sizeAt(side, price) + size <= SAFE_MAX, 'the lots of a level are below 2^53');
    const order = { row, side, price, left: size };
    const orders = this.#sides[side];
    const worse = orders.findIndex((other) => isBetter(side, price, other.price));
    orders.splice(worse < 0 ? orders.length : worse, 0, order);
    this.#orders.set(row, order);
  }

  remove(row: OrderRow): void {
    const order = this.#get(row);
    const orders = this.#sides[order.side];
    orders.splice(orders.indexOf(order), 1);
    this.#orders.delete(row);
  }

  reduce(row: OrderRow, by: SizeLots): void {
    const order = this.#get(row);
    assert(
      Number.isInteger(by) && by > 0 && by < order.left,
      'an order is reduced by fewer lots than it has',
    );
    order.left -= by;
  }

  left(row: OrderRow): SizeLots {
    return this.#get(row).left as SizeLots;
  }

  price(row: OrderRow): PriceTicks {
    return this.#get(row).price;
  }

  side(row: OrderRow): Side {
    return this.#get(row).side;
  }

  best(side: Side): OrderRow {
    return this.#sides[side][0]?.row ?? ORDER_NONE;
  }

  next(row: OrderRow): OrderRow {
    const order = this.#get(row);
    const orders = this.#sides[order.side];
    return orders[orders.indexOf(order) + 1]?.row ?? ORDER_NONE;
  }

  bestPrice(side: Side): PriceTicks {
    return this.#sides[side][0]?.price ?? PRICE_NONE;
  }

  available(side: Side, limit: PriceTicks, need: SizeLots): SizeLots {
    let lots = 0;
    for (const { price, left } of this.#sides[side]) {
      if (lots >= need || isBetter(side, limit, price)) break;
      lots += left;
    }
    return Math.min(lots, need) as SizeLots;
  }

  sizeAt(side: Side, price: PriceTicks): SizeLots {
    assert(Number.isInteger(price) && price >= 1 && price <= PRICE_MAX, 'a price is in [1, 2^30] ticks');
    const here = this.#sides[side].filter((order) => order.price === price);
    return here.reduce((sum, { left }) => sum + left, 0) as SizeLots;
  }

  levels(side: Side, prices: Float64Array, sizes: Float64Array): number {
    const best = [...new Set(this.#sides[side].map(({ price }) => price))];
    const shown = best.slice(0, Math.min(prices.length, sizes.length));
    for (const [at, price] of shown.entries()) {
      prices[at] = price;
      sizes[at] = this.sizeAt(side, price);
    }
    return shown.length;
  }

  #get(row: OrderRow): Order {
    const order = this.#orders.get(row);
    assert(order !== undefined, 'the row has an order in this book');
    return order;
  }
}

function isBetter(side: Side, price: number, other: number): boolean {
  return side === Side.bid ? price > other : price < other;
}
