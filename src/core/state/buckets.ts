/**
 * Margin buckets, the unit of solvency: an account's cross bucket, or one isolated market and leg. One record of
 * 48 bytes:
 *
 *   byte  0  collateral                              f64
 *         8  orders' charge, part of maintenance     f64
 *        16  flags: queued, unwired, free            i32
 *        20  first position, how many                2 x i32
 *        28  place: 0 cross, else sorts by market and leg; in the top bits the class of the run    i32
 *        32  account row                             i32
 *        36  next bucket of the account              i32
 *        40  first order, first order margin         2 x i32
 *
 * What an evaluation needs stands in front, so that three records in four have it in one cache line.
 * Levels stand apart in byte columns: scans for "everything at or beyond liquidatable" read a megabyte, not 64.
 */
import { asIntegers, inLines, widened, widenedInLines } from '../num/columns.ts';
import type { Level } from '../schema/levels.ts';
import { END, Positions } from './positions.ts';

export const BUCKET_F64 = 6;
export const BUCKET_I32 = 12;
export const BucketField = { collateral: 0, charge: 1 } as const;
export const BucketLink = {
  flags: 4,
  start: 5,
  count: 6,
  place: 7,
  account: 8,
  next: 9,
  orders: 10,
  orderMargins: 11,
} as const;
export const RUN_NONE = -1;
/** Where a place ends and the run's class, plus one, begins. */
const RUN_SHIFT = 26;
export const PLACE = (1 << RUN_SHIFT) - 1;
/** Buckets that have a row of `runEnds` together. */
export const BUCKETS_BLOCK = 512;
export const Flag = { queued: 1, unwired: 2, free: 4 } as const;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const F64 = BUCKET_F64;
const I32 = BUCKET_I32;
const PLACE_BITS = PLACE;
const { account: ACCOUNT, place: PLACE_AT } = BucketLink;
const BLOCK = BUCKETS_BLOCK;

export class Buckets {
  f64: Float64Array;
  i32: Int32Array;
  levels = new Uint8Array(1024);
  /** At which its lots are counted in the aggregates: where this is another, they follow (`Book.countLots`). */
  counted = new Uint8Array(1024);
  /** By block of buckets, a row that all their runs of positions are before, and ever were. */
  runEnds = new Int32Array(1024 / BLOCK);
  /** Rows in use or free. */
  used = 0;
  count = 0;
  #free = END;

  constructor() {
    this.f64 = inLines(1024 * F64);
    this.i32 = asIntegers(this.f64);
  }

  reserve(rows: number): void {
    if (rows <= this.levels.length) return;
    this.f64 = widenedInLines(this.f64, rows * F64);
    this.i32 = asIntegers(this.f64);
    this.levels = widened(this.levels, rows);
    this.counted = widened(this.counted, rows);
    this.runEnds = widened(this.runEnds, Math.ceil(rows / BLOCK));
  }

  add(account: number, place: number): number {
    let row = this.#free;
    if (row === END) {
      row = this.used++;
      if (this.used > this.levels.length) this.reserve(Math.ceil(this.levels.length * 1.5));
    } else {
      this.#free = this.i32[row * I32 + BucketLink.next];
    }
    this.count++;
    this.f64.fill(0, row * F64, (row + 1) * F64);
    const i = row * I32;
    this.i32[i + PLACE_AT] = place;
    this.i32[i + ACCOUNT] = account;
    this.i32[i + BucketLink.start] = 0;
    this.i32[i + BucketLink.next] = END;
    this.i32[i + BucketLink.orders] = END;
    this.i32[i + BucketLink.orderMargins] = END;
    this.levels[row] = 0;
    this.counted[row] = 0;
    return row;
  }

  remove(row: number): void {
    this.count--;
    this.i32[row * I32 + BucketLink.flags] = Flag.free;
    this.i32[row * I32 + BucketLink.count] = 0;
    this.i32[row * I32 + BucketLink.next] = this.#free;
    this.levels[row] = 0;
    this.counted[row] = 0;
    this.#free = row;
  }

  level(row: number): Level {
    return this.levels[row] as Level;
  }

  account(row: number): number {
    return this.i32[row * I32 + ACCOUNT];
  }

  place(row: number): number {
    return this.i32[row * I32 + PLACE_AT] & PLACE_BITS;
  }

  /** Size class of the run that holds its positions, or RUN_NONE. */
  runClass(row: number): number {
    return (this.i32[row * I32 + PLACE_AT] >>> RUN_SHIFT) - 1;
  }

  setRun(row: number, start: number, runClass: number): void {
    const i = row * I32;
    this.i32[i + BucketLink.start] = start;
    this.i32[i + PLACE_AT] = this.place(row) | ((runClass + 1) << RUN_SHIFT);
    const block = Math.floor(row / BLOCK);
    const end = start + Positions.roomOf(runClass);
    if (end > this.runEnds[block]) this.runEnds[block] = end;
  }
}

/** 0 for the cross bucket; otherwise sorts isolated buckets by market, then leg, after it. */
export function placeOf(isolated: boolean, market: number, leg: number): number {
  return isolated ? (1 << 24) | (market << 8) | leg : 0;
}
export function isIsolated(place: number): boolean {
  return place !== 0;
}
export function marketOfPlace(place: number): number {
  return (place >>> 8) & 0xffff;
}
export function legOfPlace(place: number): number {
  return place & 0xff;
}
