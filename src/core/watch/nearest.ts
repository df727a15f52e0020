/**
 * The buckets nearest to liquidation by joint distance (margin/joint-distance.ts), exactly, without valuing all.
 *
 * While every mark stays within a bucket's wires its level cannot change, so its joint distance is no less than that of its
 * nearest wire. Rungs are taken outwards from the marks, the nearest over all ladders first; each bucket met is valued
 * once; when the count-th best found is no further than the next rung, nobody beyond can be nearer.
 */
import { jointDistance } from '../margin/joint-distance.ts';
import type { MarketRow } from '../num/units.ts';
import { Level } from '../schema/levels.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_I32, BucketLink, Flag } from '../state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { END, POSITION_I32, PositionLink } from '../state/positions.ts';
import { RUNGS } from './ladders.ts';

export interface Near {
  readonly bucket: number;
  /** Share of all marks by which they would have to move together. */
  readonly distance: number;
}

export interface Ranked {
  readonly book: Book;
  readonly watch: { readonly heads: Int32Array } | null;
  tidy(limit: number): number;
}

/** Those not yet liquidatable, nearest first; ties by account and place. */
export function nearest(engine: Ranked, count: number): Near[] {
  const { book, watch } = engine;
  if (watch === null || count <= 0) return [];
  engine.tidy(Infinity);
  const best = new Best(book, count);
  const seen = new Uint8Array(book.buckets.used);
  const frontier = new Frontier(book, watch.heads);
  while (frontier.distance() < best.bound()) {
    // Wires beyond the rungs are not linked: so few are near that looking at all buckets is quick, or none is.
    if (frontier.isAtEnd()) return nearestByScan(book, count);
    const { i32 } = book.positions;
    const next = frontier.isLo() ? PositionLink.loNext : PositionLink.hiNext;
    for (let row = frontier.take(); row !== END; row = i32[row * POSITION_I32 + next]) {
      const bucket = i32[row * POSITION_I32 + PositionLink.bucket];
      if (seen[bucket] === 1) continue;
      seen[bucket] = 1;
      if (book.buckets.levels[bucket] < Level.liquidatable) best.offer(bucket, jointDistance(book, bucket));
    }
  }
  return best.list();
}

/** The same by valuing every bucket: what `nearest` is tested against. */
export function nearestByScan(book: Book, count: number): Near[] {
  const best = new Best(book, count);
  for (let bucket = 0; bucket < book.buckets.used; bucket++) {
    if ((book.buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) !== 0) continue;
    if (book.buckets.levels[bucket] < Level.liquidatable) best.offer(bucket, jointDistance(book, bucket));
  }
  return best.list();
}

/** The best found so far, sorted; small. */
class Best {
  readonly #book: Book;
  readonly #count: number;
  readonly #found: Near[] = [];

  constructor(book: Book, count: number) {
    this.#book = book;
    this.#count = count;
  }

  /** Buckets at this distance or beyond cannot enter. */
  bound(): number {
    return this.#found.length < this.#count ? Infinity : this.#found[this.#count - 1].distance * (1 + 1e-9);
  }

