/**
 * The last DUPLICATES_SEEN orders that an account entered, in a ring of 512 bytes: the hashes of all come first, in one cache line, so that looking for
 * an order that is not among them reads no more.
 *
 *   byte  0  16 hashes                                           i32       0: nothing there yet
 *        64  next to be written                                  i32
 *        72  16 orders: size, time, what it is (`shapeOf`), price     2 x f64, 2 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { DUPLICATES_SEEN } from '../schema/gate-limits.ts';
import type { Clock } from './windows.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const SEEN = DUPLICATES_SEEN;

const RING_F64 = 64;
const RING_I32 = 2 * RING_F64;
const NEXT = SEEN;
const ENTRIES = 9;
const ENTRY_F64 = 3;

/** Market, leg, side, type and whether it is reduce-only. */
export function shapeOf(
  market: number,
  leg: number,
  isAsk: boolean,
  isMarket: boolean,
  isReduceOnly: boolean,
): number {
  return (market << 5) | (leg << 3) | (isAsk ? 4 : 0) | (isMarket ? 2 : 0) | (isReduceOnly ? 1 : 0);
}

export class RecentOrders {
  f64 = inLines(64 * RING_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Room for so many rows, so that coming to have them copies nothing. Memory is given when it is first touched. */
  reserve(rows: number): void {
    if (rows * RING_F64 <= this.f64.length) return;
    this.f64 = widenedInLines(this.f64, rows * RING_F64);
    this.i32 = asIntegers(this.f64);
  }

  add(): number {
    const row = this.used++;
    if (this.used * RING_F64 > this.f64.length) this.reserve(2 * row);
    return row;
  }

  /** Whether one like this was entered less than so many us before now. */
  has(row: number, shape: number, price: number, size: number, withinUs: number): boolean {
    const i = row * RING_I32;
    const hash = hashOf(shape, price, size);
    for (let at = 0; at < SEEN; at++) {
      if (this.i32[i + at] !== hash) continue;
      const f = row * RING_F64 + ENTRIES + at * ENTRY_F64;
      const isSame = this.f64[f] === size && this.i32[2 * f + 4] === shape && this.i32[2 * f + 5] === price;
      if (isSame && this.#clock.timeUs - this.f64[f + 1] < withinUs) return true;
    }
    return false;
  }

  note(row: number, shape: number, price: number, size: number): void {
    this.restore(row, shape, price, size, this.#clock.timeUs);
  }

  /** As it was noted at that time. */
  restore(row: number, shape: number, price: number, size: number, timeUs: number): void {
    const i = row * RING_I32;
    const at = this.i32[i + NEXT];
    this.i32[i + NEXT] = (at + 1) % SEEN;
    this.i32[i + at] = hashOf(shape, price, size);
    const f = row * RING_F64 + ENTRIES + at * ENTRY_F64;
    this.f64[f] = size;
    this.f64[f + 1] = timeUs;
    this.i32[2 * f + 4] = shape;
    this.i32[2 * f + 5] = price;
  }

  /** Reads what the next order will: for reading ahead. */
  peek(row: number): number {
    const i = row * RING_I32;
    return this.i32[i] + this.f64[row * RING_F64 + ENTRIES + this.i32[i + NEXT] * ENTRY_F64];
  }

  /** Each order that is remembered, oldest first. */
  *entries(row: number): Generator<{ shape: number; price: number; size: number; timeUs: number }> {
    const i = row * RING_I32;
    for (let n = 0; n < SEEN; n++) {
      const at = (this.i32[i + NEXT] + n) % SEEN;
      if (this.i32[i + at] === 0) continue;
      const f = row * RING_F64 + ENTRIES + at * ENTRY_F64;
      yield {
        shape: this.i32[2 * f + 4],
        price: this.i32[2 * f + 5],
        size: this.f64[f],
        timeUs: this.f64[f + 1],
      };
    }
  }
}

/** Never 0. */
function hashOf(shape: number, price: number, size: number): number {
  const high = Math.floor(size / 4294967296);
  let hash = Math.imul(shape ^ Math.imul(price, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
  hash ^= Math.imul(size | 0, 0x27d4eb2f) ^ (hash >>> 15);
  return hash | 1;
}
