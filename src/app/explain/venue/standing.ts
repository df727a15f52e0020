/** How an account stands: one position and the bucket that it is in, as decimals. */
import type { Engine } from '../../../core/engine/engine.ts';
import { valueWide, type PositionValue } from '../../../core/margin/valuation-wide.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import { placeOf } from '../../../core/state/buckets.ts';
import type { Units } from '../units.ts';

export interface Standing {
  readonly position: PositionText | null;
  readonly collateral: string;
  readonly equity: string;
  readonly maintenance: string;
  readonly level: string;
}

export interface PositionText {
  readonly market: string;
  readonly size: string;
  readonly entryPrice: string;
  readonly costBasis: string;
  readonly mark: string;
  readonly notional: string;
  readonly maintenance: string;
}

const NOTHING = { position: null, collateral: '0', equity: '0', maintenance: '0', level: 'safe' };

/** Of the bucket that holds, or would hold, the position. */
export function standingOf(
  engine: Engine,
  units: Units,
  account: number,
  isolated: boolean,
  market: number,
  leg: number,
): Standing {
  const { book } = engine;
  const bucket = isolated ? book.findBucket(account, placeOf(true, market, leg)) : book.cross[account];
  if (bucket === BUCKET_NONE || bucket === undefined) return NOTHING;
  const { collateral, equity, maintenance, positions } = valueWide(book, bucket);
  const position = positions.find((one) => one.market === market && one.leg === leg);
  return {
    position: position === undefined ? null : positionText(engine, units, position),
    collateral: units.amount(collateral),
    equity: units.amount(equity),
    maintenance: units.amount(maintenance),
    level: LEVEL_NAMES[book.buckets.level(bucket)],
  };
}

/** All positions of a bucket. */
export function positionsOf(engine: Engine, units: Units, bucket: number): PositionText[] {
  return valueWide(engine.book, bucket).positions.map((one) => positionText(engine, units, one));
}

function positionText({ book }: Engine, units: Units, value: PositionValue): PositionText {
  const { market, size, cost, notional, maintenance } = value;
  const sign = BigInt(book.markets.sign(market as never));
  return {
    market: units.market(market),
    size: units.size(market, sign * size),
    entryPrice: units.entryPrice(market, sign * cost, sign * size),
    costBasis: units.amount(sign * cost),
    mark: units.mark(market, book.markets.mark(market as never)),
    notional: units.amount(notional),
    maintenance: units.amount(maintenance),
  };
}
