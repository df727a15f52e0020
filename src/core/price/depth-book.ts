/**
 * A venue's order book: whole-number prices and sizes by level, as `venue-event.ts` counts them.
 *
 *   worst known                    best
 *   [58710, 61496, ..., 61799, 61800]  bids, ascending: the best is last, where almost all changes are
 *   [63000, 62411, ..., 61802, 61801]  asks, descending
 *            ^ horizon: behind it the venue has shown only what happened to change
 *
 * What is known. A snapshot of the best thousand levels says nothing of those behind them, and later updates name only what
 * changes there. So the book is whole up to the last level of the snapshot, the horizon of its side. Levels beyond it are
 * kept, for a market that moves there sets most of them anew, but no sum over them could be defended: impact prices end at
 * the horizon.
 *
 * Memory is bounded: at most `levelsMax` levels a side. When there are more, the worst eighth goes, and the horizon moves
 * in where it has to. What was let go of is never taken for empty.
 */
import { assert } from '../num/assert.ts';

/**
 * - `ok`: both sides, best bid below best ask, both within what is whole.
 * - `one-sided`, `empty`: the venue shows nothing on one side or on either.
 * - `beyond`: the best of a side lies behind its horizon, or nothing is known of it: a new snapshot is needed.
 * - `crossed`: best bid at or above best ask, which no venue has: an update was missed.
 */
export type DepthState = 'ok' | 'one-sided' | 'empty' | 'beyond' | 'crossed';

/** Four snapshots of Binance, the deepest that we ask for: room for a market that moves away from its snapshot. */
const LEVELS_MAX = 4096;
const LEVELS_MIN = 64;
/** So many levels are moved one by one: calling for it costs more. */
const SHIFTED_MAX = 64;

export class DepthBook {
  readonly bids: DepthSide;
  readonly asks: DepthSide;

  constructor(levelsMax: number = LEVELS_MAX) {
    this.bids = new DepthSide(1, levelsMax);
    this.asks = new DepthSide(-1, levelsMax);
  }

  /** Price, size, price, size...; a size of 0 takes the level away. */
  apply(bids: readonly number[], asks: readonly number[]): void {
    for (let at = 0; at < bids.length; at += 2) this.bids.set(bids[at], bids[at + 1]);
    for (let at = 0; at < asks.length; at += 2) this.asks.set(asks[at], asks[at + 1]);
  }

  /**
   * What was known before is void. Best prices first. `shown` is how many levels a side the venue shows at most: a side
   * with fewer is whole, one with as many ends at its horizon. Null: the venue shows all.
   */
  replace(bids: readonly number[], asks: readonly number[], shown: number | null): void {
    this.bids.replace(bids, shown);
    this.asks.replace(asks, shown);
  }

  clear(): void {
    this.replace([], [], null);
  }

  /** Best price, 0 where there is none. */
  get bid(): number {
    return this.bids.best;
  }

  get ask(): number {
    return this.asks.best;
  }

  get state(): DepthState {
    const { bid, ask } = this;
    if (bid > 0 && ask > 0 && bid >= ask) return 'crossed';
    if (this.bids.isBeyond || this.asks.isBeyond) return 'beyond';
    if (bid > 0 && ask > 0) return 'ok';
    return bid === 0 && ask === 0 ? 'empty' : 'one-sided';
  }

  /**
   * The average price at which selling fills `notional` against the bids, null where their known depth is less. A notional
   * counts price units times size units: 10^-(priceScale + sizeScale) of the quote currency, whole and below 2^53.
   */
  impactBid(notional: number): number | null {
    return this.bids.impactPrice(notional);
  }

  /** The same for buying, against the asks. */
  impactAsk(notional: number): number | null {
    return this.asks.impactPrice(notional);
  }
}

/** One side of it. Keys are prices with the sign of the side, so that the greatest is the best of either. */
class DepthSide {
  readonly #sign: 1 | -1;
  readonly #levelsMax: number;
  #keys: Float64Array;
  #sizes: Float64Array;
  #count = 0;
  /** Where the last change was. */
  #near = 0;
  /** Of keys below it, only those that changed are known. */
  #floor = -Infinity;

  constructor(sign: 1 | -1, levelsMax: number) {
    assert(levelsMax >= LEVELS_MIN, `a side keeps at least ${LEVELS_MIN} levels`);
    this.#sign = sign;
    this.#levelsMax = levelsMax;
    this.#keys = new Float64Array(LEVELS_MIN);
    this.#sizes = new Float64Array(LEVELS_MIN);
  }

  get count(): number {
    return this.#count;
  }

  /** 0 where there is none. */
  get best(): number {
    return this.#count === 0 ? 0 : this.#keys[this.#count - 1] * this.#sign;
  }

  get bestSize(): number {
    return this.#count === 0 ? 0 : this.#sizes[this.#count - 1];
  }

  /** The worst price up to which every level is known; 0: all are. */
  get horizon(): number {
    return this.#floor === -Infinity ? 0 : this.#floor * this.#sign;
  }

