/**
 * The watch: at every mark, exactly the buckets whose level can have changed are evaluated, and no others.
 *
 * A bucket is queued when one of its wires fires, when something of its own changed, or, while it has no valid wires after
 * a sweep, when the marks have moved further than its reach. Everything queued during a command is evaluated once, at its
 * end, against the state after the whole command. `docs/internals/watch.md` proves that this misses nothing.
 */
import { widened } from '../num/columns.ts';
import { FAST_MAX, Sum, Valuation, value } from '../margin/valuation.ts';
import { valueWide, type BucketValue } from '../margin/valuation-wide.ts';
import {
  Bound,
  BOUND_STRIDE,
  moveLevel,
  nextLevelWide,
  slackWide,
  type Thresholds,
} from '../margin/levels.ts';
import { Level, LEVEL_COUNT } from '../schema/levels.ts';
import { FUNDING_SCALE } from '../num/units.ts';
import type { MarkUpdate } from '../schema/commands.ts';
import type { Book, BookKeeper } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink, Flag, PLACE } from '../state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../state/markets.ts';
import {
  END,
  NEVER_HI,
  NEVER_LO,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  UNLINKED,
} from '../state/positions.ts';
import { CURSOR_GAIN, Intervals, leaveReach, narrow } from './budgets.ts';
import { Changes } from './changes.ts';
import { Ladders, layWires, liftWires, RUNGS } from './ladders.ts';
import { REACH_NONE, sweep, type Swept } from './sweep.ts';
import { Unwired } from './unwired.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const BOUND = BOUND_STRIDE;
const LEVEL_LAST = LEVEL_COUNT - 1;
const { enter: BOUND_ENTER, exit: BOUND_EXIT } = Bound;
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const M_STRIDE = MARKET_STRIDE;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const { flags: B_FLAGS, start: B_START, count: B_COUNT, place: B_PLACE, account: B_ACCOUNT } = BucketLink;
const PLACE_BITS = PLACE;
const { queued: FLAG_QUEUED, free: FLAG_FREE, unwired: FLAG_UNWIRED } = Flag;
const { safe: LEVEL_SAFE } = Level;
const {
  mark: M_MARK,
  step: M_STEP,
  sweptMark: M_SWEPT_MARK,
  sweptCursor: M_SWEPT_CURSOR,
  cursor: M_CURSOR,
  funding: M_FUNDING,
  unit: M_UNIT,
  rungsPerTick: M_RUNGS_PER_TICK,
  baseLo: M_BASE_LO,
  baseHi: M_BASE_HI,
  nearLo: M_NEAR_LO,
  nearHi: M_NEAR_HI,
} = MarketField;
const {
  tag: P_TAG,
  bucket: P_BUCKET,
  loNext: P_LO_NEXT,
  loPrev: P_LO_PREV,
  hiNext: P_HI_NEXT,
  hiPrev: P_HI_PREV,
} = PositionLink;
const {
  gross: S_GROSS,
  slackWorse: S_SLACK_WORSE,
  slackBetter: S_SLACK_BETTER,
  equity: S_EQUITY,
  maintenance: S_MAINTENANCE,
  reach: S_REACH,
} = Sum;
const { lo: P_LO, hi: P_HI } = PositionField;

/** A sweep costs about this much per bucket and per position, in units of one evaluation with new wires. */
const SWEEP_PER_BUCKET = 0.03;
const SWEEP_PER_POSITION = 0.015;
/** Below this many fired buckets a sweep is never worth it. */
const SWEEP_MIN = 512;
/** In a command of at least this many marks the first ones tell what the rest will fire, and by which margin that must be clear. */
const FORESEE_MIN = 8;
const FORESEE_SURE = 1.5;
/** Buckets that one call goes over: only functions that are called often are compiled with their constants. */
const BLOCK = 1024;
/** Holders are evaluated; their wires are void as well, as the mark left the rungs. */
const TOUCHED = 1;
const REBASED = 2;
/** Wires laid after each command while some are missing. */
const TIDY_PER_COMMAND = 256;

export type WatchMode = 'auto' | 'wires' | 'sweep';

