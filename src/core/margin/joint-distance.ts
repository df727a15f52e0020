/**
 * How far a bucket is from liquidation when all marks move together: the smallest |x| such that at marks * (1 + x) it
 * would be liquidatable, in either direction. A share of the mark (0.013 is 1.3 %), a double for display and ranking; the
 * exact trigger is the level itself. Infinity where no fall, and no rise up to `RISE_MAX`, gets there.
 *
 * Equity is linear in x and maintenance piecewise linear, with a knee where a position's tier changes; roundings are
 * left out. Both directions are walked knee by knee to the first root.
 */
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink } from '../state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { marketOfTag, POSITION_F64, POSITION_I32, PositionField, PositionLink } from '../state/positions.ts';
import { TIER_STRIDE, TierField } from '../state/tier-table.ts';
import { accruedFunding } from '../num/exact.ts';

export const RISE_MAX = 16;

export function jointDistance(book: Book, bucket: number): number {
  const fall = firstRoot(book, bucket, -1);
  const rise = firstRoot(book, bucket, 1);
  return fall < rise ? fall : rise;
}

/** Smallest x >= 0 at which excess turns negative when marks move by `direction * x`. */
function firstRoot(book: Book, bucket: number, direction: 1 | -1): number {
  const limit = direction < 0 ? 1 : RISE_MAX;
  let x = 0;
  for (;;) {
    const { excess, slope, knee } = segment(book, bucket, direction, x);
    if (excess < 0) return x;
    if (slope < 0) {
      const root = x - excess / slope;
      if (root <= knee) return root <= limit ? root : Infinity;
    }
    if (knee >= limit) return Infinity;
    x = knee;
  }
}

const out = { excess: 0, slope: 0, knee: Infinity };

/** Excess at `x`, its slope just beyond, and the next x at which some position changes tier. */
function segment(book: Book, bucket: number, direction: 1 | -1, x: number): typeof out {
  const { f64, i32 } = book.positions;
  const markets = book.markets.fields;
  const tiers = book.markets.tierTable;
  const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  let excess =
    book.buckets.f64[bucket * BUCKET_F64 + BucketField.collateral] -
    book.buckets.f64[bucket * BUCKET_F64 + BucketField.charge];
  let slope = 0;
  let knee = Infinity;
  for (let row = start; row < end; row++) {
    const f = row * POSITION_F64;
    const m = marketOfTag(i32[row * POSITION_I32 + PositionLink.tag]) * MARKET_STRIDE;
    const size = f64[f + PositionField.size];
    const cost = f64[f + PositionField.cost];
    const worth = size * markets[m + MarketField.unit] * markets[m + MarketField.mark];
    const moved = markets[m + MarketField.funding] - f64[f + PositionField.funding];
    excess += worth * (1 + direction * x) - cost + (moved === 0 ? 0 : accruedFunding(size, moved));
    slope += worth * direction;
    const entryBasis = markets[m + MarketField.entryBasis] === 1;
    const now = Math.abs(worth);
    const base = entryBasis ? Math.abs(cost) : now * (1 + direction * x);
    // At a knee the tier beyond it counts: the upper one going up, the lower one going down.
    let t = markets[m + MarketField.tierStart] * TIER_STRIDE;
    const last = t + (markets[m + MarketField.tierCount] - 1) * TIER_STRIDE;
    const nudge = entryBasis ? 0 : direction * base * 1e-12;
    while (t < last && base + nudge >= tiers[t + TierField.next]) t += TIER_STRIDE;
    const rate = tiers[t + TierField.rho];
    excess -= base * rate - tiers[t + TierField.cut] / tiers[t + TierField.den];
    if (entryBasis) continue;
    slope -= now * rate * direction;
    const edge = direction > 0 ? tiers[t + TierField.next] : tiers[t + TierField.floor];
    const at = (edge / now - 1) * direction;
    if (at > x && at < knee) knee = at;
  }
  out.excess = excess;
  out.slope = slope;
  out.knee = knee;
  return out;
}
