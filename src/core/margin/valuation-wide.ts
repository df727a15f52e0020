/**
 * Equity and maintenance of one bucket in BigInt: for whales beyond 2^48 money units, for reports, and for ties. Positions are as
 * inside: those of inverse markets turned round, their marks the worth of a lot (`state/forms.ts`).
 */
import { accruedFundingWide, ceilDiv } from '../num/exact.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink } from '../state/buckets.ts';
import type { TierLine } from '../state/tier-table.ts';
import {
  legOfTag,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../state/positions.ts';

export interface PositionValue {
  readonly market: number;
  readonly leg: number;
  readonly size: bigint;
  readonly cost: bigint;
  readonly mark: bigint;
  readonly notional: bigint;
  readonly fundingAtEntry: bigint;
  readonly accrued: bigint;
  /** What its tier goes by: the notional, or what it cost. */
  readonly base: bigint;
  readonly tier: number;
  readonly line: TierLine;
  readonly maintenance: bigint;
}

export interface BucketValue {
  readonly collateral: bigint;
  readonly charge: bigint;
  readonly equity: bigint;
  readonly maintenance: bigint;
  readonly positions: readonly PositionValue[];
}

export function valueWide(book: Book, bucket: number): BucketValue {
  const collateral = BigInt(book.buckets.f64[bucket * BUCKET_F64 + BucketField.collateral]);
  const charge = BigInt(book.buckets.f64[bucket * BUCKET_F64 + BucketField.charge]);
  const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const count = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  const positions: PositionValue[] = [];
  let equity = collateral;
  let maintenance = charge;
  for (let row = start; row < start + count; row++) {
    const position = valuePosition(book, row);
    equity +=
      position.size * position.mark * unitOf(book, position.market) - position.cost + position.accrued;
    maintenance += position.maintenance;
    positions.push(position);
  }
  return { collateral, charge, equity, maintenance, positions };
}

function valuePosition(book: Book, row: number): PositionValue {
  const tag = book.positions.i32[row * POSITION_I32 + PositionLink.tag];
  const market = marketOfTag(tag);
  const f = row * POSITION_F64;
  const f64 = book.positions.f64;
  const size = BigInt(f64[f + PositionField.size]);
  const cost = BigInt(f64[f + PositionField.cost]);
  const fundingAtEntry = BigInt(f64[f + PositionField.funding]);
  const mark = BigInt(book.markets.markInside(market as never));
  const notional = abs(size) * mark * unitOf(book, market);
  const accrued = accruedFundingWide(
    Number(size),
    BigInt(book.markets.fundingInside(market as never)) - fundingAtEntry,
  );
  const base = book.markets.specs[market].basis === 1 ? abs(cost) : notional;
  const lines = book.markets.lines[market];
  let tier = lines.length - 1;
  while (base < BigInt(lines[tier].floor)) tier--;
  const line = lines[tier];
  const maintenance = ceilDiv(base * line.num - line.cut, line.den);
  return {
    market,
    leg: legOfTag(tag),
    size,
    cost,
    mark,
    notional,
    fundingAtEntry,
    accrued,
    base,
    tier,
    line,
    maintenance,
  };
}

function unitOf(book: Book, market: number): bigint {
  return BigInt(book.markets.unit(market as never));
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
