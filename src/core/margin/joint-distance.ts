/**
 * How far a bucket is from liquidation when all marks move together: the smallest |x| such that at marks * (1 + x) it
 * would be liquidatable, in either direction. A share of the mark (0.013 is 1.3 %), a double for display and ranking; the
 * exact trigger is the level itself. Infinity where no fall, and no rise up to `RISE_MAX`, gets there.
 *
 * With z = 1 + x, equity is linear in z and maintenance piecewise linear, with a knee where a position's tier changes. What is
 * held in inverse markets goes with 1/z: there a lot is worth W/z. Roundings are left out. Both directions are walked knee by
 * knee to the first root of  fixed + rising * z + falling / z.
 */
import type { MarketRow } from '../num/units.ts';
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
    segment(book, bucket, direction, x);
    const { knee } = out;
    const root = rootFrom(direction, x);
    if (root <= knee) return root <= limit ? root : Infinity;
    if (knee >= limit) return Infinity;
    x = knee;
  }
}

/** Excess as a function of z around an x, and the next x at which some position changes tier. */
const out = { fixed: 0, rising: 0, falling: 0, knee: Infinity };

/** The first x from `x` on at which the excess of `out` is negative or about to be. */
function rootFrom(direction: 1 | -1, x: number): number {
  const { fixed, rising, falling } = out;
  const z = 1 + direction * x;
  if (falling === 0) {
    const excess = fixed + rising * z;
    const slope = rising * direction;
    return excess < 0 ? x : slope < 0 ? x - excess / slope : Infinity;
  }
  // At z = 0 an inverse lot is worth more than anything.
  if (z <= 0) return falling < 0 ? x : Infinity;
  if (fixed + rising * z + falling / z < 0) return x;
  // Times z, which is positive: a parabola, whose roots are taken without cancellation.
  const discriminant = fixed * fixed - 4 * rising * falling;
  if (discriminant < 0) return Infinity;
  const q = -(fixed + (fixed < 0 ? -1 : 1) * Math.sqrt(discriminant)) / 2;
  let first = Infinity;
  for (const root of [rising === 0 ? Infinity : q / rising, q === 0 ? Infinity : falling / q]) {
    const at = (root - 1) * direction;
    if (root > 0 && at >= x && at < first) first = at;
  }
  return first;
}

/** Leaves the excess at `x` and just beyond in `out`. */
function segment(book: Book, bucket: number, direction: 1 | -1, x: number): void {
  const { f64, i32 } = book.positions;
  const markets = book.markets.fields;
  const tiers = book.markets.tierTable;
  const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  const z = 1 + direction * x;
  let fixed =
    book.buckets.f64[bucket * BUCKET_F64 + BucketField.collateral] -
    book.buckets.f64[bucket * BUCKET_F64 + BucketField.charge];
  let rising = 0;
  let falling = 0;
  let knee = Infinity;
  for (let row = start; row < end; row++) {
    const f = row * POSITION_F64;
    const market = marketOfTag(i32[row * POSITION_I32 + PositionLink.tag]);
    const m = market * MARKET_STRIDE;
    const size = f64[f + PositionField.size];
    const cost = f64[f + PositionField.cost];
    const isInverse = book.markets.sign(market as MarketRow) === -1;
    const worth = size * markets[m + MarketField.unit] * markets[m + MarketField.mark];
    const moved = markets[m + MarketField.funding] - f64[f + PositionField.funding];
    fixed += (moved === 0 ? 0 : accruedFunding(size, moved)) - cost;
    const entryBasis = markets[m + MarketField.entryBasis] === 1;
    const now = Math.abs(worth);
    const base = entryBasis ? Math.abs(cost) : isInverse ? now / z : now * z;
    // The worth of a lot grows the way its price goes, of an inverse one the other way. At a knee the tier beyond it counts.
    const grows = isInverse ? -direction : direction;
    let t = markets[m + MarketField.tierStart] * TIER_STRIDE;
    const last = t + (markets[m + MarketField.tierCount] - 1) * TIER_STRIDE;
    const nudge = entryBasis ? 0 : grows * base * 1e-12;
    while (t < last && base + nudge >= tiers[t + TierField.next]) t += TIER_STRIDE;
    const rate = tiers[t + TierField.rho];
    fixed += tiers[t + TierField.cut] / tiers[t + TierField.den];
    if (entryBasis) fixed -= base * rate;
    const perZ = entryBasis ? worth : worth - now * rate;
    if (isInverse) falling += perZ;
    else rising += perZ;
    if (entryBasis) continue;
    const edge = grows > 0 ? tiers[t + TierField.next] : tiers[t + TierField.floor];
    const at = ((isInverse ? now / edge : edge / now) - 1) * direction;
    if (at > x && at < knee) knee = at;
  }
  out.fixed = fixed;
  out.rising = rising;
  out.falling = falling;
  out.knee = knee;
}
