/**
 * Open orders, and what those of one market reserve in one bucket (`OrderMargins`). One record of 56 bytes an order:
 *
 *   byte  0  id, size, price                         3 x f64
 *        24  account, bucket (END: free), market, leg 4 x i32
 *        40  next and previous order of the bucket   2 x i32
 *        48  next order of the same hash             i32, then 4 bytes unused
 *
 * Orders come and go a hundred thousand times a second, so they are found through chains, which leave nothing behind.
 */
import { widened } from '../num/columns.ts';
import { END } from './positions.ts';

export const ORDER_F64 = 7;
export const ORDER_I32 = 14;
export const OrderField = { id: 0, size: 1, price: 2 } as const;
export const OrderLink = {
  account: 6,
  bucket: 7,
  market: 8,
  leg: 9,
  next: 10,
  previous: 11,
  chain: 12,
} as const;

export class Orders {
  f64 = new Float64Array(256 * ORDER_F64);
  i32 = new Int32Array(this.f64.buffer);
  used = 0;
  count = 0;
  #free = END;
  /** First order of each hash; at least as many as orders. */
  #chains = new Int32Array(256).fill(END);

  find(account: number, id: number): number {
    const { f64, i32 } = this;
    let row = this.#chains[hashOf(account, id) & (this.#chains.length - 1)];
    while (
      row !== END &&
      (f64[row * ORDER_F64 + OrderField.id] !== id || i32[row * ORDER_I32 + OrderLink.account] !== account)
    ) {
      row = i32[row * ORDER_I32 + OrderLink.chain];
    }
    return row;
  }

  add(account: number, id: number): number {
    let row = this.#free;
    if (row === END) row = this.used++;
    else this.#free = this.i32[row * ORDER_I32 + OrderLink.next];
    this.count++;
    if (this.used * ORDER_F64 > this.f64.length) {
      this.f64 = widened(this.f64, this.f64.length * 2);
      this.i32 = new Int32Array(this.f64.buffer);
    }
    this.f64[row * ORDER_F64 + OrderField.id] = id;
    this.i32[row * ORDER_I32 + OrderLink.account] = account;
    if (this.count > this.#chains.length) this.#widen(row);
    this.#chain(row);
    return row;
  }

  remove(row: number): void {
    const { i32 } = this;
    const head = this.#headOf(row);
    const after = i32[row * ORDER_I32 + OrderLink.chain];
    if (this.#chains[head] === row) this.#chains[head] = after;
    else {
      let before = this.#chains[head];
      while (i32[before * ORDER_I32 + OrderLink.chain] !== row)
        before = i32[before * ORDER_I32 + OrderLink.chain];
      i32[before * ORDER_I32 + OrderLink.chain] = after;
    }
    this.count--;
    i32[row * ORDER_I32 + OrderLink.bucket] = END;
    i32[row * ORDER_I32 + OrderLink.next] = this.#free;
    this.#free = row;
  }

  #headOf(row: number): number {
    const account = this.i32[row * ORDER_I32 + OrderLink.account];
    return hashOf(account, this.f64[row * ORDER_F64 + OrderField.id]) & (this.#chains.length - 1);
  }

  #chain(row: number): void {
    const head = this.#headOf(row);
    this.i32[row * ORDER_I32 + OrderLink.chain] = this.#chains[head];
    this.#chains[head] = row;
  }

  /** Twice as many chains, for all orders but `except`, which the caller adds. */
  #widen(except: number): void {
    this.#chains = new Int32Array(this.#chains.length * 2).fill(END);
    for (let row = 0; row < this.used; row++) {
      if (row !== except && this.i32[row * ORDER_I32 + OrderLink.bucket] !== END) this.#chain(row);
    }
  }
}

export const MARGIN_F64 = 2;
export const MARGIN_I32 = 2;
export const MarginField = { bids: 0, asks: 1 } as const;
export const MarginLink = { market: 0, next: 1 } as const;

/** Sums of the order notionals of one market in one bucket, by side; a list a bucket. */
export class OrderMargins {
  f64 = new Float64Array(256 * MARGIN_F64);
  i32 = new Int32Array(256 * MARGIN_I32);
  used = 0;
  #free = END;

  add(market: number, next: number): number {
    let row = this.#free;
    if (row === END) row = this.used++;
    else this.#free = this.i32[row * MARGIN_I32 + MarginLink.next];
    if (this.used * MARGIN_F64 > this.f64.length) {
      this.f64 = widened(this.f64, this.f64.length * 2);
      this.i32 = widened(this.i32, this.i32.length * 2);
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

function hashOf(account: number, id: number): number {
  const high = Math.floor(id / 4294967296);
  let hash = Math.imul(account ^ Math.imul(id | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x27d4eb2f) ^ (hash >>> 13);
}
