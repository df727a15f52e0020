/**
 * Open orders, and what those of one market reserve in one bucket (`OrderMargins`). Orders are found by account and
 * id through an open-addressing hash of rows; those of a bucket form a doubly linked list.
 */
import { END } from './positions.ts';

export const ORDER_F64 = 4;
export const ORDER_I32 = 8;
export const OrderField = { id: 0, size: 1, price: 2, notional: 3 } as const;
export const OrderLink = { account: 0, bucket: 1, market: 2, leg: 3, next: 4, previous: 5 } as const;
const FREED = -2;

export class Orders {
  f64 = new Float64Array(256 * ORDER_F64);
  i32 = new Int32Array(256 * ORDER_I32);
  used = 0;
  count = 0;
  #free = END;
  #slots = new Int32Array(512).fill(END);
  /** Slots that are not END: rows and tombstones. */
  #filled = 0;

  find(account: number, id: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(account, id) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot];
      if (row === END) return END;
      if (row !== FREED && this.#is(row, account, id)) return row;
    }
  }

  add(account: number, id: number): number {
    let row = this.#free;
    if (row === END) row = this.used++;
    else this.#free = this.i32[row * ORDER_I32 + OrderLink.next];
    this.count++;
    if (this.used * ORDER_F64 > this.f64.length) {
      const f64 = new Float64Array(this.f64.length * 2);
      f64.set(this.f64);
      this.f64 = f64;
      const i32 = new Int32Array(this.i32.length * 2);
      i32.set(this.i32);
      this.i32 = i32;
    }
    this.f64[row * ORDER_F64 + OrderField.id] = id;
    this.i32[row * ORDER_I32 + OrderLink.account] = account;
    if ((this.#filled + 1) * 2 > this.#slots.length) this.#rehash(row);
    this.#place(row);
    return row;
  }

  remove(row: number): void {
    const mask = this.#slots.length - 1;
    const account = this.i32[row * ORDER_I32 + OrderLink.account];
    const id = this.f64[row * ORDER_F64 + OrderField.id];
    let slot = hashOf(account, id) & mask;
    while (this.#slots[slot] !== row) slot = (slot + 1) & mask;
    this.#slots[slot] = FREED;
    this.count--;
    this.i32[row * ORDER_I32 + OrderLink.bucket] = END;
    this.i32[row * ORDER_I32 + OrderLink.next] = this.#free;
    this.#free = row;
  }

  #is(row: number, account: number, id: number): boolean {
    return this.f64[row * ORDER_F64 + OrderField.id] === id && this.i32[row * ORDER_I32 + OrderLink.account] === account;
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.i32[row * ORDER_I32 + OrderLink.account], this.f64[row * ORDER_F64 + OrderField.id]) & mask;
    while (this.#slots[slot] >= 0) slot = (slot + 1) & mask;
    if (this.#slots[slot] === END) this.#filled++;
    this.#slots[slot] = row;
  }

  /** Doubles the hash, or clears its tombstones when the orders themselves would fit. `except` is placed by the caller. */
  #rehash(except: number): void {
    const size = this.count * 4 > this.#slots.length ? this.#slots.length * 2 : this.#slots.length;
    const rows = this.#slots.filter((row) => row >= 0 && row !== except);
    this.#slots = new Int32Array(size).fill(END);
    this.#filled = 0;
    for (const row of rows) this.#place(row);
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
      const f64 = new Float64Array(this.f64.length * 2);
      f64.set(this.f64);
      this.f64 = f64;
      const i32 = new Int32Array(this.i32.length * 2);
      i32.set(this.i32);
      this.i32 = i32;
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
