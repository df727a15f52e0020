/**
 * At which mark of one market, all other marks as they are, a bucket would become liquidatable or bankrupt: shown to people,
 * never used as a trigger. Exact: the answer is a mark tick at which the condition holds, while at the tick before it, seen
 * from the present mark, it does not.
 *
 *   cross, hedge legs and tiers are all in here: the excess as a function of this one mark is piecewise linear with
 *   knees where a leg changes tier; each piece is solved, and only a root inside its own piece counts.
 *
 * The search goes against the position first (down for a net long, up for a net short or an even hedge), then the other
 * way. For a bucket that is liquidatable already the answer is the nearest mark at which it would not be, less one tick.
 */
import type { Book } from '../state/book.ts';
import { MARK_MAX } from '../num/units.ts';
import { slackWide, type Thresholds } from './levels.ts';
import { valueWide, type BucketValue, type PositionValue } from './valuation-wide.ts';
import { ceilDiv, floorDiv } from '../num/exact.ts';
import { Level } from '../schema/levels.ts';

/** `price` in mark ticks; null with a reason where no mark does it. */
export interface PriceAnswer {
  readonly price: number | null;
  readonly reason: PriceReason | null;
}
export type PriceReason =
  | 'already_liquidatable'
  | 'already_bankrupt'
  | 'no_price_is_bad_enough'
  | 'no_position';

/** The first liquidatable mark of `market` for this bucket. */
export function liquidationPrice(
  book: Book,
  thresholds: Thresholds,
  bucket: number,
  market: number,
): PriceAnswer {
  const threshold = thresholds.enter[Level.liquidatable - 1];
  return firstBreach(
    book,
    bucket,
    market,
    (equity, maintenance) => slackWide(threshold, equity, maintenance) < 0n,
    'already_liquidatable',
  );
}

/** The first mark of `market` at which the bucket's equity would be negative. */
export function bankruptcyPrice(book: Book, bucket: number, market: number): PriceAnswer {
  return firstBreach(book, bucket, market, (equity) => equity < 0n, 'already_bankrupt');
}

type Condition = (equity: bigint, maintenance: bigint) => boolean;

function firstBreach(
  book: Book,
  bucket: number,
  market: number,
  isBreached: Condition,
  already: PriceReason,
): PriceAnswer {
  const value = valueWide(book, bucket);
  const legs = value.positions.filter((position) => position.market === market);
  if (legs.length === 0) return { price: null, reason: 'no_position' };
  const at = (mark: bigint): boolean => isBreached(...revalue(book, value, legs, mark));
  const now = legs[0].mark;
  const net = legs.reduce((sum, leg) => sum + leg.size, 0n);
  const against = net > 0n ? -1n : 1n;
  const knees = kneesOf(book, legs);
  if (at(now)) {
    // Where it would stop being breached: the way back is in the position's favour.
    const better = firstChange(at, now, -against, knees, true) ?? firstChange(at, now, against, knees, true);
    return { price: better === null ? null : Number(better.before), reason: already };
  }
  const worse = firstChange(at, now, against, knees, false) ?? firstChange(at, now, -against, knees, false);
  return worse === null
    ? { price: null, reason: 'no_price_is_bad_enough' }
    : { price: Number(worse.after), reason: null };
}

/** Equity and maintenance with this market's legs at `mark`. */
function revalue(
  book: Book,
  value: BucketValue,
  legs: readonly PositionValue[],
  mark: bigint,
): [bigint, bigint] {
  let { equity, maintenance } = value;
  for (const leg of legs) {
    const spec = book.markets.specs[leg.market];
    const unit = BigInt(spec.markUnit);
    equity += leg.size * (mark - leg.mark) * unit;
    if (spec.basis === 1) continue;
    const notional = (leg.size < 0n ? -leg.size : leg.size) * mark * unit;
    const lines = book.markets.lines[leg.market];
    let tier = lines.length - 1;
    while (notional < BigInt(lines[tier].floor)) tier--;
    maintenance += ceilDiv(notional * lines[tier].num - lines[tier].cut, lines[tier].den) - leg.maintenance;
  }
  return [equity, maintenance];
}

/** Marks at which some leg enters a tier, ascending. */
function kneesOf(book: Book, legs: readonly PositionValue[]): bigint[] {
  const knees = new Set<bigint>();
  for (const leg of legs) {
    const perTick = (leg.size < 0n ? -leg.size : leg.size) * BigInt(book.markets.specs[leg.market].markUnit);
    for (const { floor } of book.markets.lines[leg.market])
      if (floor > 0) knees.add(ceilDiv(BigInt(floor), perTick));
  }
  return [...knees].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * Walks from `from` in `direction` piece by piece to the first mark where the condition changes. Inside a piece the excess
 * is a line but for roundings, so its condition changes at most once, or it is found at the piece's far end.
 */
function firstChange(
  at: (mark: bigint) => boolean,
  from: bigint,
  direction: bigint,
  knees: readonly bigint[],
  was: boolean,
): { before: bigint; after: bigint } | null {
  const end = direction > 0n ? BigInt(MARK_MAX) : 1n;
  const stops = knees
    .flatMap((knee) => [knee - 1n, knee])
    .filter((knee) => (direction > 0n ? knee > from && knee < end : knee < from && knee > end));
  if (direction < 0n) stops.reverse();
  let near = from;
  for (const stop of [...stops, end]) {
    if (at(stop) !== was) {
      let far = stop;
      while (far - near !== direction) {
        const middle = near + floorDiv((far - near) * direction, 2n) * direction;
        if (at(middle) === was) near = middle;
        else far = middle;
      }
      return { before: near, after: far };
    }
    near = stop;
  }
  return null;
}
