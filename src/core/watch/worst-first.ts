/**
 * Every bucket at or beyond liquidatable, worst first: the bankrupt by equity, the others by health (compared by cross
 * multiplication), then by account and place. What a liquidator works off after a gap.
 */
import { Sum, type Valuation } from '../margin/valuation.ts';
import { valueWide } from '../margin/valuation-wide.ts';
import { Level } from '../schema/levels.ts';
import type { Book } from '../state/book.ts';
import { radixOrder } from './radix.ts';
import type { Unwired } from './unwired.ts';

type Watch = { readonly unwired: Unwired; value(bucket: number): Valuation };

export interface Valuer {
  readonly book: Book;
  readonly watch: Watch | null;
}

/** Buckets that one call looks at: only functions that are called often are compiled with their constants. */
const BLOCK = 1024;
const { liquidatable: LIQUIDATABLE } = Level;

/** Scratch, by place of finding: the rows, how bad they are, and that as a key to sort by. */
let rows = new Int32Array(0);
let badness = new Float64Array(0);
let keys = new Uint32Array(0);
let order = new Int32Array(0);
/** How far what the last sweep found has been gone through. */
const seen = new Int32Array(1);
const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Bucket rows in order. Equities and maintenances are those of the present marks. */
export function worstFirst(engine: Valuer): Int32Array {
  const { book, watch } = engine;
  if (watch === null) return new Int32Array(0);
  const { used } = book.buckets;
  if (used > rows.length) reserve(book.buckets.levels.length);
  let count = 0;
  seen[0] = 0;
  for (let from = 0; from < used; from += BLOCK) {
    count = gather(book, watch, from, Math.min(from + BLOCK, used), count);
  }
  radixOrder(keys, order, count);
  for (let from = 1; from < count; from += BLOCK) settleTies(book, from, Math.min(from + BLOCK, count));
  const sorted = new Int32Array(count);
  for (let from = 0; from < count; from += BLOCK) write(sorted, from, Math.min(from + BLOCK, count));
  return sorted;
}

function reserve(length: number): void {
  rows = new Int32Array(length + 1);
  badness = new Float64Array(length);
  keys = new Uint32Array(length);
  order = new Int32Array(length);
}

/**
 * Adds what is liquidatable or worse among the buckets of a block to the `count` found. Negative equities, and healths of the
 * others: worse ones are smaller, and all of the former before all of the latter.
 */
function gather(book: Book, watch: Watch, from: number, to: number, count: number): number {
  const { levels } = book.buckets;
  const { worst, worstCount } = watch.unwired;
  let next = seen[0];
  let end = count;
  for (let bucket = from; bucket < to; bucket++) {
    rows[end] = bucket;
    end += +(levels[bucket] >= LIQUIDATABLE);
  }
  for (let found = count; found < end; found++) {
    const bucket = rows[found];
    while (next < worstCount && worst.rows[next] < bucket) next++;
    let equity = 0;
    let maintenance = 0;
    if (next < worstCount && worst.rows[next] === bucket) {
      equity = worst.sums[2 * next];
      maintenance = worst.sums[2 * next + 1];
    }
    if (maintenance === 0) {
      const { sums } = watch.value(bucket);
      equity = sums[Sum.equity];
      maintenance = sums[Sum.maintenance];
    }
    // By 1 or by maintenance, without a branch.
    const isSolvent = +(equity >= 0);
    const bad = equity / (1 - isSolvent + isSolvent * maintenance);
    single[0] = bad;
    badness[found] = bad;
    // Bits of a float sort like numbers once negative ones are turned round and positive ones put above them.
    keys[found] = bits[0] ^ ((bits[0] >> 31) | 0x80000000);
    order[found] = found;
  }
  seen[0] = next;
  return end;
}

function write(sorted: Int32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) sorted[at] = rows[order[at]];
}

/**
 * Single precision keeps order but merges neighbours: doubles part most of those, exact integers the rest. Where keys are
 * further apart than one, so are doubles, by far more than they may be wrong.
 */
function settleTies(book: Book, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (keys[at] - keys[at - 1] > 1) continue;
    const place = order[at];
    let slot = at;
    while (slot > 0 && isWorse(book, place, order[slot - 1])) {
      order[slot] = order[slot - 1];
      slot--;
    }
    order[slot] = place;
  }
}

function isWorse(book: Book, a: number, b: number): boolean {
  const difference = badness[a] - badness[b];
  const doubt = 1e-12 * (Math.abs(badness[a]) + Math.abs(badness[b]));
  if (difference > doubt) return false;
  if (difference < -doubt) return true;
  return isWorseExactly(book, rows[a], rows[b]);
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
