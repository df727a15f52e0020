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
import type { Terms } from '../state/forms.ts';
import { slackWide, type Thresholds } from './levels.ts';
import { valueWide, type BucketValue, type PositionValue } from './valuation-wide.ts';
import { ceilDiv } from '../num/exact.ts';
import { Level, type Threshold } from '../schema/levels.ts';

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
  return liquidationPriceOf(book, thresholds, valueWide(book, bucket), market);
}

/** The first mark of `market` at which the bucket's equity would be negative. */
export function bankruptcyPrice(book: Book, bucket: number, market: number): PriceAnswer {
  return bankruptcyPriceOf(book, valueWide(book, bucket), market);
}

/** For who has the bucket's value already. */
export function liquidationPriceOf(
  book: Book,
  thresholds: Thresholds,
  value: BucketValue,
  market: number,
): PriceAnswer {
  return firstBreach(book, value, market, thresholds.enter[Level.liquidatable - 1], 'already_liquidatable');
}

export function bankruptcyPriceOf(book: Book, value: BucketValue, market: number): PriceAnswer {
  return firstBreach(book, value, market, null, 'already_bankrupt');
}

/** Of a threshold; null: where equity alone is negative. */
function firstBreach(
  book: Book,
  value: BucketValue,
  market: number,
  threshold: Threshold | null,
  already: PriceReason,
): PriceAnswer {
  const legs = value.positions.filter((position) => position.market === market);
  if (legs.length === 0) return { price: null, reason: 'no_position' };
  const marks = marksOf(book, market as MarketRow);
  const at = (mark: bigint): bigint => slackAt(book, value, legs, marks.inside(mark), threshold);
  const now = BigInt(book.markets.mark(market as MarketRow));
  const net = legs.reduce((sum, leg) => sum + leg.size, 0n) * BigInt(book.markets.sign(market as MarketRow));
  const against = net > 0n ? -1n : 1n;
  // Equity is a line all along: what bends is maintenance.
  const knees = threshold === null ? [] : kneesOf(book, legs, marks);
  const change = (direction: bigint, was: boolean): Change | null =>
    firstChange(at, marks, now, direction, knees, was);
  if (at(now) < 0n) {
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
  /** About the mark that is this inside. */
  outside(inner: bigint): bigint;
}

function marksOf(book: Book, market: MarketRow): Marks {
  const terms = book.markets.terms[market];
  if (terms === null) return SAME;
  const inside = (mark: bigint): bigint => BigInt(terms.inside(Number(mark)));
  const isTurned = terms.sign === -1;
  const now = BigInt(book.markets.mark(market));
  const then = inside(now);
  let range = ranges.get(terms);
  if (range === undefined) {
    const isMark = (mark: bigint): boolean => inside(mark) !== 0n;
    range = { first: outermost(isMark, now, 1n), last: outermost(isMark, now, BigInt(MARK_MAX)) };
    ranges.set(terms, range);
  }
  return {
    ...range,
    isTurned,
    isSame: false,
    inside,
    outside: (inner) => (isTurned ? (now * then) / inner : (inner * now) / then),
  };
}

const SAME: Marks = {
  first: 1n,
  last: BigInt(MARK_MAX),
  isTurned: false,
  isSame: true,
  inside: (mark) => mark,
  outside: (inner) => inner,
};

/** Of marks that are some inside: it takes a search, and is always the same. */
const ranges = new WeakMap<Terms, Pick<Marks, 'first' | 'last'>>();

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

/** What is left before the breach with this market's legs at `mark`: breached where it is negative. */
function slackAt(
  book: Book,
  value: BucketValue,
  legs: readonly PositionValue[],
  mark: bigint,
  threshold: Threshold | null,
): bigint {
  let { equity, maintenance } = value;
  for (const leg of legs) {
    const unit = BigInt(book.markets.unit(leg.market as MarketRow));
    equity += leg.size * (mark - leg.mark) * unit;
    if (threshold === null || book.markets.specs[leg.market].basis === 1) continue;
    const notional = (leg.size < 0n ? -leg.size : leg.size) * mark * unit;
    const lines = book.markets.lines[leg.market];
    let tier = lines.length - 1;
    while (notional < BigInt(lines[tier].floor)) tier--;
    maintenance += ceilDiv(notional * lines[tier].num - lines[tier].cut, lines[tier].den) - leg.maintenance;
  }
  return threshold === null ? equity : slackWide(threshold, equity, maintenance);
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
      const short = (mark: bigint): bigint => marks.inside(mark) - edge;
      const [low, high] = marks.isTurned ? [marks.last, marks.first] : [marks.first, marks.last];
      if (short(low) >= 0n || short(high) < 0n) continue;
      // Where marks are inside what they are outside there is nothing to look for.
      if (marks.isSame) knees.add(edge - 1n).add(edge);
      else {
        const { before, after } = changeBetween(short, marks, placeAt(short, low), placeAt(short, high));
        knees.add(before).add(after);
      }
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
  at: SlackAt,
  marks: Marks,
  from: bigint,
  direction: bigint,
  knees: readonly bigint[],
  was: boolean,
): Change | null {
  const end = direction > 0n ? marks.last : marks.first;
  const stops = knees.filter((knee) =>
    direction > 0n ? knee > from && knee < end : knee < from && knee > end,
  );
  if (direction < 0n) stops.reverse();
  let near = placeAt(at, from);
  for (const mark of [...stops, end]) {
    const stop = placeAt(at, mark);
    if (isBreached(stop) !== was) return changeBetween(at, marks, near, stop);
    near = stop;
  }
  return null;
}

type SlackAt = (mark: bigint) => bigint;

interface Place {
  readonly mark: bigint;
  readonly slack: bigint;
}

function placeAt(at: SlackAt, mark: bigint): Place {
  return { mark, slack: at(mark) };
}

function isBreached({ slack }: Place): boolean {
  return slack < 0n;
}

const WIDENING = 64n;

/**
 * The one change between two marks. It is looked for where a line through both has its zero, and then close to that: of what is a line
 * but for roundings it is found at once. Where it is not so, each look is further from the line than the one before.
 */
function changeBetween(at: SlackAt, marks: Marks, near: Place, far: Place): Change {
  const was = isBreached(near);
  const direction = far.mark > near.mark ? 1n : -1n;
  /** How far from where the line says the other end is looked for. */
  let width = 1n;
  const look = (steps: bigint): boolean => {
    const place = placeAt(at, near.mark + direction * steps);
    const isNear = isBreached(place) === was;
    if (isNear) near = place;
    else far = place;
    return isNear;
  };
  for (;;) {
    const span = (far.mark - near.mark) * direction;
    if (span === 1n) return { before: near.mark, after: far.mark };
    const steps = (zeroOf(marks, near, far) - near.mark) * direction;
    const isNear = look(steps < 1n ? 1n : steps >= span ? span - 1n : steps);
    const rest = (far.mark - near.mark) * direction;
    if (rest === 1n) continue;
    const isAcross = rest > width ? look(isNear ? width : rest - width) !== isNear : look(rest / 2n);
    width = isAcross ? 1n : width * WIDENING;
  }
}

/** About where a line through both is zero: a line over marks as they are inside. */
function zeroOf(marks: Marks, near: Place, far: Place): bigint {
  const from = marks.inside(near.mark);
  const to = marks.inside(far.mark);
  return marks.outside(from + ((to - from) * near.slack) / (near.slack - far.slack));
}
