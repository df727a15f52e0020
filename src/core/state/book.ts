/**
 * Everything the engine knows, in columns: the tables and the operations that keep them consistent with each other
 * (a position is in a run of its bucket, in the aggregates, and off the ladders while it is changed).
 *
 * The book does not decide anything. It tells a `BookKeeper` (the watch) which buckets it is about to change.
 */
import { assert } from '../num/assert.ts';
import { widened } from '../num/columns.ts';
import { mulDivCeil } from '../num/exact.ts';
import { SAFE_MAX, type MarketRow } from '../num/units.ts';
import { OrderMargin } from '../schema/commands.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';
import { Aggregates } from './aggregates.ts';
import {
  BUCKET_F64,
  BUCKET_I32,
  BucketField,
  BucketLink,
  Buckets,
  isIsolated,
  PLACE,
  placeOf,
  RUN_NONE,
} from './buckets.ts';
import { Markets } from './markets.ts';
import { NameTable } from './names.ts';
import {
  MARGIN_F64,
  MARGIN_I32,
  MarginField,
  MarginLink,
  ORDER_F64,
  ORDER_I32,
  OrderField,
  OrderLink,
  OrderMargins,
  Orders,
} from './orders.ts';
import {
  END,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  Positions,
  TAG_PLACE,
  tagOf,
} from './positions.ts';
import { Sources } from './sources.ts';

