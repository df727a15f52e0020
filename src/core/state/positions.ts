/**
 * Positions: one record of 64 bytes, one cache line, with everything that an evaluation and the ladders touch.
 *
 *   byte  0  size, signed lots                       f64
 *         8  cost basis, signed money units          f64
 *        16  funding index at entry                  f64
 *        24  lo key   fires under it                 f64     the coordinate's wires (watch/ladders.ts); on the first leg
 *        32  hi key   fires above it                 f64     of a market in its bucket, never elsewhere
 *        40  lo next, lo previous, hi next, hi previous      4 x i32, doubly linked in a rung
 *        56  bucket row                              i32
 *        60  leg (8 bits), market (16), tier last seen (8)   i32
 *
 * The positions of a bucket lie side by side, sorted by market and leg, in a run that its bucket owns. Runs come in
 * sizes, freed runs are kept by size, so rows move when a bucket grows: nobody outside holds a position row. A row that no
 * position is in has keys that never fire, so that a sweep can go over all rows.
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';

export const POSITION_F64 = 8;
export const POSITION_I32 = 16;
export const PositionField = { size: 0, cost: 1, funding: 2, lo: 3, hi: 4 } as const;
export const PositionLink = { loNext: 10, loPrev: 11, hiNext: 12, hiPrev: 13, bucket: 14, tag: 15 } as const;
/** Keys of wires that never fire. Finite, so that the sweep can tell without branching which wires are behind. */
export const NEVER_LO = -(2 ** 60);
export const NEVER_HI = 2 ** 60;
export const END = -1;
export const UNLINKED = -1;

/** Holes are filled once they are more than one row in this many. */
const HOLES_SHARE = 256;
const RUN_SIZES = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 4096, 16384, 65536, 262144,
];

export class Positions {
  f64: Float64Array;
  i32: Int32Array;
  /** Rows in use or free: the sweep goes over buckets, not over these. */
  used = 0;
  /** Open positions. */
  count = 0;
  /** Rows in freed runs. */
  #holes = 0;
  readonly #free = new Int32Array(RUN_SIZES.length).fill(END);

  constructor() {
    this.f64 = inLines(1024 * POSITION_F64);
    this.i32 = asIntegers(this.f64);
  }

  /** Makes room for `rows` in all, so that loading a large book copies nothing. */
  reserve(rows: number): void {
    if (rows * POSITION_F64 <= this.f64.length) return;
    this.f64 = widenedInLines(this.f64, rows * POSITION_F64);
    this.i32 = asIntegers(this.f64);
  }

  /** The size class that holds `count` positions. */
  static classOf(count: number): number {
    if (count <= 8) return count - 1;
    let size = 8;
    while (RUN_SIZES[size] < count) size++;
    return size;
  }

  static roomOf(runClass: number): number {
    return RUN_SIZES[runClass];
  }

  /**
   * A run of this class. Freed runs are used again only when they add up to a share of all rows: until then new ones go to
   * the end, so that a book that is loaded account by account lies in memory in that order, as the sweep wants it.
   */
  allocate(runClass: number): number {
    const free = this.#free[runClass];
    if (free !== END && this.#holes * HOLES_SHARE > this.used) {
      this.#free[runClass] = this.i32[free * POSITION_I32 + PositionLink.bucket];
      this.#holes -= RUN_SIZES[runClass];
      return free;
    }
    const row = this.used;
    this.#append(RUN_SIZES[runClass]);
    return row;
  }

  /** Widens a run where it lies, if it is the last one. */
  widen(row: number, runClass: number, wider: number): boolean {
    if (row + RUN_SIZES[runClass] !== this.used) return false;
    this.#append(RUN_SIZES[wider] - RUN_SIZES[runClass]);
    return true;
  }

  release(row: number, runClass: number): void {
    this.i32[row * POSITION_I32 + PositionLink.bucket] = this.#free[runClass];
    this.#free[runClass] = row;
    this.#holes += RUN_SIZES[runClass];
  }

  #append(rows: number): void {
    this.used += rows;
    if (this.used * POSITION_F64 > this.f64.length)
      this.reserve(Math.max(this.used, Math.ceil((this.f64.length / POSITION_F64) * 1.5)));
    for (let row = this.used - rows; row < this.used; row++) {
      this.f64[row * POSITION_F64 + PositionField.lo] = NEVER_LO;
      this.f64[row * POSITION_F64 + PositionField.hi] = NEVER_HI;
    }
  }

  /** Writes a fresh record without wires. */
  clear(row: number, bucket: number, tag: number): void {
    const f = row * POSITION_F64;
    const i = row * POSITION_I32;
    this.f64[f + PositionField.size] = 0;
    this.f64[f + PositionField.cost] = 0;
    this.f64[f + PositionField.funding] = 0;
    this.f64[f + PositionField.lo] = NEVER_LO;
    this.f64[f + PositionField.hi] = NEVER_HI;
    this.i32[i + PositionLink.loPrev] = UNLINKED;
    this.i32[i + PositionLink.hiPrev] = UNLINKED;
    this.i32[i + PositionLink.bucket] = bucket;
    this.i32[i + PositionLink.tag] = tag;
  }
}

/** Market and leg, in the order in which a bucket's positions are sorted; the top 8 bits are the tier last seen. */
export function tagOf(market: number, leg: number): number {
  return (market << 8) | leg;
}
export const TAG_PLACE = 0xffffff;
export const TAG_TIER_SHIFT = 24;
export function marketOfTag(tag: number): number {
  return (tag >>> 8) & 0xffff;
}
export function legOfTag(tag: number): number {
  return tag & 0xff;
}
