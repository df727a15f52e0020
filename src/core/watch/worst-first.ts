/**
 * Every bucket at or beyond liquidatable, worst first: the bankrupt by equity, the others by health (compared by cross
 * multiplication), then by account and place. What a liquidator works off after a gap.
 */
import { Sum, type Valuation } from '../margin/valuation.ts';
import { valueWide } from '../margin/valuation-wide.ts';
import { Level } from '../schema/levels.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_I32, BucketLink, Flag } from '../state/buckets.ts';
import { radixOrder } from './radix.ts';
import type { Unwired } from './unwired.ts';

type Watch = { readonly unwired: Unwired; value(bucket: number): Valuation };

export interface Valuer {
  readonly book: Book;
  readonly watch: Watch | null;
}

/** Bucket rows in order. Equities and maintenances are those of the present marks. */
export function worstFirst(engine: Valuer): Int32Array {
  const { book, watch } = engine;
  if (watch === null) return new Int32Array(0);
  const found = rowsFrom(book, Level.liquidatable);
  const count = found.length;
  const badness = measure(book, watch, found);
  const keys = new Uint32Array(count);
  const order = new Int32Array(count);
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  for (let at = 0; at < count; at++) {
    single[0] = badness[at];
    keys[at] = bits[0] & 0x80000000 ? ~bits[0] : bits[0] | 0x80000000;
    order[at] = at;
  }
  radixOrder(keys, order, count);
  settleTies(book, found, badness, order);
  return order.map((place) => found[place]);
}

/** Rows of all buckets at `level` or beyond, ascending. */
function rowsFrom(book: Book, level: Level): Int32Array {
  const { levels, used } = book.buckets;
  let count = 0;
  for (let bucket = 0; bucket < used; bucket++) count += levels[bucket] >= level ? 1 : 0;
  const rows = new Int32Array(count + 1);
  let at = 0;
  for (let bucket = 0; bucket < used; bucket++) {
    rows[at] = bucket;
    at += levels[bucket] >= level ? 1 : 0;
  }
  return rows.subarray(0, count);
}

/** Negative equities, and healths of the others: worse ones are smaller, and all of the former before all of the latter. */
function measure(book: Book, watch: Watch, rows: Int32Array): Float64Array {
  const badness = new Float64Array(rows.length);
  const { i32 } = book.buckets;
  const isFresh = watch.unwired.isFresh();
  const { kept } = watch.unwired;
  for (let at = 0; at < rows.length; at++) {
    const bucket = rows[at];
    let equity: number;
    let maintenance: number;
    if (isFresh && (i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.unwired) !== 0) {
      equity = kept[2 * bucket];
      maintenance = kept[2 * bucket + 1];
    } else {
      const { sums } = watch.value(bucket);
      equity = sums[Sum.equity];
      maintenance = sums[Sum.maintenance];
    }
    badness[at] = equity < 0 ? equity : equity / maintenance;
  }
  return badness;
}

/** Single precision keeps order but merges neighbours: doubles part most of those, exact integers the rest. */
function settleTies(book: Book, found: Int32Array, badness: Float64Array, order: Int32Array): void {
  for (let at = 1; at < order.length; at++) {
    const place = order[at];
    let slot = at;
    while (slot > 0 && isWorse(book, found, badness, place, order[slot - 1])) {
      order[slot] = order[slot - 1];
      slot--;
    }
    order[slot] = place;
  }
}

function isWorse(book: Book, found: Int32Array, badness: Float64Array, a: number, b: number): boolean {
  const difference = badness[a] - badness[b];
  const doubt = 1e-12 * (Math.abs(badness[a]) + Math.abs(badness[b]));
  if (difference > doubt) return false;
  if (difference < -doubt) return true;
  return isWorseExactly(book, found[a], found[b]);
}

function isWorseExactly(book: Book, a: number, b: number): boolean {
  const one = valueWide(book, a);
  const other = valueWide(book, b);
  if (one.equity < 0n || other.equity < 0n) {
    if (one.equity !== other.equity) return one.equity < other.equity;
  } else {
    const left = one.equity * other.maintenance;
    const right = other.equity * one.maintenance;
    if (left !== right) return left < right;
  }
  const { buckets } = book;
  const byAccount = buckets.account(a) - buckets.account(b);
  return byAccount !== 0 ? byAccount < 0 : buckets.place(a) < buckets.place(b);
}
