/**
 * The other way to find what changed: go over all buckets in the order of memory and evaluate those with a wire left
 * behind. After a gap this beats following wires, because nothing is looked up and no wires are laid; what was evaluated
 * stays without wires, with a reach, until `Watch.tidy` gets to it.
 *
 * What the loop needs of a market is copied into lines of its own first, a few kilobytes for hundreds of markets. Markets with
 * margin on the entry price or tiers that only BigInt can value go the general way, as do whales.
 */
import { moveLevel, type Thresholds } from '../margin/levels.ts';
import { FAST_MAX, SIZE_FAST_MAX, Sum } from '../margin/valuation.ts';
import { accruedFunding } from '../num/exact.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink, Flag } from '../state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../state/markets.ts';
import {
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_TIER_SHIFT,
} from '../state/positions.ts';
import { DIRECT_MAX, TIER_STRIDE, TierField } from '../state/tier-table.ts';
import { Level } from '../schema/levels.ts';
import { leaveReach } from './budgets.ts';
import type { Unwired, Waiting } from './unwired.ts';

const sums = new Float64Array(8);

/** No reach at all: nothing in the bucket moves with a mark. Reaches are -1 or more. */
export const REACH_NONE = -2;

/** What the sweep tells the watch. */
export interface Swept {
  /** The bucket's level moves. */
  change(bucket: number, from: number, to: number): void;
  /** The bucket must be valued and judged the general way. Returns its reach, or REACH_NONE if it needs no wires. */
  judgeSwept(bucket: number): number;
}

