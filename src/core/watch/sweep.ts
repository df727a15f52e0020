/**
 * The other way to find what changed: go over all buckets in the order of memory and evaluate those with a wire left
 * behind. After a gap this beats following wires, because nothing is looked up and no wires are laid; what was evaluated
 * stays without wires, with a reach, until `Watch.tidy` gets to it.
 *
 * It goes block by block and step by step: which wires are behind, what their buckets are worth, which levels that makes, what
 * becomes of them. Apart, the steps mispredict few branches, and what they mispredict is known at once and not at the end of a
 * long chain: on the machine that this was measured on, waiting for such branches was half of the time.
 *
 * What the steps need of a market is copied into lines of its own first, a few kilobytes for hundreds of markets. Markets with
 * margin on the entry price or tiers that only BigInt can value go the general way, as do whales.
 */
import { Bound, BOUND_STRIDE, type Thresholds } from '../margin/levels.ts';
import { FAST_MAX, SIZE_FAST_MAX } from '../margin/valuation.ts';
import { accruedFunding } from '../num/exact.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink, BUCKETS_BLOCK, Flag } from '../state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../state/markets.ts';
import {
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_TIER_SHIFT,
} from '../state/positions.ts';
import { DIRECT_MAX, TIER_STRIDE, TierField } from '../state/tier-table.ts';
import { Level, LEVEL_COUNT } from '../schema/levels.ts';
import { SHY } from './budgets.ts';
import type { Unwired, Waiting } from './unwired.ts';

/** No reach at all: nothing in the bucket moves with a mark. */
export const REACH_NONE = -2;

/** What the sweep tells the watch. */
export interface Swept {
  /** The levels of the first `count` buckets of `rows` move to those in `to`. */
  change(rows: Int32Array, to: Int32Array, count: number): void;
  /** The bucket must be valued and judged the general way. Returns its reach, or REACH_NONE if it needs no wires. */
  judgeSwept(bucket: number): number;
}