  offer(bucket: number, distance: number): void {
    if (distance === Infinity) return;
    const near = { bucket, distance };
    let at = this.#found.length;
    while (at > 0 && this.#isNearer(near, this.#found[at - 1])) at--;
    if (at >= this.#count) return;
    this.#found.splice(at, 0, near);
    if (this.#found.length > this.#count) this.#found.pop();
  }

  list(): Near[] {
    return this.#found;
  }

  #isNearer(a: Near, b: Near): boolean {
    if (a.distance !== b.distance) return a.distance < b.distance;
    const { buckets } = this.#book;
    const byAccount = buckets.account(a.bucket) - buckets.account(b.bucket);
    return byAccount !== 0 ? byAccount < 0 : buckets.place(a.bucket) < buckets.place(b.bucket);
  }
}

/** The next rung outwards over all ladders, by relative distance of its near edge: a binary heap of ladders. */
class Frontier {
  readonly #book: Book;
  readonly #heads: Int32Array;
  /** Ladders (market * 2 + side) in heap order, with the rung each stands at and that rung's distance. */
  readonly #heap: number[] = [];
  readonly #rung: Int32Array;
  readonly #distance: Float64Array;

  constructor(book: Book, heads: Int32Array) {
    this.#book = book;
    this.#heads = heads;
    const ladders = book.markets.count * 2;
    this.#rung = new Int32Array(ladders);
    this.#distance = new Float64Array(ladders);
    const f = book.markets.fields;
    for (let ladder = 0; ladder < ladders; ladder++) {
      const m = (ladder >> 1) * MARKET_STRIDE;
      if (f[m + MarketField.mark] === MARK_NONE) continue;
      this.#rung[ladder] = this.#rungOf(ladder);
      this.#advance(ladder);
      this.#push(ladder);
    }
  }

  /** No wire not yet taken is nearer than this. */
  distance(): number {
    return this.#heap.length === 0 ? Infinity : this.#distance[this.#heap[0]];
  }

  /** The nearest ladder has no rung left: what is beyond its last one is not linked. */
  isAtEnd(): boolean {
    const rung = this.#rung[this.#heap[0]];
    return rung < 0 || rung >= RUNGS;
  }

  isLo(): boolean {
    return (this.#heap[0] & 1) === 0;
  }

  /** First row of the nearest rung; the frontier moves past it. */
  take(): number {
    const ladder = this.#heap[0];
    const row = this.#heads[ladder * RUNGS + this.#rung[ladder]];
    this.#rung[ladder] += (ladder & 1) === 0 ? -1 : 1;
    this.#advance(ladder);
    this.#sink();
    return row;
  }

  #rungOf(ladder: number): number {
    const f = this.#book.markets.fields;
    const m = (ladder >> 1) * MARKET_STRIDE;
    const lo = (ladder & 1) === 0;
    const key = f[m + MarketField.mark] + (lo ? -1 : 1) * f[m + MarketField.cursor];
    const rung = Math.floor(
      (key - f[m + (lo ? MarketField.baseLo : MarketField.baseHi)]) * f[m + MarketField.rungsPerTick],
    );
    return rung < 0 ? 0 : rung >= RUNGS ? RUNGS - 1 : rung;
  }

  /** Moves the ladder to its next rung that holds a wire and notes how far that is. */
  #advance(ladder: number): void {
    const step = (ladder & 1) === 0 ? -1 : 1;
    let rung = this.#rung[ladder];
    while (rung >= 0 && rung < RUNGS && this.#heads[ladder * RUNGS + rung] === END) rung += step;
    this.#rung[ladder] = rung;
    const f = this.#book.markets.fields;
    const m = (ladder >> 1) * MARKET_STRIDE;
    const mark = f[m + MarketField.mark];
    const cursor = f[m + MarketField.cursor];
    const width = 1 / f[m + MarketField.rungsPerTick];
    const away =
      step < 0
        ? mark - cursor - (f[m + MarketField.baseLo] + (rung + 1) * width)
        : f[m + MarketField.baseHi] + rung * width - (mark + cursor);
    const share = away / mark;
    // A price that moves by x takes the worth of an inverse lot from W to W / (1 + x): down by d at x = d / (1 - d).
    const moved =
      this.#book.markets.sign((ladder >> 1) as MarketRow) === 1 ? share : share / (1 + step * share);
    this.#distance[ladder] = away > 0 ? moved * (1 - 1e-9) : 0;
  }

  #push(ladder: number): void {
    let at = this.#heap.push(ladder) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#distance[this.#heap[parent]] <= this.#distance[ladder]) break;
      this.#heap[at] = this.#heap[parent];
      at = parent;
    }
    this.#heap[at] = ladder;
  }

  /** Restores the heap after the first ladder moved away. */
  #sink(): void {
    const heap = this.#heap;
    const ladder = heap[0];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#distance[heap[child + 1]] < this.#distance[heap[child]]) child++;
      if (this.#distance[ladder] <= this.#distance[heap[child]]) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = ladder;
  }
}