export class Watch implements BookKeeper, Swept {
  readonly changes = new Changes();
  readonly unwired = new Unwired();
  /** Forces one way of finding what to evaluate, for tests and benchmarks; decisions are the same in all. */
  mode: WatchMode;
  /** Evaluations and sweeps so far: cost, not state. */
  evaluations = 0;
  sweeps = 0;
  readonly #book: Book;
  readonly #thresholds: Thresholds;
  readonly #ladders = new Ladders();
  readonly #valuation = new Valuation();
  readonly #intervals = new Intervals();
  #queue = new Int32Array(1024);
  #queued = 0;
  readonly #fetched = new Float64Array(1);
  /** One bucket whose level moves, and where to. */
  readonly #changed = new Int32Array(1);
  readonly #changedTo = new Int32Array(1);
  /** Markets whose holders this command concerns, and by market how: 0 where it does not. */
  readonly #concerned: number[] = [];
  #concern = new Uint8Array(64);
  /** More buckets queued than a sweep would cost: the rest of this command's wires need not be collected. */
  #sweepDue = false;
  /** Of all that the marks of this command will move, the share that the marks up to the present one do. */
  #followed = 1;

  constructor(book: Book, thresholds: Thresholds, mode: WatchMode = 'auto') {
    this.#book = book;
    this.#thresholds = thresholds;
    this.mode = mode;
    book.attach(this);
  }

  /** The rungs, for readers such as `nearest.ts`. */
  get heads(): Int32Array {
    return this.#ladders.heads;
  }

