/**
 * What happened within the last so many microseconds (`gate-limits.ts`): orders, cancels and value, of an account or a group. A window keeps the slices
 * in which something happened, oldest first in a ring. A record of 512 bytes:
 *
 *   byte  0  length of a slice                                   f64       us; SLICE_NONE: nothing is kept
 *         8  orders, cancels, value of all slices                3 x f64
 *        32  when the newest slice ends                          f64       us
 *        40  first of the ring, how many, where the newest stands    3 x i32
 *        64  17 slices: number since 1970, value, orders, cancels     2 x f64, 2 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { WINDOW_SLICES } from '../schema/gate-limits.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const SLICE_COUNT = WINDOW_SLICES;

export const WINDOW_F64 = 64;
export const WindowField = { slice: 0, orders: 1, cancels: 2, value: 3 } as const;
export const SLICE_NONE = 0;
const WINDOW_I32 = 2 * WINDOW_F64;
const END = 4;
const FIRST = 10;
const COUNT = 11;
const NEWEST = 12;
const SLICES = 8;
/** Its own, and as many whole ones after it. */
const ROOM = WINDOW_SLICES + 1;
const SLICE_F64 = 3;

const W_F64 = WINDOW_F64;
const NO_SLICE = SLICE_NONE;
const { slice: W_SLICE, orders: W_ORDERS, cancels: W_CANCELS, value: W_VALUE } = WindowField;

/** Microseconds of a slice of a window that is `lengthUs` long, which may be unset or none. */
export function sliceOf(lengthUs: number): number {
  return lengthUs > 0 && lengthUs !== Infinity ? Math.ceil(lengthUs / SLICE_COUNT) : NO_SLICE;
}

/** Whose time it is. */
export interface Clock {
  readonly timeUs: number;
}

