/**
 * The order book that the engine runs on: nothing is searched for except the neighbours of a price that nobody asked yet.
 *
 *   sentinel of a side <-> level <-> level <-> ... <-> back to the sentinel       best first, so is `levels`
 *                            |
 *                          order <-> order <-> order                              oldest first
 *
 * Orders and levels are records of 32 bytes, two to a cache line. Rows of orders are the caller's; rows of levels are ours,
 * freed ones are used again. A price finds its level through `LevelIndex`. No operation allocates, except where columns grow.
 *
 *   order   0 lots left f64 | 8 next, previous i32 | 16 level (LEVEL_NONE: not in the book) | 20 price | 24 side | 28 -
 *   level   0 sum of lots f64 | 8 first, last order i32 | 16 worse, better level | 24 price | 28 -
 */
import { assert } from '../num/assert.ts';
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { PRICE_MAX, PRICE_NONE, SAFE_MAX } from '../num/units.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { LEVEL_NONE, LevelIndex } from './level-index.ts';
import { ORDER_NONE, type OrderBook } from './order-book.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const BID = Side.bid;
const MOST = SAFE_MAX;
const HIGHEST = PRICE_MAX;
const NO_ORDER: number = ORDER_NONE;
const NO_LEVEL = LEVEL_NONE;

// Rows of both kinds times these are places in a column of doubles or of integers.
const ROW_F64 = 4;
const ROW_I32 = 8;
const NEXT = 2;
const PREVIOUS = 3;
const LEVEL = 4;
const PRICE = 5;
const SIDE = 6;
const FIRST = 2;
const LAST = 3;
const WORSE = 4;
const BETTER = 5;
const LEVEL_PRICE = 6;
/** Levels 1 and 2 are the sentinels: first and last of the levels of bids and of asks, without orders. */
const SENTINELS = 1;
const LEVELS_BEFORE = 3;

export class DirectOrderBook implements OrderBook {
  count = 0;
  #f64 = inLines(256 * ROW_F64);
  #i32 = asIntegers(this.#f64);
  #levelF64 = inLines(64 * ROW_F64);
  #levelI32 = asIntegers(this.#levelF64);
  #levelsUsed = LEVELS_BEFORE;
  #levelFree = NO_LEVEL;
  readonly #index = new LevelIndex();

  constructor() {
    for (let sentinel = SENTINELS; sentinel < LEVELS_BEFORE; sentinel++) {
      const at = sentinel * ROW_I32;
      this.#levelI32[at + FIRST] = NO_ORDER;
      this.#levelI32[at + LAST] = NO_ORDER;
      this.#levelI32[at + WORSE] = sentinel;
      this.#levelI32[at + BETTER] = sentinel;
      this.#levelI32[at + LEVEL_PRICE] = PRICE_NONE;
    }
  }

