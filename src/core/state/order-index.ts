/**
 * Where an order is, by account and id: an open table with linear probing. A slot holds the row and the whole hash, so looking
 * for what is not there reads one cache line and no order. Orders come and go a hundred thousand times a second: removing one
 * moves those behind it up and leaves nothing to clean.
 */
import { END } from './positions.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const NONE = END;

export class OrderIndex {
  /** Row and hash at [2 * slot]; the row is END where the slot is empty. At most three in four are taken. */
  #slots = new Int32Array(2 * 512).fill(NONE);
  #mask = 511;
  #count = 0;
  #at = 0;

  /** The first row with this hash, or END. */
  first(hash: number): number {
    this.#at = hash;
    return this.#probe(hash);
  }

  /** The row with this hash after the one found last, or END. */
  next(hash: number): number {
    this.#at++;
    return this.#probe(hash);
  }

  add(hash: number, row: number): void {
    if (4 * (this.#count + 1) > 3 * (this.#mask + 1)) this.#widen();
    this.#count++;
    this.#put(hash, row);
  }

  remove(hash: number, row: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hash & mask;
    while (slots[2 * hole] !== row) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[2 * slot] !== NONE; slot = (slot + 1) & mask) {
      const isPastHole = ((slot - slots[2 * slot + 1]) & mask) >= ((slot - hole) & mask);
      if (!isPastHole) continue;
      slots[2 * hole] = slots[2 * slot];
      slots[2 * hole + 1] = slots[2 * slot + 1];
      hole = slot;
    }
    slots[2 * hole] = NONE;
    this.#count--;
  }

  #probe(hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = this.#at & mask;
    while (slots[2 * slot] !== NONE && slots[2 * slot + 1] !== hash) slot = (slot + 1) & mask;
    this.#at = slot;
    return slots[2 * slot];
  }

  #put(hash: number, row: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash & mask;
    while (slots[2 * slot] !== NONE) slot = (slot + 1) & mask;
    slots[2 * slot] = row;
    slots[2 * slot + 1] = hash;
  }

  #widen(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2).fill(NONE);
    this.#mask = before.length - 1;
    for (let at = 0; at < before.length; at += 2)
      if (before[at] !== NONE) this.#put(before[at + 1], before[at]);
  }
}

/** A signed 32-bit hash. */
export function hashOfOrder(account: number, id: number): number {
  const high = Math.floor(id / 4294967296);
  let hash = Math.imul(account ^ Math.imul(id | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x27d4eb2f) ^ (hash >>> 13);
}
