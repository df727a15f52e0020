/** Equity of a bucket alone: without tiers it is a third of the work of a valuation. */
import { accruedFunding, accruedFundingWide } from '../num/exact.ts';
import { SAFE_MAX } from '../num/units.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink } from '../state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { marketOfTag, POSITION_F64, POSITION_I32, PositionField, PositionLink } from '../state/positions.ts';
import { SIZE_FAST_MAX } from './valuation.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const MOST = SAFE_MAX;
const SIZE_MOST = SIZE_FAST_MAX;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const M_STRIDE = MARKET_STRIDE;
const { start: B_START, count: B_COUNT } = BucketLink;
const { collateral: B_COLLATERAL } = BucketField;
const { tag: P_TAG } = PositionLink;
const { size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { unit: M_UNIT, mark: M_MARK, funding: M_FUNDING } = MarketField;

/**
 * In money units, at the marks and funding indices in `markets`: fields as `Markets` has them, now or at another time. Exact where it passes
 * neither 2^53 nor what is summed on the way does; else from BigInt, rounded once.
 */
export function equityAt(book: Book, bucket: number, markets: Float64Array): number {
  const { f64, i32 } = book.positions;
  const start = book.buckets.i32[bucket * B_I32 + B_START];
  const end = start + book.buckets.i32[bucket * B_I32 + B_COUNT];
  let equity = book.buckets.f64[bucket * B_F64 + B_COLLATERAL];
  let gross = Math.abs(equity);
  for (let row = start; row < end; row++) {
    const f = row * P_F64;
    const m = ((i32[row * P_I32 + P_TAG] >>> 8) & 0xffff) * M_STRIDE;
    const size = f64[f + P_SIZE];
    const worth = size * markets[m + M_UNIT] * markets[m + M_MARK];
    const cost = f64[f + P_COST];
    const moved = markets[m + M_FUNDING] - f64[f + P_FUNDING];
    gross += Math.abs(worth) + Math.abs(cost);
    equity += worth - cost;
    if (moved === 0) continue;
    const accrued = accruedFunding(size, moved);
    gross += Math.abs(accrued);
    equity += accrued;
    if (Math.abs(size) >= SIZE_MOST || !Number.isSafeInteger(moved)) gross = Infinity;
  }
  // Every sum on the way was smaller than that, so all of them were exact.
  return gross <= MOST ? equity : Number(equityWide(book, bucket, markets));
}

function equityWide({ buckets, positions }: Book, bucket: number, markets: Float64Array): bigint {
  const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  let equity = BigInt(buckets.f64[bucket * BUCKET_F64 + BucketField.collateral]);
  for (let row = start; row < end; row++) {
    const f = row * POSITION_F64;
    const m = marketOfTag(positions.i32[row * POSITION_I32 + PositionLink.tag]) * MARKET_STRIDE;
    const size = positions.f64[f + PositionField.size];
    const moved = BigInt(markets[m + MarketField.funding]) - BigInt(positions.f64[f + PositionField.funding]);
    equity +=
      BigInt(size) * BigInt(markets[m + MarketField.unit]) * BigInt(markets[m + MarketField.mark]) -
      BigInt(positions.f64[f + PositionField.cost]) +
      accruedFundingWide(size, moved);
  }
  return equity;
}
