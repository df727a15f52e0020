/**
 * Buckets that a sweep evaluated and that wait for new wires. Each has a reach (see `budgets.ts`): until some mark has
 * moved, relative to the mark at the sweep, by at least that much, its level cannot have changed.
 *
 * Those which may be due are taken in order of reach, sorted once when first needed; wires at leisure are laid in the order of
 * memory, in which the sweep found them.
 */
import { BUCKET_I32, BucketLink, type Buckets, Flag } from '../state/buckets.ts';
import { END } from '../state/positions.ts';
import { radixOrder } from './radix.ts';

/** What a sweep fills. */
export interface Waiting {
  /** The buckets that wait, in the order of memory. */
  readonly rows: Int32Array;
  /** By bucket: its reach. */
  readonly reaches: Float64Array;
  readonly worst: Worst;
}

/** What was found liquidatable or worse, in the order of memory: buckets, and of each equity and maintenance. */
export interface Worst {
  readonly rows: Int32Array;
  readonly sums: Float64Array;
}

const NOTHING: Worst = { rows: new Int32Array(0), sums: new Float64Array(0) };

export class Unwired {
  /** Buckets that still lack wires. */
  count = 0;
  #rows = new Int32Array(0);
  #filled = 0;
  #at = 0;
  /** The same by reach, with how far they are taken. */
  #sorted: Int32Array = new Int32Array(0);
  #sortedAt = 0;
  #reaches = new Float64Array(0);
  #worst = NOTHING;
  #worstCount = 0;
  /** Largest relative move of any mark since the sweep, and the smallest reach still waiting. */
  #moved = 0;
  #reachMin = Infinity;

  /** Starts over (a sweep evaluates every bucket that was waiting, too) and lends the columns for the sweep to fill. */
  begin(buckets: Buckets): Waiting {
    if (buckets.used > this.#rows.length) {
      this.#rows = new Int32Array(buckets.levels.length);
      this.#reaches = new Float64Array(buckets.levels.length);
      this.#worst = {
        rows: new Int32Array(buckets.levels.length + 1),
        sums: new Float64Array(2 * buckets.levels.length + 2),
      };
    }
    return { rows: this.#rows, reaches: this.#reaches, worst: this.#worst };
  }

  /** The sweep left `count` buckets waiting, the least reach among them `reachMin`, and found `worst` liquidatable or worse. */
  end(count: number, worst: number, reachMin: number): void {
    this.count = count;
    this.#worstCount = worst;
    this.#filled = count;
    this.#at = 0;
    this.#sorted = new Int32Array(0);
    this.#sortedAt = 0;
    this.#moved = 0;
    this.#reachMin = reachMin;
  }

  /** A waiting bucket was evaluated. */
  wired(): void {
    this.count--;
  }

  /** What the sweep found worst, as far as it still is what it was: no mark has moved since, and `forget` was told of what did. */
  get worst(): Worst {
    return this.#isFresh() ? this.#worst : NOTHING;
  }

  /** How many these are. */
  get worstCount(): number {
    return this.#isFresh() ? this.#worstCount : 0;
  }

  /** Something came to the bucket itself: what was found of it is void. */
  forget(bucket: number): void {
    if (!this.#isFresh()) return;
    const { rows, sums } = this.#worst;
    let from = 0;
    let to = this.#worstCount;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (rows[middle] < bucket) from = middle + 1;
      else to = middle;
    }
    if (from < this.#worstCount && rows[from] === bucket) sums[2 * from + 1] = 0;
  }

  /** Marks are only followed while something waits. */
  #isFresh(): boolean {
    return this.#moved === 0 && this.count > 0;
  }

  /** Some mark (its funding cursor added) now stands `share` of itself away from where the sweep left it. */
  moved(share: number): void {
    if (share > this.#moved) this.#moved = share;
  }

  /** Whether a bucket may have been carried out of its reach. */
  isDue(): boolean {
    return this.count > 0 && this.#moved >= this.#reachMin;
  }

  /** The next bucket out of reach, or END when no more is. */
  nextDue(buckets: Buckets): number {
    if (this.#sorted.length < this.#filled) this.#sort();
    for (; this.#sortedAt < this.#filled; this.#sortedAt++) {
      const bucket = this.#sorted[this.#sortedAt];
      if (!isWaiting(buckets, bucket)) continue;
      const reach = this.#reaches[bucket];
      // Keys are single precision: the order is right but for their last bit, which the margin covers.
      if (this.#moved < reach * (1 - 1e-6)) {
        this.#reachMin = reach * (1 - 1e-6);
        return END;
      }
      this.#sortedAt++;
      return bucket;
    }
    this.#reachMin = Infinity;
    return END;
  }

  /** The next bucket that waits, in the order of memory, or END. */
  next(buckets: Buckets): number {
    while (this.#at < this.#filled) {
      const bucket = this.#rows[this.#at++];
      if (isWaiting(buckets, bucket)) return bucket;
    }
    // What is still counted went with its bucket.
    this.count = 0;
    return END;
  }

  #sort(): void {
    const rows = this.#rows.slice(0, this.#filled);
    const keys = new Uint32Array(this.#filled);
    const single = new Float32Array(1);
    const bits = new Uint32Array(single.buffer);
    for (let at = 0; at < this.#filled; at++) {
      const reach = this.#reaches[rows[at]];
      single[0] = reach > 0 ? reach : 0;
      keys[at] = bits[0];
    }
    radixOrder(keys, rows, this.#filled);
    this.#sorted = rows;
  }
}

function isWaiting(buckets: Buckets, bucket: number): boolean {
  return (buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.unwired) !== 0;
}