  add(row: OrderRow, side: Side, price: PriceTicks, size: SizeLots): void {
    assert(row >= 0 && (row | 0) === row, 'a row is a whole number from 0');
    assertPrice(price);
    assert(size > 0 && size <= MOST && Math.floor(size) === size, 'a size is at least one lot');
    if (row * ROW_F64 >= this.#f64.length) this.#widen(row);
    const i32 = this.#i32;
    const o = row * ROW_I32;
    assert(i32[o + LEVEL] === NO_LEVEL, 'a row is free when an order is added');
    const rank = side === BID ? HIGHEST - price : price - 1;
    let level = this.#index.find(side, rank);
    if (level === NO_LEVEL) level = this.#open(side, price, rank);
    const levelF64 = this.#levelF64;
    const levelI32 = this.#levelI32;
    const lots = levelF64[level * ROW_F64] + size;
    assert(lots <= MOST, 'the lots of a level are below 2^53');
    levelF64[level * ROW_F64] = lots;
    const l = level * ROW_I32;
    const last = levelI32[l + LAST];
    levelI32[l + LAST] = row;
    if (last === NO_ORDER) levelI32[l + FIRST] = row;
    else i32[last * ROW_I32 + NEXT] = row;
    this.#f64[row * ROW_F64] = size;
    i32[o + NEXT] = NO_ORDER;
    i32[o + PREVIOUS] = last;
    i32[o + LEVEL] = level;
    i32[o + PRICE] = price;
    i32[o + SIDE] = side;
    this.count++;
  }

  remove(row: OrderRow): void {
    const i32 = this.#i32;
    const o = this.#at(row);
    const level = i32[o + LEVEL];
    const next = i32[o + NEXT];
    const previous = i32[o + PREVIOUS];
    i32[o + LEVEL] = NO_LEVEL;
    this.count--;
    const levelI32 = this.#levelI32;
    const l = level * ROW_I32;
    if (next === NO_ORDER) levelI32[l + LAST] = previous;
    else i32[next * ROW_I32 + PREVIOUS] = previous;
    if (previous !== NO_ORDER) i32[previous * ROW_I32 + NEXT] = next;
    else if (next !== NO_ORDER) levelI32[l + FIRST] = next;
    else {
      this.#close(level, i32[o + SIDE] as Side);
      return;
    }
    this.#levelF64[level * ROW_F64] -= this.#f64[row * ROW_F64];
  }

  reduce(row: OrderRow, by: SizeLots): void {
    const o = this.#at(row);
    const left = this.#f64[row * ROW_F64];
    assert(by > 0 && by < left && Math.floor(by) === by, 'an order is reduced by fewer lots than it has');
    this.#f64[row * ROW_F64] = left - by;
    this.#levelF64[this.#i32[o + LEVEL] * ROW_F64] -= by;
  }

  left(row: OrderRow): SizeLots {
    this.#at(row);
    return this.#f64[row * ROW_F64] as SizeLots;
  }

  price(row: OrderRow): PriceTicks {
    return this.#i32[this.#at(row) + PRICE] as PriceTicks;
  }

  side(row: OrderRow): Side {
    return this.#i32[this.#at(row) + SIDE] as Side;
  }

  best(side: Side): OrderRow {
    return this.#levelI32[this.#levelI32[(SENTINELS + side) * ROW_I32 + WORSE] * ROW_I32 + FIRST] as OrderRow;
  }

  next(row: OrderRow): OrderRow {
    const o = this.#at(row);
    const next = this.#i32[o + NEXT];
    if (next !== NO_ORDER) return next as OrderRow;
    const worse = this.#levelI32[this.#i32[o + LEVEL] * ROW_I32 + WORSE];
    return this.#levelI32[worse * ROW_I32 + FIRST] as OrderRow;
  }

  bestPrice(side: Side): PriceTicks {
    const best = this.#levelI32[(SENTINELS + side) * ROW_I32 + WORSE];
    return this.#levelI32[best * ROW_I32 + LEVEL_PRICE] as PriceTicks;
  }

  available(side: Side, limit: PriceTicks, need: SizeLots): SizeLots {
    const levelI32 = this.#levelI32;
    const levelF64 = this.#levelF64;
    const end = SENTINELS + side;
    let level = levelI32[end * ROW_I32 + WORSE];
    let lots = 0;
    while (level !== end && lots < need) {
      const price = levelI32[level * ROW_I32 + LEVEL_PRICE];
      if (side === BID ? price < limit : price > limit) break;
      lots += levelF64[level * ROW_F64];
      level = levelI32[level * ROW_I32 + WORSE];
    }
    return (lots < need ? lots : need) as SizeLots;
  }

  sizeAt(side: Side, price: PriceTicks): SizeLots {
    assertPrice(price);
    const level = this.#index.find(side, side === BID ? HIGHEST - price : price - 1);
    return (level === NO_LEVEL ? 0 : this.#levelF64[level * ROW_F64]) as SizeLots;
  }

  levels(side: Side, prices: Float64Array, sizes: Float64Array): number {
    const levelI32 = this.#levelI32;
    const levelF64 = this.#levelF64;
    const most = Math.min(prices.length, sizes.length);
    const end = SENTINELS + side;
    let level = levelI32[end * ROW_I32 + WORSE];
    let at = 0;
    for (; at < most && level !== end; at++) {
      prices[at] = levelI32[level * ROW_I32 + LEVEL_PRICE];
      sizes[at] = levelF64[level * ROW_F64];
      level = levelI32[level * ROW_I32 + WORSE];
    }
    return at;
  }

  /** Where an order's record is; it has to be in the book. A row that was never given reads undefined there. */
  #at(row: OrderRow): number {
    const at = row * ROW_I32;
    assert(this.#i32[at + LEVEL] > NO_LEVEL, 'the row has an order in this book');
    return at;
  }

  #open(side: Side, price: PriceTicks, rank: number): number {
    let level = this.#levelFree;
    if (level === NO_LEVEL) level = this.#appendLevel();
    else this.#levelFree = this.#levelI32[level * ROW_I32 + WORSE];
    const neighbour = this.#index.insert(side, rank, level);
    const levelI32 = this.#levelI32;
    let better: number;
    let worse: number;
    if (neighbour < 0) {
      better = -neighbour;
      worse = levelI32[better * ROW_I32 + WORSE];
    } else {
      worse = neighbour === NO_LEVEL ? SENTINELS + side : neighbour;
      better = levelI32[worse * ROW_I32 + BETTER];
    }
    const l = level * ROW_I32;
    this.#levelF64[level * ROW_F64] = 0;
    levelI32[l + FIRST] = NO_ORDER;
    levelI32[l + LAST] = NO_ORDER;
    levelI32[l + WORSE] = worse;
    levelI32[l + BETTER] = better;
    levelI32[l + LEVEL_PRICE] = price;
    levelI32[better * ROW_I32 + WORSE] = level;
    levelI32[worse * ROW_I32 + BETTER] = level;
    return level;
  }

  #close(level: number, side: Side): void {
    const levelI32 = this.#levelI32;
    const l = level * ROW_I32;
    const worse = levelI32[l + WORSE];
    const better = levelI32[l + BETTER];
    levelI32[better * ROW_I32 + WORSE] = worse;
    levelI32[worse * ROW_I32 + BETTER] = better;
    const price = levelI32[l + LEVEL_PRICE];
    this.#index.remove(side, side === BID ? HIGHEST - price : price - 1);
    levelI32[l + WORSE] = this.#levelFree;
    this.#levelFree = level;
  }

  #appendLevel(): number {
    if (this.#levelsUsed * ROW_F64 === this.#levelF64.length) {
      this.#levelF64 = widenedInLines(this.#levelF64, this.#levelF64.length * 2);
      this.#levelI32 = asIntegers(this.#levelF64);
    }
    return this.#levelsUsed++;
  }

  #widen(row: number): void {
    let length = this.#f64.length * 2;
    while (row * ROW_F64 >= length) length *= 2;
    this.#f64 = widenedInLines(this.#f64, length);
    this.#i32 = asIntegers(this.#f64);
  }
}

function assertPrice(price: number): void {
  assert((price | 0) === price && price >= 1 && price <= HIGHEST, 'a price is in [1, 2^30] ticks');
}
