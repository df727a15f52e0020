/**
 * At which mark of one market, all other marks as they are, a bucket would become liquidatable or bankrupt: shown to people,
 * never used as a trigger. Exact: the answer is a mark tick at which the condition holds, while at the tick before it, seen
 * from the present mark, it does not.
 *
 *   cross, hedge legs and tiers are all in here: the excess as a function of this one mark is piecewise linear with
 *   knees where a leg changes tier; each piece is solved, and only a root inside its own piece counts.
 *
 * The search goes over marks as they come in, whatever the market's form, so that an answer lies on the outer grid and has its
 * rounding in it. It goes against the position first (down for a net long, up for a net short or an even hedge), then the other
 * way. For a bucket that is liquidatable already the answer is the nearest mark at which it would not be, less one tick.
 */
import type { Book } from '../state/book.ts';
import { MARK_MAX, type MarketRow } from '../num/units.ts';
import { slackWide, type Thresholds } from './levels.ts';
import { valueWide, type BucketValue, type PositionValue } from './valuation-wide.ts';
import { ceilDiv, floorDiv } from '../num/exact.ts';
import { Level } from '../schema/levels.ts';

/** `price` in mark ticks, as marks come in; null with a reason where no mark does it: of an inverse short often none. */
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
  const marks = marksOf(book, market as MarketRow);
  const at = (mark: bigint): boolean => isBreached(...revalue(book, value, legs, marks.inside(mark)));
  const now = BigInt(book.markets.mark(market as MarketRow));
  const net = legs.reduce((sum, leg) => sum + leg.size, 0n) * BigInt(book.markets.sign(market as MarketRow));
  const against = net > 0n ? -1n : 1n;
  const knees = kneesOf(book, legs, marks);
  const change = (direction: bigint, was: boolean): Change | null =>
    firstChange(at, now, direction, direction > 0n ? marks.last : marks.first, knees, was);
  if (at(now)) {
    // Where it would stop being breached: the way back is in the position's favour.
    const better = change(-against, true) ?? change(against, true);
    return { price: better === null ? null : Number(better.before), reason: already };
  }
  const worse = change(against, false) ?? change(-against, false);
  return worse === null
    ? { price: null, reason: 'no_price_is_bad_enough' }
    : { price: Number(worse.after), reason: null };
}

/** The marks there can be in one market, and what they are inside. */
interface Marks {
  readonly first: bigint;
  readonly last: bigint;
  /** Where the way inside turns round: a greater mark is a smaller one there. */
  readonly isTurned: boolean;
  /** Inside it is the same number. */
  readonly isSame: boolean;
  inside(mark: bigint): bigint;
}

function marksOf(book: Book, market: MarketRow): Marks {
  const inside = (mark: bigint): bigint => BigInt(book.markets.inside(market, Number(mark)));
  const isTurned = book.markets.sign(market) === -1;
  const isSame = book.markets.terms[market] === null;
  const isMark = (mark: bigint): boolean => inside(mark) !== 0n;
  const now = BigInt(book.markets.mark(market));
  return {
    first: outermost(isMark, now, 1n),
    last: outermost(isMark, now, BigInt(MARK_MAX)),
    isTurned,
    isSame,
    inside,
  };
}

/** The mark nearest to `limit`, from one that is fit, that still is. */
function outermost(isFit: (mark: bigint) => boolean, from: bigint, limit: bigint): bigint {
  if (isFit(limit)) return limit;
  let [fit, unfit] = [from, limit];
  while (unfit - fit !== 1n && unfit - fit !== -1n) {
    const middle = (fit + unfit) / 2n;
    if (isFit(middle)) fit = middle;
    else unfit = middle;
  }
  return fit;
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
    const unit = BigInt(book.markets.unit(leg.market as MarketRow));
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

/** Marks around which some leg changes tier, ascending: the last before an edge and the first beyond it. */
function kneesOf(book: Book, legs: readonly PositionValue[], marks: Marks): bigint[] {
  const knees = new Set<bigint>();
  for (const leg of legs) {
    const size = leg.size < 0n ? -leg.size : leg.size;
    const perTick = size * BigInt(book.markets.unit(leg.market as MarketRow));
    for (const { floor } of book.markets.lines[leg.market]) {
      if (floor === 0) continue;
      const edge = ceilDiv(BigInt(floor), perTick);
      const isBeyond = (mark: bigint): boolean => marks.inside(mark) >= edge;
      const [low, high] = marks.isTurned ? [marks.last, marks.first] : [marks.first, marks.last];
      if (isBeyond(low) || !isBeyond(high)) continue;
      // Where marks are inside what they are outside there is nothing to look for.
      const before = marks.isSame ? edge - 1n : outermost((mark) => !isBeyond(mark), low, high);
      knees.add(before).add(marks.isTurned ? before - 1n : before + 1n);
    }
  }
  return [...knees].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

interface Change {
  readonly before: bigint;
  readonly after: bigint;
}

/**
 * Walks from `from` in `direction` piece by piece to the first mark where the condition changes. Inside a piece the excess
 * is a line but for roundings, so its condition changes at most once, or it is found at the piece's far end.
 */
function firstChange(
  at: (mark: bigint) => boolean,
  from: bigint,
  direction: bigint,
  end: bigint,
  knees: readonly bigint[],
  was: boolean,
): Change | null {
  const stops = knees.filter((knee) =>
    direction > 0n ? knee > from && knee < end : knee < from && knee > end,
  );
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