/** What valuing needs of a market; refilled by every sweep. */
const Line = { perLot: 0, funding: 1, tierFirst: 2 } as const;

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const M_STRIDE = MARKET_STRIDE;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const T_STRIDE = TIER_STRIDE;
const T_SHIFT = TAG_TIER_SHIFT;
const BOUND = BOUND_STRIDE;
const GROSS_MAX = FAST_MAX;
const SIZE_MAX = SIZE_FAST_MAX;
const SCALED_MAX = DIRECT_MAX;
const INDEX_MAX = Number.MAX_SAFE_INTEGER;
const NONE = REACH_NONE;
const CAREFUL = SHY;
const {
  mark: M_MARK,
  cursor: M_CURSOR,
  entryBasis: M_ENTRY_BASIS,
  wide: M_WIDE,
  unit: M_UNIT,
  funding: M_FUNDING,
  tierStart: M_TIER_START,
  rhoMax: M_RHO_MAX,
  sweptMark: M_SWEPT_MARK,
  sweptCursor: M_SWEPT_CURSOR,
  nearLo: M_NEAR_LO,
  nearHi: M_NEAR_HI,
} = MarketField;
const { perLot: L_PER_LOT, funding: L_FUNDING, tierFirst: L_TIER_FIRST } = Line;
const { flags: B_FLAGS, start: B_START, count: B_COUNT } = BucketLink;
const { tag: P_TAG, bucket: P_BUCKET } = PositionLink;
const { lo: P_LO, hi: P_HI, size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { free: FLAG_FREE, unwired: FLAG_UNWIRED } = Flag;
const { collateral: B_COLLATERAL, charge: B_CHARGE } = BucketField;
const { floor: T_FLOOR, next: T_NEXT, num: T_NUM, cut: T_CUT, den: T_DEN } = TierField;
const { enter: ENTER, exit: EXIT, inclusive: INCLUSIVE } = Bound;
const { warning, danger, critical, liquidatable, backstop, bankrupt } = Level;
const LEVEL_LAST = LEVEL_COUNT - 1;
const LINE = 4;
/** Of the machine's cache. */
const LINE_I32 = 16;
/** What was read ahead: without it the compiler would leave the reads out. */
const fetched = new Float64Array(1);
let lines = new Float64Array(0);
/** Where the mark stands for lo wires, and for hi wires, by market. */
let edges = new Float64Array(0);
/** The highest rate of any market, and the least reach found so far. */
const bounds = new Float64Array(2);
const RHO_MAX = 0;
const REACH_MIN = 1;

/** Positions that one call goes over, and buckets: only functions that are called often are compiled with their constants. */
const ROWS = 2048;
const BLOCK = BUCKETS_BLOCK;
const fired = new Int32Array(ROWS + 1);
/** 1 by bucket that has to be evaluated. */
let due = new Uint8Array(0);
/** The buckets of a block that are, and of each of them by place: what it is worth, and what that makes of it. */
const picked = new Int32Array(BLOCK + 1);
const equities = new Float64Array(BLOCK);
const maintenances = new Float64Array(BLOCK);
const notionals = new Float64Array(BLOCK);
const legs = new Float64Array(BLOCK);
/** 1 where the bucket goes the general way. */
const general = new Uint8Array(BLOCK);
/** The level that it had, then the one that it has. */
const levels = new Int32Array(BLOCK);
/** How many of those worst were found. */
const found = new Int32Array(1);
const reachOf = new Float64Array(BLOCK);
const changed = new Int32Array(BLOCK + 1);
const changedTo = new Int32Array(BLOCK + 1);

/**
 * The thresholds' table with a line before its first level and one after its last, whose slack is FAR: what has no neighbour on a
 * side has all the reach there. The two last columns of a line are added to the slacks.
 */
const table = new Float64Array((LEVEL_COUNT + 1) * BOUND);
const ADD_WORSE = 5;
const ADD_BETTER = 6;
const FAR = 1e300;
/** Two reaches, to take the less of them without a branch. */
const pair = new Float64Array(16);

/**
 * Evaluates every bucket that is queued, unwired or has a wire behind its mark, and leaves it in `unwired`. Returns how many.
 */
export function sweep(
  book: Book,
  thresholds: Thresholds,
  queue: Int32Array,
  unwired: Unwired,
  swept: Swept,
): number {
  const { used, runEnds } = book.buckets;
  const rowsUsed = book.positions.used;
  if (used > due.length) due = new Uint8Array(book.buckets.levels.length);
  flag(book, queue);
  if (unwired.count > 0)
    for (let from = 0; from < used; from += BLOCK)
      flagUnwired(book, from, from + BLOCK < used ? from + BLOCK : used);
  const waiting = unwired.begin(book.buckets);
  fillLines(book);
  table.set(thresholds.table);
  table[ADD_BETTER] = FAR;
  table[(LEVEL_LAST + 1) * BOUND + ADD_WORSE] = FAR;
  bounds[REACH_MIN] = Infinity;
  found[0] = 0;
  let row = 0;
  let filled = 0;
  let evaluated = 0;
  for (let from = 0; from < used; from += BLOCK) {
    const to = from + BLOCK < used ? from + BLOCK : used;
    // A book that lies in order has its positions looked at just before its buckets; another one all of them first.
    const rows = runEnds[from / BLOCK];
    fetch(book, from, to);
    for (; row < rows; row += ROWS) fire(book, row, row + ROWS < rowsUsed ? row + ROWS : rowsUsed);
    const count = pick(from, to);
    value(book, count);
    judge(count);
    filled = settle(book, waiting, swept, count, filled);
    evaluated += count;
  }
  unwired.end(filled, found[0], bounds[REACH_MIN]);
  return evaluated;
}

/** Copies the markets into `lines` and `edges`, and notes in their records that wires are as of now. */
function fillLines(book: Book): void {
  const { count, fields: f } = book.markets;
  let rhoMax = 0;
  if (count * LINE > lines.length) {
    lines = new Float64Array(count * LINE * 2);
    edges = new Float64Array(count * 2 * 2);
  }
  for (let market = 0; market < count; market++) {
    const m = market * M_STRIDE;
    const line = market * LINE;
    const mark = f[m + M_MARK];
    const cursor = f[m + M_CURSOR];
    const isGeneral = f[m + M_ENTRY_BASIS] === 1 || f[m + M_WIDE] === 1;
    edges[2 * market] = mark - cursor;
    edges[2 * market + 1] = mark + cursor;
    // NaN spreads to the sums of every bucket that holds the market, which sends it the general way.
    lines[line + L_PER_LOT] = isGeneral ? NaN : mark * f[m + M_UNIT];
    lines[line + L_FUNDING] = f[m + M_FUNDING];
    lines[line + L_TIER_FIRST] = f[m + M_TIER_START];
    if (f[m + M_RHO_MAX] > rhoMax) rhoMax = f[m + M_RHO_MAX];
    f[m + M_SWEPT_MARK] = mark;
    f[m + M_SWEPT_CURSOR] = cursor;
    if (mark === MARK_NONE) continue;
    f[m + M_NEAR_LO] = mark - cursor;
    f[m + M_NEAR_HI] = mark + cursor;
  }
  bounds[RHO_MAX] = rhoMax;
}

/** Reads a word of each line of the buckets' records: nearly all will be needed, one after another, and waiting for each costs more. */
function fetch(book: Book, from: number, to: number): void {
  const { i32 } = book.buckets;
  let sum = 0;
  for (let at = from * B_I32; at < to * B_I32; at += LINE_I32) sum += i32[at];
  fetched[0] = sum;
}

/** Notes the queued buckets as due. */
function flag(book: Book, queue: Int32Array): void {
  const { i32 } = book.buckets;
  for (const bucket of queue) due[bucket] |= +((i32[bucket * B_I32 + B_FLAGS] & ~FLAG_FREE) !== 0);
}

/** And the unwired ones from `from` up to `to`. */
function flagUnwired(book: Book, from: number, to: number): void {
  const { i32 } = book.buckets;
  const isDue = due;
  for (let bucket = from; bucket < to; bucket++)
    isDue[bucket] |= +((i32[bucket * B_I32 + B_FLAGS] & FLAG_UNWIRED) !== 0);
}

/** Notes as due the buckets with a wire behind in the rows from `from` up to `to`. Rows that no bucket holds have no wires. */
function fire(book: Book, from: number, to: number): void {
  const mark = edges;
  const { f64, i32 } = book.positions;
  let count = 0;
  for (let row = from; row < to; row++) {
    const m = ((i32[row * P_I32 + P_TAG] >>> 8) & 0xffff) * 2;
    const f = row * P_F64;
    // How far marks are beyond wires, summed: |d| - d is 0 for every wire that is still ahead. Sums cost less than
    // branches that go either way.
    const loAhead = mark[m] - f64[f + P_LO];
    const hiAhead = f64[f + P_HI] - mark[m + 1];
    const behind = Math.abs(loAhead) - loAhead + (Math.abs(hiAhead) - hiAhead);
    fired[count] = row;
    count += +(behind !== 0);
  }
  const isDue = due;
  for (let at = 0; at < count; at++) isDue[i32[fired[at] * P_I32 + P_BUCKET]] = 1;
}

/** Leaves in `picked` the buckets from `from` up to `to` that are due, and are not any more. Returns how many. */
function pick(from: number, to: number): number {
  const isDue = due;
  let count = 0;
  for (let bucket = from; bucket < to; bucket++) {
    picked[count] = bucket;
    count += isDue[bucket];
    isDue[bucket] = 0;
  }
  return count;
}

/** Values the first `count` of `picked`. */
function value(book: Book, count: number): void {
  const market = lines;
  const { f64: bucketF, i32: bucketI, levels: was } = book.buckets;
  const { f64, i32 } = book.positions;
  const tiers = book.markets.tierTable;
  for (let at = 0; at < count; at++) {
    const bucket = picked[at];
    const b = bucket * B_I32;
    const start = bucketI[b + B_START];
    const end = start + bucketI[b + B_COUNT];
    let equity = bucketF[bucket * B_F64 + B_COLLATERAL];
    let maintenance = bucketF[bucket * B_F64 + B_CHARGE];
    let gross = Math.abs(equity) + maintenance;
    let notional = 0;
    // A flag of its own: setting `gross` to Infinity instead makes the loop half as slow again.
    let isGeneral = +(start === end);
    for (let row = start; row < end; row++) {
      const f = row * P_F64;
      const tag = i32[row * P_I32 + P_TAG];
      const m = ((tag >>> 8) & 0xffff) * LINE;
      const size = f64[f + P_SIZE];
      const cost = f64[f + P_COST];
      const worth = size * market[m + L_PER_LOT];
      const base = Math.abs(worth);
      let t = ((market[m + L_TIER_FIRST] | 0) + (tag >>> T_SHIFT)) * T_STRIDE;
      while (base < tiers[t + T_FLOOR]) t -= T_STRIDE;
      while (base >= tiers[t + T_NEXT]) t += T_STRIDE;
      const scaled = base * tiers[t + T_NUM];
      if (scaled >= SCALED_MAX) isGeneral = 1;
      maintenance += Math.ceil((scaled - tiers[t + T_CUT]) / tiers[t + T_DEN]);
      const moved = market[m + L_FUNDING] - f64[f + P_FUNDING];
      if (moved !== 0) {
        const accrued = accruedFunding(size, moved);
        equity += accrued;
        gross += Math.abs(accrued);
        if (Math.abs(size) > SIZE_MAX || Math.abs(moved) > INDEX_MAX) isGeneral = 1;
      }
      equity += worth - cost;
      gross += base + Math.abs(cost);
      notional += base;
    }
    equities[at] = equity;
    maintenances[at] = maintenance;
    notionals[at] = notional;
    legs[at] = end - start;
    levels[at] = was[bucket];
    general[at] = isGeneral | +!(gross <= GROSS_MAX);
  }
}

/**
 * Makes the first `count` of `levels` those which follow, and works out reaches: `moveLevel` and `leaveReach` over columns and
 * without a branch. Of what is worse than critical the exit is the entry, and only the liquidatable level can be inclusive.
 */
function judge(count: number): void {
  const rhoMax = bounds[RHO_MAX];
  const [n1, d1, m1, e1] = thresholdsOf(warning);
  const [n2, d2, m2, e2] = thresholdsOf(danger);
  const [n3, d3, m3, e3] = thresholdsOf(critical);
  const [n4, d4, , , strict] = thresholdsOf(liquidatable);
  const [n5, d5] = thresholdsOf(backstop);
  const [n6, d6] = thresholdsOf(bankrupt);
  for (let at = 0; at < count; at++) {
    const e = equities[at];
    const m = maintenances[at];
    const notional = notionals[at];
    const charged = +(m > 0);
    // How many thresholds are breached is the level, as each is breached with all before it.
    const beyond =
      +(d4 * e - n4 * m - charged * strict < 0) + +(d5 * e - n5 * m < 0) + +(d6 * e - n6 * m < 0);
    const raw = beyond + +(d1 * e - n1 * m < 0) + +(d2 * e - n2 * m < 0) + +(d3 * e - n3 * m < 0);
    const held = beyond + +(e1 * e - m1 * m < 0) + +(e2 * e - m2 * m < 0) + +(e3 * e - m3 * m < 0);
    // max(raw, min(was, held))
    const fall = levels[at] - held;
    const kept = held + (fall & (fall >> 31));
    const rise = raw - kept;
    const level = kept + (rise & ~(rise >> 31));
    levels[at] = level;

    const t = level * BOUND;
    const exitNum = table[t + EXIT];
    const exitDen = table[t + EXIT + 1];
    const better = exitNum * m - exitDen * e + charged * table[t + INCLUSIVE] - 1 + table[t + ADD_BETTER];
    const num = table[t + BOUND + ENTER];
    const den = table[t + BOUND + ENTER + 1];
    const worse = den * e - num * m - charged * table[t + BOUND + INCLUSIVE] + table[t + BOUND + ADD_WORSE];
    const rated = notional * rhoMax;
    pair[0] = (worse * CAREFUL - (legs[at] * (num + den) + 1)) / (den * notional + num * rated);
    pair[1] =
      (better * CAREFUL - (legs[at] * (exitNum + exitDen) + 1)) / (exitDen * notional + exitNum * rated);
    reachOf[at] = pair[+(pair[1] < pair[0])] * CAREFUL;
  }
}

function thresholdsOf(level: number): Float64Array {
  return table.subarray(level * BOUND, (level + 1) * BOUND);
}

/** Tells what changed of the first `count` of `picked`, and adds them to those waiting for wires, of which there are `filled`. */
function settle(
  book: Book,
  { rows: waiting, reaches, worst }: Waiting,
  swept: Swept,
  count: number,
  filled: number,
): number {
  const { i32: bucketI, levels: was } = book.buckets;
  let reachMin = bounds[REACH_MIN];
  let changes = 0;
  let worse = found[0];
  for (let at = 0; at < count; at++) {
    const bucket = picked[at];
    const flags = bucket * B_I32 + B_FLAGS;
    let reach = reachOf[at];
    if (general[at] === 1) {
      reach = swept.judgeSwept(bucket);
      if (reach === NONE) continue;
    } else {
      const level = levels[at];
      changed[changes] = bucket;
      changedTo[changes] = level;
      changes += +(level !== was[bucket]);
      worst.rows[worse] = bucket;
      worst.sums[2 * worse] = equities[at];
      worst.sums[2 * worse + 1] = maintenances[at];
      worse += +(level >= liquidatable);
    }
    bucketI[flags] = FLAG_UNWIRED;
    reaches[bucket] = reach;
    waiting[filled++] = bucket;
    if (reach < reachMin) reachMin = reach;
  }
  bounds[REACH_MIN] = reachMin;
  found[0] = worse;
  swept.change(changed, changedTo, changes);
  if (changes > 0) book.areLotsBehind = true;
  return filled;
}
