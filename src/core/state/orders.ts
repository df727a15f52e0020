/**
 * Open orders, and what those of one market reserve in one bucket (`OrderMargins`). One record of 48 bytes an order:
 *
 *   byte  0  id, size, price                         3 x f64
 *        24  account, bucket (END: free), market, leg 4 x i32
 *        40  next and previous order of the bucket   2 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { hashOfOrder, OrderIndex } from './order-index.ts';
import { END } from './positions.ts';

export const ORDER_F64 = 6;
export const ORDER_I32 = 12;
export const OrderField = { id: 0, size: 1, price: 2 } as const;
export const OrderLink = { account: 6, bucket: 7, market: 8, leg: 9, next: 10, previous: 11 } as const;

export class Orders {
  f64 = inLines(256 * ORDER_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  count = 0;
  #free = END;
  readonly #index = new OrderIndex();

  find(account: number, id: number): number {
    const { f64, i32 } = this;
    const hash = hashOfOrder(account, id);
    let row = this.#index.first(hash);
    while (
      row !== END &&
      (f64[row * ORDER_F64 + OrderField.id] !== id || i32[row * ORDER_I32 + OrderLink.account] !== account)
    ) {
      row = this.#index.next(hash);
    }
    return row;
  }

  /** Whether any is open in this market. Goes over all. */
  areIn(market: number): boolean {
    for (let row = 0; row < this.used; row++) {
      const i = row * ORDER_I32;
      if (this.i32[i + OrderLink.bucket] !== END && this.i32[i + OrderLink.market] === market) return true;
    }
    return false;
  }

  /** The row that `find` will look at first, or 0: for reading ahead. */
  expect(account: number, id: number): number {
    const row = this.#index.first(hashOfOrder(account, id));
    return row === END ? 0 : row;
  }

  add(account: number, id: number): number {
    let row = this.#free;
    if (row === END) row = this.used++;
    else this.#free = this.i32[row * ORDER_I32 + OrderLink.next];
    this.count++;
    if (this.used * ORDER_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    this.f64[row * ORDER_F64 + OrderField.id] = id;
    this.i32[row * ORDER_I32 + OrderLink.account] = account;
    this.#index.add(hashOfOrder(account, id), row);
    return row;
  }

  remove(row: number): void {
    const { f64, i32 } = this;
    const i = row * ORDER_I32;
    this.#index.remove(hashOfOrder(i32[i + OrderLink.account], f64[row * ORDER_F64 + OrderField.id]), row);
    this.count--;
    i32[i + OrderLink.bucket] = END;
    i32[i + OrderLink.next] = this.#free;
    this.#free = row;
  }
}

export const MARGIN_F64 = 4;
export const MARGIN_I32 = 8;
export const MarginField = { bids: 0, asks: 1 } as const;
export const MarginLink = { market: 4, next: 5 } as const;

/** Sums of the order notionals of one market in one bucket, by side; a list a bucket. Records of 32 bytes. */
export class OrderMargins {
  f64 = inLines(256 * MARGIN_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  #free = END;

  add(market: number, next: number): number {
    let row = this.#free;
    if (row === END) row = this.used++;
    else this.#free = this.i32[row * MARGIN_I32 + MarginLink.next];
    if (this.used * MARGIN_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    this.f64[row * MARGIN_F64 + MarginField.bids] = 0;
    this.f64[row * MARGIN_F64 + MarginField.asks] = 0;
    this.i32[row * MARGIN_I32 + MarginLink.market] = market;
    this.i32[row * MARGIN_I32 + MarginLink.next] = next;
    return row;
  }

  remove(row: number): void {
    this.i32[row * MARGIN_I32 + MarginLink.next] = this.#free;
    this.#free = row;
  }
}
