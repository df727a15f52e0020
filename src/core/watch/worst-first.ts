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

export interface Valuer {
  readonly book: Book;
  readonly watch: { readonly unwired: Unwired; value(bucket: number): Valuation } | null;
}

/** Bucket rows in order. Equities and maintenances are those of the present marks. */
export function worstFirst(engine: Valuer): Int32Array {
  const { book, watch } = engine;
  if (watch === null) return new Int32Array(0);
  const { levels, used, i32 } = book.buckets;
  const { unwired } = watch;
  const isFresh = unwired.isFresh();
  let count = 0;
  for (let bucket = 0; bucket < used; bucket++) if (levels[bucket] >= Level.liquidatable) count++;
  const rows = new Int32Array(count);
  const keys = new Uint32Array(count);
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  let at = 0;
  for (let bucket = 0; bucket < used; bucket++) {
    if (levels[bucket] < Level.liquidatable) continue;
    let equity: number;
    let maintenance: number;
    if (isFresh && (i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.unwired) !== 0) {
      equity = unwired.keptEquity(bucket);
      maintenance = unwired.keptMaintenance(bucket);
    } else {
      const { sums } = watch.value(bucket);
      equity = sums[Sum.equity];
      maintenance = sums[Sum.maintenance];
    }
    // Negative equities sort before all healths, the most negative first: one order of single precision floats.
    single[0] = equity < 0 ? equity : equity / maintenance;
    rows[at] = bucket;
    keys[at++] = bits[0] & 0x80000000 ? ~bits[0] : bits[0] | 0x80000000;
  }
  radixOrder(keys, rows, count);
  settleTies(book, keys, rows, count);
  return rows;
}

/** Rounding to single precision keeps order but merges neighbours. */
function settleTies(book: Book, keys: Uint32Array, rows: Int32Array, count: number): void {
  for (let at = 1; at < count; at++) {
    const row = rows[at];
    const key = keys[at];
    let slot = at;
    while (slot > 0 && key - keys[slot - 1] <= 1 && isWorse(book, row, rows[slot - 1])) {
      rows[slot] = rows[slot - 1];
      keys[slot] = keys[slot - 1];
      slot--;
    }
    rows[slot] = row;
    keys[slot] = key;
  }
}

function isWorse(book: Book, a: number, b: number): boolean {
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