export const BUCKET_NONE = -1;
export const POSITION_MISSING = -1;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const NONE = END;
const NO_BUCKET = BUCKET_NONE;
const MISSING = POSITION_MISSING;
const PLACE_BITS = PLACE;
const TAG_BITS = TAG_PLACE;
const { collateral: B_COLLATERAL } = BucketField;
const { start: B_START, count: B_COUNT, place: B_PLACE, next: B_NEXT } = BucketLink;
const { size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { tag: P_TAG } = PositionLink;

export interface BookKeeper {
  /** The bucket's positions are about to change or move: take its wires off the ladders. */
  unwire(bucket: number): void;
  /** The bucket must be evaluated before the command ends. */
  touch(bucket: number): void;
  /** The bucket has more equity or needs less maintenance than before, and nothing else of it changed. */
  ease(bucket: number): void;
}

export class Book {
  readonly markets = new Markets();
  readonly sources = new Sources();
  readonly accounts = new NameTable();
  readonly buckets = new Buckets();
  readonly positions = new Positions();
  readonly orders = new Orders();
  readonly orderMargins = new OrderMargins();
  readonly aggregates = new Aggregates();
  /** Whether a sweep moved buckets whose lots are still counted at the level before. */
  areLotsBehind = false;
  /** Cross bucket of each account. */
  cross = new Int32Array(1024);
  #keeper: BookKeeper | null = null;

  attach(keeper: BookKeeper): void {
    this.#keeper = keeper;
  }

  openAccount(name: string): number {
    const account = this.accounts.add(name);
    if (account >= this.cross.length) {
      this.cross = widened(this.cross, Math.ceil(this.cross.length * 1.5));
    }
    this.cross[account] = this.#addBucket(account, placeOf(false, 0, 0));
    return account;
  }

  /** The bucket's row, or BUCKET_NONE. */
  findBucket(account: number, place: number): number {
    const i32 = this.buckets.i32;
    let row = this.cross[account];
    while (row !== NONE && (i32[row * B_I32 + B_PLACE] & PLACE_BITS) !== place)
      row = i32[row * B_I32 + B_NEXT];
    return row;
  }

  /** The account's bucket after this one, its cross bucket being the first, or BUCKET_NONE. */
  nextBucket(bucket: number): number {
    return this.buckets.i32[bucket * B_I32 + B_NEXT];
  }

  ensureBucket(account: number, place: number): number {
    const found = this.findBucket(account, place);
    if (found !== NO_BUCKET) return found;
    const row = this.#addBucket(account, place);
    const i32 = this.buckets.i32;
    const cross = this.cross[account] * B_I32;
    i32[row * B_I32 + B_NEXT] = i32[cross + B_NEXT];
    i32[cross + B_NEXT] = row;
    return row;
  }

  /** An isolated bucket with nothing left in it goes. Only after its evaluation: leaving with it is a level change too. */
  dropIfEmpty(bucket: number): void {
    const { f64, i32 } = this.buckets;
    const i = bucket * B_I32;
    if (!isIsolated(this.buckets.place(bucket)) || i32[i + B_COUNT] !== 0) return;
    if (i32[i + BucketLink.orders] !== NONE || f64[bucket * B_F64 + B_COLLATERAL] !== 0) return;
    let before = this.cross[i32[i + BucketLink.account]];
    while (i32[before * B_I32 + B_NEXT] !== bucket) before = i32[before * B_I32 + B_NEXT];
    i32[before * B_I32 + B_NEXT] = i32[i + B_NEXT];
    this.aggregates.buckets[this.buckets.level(bucket)]--;
    const runClass = this.buckets.runClass(bucket);
    if (runClass !== RUN_NONE) this.positions.release(i32[i + B_START], runClass);
    this.buckets.remove(bucket);
  }

  /** Row of the position in this bucket, or POSITION_MISSING. */
  findPosition(bucket: number, market: number, leg: number): number {
    return this.findByTag(bucket, tagOf(market, leg));
  }

  /** The same, by the market and leg as `tagOf` says them. */
  findByTag(bucket: number, tag: number): number {
    if (bucket === NO_BUCKET) return MISSING;
    const i = bucket * B_I32;
    const start = this.buckets.i32[i + B_START];
    const end = start + this.buckets.i32[i + B_COUNT];
    const links = this.positions.i32;
    for (let row = start; row < end; row++) if ((links[row * P_I32 + P_TAG] & TAG_BITS) === tag) return row;
    return MISSING;
  }

  /** Sets size (not 0), basis and funding index at entry, opening the position where there is none. */
  setPosition(
    bucket: number,
    market: number,
    leg: number,
    size: number,
    cost: number,
    funding: number,
  ): void {
    assert(size !== 0, 'a position of size zero is removed, not stored');
    let row = this.findPosition(bucket, market, leg);
    if (row === MISSING) row = this.#insertPosition(bucket, tagOf(market, leg));
    const f64 = this.positions.f64;
    const f = row * P_F64;
    const level = this.buckets.counted[bucket];
    this.aggregates.position(market, level, f64[f + P_SIZE], f64[f + P_COST], -1);
    f64[f + P_SIZE] = size;
    f64[f + P_COST] = cost;
    f64[f + P_FUNDING] = funding;
    this.aggregates.position(market, level, size, cost, 1);
    this.#keeper!.touch(bucket);
  }

  removePosition(bucket: number, market: number, leg: number): void {
    const row = this.findPosition(bucket, market, leg);
    assert(row !== MISSING, 'only a position that exists is removed');
    this.#keeper!.unwire(bucket);
    const { f64 } = this.positions;
    const f = row * P_F64;
    this.aggregates.position(market, this.buckets.counted[bucket], f64[f + P_SIZE], f64[f + P_COST], -1);
    const i = bucket * B_I32;
    const end = this.buckets.i32[i + B_START] + this.buckets.i32[i + B_COUNT];
    f64.copyWithin(f, f + P_F64, end * P_F64);
    this.buckets.i32[i + B_COUNT]--;
    this.positions.count--;
    this.#keeper!.touch(bucket);
  }

  /** Makes room for so many rows, so that restoring a large book copies nothing. */
  reserve(accounts: number, buckets: number, positions: number): void {
    this.accounts.reserve(accounts);
    this.buckets.reserve(buckets);
    this.positions.reserve(positions);
    if (accounts > this.cross.length) this.cross = widened(this.cross, accounts);
  }

  /** Fills a new bucket as a snapshot has it, with room for `count` positions, which `restorePosition` then fills in order. */
  restoreBucket(bucket: number, level: number, collateral: number, count: number): void {
    assert(level >= 0 && level < LEVEL_COUNT, 'a level is one of seven');
    this.aggregates.buckets[this.buckets.level(bucket)]--;
    this.aggregates.buckets[level]++;
    this.buckets.levels[bucket] = level;
    this.buckets.counted[bucket] = level;
    this.buckets.f64[bucket * B_F64 + B_COLLATERAL] = collateral;
    this.#keeper!.touch(bucket);
    if (count === 0) return;
    const runClass = Positions.classOf(count);
    this.buckets.setRun(bucket, this.positions.allocate(runClass), runClass);
  }

  restorePosition(bucket: number, tag: number, size: number, cost: number, funding: number): void {
    const i = bucket * B_I32;
    const row = this.buckets.i32[i + B_START] + this.buckets.i32[i + B_COUNT]++;
    this.positions.clear(row, bucket, tag);
    this.positions.count++;
    const { f64 } = this.positions;
    const f = row * P_F64;
    f64[f + P_SIZE] = size;
    f64[f + P_COST] = cost;
    f64[f + P_FUNDING] = funding;
    this.aggregates.position(marketOfTag(tag), this.buckets.level(bucket), size, cost, 1);
  }

  /** Counts the bucket's lots at its level. */
  countLots(bucket: number): void {
    const { i32, levels, counted } = this.buckets;
    const start = i32[bucket * B_I32 + B_START];
    const end = start + i32[bucket * B_I32 + B_COUNT];
    this.aggregates.shift(this.positions, start, end, counted[bucket], levels[bucket]);
    counted[bucket] = levels[bucket];
  }

  /** Those of all buckets that a sweep left to be counted: before sums by level are read. */
  countAllLots(): void {
    if (!this.areLotsBehind) return;
    const { used, levels, counted } = this.buckets;
    for (let bucket = 0; bucket < used; bucket++)
      if (counted[bucket] !== levels[bucket]) this.countLots(bucket);
    this.areLotsBehind = false;
  }

  collateral(bucket: number): number {
    return this.buckets.f64[bucket * B_F64 + B_COLLATERAL];
  }

  setCollateral(bucket: number, amount: number): void {
    const before = this.collateral(bucket);
    this.buckets.f64[bucket * B_F64 + B_COLLATERAL] = amount + 0;
    if (amount < before) this.#keeper!.touch(bucket);
    else this.#keeper!.ease(bucket);
  }

  /** Adds a bucket's order; the caller has checked that its sums and charge fit. */
  addOrder(
    account: number,
    id: number,
    bucket: number,
    market: number,
    leg: number,
    size: number,
    price: number,
  ): void {
    const row = this.orders.add(account, id);
    const { f64, i32 } = this.orders;
    f64[row * ORDER_F64 + OrderField.size] = size;
    f64[row * ORDER_F64 + OrderField.price] = price;
    const i = row * ORDER_I32;
    const head = bucket * B_I32 + BucketLink.orders;
    const first = this.buckets.i32[head];
    i32[i + OrderLink.bucket] = bucket;
    i32[i + OrderLink.market] = market;
    i32[i + OrderLink.leg] = leg;
    i32[i + OrderLink.next] = first;
    i32[i + OrderLink.previous] = NONE;
    if (first !== NONE) i32[first * ORDER_I32 + OrderLink.previous] = row;
    this.buckets.i32[head] = row;
    const notional = this.notionalOf(row);
    this.#charge(bucket, market, size > 0 ? notional : 0, size > 0 ? 0 : notional);
  }

  /** States a known order anew, in its bucket and market: sums and charge move once. */
  restateOrder(row: number, leg: number, size: number, price: number): void {
    const { f64, i32 } = this.orders;
    const f = row * ORDER_F64;
    const i = row * ORDER_I32;
    const was = this.notionalOf(row);
    const bought = f64[f + OrderField.size] > 0;
    i32[i + OrderLink.leg] = leg;
    f64[f + OrderField.size] = size;
    f64[f + OrderField.price] = price;
    const notional = this.notionalOf(row);
    const bids = (size > 0 ? notional : 0) - (bought ? was : 0);
    const asks = (size > 0 ? 0 : notional) - (bought ? 0 : was);
    this.#charge(i32[i + OrderLink.bucket], i32[i + OrderLink.market], bids, asks);
  }

  removeOrder(row: number): void {
    const { f64, i32 } = this.orders;
    const i = row * ORDER_I32;
    const bucket = i32[i + OrderLink.bucket];
    const next = i32[i + OrderLink.next];
    const previous = i32[i + OrderLink.previous];
    if (next !== NONE) i32[next * ORDER_I32 + OrderLink.previous] = previous;
    if (previous === NONE) this.buckets.i32[bucket * B_I32 + BucketLink.orders] = next;
    else i32[previous * ORDER_I32 + OrderLink.next] = next;
    const notional = this.notionalOf(row);
    const buys = f64[row * ORDER_F64 + OrderField.size] > 0;
    this.#charge(bucket, i32[i + OrderLink.market], buys ? -notional : 0, buys ? 0 : -notional);
    if (next === NONE && previous === NONE) this.#keeper!.touch(bucket);
    this.orders.remove(row);
  }

  /** Notional of an order at its limit price; it was checked to fit when the order came. */
  notionalOf(order: number): number {
    const { f64, i32 } = this.orders;
    const f = order * ORDER_F64;
    const market = i32[order * ORDER_I32 + OrderLink.market] as MarketRow;
    return this.markets.valueAt(market, Math.abs(f64[f + OrderField.size]), f64[f + OrderField.price])!;
  }

  /** The charge of a market's orders with these sums per side; null past 2^53. */
  chargeOf(market: number, bids: number, asks: number): number | null {
    const { orderMargin, orderRate } = this.markets.specs[market];
    const sides =
      orderMargin === OrderMargin.none
        ? 0
        : orderMargin === OrderMargin.worst
          ? Math.max(bids, asks)
          : bids + asks;
    return sides > SAFE_MAX ? null : mulDivCeil(sides, orderRate.num, orderRate.den);
  }

  /** Row of the order sums of `market` in `bucket`, or END. */
  findOrderMargin(bucket: number, market: number): number {
    const { i32 } = this.orderMargins;
    let row = this.buckets.i32[bucket * B_I32 + BucketLink.orderMargins];
    while (row !== NONE && i32[row * MARGIN_I32 + MarginLink.market] !== market)
      row = i32[row * MARGIN_I32 + MarginLink.next];
    return row;
  }

  #charge(bucket: number, market: number, bids: number, asks: number): void {
    const head = bucket * B_I32 + BucketLink.orderMargins;
    let row = this.findOrderMargin(bucket, market);
    if (row === NONE) {
      row = this.orderMargins.add(market, this.buckets.i32[head]);
      this.buckets.i32[head] = row;
    }
    const { f64 } = this.orderMargins;
    const f = row * MARGIN_F64;
    const before = this.chargeOf(market, f64[f + MarginField.bids], f64[f + MarginField.asks])!;
    f64[f + MarginField.bids] += bids;
    f64[f + MarginField.asks] += asks;
    const after = this.chargeOf(market, f64[f + MarginField.bids], f64[f + MarginField.asks])!;
    if (f64[f + MarginField.bids] === 0 && f64[f + MarginField.asks] === 0)
      this.#dropOrderMargin(bucket, row);
    if (after === before) return;
    this.buckets.f64[bucket * B_F64 + BucketField.charge] += after - before;
    if (after > before) this.#keeper!.touch(bucket);
    else this.#keeper!.ease(bucket);
  }

  #dropOrderMargin(bucket: number, row: number): void {
    const { i32 } = this.orderMargins;
    const next = i32[row * MARGIN_I32 + MarginLink.next];
    const head = bucket * B_I32 + BucketLink.orderMargins;
    let before = this.buckets.i32[head];
    if (before === row) this.buckets.i32[head] = next;
    else {
      while (i32[before * MARGIN_I32 + MarginLink.next] !== row)
        before = i32[before * MARGIN_I32 + MarginLink.next];
      i32[before * MARGIN_I32 + MarginLink.next] = next;
    }
    this.orderMargins.remove(row);
  }

  #addBucket(account: number, place: number): number {
    const row = this.buckets.add(account, place);
    this.aggregates.buckets[0]++;
    return row;
  }

  /** Makes room in the bucket's run for a position with this tag, keeping the order, and returns its row. */
  #insertPosition(bucket: number, tag: number): number {
    this.#keeper!.unwire(bucket);
    const links = this.buckets.i32;
    const i = bucket * B_I32;
    const count = links[i + B_COUNT];
    let start = links[i + B_START];
    const runClass = this.buckets.runClass(bucket);
    if (runClass === RUN_NONE || count === Positions.roomOf(runClass)) {
      const wider = Positions.classOf(count + 1);
      if (runClass === RUN_NONE || !this.positions.widen(start, runClass, wider)) {
        const moved = this.positions.allocate(wider);
        if (runClass !== RUN_NONE) {
          this.positions.f64.copyWithin(moved * P_F64, start * P_F64, (start + count) * P_F64);
          this.positions.release(start, runClass);
        }
        start = moved;
      }
      this.buckets.setRun(bucket, start, wider);
    }
    const { f64, i32 } = this.positions;
    let row = start + count;
    while (row > start && (i32[(row - 1) * P_I32 + P_TAG] & TAG_BITS) > tag) row--;
    f64.copyWithin((row + 1) * P_F64, row * P_F64, (start + count) * P_F64);
    this.positions.clear(row, bucket, tag);
    links[i + B_COUNT] = count + 1;
    this.positions.count++;
    return row;
  }
}
