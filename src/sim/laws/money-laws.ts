/**
 * Money, to the unit: what all accounts have is what was paid in less what was paid out.
 *
 *   sum( collateral - cost basis )  +  accrued funding, exactly  +  dust  =  deposits - withdrawals
 *
 * in parts of FUNDING_SCALE of a money unit. And nobody is long of what nobody is short of.
 */
import type { Engine } from '../../core/engine/engine.ts';
import { Form } from '../../core/schema/commands.ts';
import { FUNDING_SCALE, type MarketRow } from '../../core/num/units.ts';
import { TransferWhy, VenueEvent } from '../../core/schema/venue-events.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink, Flag } from '../../core/state/buckets.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../../core/state/positions.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { demand } from './law.ts';

const SCALE = BigInt(FUNDING_SCALE);

export class MoneyLaws {
  /** Deposits less withdrawals so far: money units, and lots of each asset. */
  #paidIn = 0n;
  readonly #assets = new Map<number, bigint>();

  follow({ events }: Exchange): void {
    for (let row = 0; row < events.count; row++) {
      const kind = events.kind(row);
      const why = events.field(row, kind === VenueEvent.asset ? 3 : 5);
      if (why !== TransferWhy.deposit && why !== TransferWhy.withdrawal) continue;
      if (kind === VenueEvent.transfer) this.#paidIn += BigInt(events.field(row, 4));
      if (kind !== VenueEvent.asset) continue;
      const market = events.field(row, 1);
      this.#assets.set(market, (this.#assets.get(market) ?? 0n) + BigInt(events.field(row, 2)));
    }
  }

  judge(exchange: Exchange): void {
    const { engine } = exchange;
    const { markets } = engine.book;
    const long: bigint[] = [];
    const short: bigint[] = [];
    let parts = 0n;
    let dust = 0;
    for (let market = 0; market < markets.count; market++) {
      long.push(0n);
      short.push(0n);
      const rest = exchange.venue.listings[market]?.dust ?? 0;
      demand(
        Number.isInteger(rest) && rest >= 0 && rest < FUNDING_SCALE,
        () => `dust of market ${market} is ${rest}`,
      );
      dust += rest;
    }
    for (const bucket of openBuckets(engine)) {
      parts += BigInt(engine.book.collateral(bucket)) * SCALE;
      for (const { market, size, cost, entry } of positionsOf(engine, bucket)) {
        if (markets.terms[market]?.form === Form.collateral) {
          long[market] += BigInt(size);
          continue;
        }
        parts -=
          BigInt(cost) * SCALE + BigInt(size) * (BigInt(markets.fundingInside(market)) - BigInt(entry));
        if (size > 0) long[market] += BigInt(size);
        else short[market] -= BigInt(size);
      }
    }
    for (const [market, lots] of long.entries()) {
      const isAsset = markets.terms[market]?.form === Form.collateral;
      const other = isAsset ? (this.#assets.get(market) ?? 0n) : short[market];
      demand(
        lots === other,
        () => `market ${market} is long ${lots}, and ${other} ${isAsset ? 'were paid in' : 'short'}`,
      );
    }
    const wanted = this.#paidIn * SCALE;
    demand(
      parts + BigInt(dust) === wanted,
      () =>
        `accounts hold ${parts} and dust is ${dust}, paid in was ${wanted}: ${parts + BigInt(dust) - wanted} too much, in parts of ${FUNDING_SCALE}`,
    );
  }
}

export function* openBuckets({ book }: Engine): Generator<number> {
  const { buckets } = book;
  for (let bucket = 0; bucket < buckets.used; bucket++)
    if ((buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) === 0) yield bucket;
}

/** Sizes, costs and indices as inside. */
export function positionsOf(
  { book }: Engine,
  bucket: number,
): { market: MarketRow; size: number; cost: number; entry: number; tag: number }[] {
  const { buckets, positions } = book;
  const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const found = [];
  for (let row = start; row < start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count]; row++) {
    const tag = positions.i32[row * POSITION_I32 + PositionLink.tag];
    found.push({
      tag,
      market: marketOfTag(tag) as MarketRow,
      size: positions.f64[row * POSITION_F64 + PositionField.size],
      cost: positions.f64[row * POSITION_F64 + PositionField.cost],
      entry: positions.f64[row * POSITION_F64 + PositionField.funding],
    });
  }
  return found;
}

export function collateralOf({ book }: Engine, bucket: number): number {
  return book.buckets.f64[bucket * BUCKET_F64 + BucketField.collateral];
}