/** What the loop needs of a market, one cache line each; refilled by every sweep. */
const Line = { lo: 0, hi: 1, perLot: 2, funding: 3, tierFirst: 4 } as const;

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const M_STRIDE = MARKET_STRIDE;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const T_STRIDE = TIER_STRIDE;
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
const { lo: L_LO, hi: L_HI, perLot: L_PER_LOT, funding: L_FUNDING, tierFirst: L_TIER_FIRST } = Line;
const { flags: B_FLAGS, start: B_START, count: B_COUNT } = BucketLink;
const { tag: P_TAG } = PositionLink;
const { lo: P_LO, hi: P_HI, size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { free: FLAG_FREE, unwired: FLAG_UNWIRED } = Flag;
const { collateral: B_COLLATERAL, charge: B_CHARGE } = BucketField;
const { floor: T_FLOOR, next: T_NEXT, num: T_NUM, cut: T_CUT, den: T_DEN } = TierField;
const {
  equity: S_EQUITY,
  maintenance: S_MAINTENANCE,
  notional: S_NOTIONAL,
  notionalRate: S_NOTIONAL_RATE,
  reach: S_REACH,
} = Sum;
const { liquidatable: LEVEL_LIQUIDATABLE } = Level;
const LINE = 8;
let lines = new Float64Array(0);
/** The highest rate of any market, and the least reach found so far. */
const bounds = new Float64Array(2);
const RHO_MAX = 0;
const REACH_MIN = 1;
/** Buckets that are looked at together: their records stay in the cache from `pick` to `judge`. */
const BLOCK = 1024;
const picked = new Int32Array(BLOCK);

/**
 * Evaluates every bucket that is flagged or has a wire behind its mark, and leaves it in `unwired`. Returns how many.
 *
 * Block by block, and in each first which are due and then what becomes of them: apart, the two mispredict fewer branches,
 * and only functions that are called often are compiled with their constants.
 */
export function sweep(book: Book, thresholds: Thresholds, unwired: Unwired, swept: Swept): number {
  const { used } = book.buckets;
  const waiting = unwired.begin(book.buckets);
  fillLines(book);
  bounds[REACH_MIN] = Infinity;
  let filled = 0;
  let evaluated = 0;
  for (let from = 0; from < used; from += BLOCK) {
    const count = pick(book, from, from + BLOCK < used ? from + BLOCK : used);
    filled = judge(book, thresholds, waiting, swept, count, filled);
    evaluated += count;
  }
  unwired.end(filled, bounds[REACH_MIN]);
  return evaluated;
}

/** Copies the markets into `lines`, and notes in their records that wires are as of now. */
function fillLines(book: Book): void {
  const { count, fields: f } = book.markets;
  let rhoMax = 0;
  if (count * LINE > lines.length) lines = new Float64Array(count * LINE * 2);
  for (let market = 0; market < count; market++) {
    const m = market * M_STRIDE;
    const line = market * LINE;
    const mark = f[m + M_MARK];
    const cursor = f[m + M_CURSOR];
    const isGeneral = f[m + M_ENTRY_BASIS] === 1 || f[m + M_WIDE] === 1;
    lines[line + L_LO] = mark - cursor;
    lines[line + L_HI] = mark + cursor;
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

/** Leaves in `picked` the buckets from `from` up to `to` that are flagged or have a wire behind. Returns how many. */
function pick(book: Book, from: number, to: number): number {
  const market = lines;
  const bucketI = book.buckets.i32;
  const { f64, i32 } = book.positions;
  let count = 0;
  for (let bucket = from; bucket < to; bucket++) {
    const b = bucket * B_I32;
    const start = bucketI[b + B_START];
    const end = start + bucketI[b + B_COUNT];
    // How far marks are beyond wires, summed: |d| - d is 0 for every wire that is still ahead. Sums cost less than
    // branches that go either way.
    let behind = bucketI[b + B_FLAGS] & ~FLAG_FREE;
    for (let row = start; row < end; row++) {
      const m = ((i32[row * P_I32 + P_TAG] >>> 8) & 0xffff) * LINE;
      const f = row * P_F64;
      const loAhead = market[m + L_LO] - f64[f + P_LO];
      const hiAhead = f64[f + P_HI] - market[m + L_HI];
      behind += Math.abs(loAhead) - loAhead + (Math.abs(hiAhead) - hiAhead);
    }
    picked[count] = bucket;
    count += +(behind !== 0);
  }
  return count;
}

/** Values the first `count` of `picked`, and adds them to those waiting for wires, of which there are `filled`. */
function judge(
  book: Book,
  thresholds: Thresholds,
  { rows: waiting, reaches, kept }: Waiting,
  swept: Swept,
  count: number,
  filled: number,
): number {
  const market = lines;
  const rhoMax = bounds[RHO_MAX];
  const { f64: bucketF, i32: bucketI, levels } = book.buckets;
  const { f64, i32 } = book.positions;
  const tiers = book.markets.tierTable;
  let reachMin = bounds[REACH_MIN];

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
    let general = 0;
    for (let row = start; row < end; row++) {
      const f = row * P_F64;
      const tag = i32[row * P_I32 + P_TAG];
      const m = ((tag >>> 8) & 0xffff) * LINE;
      const size = f64[f + P_SIZE];
      const cost = f64[f + P_COST];
      const worth = size * market[m + L_PER_LOT];
      const base = Math.abs(worth);
      let t = ((market[m + L_TIER_FIRST] | 0) + (tag >>> TAG_TIER_SHIFT)) * T_STRIDE;
      while (base < tiers[t + T_FLOOR]) t -= T_STRIDE;
      while (base >= tiers[t + T_NEXT]) t += T_STRIDE;
      const scaled = base * tiers[t + T_NUM];
      if (scaled >= DIRECT_MAX) general = 1;
      maintenance += Math.ceil((scaled - tiers[t + T_CUT]) / tiers[t + T_DEN]);
      const moved = market[m + L_FUNDING] - f64[f + P_FUNDING];
      if (moved !== 0) {
        const accrued = accruedFunding(size, moved);
        equity += accrued;
        gross += Math.abs(accrued);
        if (Math.abs(size) > SIZE_FAST_MAX || Math.abs(moved) > Number.MAX_SAFE_INTEGER) general = 1;
      }
      equity += worth - cost;
      gross += base + Math.abs(cost);
      notional += base;
    }
    if (general === 1 || !(gross <= FAST_MAX) || start === end) {
      kept[2 * bucket + 1] = 0;
      const found = swept.judgeSwept(bucket);
      if (found === REACH_NONE) continue;
      bucketI[b + B_FLAGS] = FLAG_UNWIRED;
      reaches[bucket] = found;
      waiting[filled++] = bucket;
      if (found < reachMin) reachMin = found;
      continue;
    }
    const was = levels[bucket];
    sums[S_EQUITY] = equity;
    sums[S_MAINTENANCE] = maintenance;
    sums[S_NOTIONAL] = notional;
    sums[S_NOTIONAL_RATE] = notional * rhoMax;
    const level = moveLevel(thresholds, was, sums);
    leaveReach(thresholds, level, end - start, sums);
    const reach = sums[S_REACH];
    if (level !== was) swept.change(bucket, was, level);
    bucketI[b + B_FLAGS] = FLAG_UNWIRED;
    reaches[bucket] = reach;
    waiting[filled++] = bucket;
    if (reach < reachMin) reachMin = reach;
    kept[2 * bucket] = equity;
    kept[2 * bucket + 1] = level >= LEVEL_LIQUIDATABLE ? maintenance : 0;
  }
  bounds[REACH_MIN] = reachMin;
  return filled;
}
