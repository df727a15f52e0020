/**
 * Margin buckets, the unit of solvency: an account's cross bucket, or one isolated market and leg. One record of
 * 64 bytes:
 *
 *   byte  0  collateral                              f64
 *         8  orders' charge, part of maintenance     f64
 *        16  reach: joint relative move that a bucket without valid wires can bear (watch/sweep.ts)   f64
 *        24  place: 0 cross, else sorts by market and leg           i32
 *        28  flags: queued, unwired                               i32
 *        32  account row                                          i32
 *        36  first position, how many, run class                  3 x i32
 *        48  next bucket of the account                           i32
 *        52  first order, first order margin                      2 x i32
 *        60  unused
 *
 * Levels stand apart in a byte column: scans for "everything at or beyond liquidatable" read a megabyte, not 64.
 */
import type { Level } from '../schema/levels.ts';
import { END } from './positions.ts';

export const BUCKET_F64 = 8;
export const BUCKET_I32 = 16;
export const BucketField = { collateral: 0, charge: 1, reach: 2 } as const;
export const BucketLink = {
  place: 6, flags: 7, account: 8, start: 9, count: 10, runClass: 11, next: 12, orders: 13, orderMargins: 14,
} as const;
export const RUN_NONE = -1;
export const Flag = { queued: 1, unwired: 2, free: 4 } as const;

export class Buckets {
  f64: Float64Array;
  i32: Int32Array;
  levels = new Uint8Array(1024);
  /** Rows in use or free. */
  used = 0;
  count = 0;
  #free = END;

  constructor() {
    this.f64 = new Float64Array(1024 * BUCKET_F64);
    this.i32 = new Int32Array(this.f64.buffer);
  }

  reserve(rows: number): void {
    if (rows <= this.levels.length) return;
    const wider = new Float64Array(rows * BUCKET_F64);
    wider.set(this.f64);
    this.f64 = wider;
    this.i32 = new Int32Array(wider.buffer);
    const levels = new Uint8Array(rows);
    levels.set(this.levels);
    this.levels = levels;
  }

  add(account: number, place: number): number {
    let row = this.#free;
    if (row === END) {
      row = this.used++;
      if (this.used > this.levels.length) this.reserve(Math.ceil(this.levels.length * 1.5));
    } else {
      this.#free = this.i32[row * BUCKET_I32 + BucketLink.next];
    }
    this.count++;
    this.f64.fill(0, row * BUCKET_F64, (row + 1) * BUCKET_F64);
    const i = row * BUCKET_I32;
    this.i32[i + BucketLink.place] = place;
    this.i32[i + BucketLink.account] = account;
    this.i32[i + BucketLink.start] = 0;
    this.i32[i + BucketLink.runClass] = RUN_NONE;
    this.i32[i + BucketLink.next] = END;
    this.i32[i + BucketLink.orders] = END;
    this.i32[i + BucketLink.orderMargins] = END;
    this.levels[row] = 0;
    return row;
  }

  remove(row: number): void {
    this.count--;
    this.i32[row * BUCKET_I32 + BucketLink.flags] = Flag.free;
    this.i32[row * BUCKET_I32 + BucketLink.count] = 0;
    this.i32[row * BUCKET_I32 + BucketLink.next] = this.#free;
    this.levels[row] = 0;
    this.#free = row;
  }

  level(row: number): Level {
    return this.levels[row] as Level;
  }

  account(row: number): number {
    return this.i32[row * BUCKET_I32 + BucketLink.account];
  }

  place(row: number): number {
    return this.i32[row * BUCKET_I32 + BucketLink.place];
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