  /** Whether the best lies behind the horizon, or is not known at all. */
  get isBeyond(): boolean {
    return this.#floor !== -Infinity && (this.#count === 0 || this.#keys[this.#count - 1] < this.#floor);
  }

  /** Levels up to the horizon. */
  get known(): number {
    return this.#floor === -Infinity ? this.#count : this.#count - this.#find(this.#floor);
  }

  /** `rank` 0 is the best, below `count`. */
  priceAt(rank: number): number {
    return this.#keys[this.#count - 1 - rank] * this.#sign;
  }

  sizeAt(rank: number): number {
    return this.#sizes[this.#count - 1 - rank];
  }

  /** 0 where there is no such level. */
  sizeOf(price: number): number {
    const key = price * this.#sign;
    const at = this.#find(key);
    return at < this.#count && this.#keys[at] === key ? this.#sizes[at] : 0;
  }

  set(price: number, size: number): void {
    const key = price * this.#sign;
    const at = this.#find(key);
    const isThere = at < this.#count && this.#keys[at] === key;
    if (size > 0) {
      if (isThere) this.#sizes[at] = size;
      else this.#insert(at, key, size);
    } else if (isThere) this.#remove(at);
    this.#near = at;
  }

  replace(levels: readonly number[], shown: number | null): void {
    this.#count = 0;
    this.#floor = -Infinity;
    // From the worst: each is then added behind the last.
    for (let at = levels.length - 2; at >= 0; at -= 2) this.set(levels[at], levels[at + 1]);
    if (shown !== null && this.#count > 0 && levels.length >= 2 * shown)
      this.#floor = Math.max(this.#floor, this.#keys[0]);
  }

  /**
   * Every step but the last two divisions is exact: a level's cost counts only while it is below what is left, and so below
   * 2^53. The answer is within two units in its last place.
   */
  impactPrice(notional: number): number | null {
    assert(Number.isSafeInteger(notional) && notional >= 0, 'a notional is a whole number below 2^53');
    if (this.#count === 0 || this.isBeyond) return null;
    if (notional === 0) return this.best;
    let left = notional;
    let filled = 0;
    for (let at = this.#count - 1; at >= 0 && this.#keys[at] >= this.#floor; at--) {
      const price = this.#keys[at] * this.#sign;
      const cost = price * this.#sizes[at];
      if (cost >= left) return notional / (filled + left / price);
      left -= cost;
      filled += this.#sizes[at];
    }
    return null;
  }

  /** Where `key` is or belongs. Steps from the last change double until they pass it: venues write changes in order. */
  #find(key: number): number {
    const keys = this.#keys;
    const count = this.#count;
    const near = this.#near;
    let low = 0;
    let high = count;
    let step = 1;
    if (near < count && keys[near] < key) {
      low = near + 1;
      let at = low;
      while (at < count && keys[at] < key) {
        low = at + 1;
        at += step;
        step *= 2;
      }
      if (at < count) high = at;
    } else {
      if (near < count) high = near;
      let at = high - 1;
      while (at >= 0 && keys[at] >= key) {
        high = at;
        at -= step;
        step *= 2;
      }
      if (at >= 0) low = at + 1;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #remove(at: number): void {
    const keys = this.#keys;
    const sizes = this.#sizes;
    const last = --this.#count;
    if (last - at > SHIFTED_MAX) {
      keys.copyWithin(at, at + 1, last + 1);
      sizes.copyWithin(at, at + 1, last + 1);
      return;
    }
    for (let to = at; to < last; to++) {
      keys[to] = keys[to + 1];
      sizes[to] = sizes[to + 1];
    }
  }

  #insert(at: number, key: number, size: number): void {
    if (this.#count === this.#keys.length) {
      if (this.#count >= this.#levelsMax) {
        const gone = this.#levelsMax >>> 3;
        this.#keys.copyWithin(0, gone, this.#count);
        this.#sizes.copyWithin(0, gone, this.#count);
        this.#count -= gone;
        this.#floor = Math.max(this.#floor, this.#keys[0]);
        if (at < gone) return;
        at -= gone;
      } else {
        this.#keys = widened(this.#keys, this.#levelsMax);
        this.#sizes = widened(this.#sizes, this.#levelsMax);
      }
    }
    const keys = this.#keys;
    const sizes = this.#sizes;
    const count = this.#count++;
    if (count - at > SHIFTED_MAX) {
      keys.copyWithin(at + 1, at, count);
      sizes.copyWithin(at + 1, at, count);
    } else {
      for (let to = count; to > at; to--) {
        keys[to] = keys[to - 1];
        sizes[to] = sizes[to - 1];
      }
    }
    keys[at] = key;
    sizes[at] = size;
  }
}

function widened(column: Float64Array, most: number): Float64Array {
  const wide = new Float64Array(Math.min(2 * column.length, most));
  wide.set(column);
  return wide;
}
