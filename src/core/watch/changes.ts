/** Level changes of one command, in columns that are reused, and their order: account, then place of the bucket. */
import { widened } from '../num/columns.ts';

/** How many one call puts in order: only functions that are called often are compiled with their constants. */
const BLOCK = 256;

export class Changes {
  count = 0;
  bucket = new Int32Array(1024);
  from = new Uint8Array(1024);
  to = new Uint8Array(1024);
  /** Account and place of the bucket, at hand for sorting. */
  #account = new Int32Array(1024);
  #place = new Int32Array(1024);

  clear(): void {
    this.count = 0;
  }

  /** Makes room for `count` more. */
  reserve(count: number): void {
    while (this.count + count > this.bucket.length) this.#grow();
  }

  /** There is room for it. */
  add(bucket: number, account: number, place: number, from: number, to: number): void {
    this.bucket[this.count] = bucket;
    this.#account[this.count] = account;
    this.#place[this.count] = place;
    this.from[this.count] = from;
    this.to[this.count] = to;
    this.count++;
  }

  /** Sweeps find changes almost in order, single marks find few: insertion first, a real sort when that gets long. */
  sort(): void {
    let patience = 8 * this.count + 64;
    for (let from = 1; from < this.count; from += BLOCK) {
      patience -= this.#insert(from, from + BLOCK < this.count ? from + BLOCK : this.count, patience);
      if (patience < 0) {
        this.#sortAll();
        return;
      }
    }
  }

  /** Brings the changes from `start` up to `end` in order with those before. Returns how many places they went, and stops when that passes `patience`. */
  #insert(start: number, end: number, patience: number): number {
    const { bucket, from, to } = this;
    const accounts = this.#account;
    const places = this.#place;
    let moves = 0;
    for (let at = start; at < end && moves <= patience; at++) {
      const account = accounts[at];
      if (account > accounts[at - 1]) continue;
      const row = bucket[at];
      const place = places[at];
      if (account === accounts[at - 1] && place > places[at - 1]) continue;
      const rowFrom = from[at];
      const rowTo = to[at];
      let slot = at;
      while (
        slot > 0 &&
        (account < accounts[slot - 1] || (account === accounts[slot - 1] && place < places[slot - 1]))
      ) {
        bucket[slot] = bucket[slot - 1];
        accounts[slot] = accounts[slot - 1];
        places[slot] = places[slot - 1];
        from[slot] = from[slot - 1];
        to[slot] = to[slot - 1];
        slot--;
      }
      bucket[slot] = row;
      accounts[slot] = account;
      places[slot] = place;
      from[slot] = rowFrom;
      to[slot] = rowTo;
      moves += at - slot;
    }
    return moves;
  }

  #sortAll(): void {
    const order = Array.from({ length: this.count }, (_, at) => at);
    const accounts = this.#account;
    const places = this.#place;
    order.sort((a, b) => accounts[a] - accounts[b] || places[a] - places[b]);
    const bucket = this.bucket.slice(0, this.count);
    const from = this.from.slice(0, this.count);
    const to = this.to.slice(0, this.count);
    for (const [at, old] of order.entries()) {
      this.bucket[at] = bucket[old];
      this.from[at] = from[old];
      this.to[at] = to[old];
    }
    // Nobody reads accounts and places after sorting.
  }

  #grow(): void {
    const length = this.bucket.length * 2;
    this.bucket = widened(this.bucket, length);
    this.from = widened(this.from, length);
    this.to = widened(this.to, length);
    this.#account = widened(this.#account, length);
    this.#place = widened(this.#place, length);
  }
}
