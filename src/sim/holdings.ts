/** What an engine's buckets hold, read row by row: for laws and traders, who look at all of it. */
import type { Engine } from '../core/engine/engine.ts';
import type { MarketRow } from '../core/num/units.ts';
import type { Leg } from '../core/schema/commands.ts';
import { BUCKET_I32, BucketLink, Flag } from '../core/state/buckets.ts';
import {
  legOfTag,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../core/state/positions.ts';

/** Sizes, costs and funding indices are as inside. */
export interface Holding {
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly size: number;
  readonly cost: number;
  readonly entry: number;
}

export function* openBuckets({ book }: Pick<Engine, 'book'>): Generator<number> {
  const { buckets } = book;
  for (let bucket = 0; bucket < buckets.used; bucket++)
    if ((buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) === 0) yield bucket;
}

export function positionsOf({ book }: Pick<Engine, 'book'>, bucket: number): Holding[] {
  const { buckets, positions } = book;
  const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const found: Holding[] = [];
  for (let row = start; row < start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count]; row++) {
    const tag = positions.i32[row * POSITION_I32 + PositionLink.tag];
    found.push({
      market: marketOfTag(tag) as MarketRow,
      leg: legOfTag(tag) as Leg,
      size: positions.f64[row * POSITION_F64 + PositionField.size],
      cost: positions.f64[row * POSITION_F64 + PositionField.cost],
      entry: positions.f64[row * POSITION_F64 + PositionField.funding],
    });
  }
  return found;
}
