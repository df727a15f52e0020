/**
 * The other way to find what changed: go over all buckets in the order of memory and evaluate those with a wire left
 * behind. After a gap this beats following wires, because nothing is looked up and no wires are laid; what was evaluated
 * stays without wires, with a reach, until `Watch.tidy` gets to it.
 *
 * What the loop needs of a market is copied into lines of its own first, a few kilobytes for hundreds of markets. Markets with
 * margin on the entry price or tiers that only BigInt can value go the general way, as do whales.
 */
import { leaveSlacks, nextLevel, type Thresholds } from '../margin/levels.ts';
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
import type { Unwired } from './unwired.ts';

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
const LINE = 8;
let lines = new Float64Array(0);

/** Copies the markets into `lines`, notes in their records that wires are as of now, and returns the highest rate of any. */
function fillLines(book: Book): number {
  const { count, fields: f } = book.markets;
  let rhoMax = 0;
  if (count * LINE > lines.length) lines = new Float64Array(count * LINE * 2);
  for (let market = 0; market < count; market++) {
    const m = market * MARKET_STRIDE;
    const line = market * LINE;
    const mark = f[m + MarketField.mark];
    const cursor = f[m + MarketField.cursor];
    const isGeneral = f[m + MarketField.entryBasis] === 1 || f[m + MarketField.wide] === 1;
    lines[line + Line.lo] = mark - cursor;
    lines[line + Line.hi] = mark + cursor;
    // NaN spreads to the sums of every bucket that holds the market, which sends it the general way.
    lines[line + Line.perLot] = isGeneral ? NaN : mark * f[m + MarketField.unit];
    lines[line + Line.funding] = f[m + MarketField.funding];
    lines[line + Line.tierFirst] = f[m + MarketField.tierStart];
    if (f[m + MarketField.rhoMax] > rhoMax) rhoMax = f[m + MarketField.rhoMax];
    f[m + MarketField.sweptMark] = mark;
    f[m + MarketField.sweptCursor] = cursor;
    if (mark === MARK_NONE) continue;
    f[m + MarketField.nearLo] = mark - cursor;
    f[m + MarketField.nearHi] = mark + cursor;
  }
  return rhoMax;
}

/** Evaluates every bucket that is flagged or has a wire behind its mark, and leaves it in `unwired`. Returns how many. */
export function sweep(book: Book, thresholds: Thresholds, unwired: Unwired, swept: Swept): number {
  const rhoMax = fillLines(book);
  const market = lines;
  const { buckets } = book;
  const bucketF = buckets.f64;
  const bucketI = buckets.i32;
  const { levels } = buckets;
  const { f64, i32 } = book.positions;
  const tiers = book.markets.tierTable;
  const { waiting, reaches, kept } = unwired.begin(buckets);
  let filled = 0;
  let reachMin = Infinity;
  let evaluated = 0;

  for (let bucket = 0, used = buckets.used; bucket < used; bucket++) {
    const b = bucket * BUCKET_I32;
    const flags = bucketI[b + BucketLink.flags];
    const start = bucketI[b + BucketLink.start];
    const end = start + bucketI[b + BucketLink.count];
    // How far marks are beyond wires, summed: |d| - d is 0 for every wire that is still ahead. Sums cost less than
    // branches that go either way.
    let behind = flags;
    for (let row = start; row < end; row++) {
      const m = ((i32[row * POSITION_I32 + PositionLink.tag] >>> 8) & 0xffff) * LINE;
      const f = row * POSITION_F64;
      const loAhead = market[m + Line.lo] - f64[f + PositionField.lo];
      const hiAhead = f64[f + PositionField.hi] - market[m + Line.hi];
      behind += Math.abs(loAhead) - loAhead + (Math.abs(hiAhead) - hiAhead);
    }
    if (behind === 0 || (flags & Flag.free) !== 0) continue;

    let equity = bucketF[bucket * BUCKET_F64 + BucketField.collateral];
    let maintenance = bucketF[bucket * BUCKET_F64 + BucketField.charge];
    let gross = Math.abs(equity) + maintenance;
    let notional = 0;
    // A flag of its own: setting `gross` to Infinity instead makes the loop half as slow again.
    let general = 0;
    for (let row = start; row < end; row++) {
      const f = row * POSITION_F64;
      const tag = i32[row * POSITION_I32 + PositionLink.tag];
      const m = ((tag >>> 8) & 0xffff) * LINE;
      const size = f64[f + PositionField.size];
      const cost = f64[f + PositionField.cost];
      const worth = size * market[m + Line.perLot];
      const base = Math.abs(worth);
      let t = ((market[m + Line.tierFirst] | 0) + (tag >>> TAG_TIER_SHIFT)) * TIER_STRIDE;
      while (base < tiers[t + TierField.floor]) t -= TIER_STRIDE;
      while (base >= tiers[t + TierField.next]) t += TIER_STRIDE;
      const scaled = base * tiers[t + TierField.num];
      if (scaled >= DIRECT_MAX) general = 1;
      maintenance += Math.ceil((scaled - tiers[t + TierField.cut]) / tiers[t + TierField.den]);
      const moved = market[m + Line.funding] - f64[f + PositionField.funding];
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
    evaluated++;
    if (general === 1 || !(gross <= FAST_MAX) || start === end) {
      const found = swept.judgeSwept(bucket);
      if (found === REACH_NONE) continue;
      bucketI[b + BucketLink.flags] = Flag.unwired;
      reaches[bucket] = found;
      waiting[filled++] = bucket;
      if (found < reachMin) reachMin = found;
      continue;
    }
    const was = levels[bucket];
    sums[Sum.equity] = equity;
    sums[Sum.maintenance] = maintenance;
    sums[Sum.notional] = notional;
    sums[Sum.notionalRate] = notional * rhoMax;
    const level = nextLevel(thresholds, was, sums);
    leaveSlacks(thresholds, level, sums);
    leaveReach(thresholds, level, end - start, sums);
    const reach = sums[Sum.reach];
    if (level !== was) swept.change(bucket, was, level);
    bucketI[b + BucketLink.flags] = Flag.unwired;
    reaches[bucket] = reach;
    waiting[filled++] = bucket;
    if (reach < reachMin) reachMin = reach;
    if (level >= Level.liquidatable) {
      kept[2 * bucket] = equity;
      kept[2 * bucket + 1] = maintenance;
    }
  }
  unwired.end(filled, reachMin);
  return evaluated;
}