  addMarket(market: number): void {
    this.#ladders.addMarket(market);
    if (market >= this.#concern.length) this.#concern = widened(this.#concern, 2 * market);
  }

  touch(bucket: number): void {
    const links = this.#book.buckets.i32;
    const at = bucket * B_I32 + B_FLAGS;
    if ((links[at] & FLAG_QUEUED) !== 0) return;
    links[at] |= FLAG_QUEUED;
    if (this.#queued === this.#queue.length) {
      this.#queue = widened(this.#queue, this.#queue.length * 2);
    }
    this.#queue[this.#queued++] = bucket;
  }

  /**
   * A safe bucket that does better stays safe, and its wires, laid for less, fire early at worst. Any other may reach a better
   * level now, and its wires on that side are too far.
   */
  ease(bucket: number): void {
    const flags = this.#book.buckets.i32[bucket * B_I32 + B_FLAGS];
    if (flags !== 0 || this.#book.buckets.levels[bucket] !== LEVEL_SAFE) this.touch(bucket);
  }

  unwire(bucket: number): void {
    const start = this.#book.buckets.i32[bucket * B_I32 + B_START];
    const end = start + this.#book.buckets.i32[bucket * B_I32 + B_COUNT];
    for (let row = start; row < end; row++) liftWires(this.#book, this.#ladders.heads, row);
  }

  /** All marks of one command. When the first of many fire so much that a sweep will be due, the rest need not be followed. */
  moveAll(marks: readonly MarkUpdate[]): void {
    const expected = marks.length < FORESEE_MIN ? 0 : this.#movesOf(marks);
    let moved = 0;
    for (let at = 0; at < marks.length; at++) {
      const { market, price } = marks[at];
      if (expected > 0) {
        moved += this.#moveOf(market, price);
        this.#followed = moved / expected;
      }
      this.#advance(market, price);
      if (expected > 0 && this.#queued > this.#followMax()) this.#sweepDue = true;
    }
    this.#followed = 1;
  }

  /** The market's mark becomes `mark`: queues what its ladders say. */
  #advance(market: number, mark: number): void {
    const f = this.#book.markets.fields;
    const m = market * M_STRIDE;
    const before = f[m + M_MARK];
    if (mark === before) return;
    f[m + M_MARK] = mark;
    if (before === MARK_NONE) {
      f[m + M_STEP] = mark * 1e-4;
      f[m + M_SWEPT_MARK] = mark;
      f[m + M_SWEPT_CURSOR] = f[m + M_CURSOR];
      this.#ladders.centre(this.#book, market);
      return;
    }
    const step = f[m + M_STEP];
    f[m + M_STEP] = step + (Math.abs(mark - before) - step) / 16;
    this.#follow(market);
  }

  /** The funding index of `market` becomes `index`: the cursor moves by what that can cost a lot, in mark ticks. */
  fund(market: number, index: number): void {
    const f = this.#book.markets.fields;
    const m = market * M_STRIDE;
    const moved = Math.abs(index - f[m + M_FUNDING]);
    f[m + M_FUNDING] = index;
    if (moved === 0) return;
    const ticks = Math.ceil((moved / (FUNDING_SCALE * f[m + M_UNIT])) * (1 + 1e-12));
    f[m + M_CURSOR] += CURSOR_GAIN * ticks;
    if (f[m + M_MARK] !== MARK_NONE) this.#follow(market);
  }

  /** Every bucket that holds `market` is evaluated at the end of the command: its tiers changed. */
  touchHolders(market: number): void {
    this.#concernHolders(market, TOUCHED);
  }

  /** Evaluates everything queued; level changes of the command are then in `changes`, sorted. */
  settle(): void {
    if (this.#concerned.length > 0) this.#visitHolders();
    if (this.unwired.isDue()) this.#wireDue();
    if (
      this.#sweepDue ||
      (this.mode === 'sweep' && this.#queued > 0) ||
      (this.mode === 'auto' && this.#queued > this.#sweepAt())
    ) {
      this.#sweep();
    } else {
      this.#evaluateQueued();
      if (this.unwired.count > 0) this.tidy(TIDY_PER_COMMAND);
    }
    if (this.changes.count > 1) this.changes.sort();
  }

  /** Lays wires for up to `limit` buckets that a sweep left without; returns how many still lack them. Decides nothing. */
  tidy(limit: number): number {
    for (let done = 0; done < limit && this.unwired.count > 0; done++) {
      const bucket = this.unwired.next(this.#book.buckets);
      if (bucket === END) break;
      this.#evaluate(bucket);
    }
    return this.unwired.count;
  }

  /** Values a bucket into the shared scratch, for readers. Sums that only BigInt can hold are rounded once. */
  value(bucket: number): Valuation {
    value(this.#book, bucket, this.#valuation);
    if (this.#valuation.sums[S_GROSS] > FAST_MAX) this.#valueWide(bucket);
    return this.#valuation;
  }

  /** How far the marks go in all, as shares of themselves, for each position that they move. */
  #movesOf(marks: readonly MarkUpdate[]): number {
    let sum = 0;
    for (let at = 0; at < marks.length; at++) sum += this.#moveOf(marks[at].market, marks[at].price);
    return sum;
  }

  #moveOf(market: number, price: number): number {
    const before = this.#book.markets.fields[market * M_STRIDE + M_MARK];
    return before === MARK_NONE
      ? 0
      : (Math.abs(price - before) / before) * this.#book.aggregates.positions[market];
  }

  #follow(market: number): void {
    const f = this.#book.markets.fields;
    const m = market * M_STRIDE;
    const mark = f[m + M_MARK];
    const cursor = f[m + M_CURSOR];
    if (this.unwired.count > 0) {
      const swept = f[m + M_SWEPT_MARK];
      this.unwired.moved((Math.abs(mark - swept) + cursor - f[m + M_SWEPT_CURSOR]) / swept);
    }
    const perTick = f[m + M_RUNGS_PER_TICK];
    const loRung = Math.floor((mark - cursor - f[m + M_BASE_LO]) * perTick);
    const hiRung = Math.floor((mark + cursor - f[m + M_BASE_HI]) * perTick);
    if (loRung < 0 || hiRung < 0 || loRung >= RUNGS || hiRung >= RUNGS) {
      this.#concernHolders(market, REBASED);
      return;
    }
    if (this.#sweepDue) return;
    if (mark - cursor < f[m + M_NEAR_LO]) this.#fireLo(market, mark - cursor, loRung);
    if (mark + cursor > f[m + M_NEAR_HI]) this.#fireHi(market, mark + cursor, hiRung);
  }

  /** Queues the holders of every lo wire above `at`, and notes the nearest one left. */
  #fireLo(market: number, at: number, rung: number): void {
    const f = this.#book.markets.fields;
    const m = market * M_STRIDE;
    const { f64, i32 } = this.#book.positions;
    const heads = this.#ladders.heads;
    const base = f[m + M_BASE_LO];
    const perTick = f[m + M_RUNGS_PER_TICK];
    const list = market * 2 * RUNGS;
    const limit = this.#followMax();
    let from = Math.floor((f[m + M_NEAR_LO] - base) * perTick);
    if (from >= RUNGS) from = RUNGS - 1;
    for (let r = from; r > rung; r--) {
      for (let row = heads[list + r]; row !== END; row = i32[row * P_I32 + P_LO_NEXT]) {
        this.touch(i32[row * P_I32 + P_BUCKET]);
      }
      if (this.#queued > limit) {
        this.#sweepDue = true;
        return;
      }
    }
    let near = base + rung / perTick;
    for (let row = heads[list + rung]; row !== END; row = i32[row * P_I32 + P_LO_NEXT]) {
      const key = f64[row * P_F64 + P_LO];
      if (key > at) this.touch(i32[row * P_I32 + P_BUCKET]);
      else if (key > near) near = key;
    }
    f[m + M_NEAR_LO] = near;
  }

  #fireHi(market: number, at: number, rung: number): void {
    const f = this.#book.markets.fields;
    const m = market * M_STRIDE;
    const { f64, i32 } = this.#book.positions;
    const heads = this.#ladders.heads;
    const base = f[m + M_BASE_HI];
    const perTick = f[m + M_RUNGS_PER_TICK];
    const list = (market * 2 + 1) * RUNGS;
    const limit = this.#followMax();
    let from = Math.floor((f[m + M_NEAR_HI] - base) * perTick);
    if (from < 0) from = 0;
    for (let r = from; r < rung; r++) {
      for (let row = heads[list + r]; row !== END; row = i32[row * P_I32 + P_HI_NEXT]) {
        this.touch(i32[row * P_I32 + P_BUCKET]);
      }
      if (this.#queued > limit) {
        this.#sweepDue = true;
        return;
      }
    }
    let near = base + (rung + 1) / perTick;
    for (let row = heads[list + rung]; row !== END; row = i32[row * P_I32 + P_HI_NEXT]) {
      const key = f64[row * P_F64 + P_HI];
      if (key < at) this.touch(i32[row * P_I32 + P_BUCKET]);
      else if (key < near) near = key;
    }
    f[m + M_NEAR_HI] = near;
  }

  #concernHolders(market: number, concern: number): void {
    if (this.#concern[market] === 0) this.#concerned.push(market);
    if (concern > this.#concern[market]) this.#concern[market] = concern;
  }

  /**
   * One pass over all positions for all markets whose holders the command concerns: a crash takes the marks of every market off
   * their rungs at once, and a venue changes the tiers of dozens. Rungs that were left are centred anew.
   */
  #visitHolders(): void {
    const { used } = this.#book.buckets;
    for (let from = 0; from < used; from += BLOCK)
      this.#visitBlock(from, from + BLOCK < used ? from + BLOCK : used);
    for (const market of this.#concerned) {
      if (this.#concern[market] === REBASED) this.#ladders.centre(this.#book, market);
      this.#concern[market] = 0;
    }
    this.#concerned.length = 0;
  }

  #visitBlock(from: number, to: number): void {
    const { f64, i32 } = this.#book.positions;
    const links = this.#book.buckets.i32;
    const concerns = this.#concern;
    for (let bucket = from; bucket < to; bucket++) {
      const start = links[bucket * B_I32 + B_START];
      const end = start + links[bucket * B_I32 + B_COUNT];
      for (let row = start; row < end; row++) {
        const i = row * P_I32;
        const concern = concerns[(i32[i + P_TAG] >>> 8) & 0xffff];
        if (concern === 0) continue;
        this.touch(bucket);
        if (concern !== REBASED) continue;
        // The lists of its market go as a whole.
        i32[i + P_LO_PREV] = UNLINKED;
        i32[i + P_HI_PREV] = UNLINKED;
        f64[row * P_F64 + P_LO] = NEVER_LO;
        f64[row * P_F64 + P_HI] = NEVER_HI;
      }
    }
  }

  /** How many queued buckets make a sweep the cheaper way. */
  #sweepAt(): number {
    if (this.mode === 'wires') return Infinity;
    const cost =
      this.#book.buckets.count * SWEEP_PER_BUCKET + this.#book.positions.count * SWEEP_PER_POSITION;
    return cost > SWEEP_MIN ? cost : SWEEP_MIN;
  }

  /** How many queued buckets, so far in this command, foretell that a sweep will be due. */
  #followMax(): number {
    const at = this.#sweepAt();
    const foreseen = FORESEE_SURE * at * this.#followed;
    return foreseen < at ? Math.max(SWEEP_MIN, foreseen) : at;
  }

  #evaluateQueued(): void {
    const links = this.#book.buckets.i32;
    if (this.#queued > 1) this.#fetch();
    const isSwept = this.unwired.count > 0;
    for (let at = 0; at < this.#queued; at++) {
      const bucket = this.#queue[at];
      const flags = links[bucket * B_I32 + B_FLAGS];
      if ((flags & FLAG_FREE) !== 0 || (flags & FLAG_QUEUED) === 0) continue;
      this.#evaluate(bucket);
      if (isSwept) this.unwired.forget(bucket);
      this.#book.dropIfEmpty(bucket);
    }
    this.#queued = 0;
  }

  /** Reads a word of each line that the queued buckets will need, so that they wait for memory side by side. */
  #fetch(): void {
    const { f64, i32: links, levels } = this.#book.buckets;
    const { i32 } = this.#book.positions;
    const queue = this.#queue;
    let sum = 0;
    for (let at = 0, end = this.#queued; at < end; at++) {
      const bucket = queue[at];
      const first = links[bucket * B_I32 + B_START];
      const end = first + links[bucket * B_I32 + B_COUNT];
      sum += levels[bucket] + f64[bucket * B_F64];
      for (let row = first; row < end; row++) sum += i32[row * P_I32 + P_TAG];
    }
    // Kept, or the compiler would leave the reads out.
    this.#fetched[0] = sum;
  }

  /** One bucket: value, level, wires. */
  #evaluate(bucket: number): void {
    const valuation = this.#valuation;
    this.evaluations++;
    const was = this.#book.buckets.levels[bucket];
    value(this.#book, bucket, valuation);
    const level = this.#judge(bucket, was);
    const intervals = this.#intervals;
    const { table } = this.#thresholds;
    intervals.begin(valuation);
    if (level < LEVEL_LAST) {
      narrow(intervals, valuation, S_SLACK_WORSE, table, (level + 1) * BOUND + BOUND_ENTER);
    }
    if (level > 0) {
      narrow(intervals, valuation, S_SLACK_BETTER, table, level * BOUND + BOUND_EXIT);
    }
    layWires(this.#book, this.#ladders.heads, valuation, intervals);
    const links = this.#book.buckets.i32;
    const at = bucket * B_I32 + B_FLAGS;
    if ((links[at] & FLAG_UNWIRED) !== 0) {
      this.unwired.wired();
      if (this.#book.buckets.counted[bucket] !== level) this.#book.countLots(bucket);
    }
    links[at] = 0;
  }

  /** Moves the valued bucket from the level it was at to its own, and leaves its slacks to the neighbouring thresholds. */
  #judge(bucket: number, was: number): number {
    const thresholds = this.#thresholds;
    const valuation = this.#valuation;
    const { sums } = valuation;
    let level: number;
    if (sums[S_GROSS] <= FAST_MAX) {
      level = moveLevel(thresholds, was, sums);
    } else {
      const { equity, maintenance } = this.#valueWide(bucket);
      level = nextLevelWide(thresholds, was, equity, maintenance);
      sums[S_SLACK_WORSE] =
        level < LEVEL_LAST ? Number(slackWide(thresholds.enter[level], equity, maintenance)) : -1;
      sums[S_SLACK_BETTER] =
        level > 0 ? Number(-slackWide(thresholds.exit[level - 1], equity, maintenance) - 1n) : -1;
    }
    if (level !== was) {
      this.#changed[0] = bucket;
      this.#changedTo[0] = level;
      this.change(this.#changed, this.#changedTo, 1);
      this.#book.countLots(bucket);
    }
    return level;
  }

  /** Wires of unwired buckets that the marks since the sweep may have carried out of their reach. */
  #wireDue(): void {
    for (
      let bucket = this.unwired.nextDue(this.#book.buckets);
      bucket !== END;
      bucket = this.unwired.nextDue(this.#book.buckets)
    ) {
      this.touch(bucket);
    }
  }

  #sweep(): void {
    this.sweeps++;
    this.evaluations += sweep(
      this.#book,
      this.#thresholds,
      this.#queue.subarray(0, this.#queued),
      this.unwired,
      this,
    );
    this.#queued = 0;
    this.#sweepDue = false;
  }

  judgeSwept(bucket: number): number {
    const { buckets } = this.#book;
    const valuation = this.#valuation;
    value(this.#book, bucket, valuation);
    const level = this.#judge(bucket, buckets.levels[bucket]);
    if (buckets.i32[bucket * B_I32 + B_COUNT] === 0) {
      buckets.i32[bucket * B_I32 + B_FLAGS] = 0;
      this.#book.dropIfEmpty(bucket);
      return REACH_NONE;
    }
    leaveReach(this.#thresholds, level, valuation.legs, valuation.sums);
    return valuation.sums[S_REACH];
  }

  #valueWide(bucket: number): BucketValue {
    const wide = valueWide(this.#book, bucket);
    this.#valuation.sums[S_EQUITY] = Number(wide.equity);
    this.#valuation.sums[S_MAINTENANCE] = Number(wide.maintenance);
    return wide;
  }

  change(rows: Int32Array, to: Int32Array, count: number): void {
    const { buckets, aggregates } = this.#book;
    const { i32, levels } = buckets;
    const { changes } = this;
    const held = aggregates.buckets;
    changes.reserve(count);
    for (let at = 0; at < count; at++) {
      const bucket = rows[at];
      const b = bucket * B_I32;
      const level = to[at];
      const was = levels[bucket];
      levels[bucket] = level;
      held[was]--;
      held[level]++;
      changes.add(bucket, i32[b + B_ACCOUNT], i32[b + B_PLACE] & PLACE_BITS, was, level);
    }
  }
}