export class Windows {
  /** That `count` counts. */
  value = 0;
  f64 = inLines(64 * W_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Room for so many rows, so that coming to have them copies nothing. Memory is given when it is first touched. */
  reserve(rows: number): void {
    if (rows * W_F64 <= this.f64.length) return;
    this.f64 = widenedInLines(this.f64, rows * W_F64);
    this.i32 = asIntegers(this.f64);
  }

  add(): number {
    const row = this.used++;
    if (this.used * W_F64 > this.f64.length) this.reserve(2 * row);
    return row;
  }

  /** Forgets what no longer counts; the sums are then what does. */
  expire(row: number): void {
    const i = row * WINDOW_I32;
    const f = row * W_F64;
    // When the newest slice began all that were too old for it went.
    if (this.#clock.timeUs < this.f64[f + END] || this.i32[i + COUNT] === 0) return;
    this.#expire(row);
  }

  /** Counts these, and `value`, in slices of `slice`: where that is another length than before, what still counts does so as of now. */
  count(row: number, slice: number, orders: number, cancels: number): void {
    const f = row * W_F64;
    const { timeUs } = this.#clock;
    const isNewest = timeUs < this.f64[f + END] && this.f64[f + W_SLICE] === slice;
    if (!isNewest) {
      this.#expire(row);
      if (this.f64[f + W_SLICE] !== slice) this.#relength(row, slice);
      if (slice === NO_SLICE) return;
      this.#begin(row, Math.floor(timeUs / slice));
    }
    const at = f + this.i32[row * WINDOW_I32 + NEWEST];
    this.f64[at + 1] += this.value;
    this.i32[2 * at + 4] += orders;
    this.i32[2 * at + 5] += cancels;
    this.f64[f + W_ORDERS] += orders;
    this.f64[f + W_CANCELS] += cancels;
    this.f64[f + W_VALUE] += this.value;
  }

  /** Reads both lines that `count` will: for reading ahead. */
  peek(row: number): number {
    const f = row * W_F64;
    return this.f64[f] + this.f64[f + this.i32[row * WINDOW_I32 + NEWEST]];
  }

  /** Each slice that is kept, oldest first. */
  *slices(row: number): Generator<{ at: number; orders: number; cancels: number; value: number }> {
    const i = row * WINDOW_I32;
    for (let n = 0; n < this.i32[i + COUNT]; n++) {
      const at = row * W_F64 + SLICES + ((this.i32[i + FIRST] + n) % ROOM) * SLICE_F64;
      yield {
        at: this.f64[at],
        orders: this.i32[2 * at + 4],
        cancels: this.i32[2 * at + 5],
        value: this.f64[at + 1],
      };
    }
  }

  /** A slice as it was kept; in their order. */
  restore(row: number, slice: number, at: number, orders: number, cancels: number, value: number): void {
    this.f64[row * W_F64 + W_SLICE] = slice;
    this.#begin(row, at);
    this.#put(row, orders, cancels, value);
    this.#sum(row);
  }

  #expire(row: number): void {
    const i = row * WINDOW_I32;
    const f = row * W_F64;
    let count = this.i32[i + COUNT];
    if (count === 0) return;
    const oldest = Math.floor(this.#clock.timeUs / this.f64[f + W_SLICE]) - SLICE_COUNT;
    let first = this.i32[i + FIRST];
    if (this.f64[f + SLICES + first * SLICE_F64] >= oldest) return;
    do {
      first = first + 1 === ROOM ? 0 : first + 1;
      count--;
    } while (count > 0 && this.f64[f + SLICES + first * SLICE_F64] < oldest);
    this.i32[i + FIRST] = first;
    this.i32[i + COUNT] = count;
    this.#sum(row);
  }

  /** The slice with this number is the newest, with nothing in it where it is new. */
  #begin(row: number, number: number): void {
    const i = row * WINDOW_I32;
    const f = row * W_F64;
    const count = this.i32[i + COUNT];
    let last = this.i32[i + FIRST] + count - 1;
    if (last >= ROOM) last -= ROOM;
    if (count > 0 && this.f64[f + SLICES + last * SLICE_F64] === number) return;
    last = last + 1 === ROOM ? 0 : last + 1;
    const at = SLICES + last * SLICE_F64;
    this.f64[f + at] = number;
    this.i32[i + NEWEST] = at;
    this.i32[i + COUNT] = count + 1;
    this.f64[f + END] = (number + 1) * this.f64[f + W_SLICE];
    this.#put(row, 0, 0, 0);
  }

  #put(row: number, orders: number, cancels: number, value: number): void {
    const at = row * W_F64 + this.i32[row * WINDOW_I32 + NEWEST];
    this.f64[at + 1] = value;
    this.i32[2 * at + 4] = orders;
    this.i32[2 * at + 5] = cancels;
  }

  #relength(row: number, slice: number): void {
    const f = row * W_F64;
    const i = row * WINDOW_I32;
    const orders = this.f64[f + W_ORDERS];
    const cancels = this.f64[f + W_CANCELS];
    const value = this.f64[f + W_VALUE];
    const isKept = slice !== NO_SLICE && this.i32[i + COUNT] > 0;
    this.i32[i + FIRST] = 0;
    this.i32[i + COUNT] = 0;
    this.f64[f + END] = 0;
    this.f64[f + W_SLICE] = slice;
    if (isKept) {
      this.#begin(row, Math.floor(this.#clock.timeUs / slice));
      this.#put(row, orders, cancels, value);
    }
    this.#sum(row);
  }

  /** Of whole numbers, and anew: what passed 2^53 once leaves nothing behind. */
  #sum(row: number): void {
    const i = row * WINDOW_I32;
    const f = row * W_F64;
    let orders = 0;
    let cancels = 0;
    let value = 0;
    let slice = this.i32[i + FIRST];
    for (let n = this.i32[i + COUNT]; n > 0; n--) {
      const at = f + SLICES + slice * SLICE_F64;
      value += this.f64[at + 1];
      orders += this.i32[2 * at + 4];
      cancels += this.i32[2 * at + 5];
      slice = slice + 1 === ROOM ? 0 : slice + 1;
    }
    this.f64[f + W_ORDERS] = orders;
    this.f64[f + W_CANCELS] = cancels;
    this.f64[f + W_VALUE] = value;
  }
}
