/**
 * Where a bucket is safe, as ranges of x, from the shape of its excess (equity - maintenance).
 *
 *   excess
 *     |        ____
 *     |     __/    \__                __
 *   0 |____/__________\______________/___ x
 *     |   /            \____________/
 *       lower         upper        lower of the next
 *
 * Between two `edges` excess is one formula, a + b x - K x^k: a straight line for tiers (K = 0), and
 * for a curve on an inverse contract concave or convex throughout. So a piece has no crossing that its
 * two ends and its one turning point do not show, and none is looked for by sampling.
 *
 * Mostly there is one range, because requirements only grow faster. Not always: past a curve's `max`
 * they slow down, and where positions are margined on entry, orders are charged for a difference.
 */

import {
  add,
  compare,
  div,
  fraction,
  integer,
  max,
  mul,
  negate,
  sub,
  ZERO,
  type Rational,
} from '../num/rational.ts';

/** Safe from `lower` to `upper`, both included; null where it is safe all the way. */
export interface SafeRange {
  readonly lower: Rational | null;
  readonly upper: Rational | null;
}

type Excess = (x: Rational) => Rational;

interface Point {
  readonly x: Rational;
  readonly excess: Rational;
}

const TWO = integer(2);
const HALF = fraction(1n, 2n);
/** A bent crossing is narrowed to this share of itself, far past the 12 digits that are printed. */
const ROOT_SHARE = fraction(1n, 1n << 64n);
/** Halvings after which a crossing that still runs towards 0 is at 0. */
const ROOT_HALVINGS_MAX = 128;
/** A turning point is flat: missing it by 2^-64 of the piece misses its excess by the square of that. */
const TURN_HALVINGS = 64;

/**
 * Every range of x >= 0 that is safe, in rising order. `edges` are where one formula may end and
 * another begin, in any order. `bendScale` is null where all pieces are straight, and otherwise some x
 * of the size that is usual here.
 */
export function safeRanges(
  excessAt: Excess,
  edges: readonly Rational[],
  bendScale: Rational | null,
): SafeRange[] {
  const at = (x: Rational): Point => ({ x, excess: excessAt(x) });
  const ends = [ZERO, ...edges.filter((edge) => edge.num > 0n)].sort(compare).map(at);
  const points = bendScale === null ? ends : withTurns(at, ends, bendScale);
  const crossing = bendScale === null ? straightCrossing : (a: Point, b: Point) => bentCrossing(at, a, b);

  const ranges: SafeRange[] = [];
  let lower: Rational | null = null;
  for (const [index, point] of points.entries()) {
    if (index === 0) continue;
    const before = points[index - 1];
    if (isSafe(before) === isSafe(point)) continue;
    if (isSafe(point)) lower = crossing(before, point);
    else ranges.push({ lower, upper: crossing(before, point) });
  }

  // After the last point excess is straight, or bends but falls from below zero.
  const last = points[points.length - 1];
  const slope = sub(excessAt(add(last.x, integer(1))), last.excess);
  const end = (): Rational => sub(last.x, div(last.excess, slope));
  if (isSafe(last)) ranges.push({ lower, upper: slope.num < 0n ? end() : null });
  else if (slope.num > 0n) ranges.push({ lower: end(), upper: null });
  return ranges;
}

function isSafe(point: Point): boolean {
  return point.excess.num >= 0n;
}

function straightCrossing(a: Point, b: Point): Rational {
  return sub(a.x, div(mul(a.excess, sub(b.x, a.x)), sub(b.excess, a.excess)));
}

/** The one crossing between two points of which one is safe, rounded towards that one. */
function bentCrossing(at: (x: Rational) => Point, a: Point, b: Point): Rational {
  let [safe, unsafe] = isSafe(a) ? [a.x, b.x] : [b.x, a.x];
  for (let halvings = 0; halvings < ROOT_HALVINGS_MAX; halvings += 1) {
    const gap = sub(safe, unsafe);
    if (compare(gap.num < 0n ? negate(gap) : gap, mul(max(safe, unsafe), ROOT_SHARE)) <= 0) break;
    const middle = at(mul(add(safe, unsafe), HALF));
    if (isSafe(middle)) safe = middle.x;
    else unsafe = middle.x;
  }
  return safe;
}

/** The ends of bent pieces, and between them a point of every stretch that the ends do not show. */
function withTurns(at: (x: Rational) => Point, ends: readonly Point[], scale: Rational): Point[] {
  const far = tailEnd(at, ends[ends.length - 1], scale);
  const bounds = far === null ? ends : [...ends, far];
  return bounds.flatMap((end, index) => {
    const turn = index === 0 ? null : turnBetween(at, bounds[index - 1], end);
    return turn === null ? [end] : [turn, end];
  });
}

/** A point past which excess is below zero and falls. Null where the last piece is straight. */
function tailEnd(at: (x: Rational) => Point, last: Point, scale: Rational): Point | null {
  let far = at(max(scale, mul(last.x, TWO)));
  if (bendBetween(at, far, at(mul(far.x, TWO))) <= 0) return null;
  // Requirements that are not straight to the end outgrow every line, so this ends.
  for (;;) {
    const further = at(mul(far.x, TWO));
    if (!isSafe(far) && compare(further.excess, far.excess) < 0) return far;
    far = further;
  }
}

/**
 * Above zero where a piece is concave: its middle lies above a chord. Zero where it is straight. The
 * chord keeps off the ends, because an edge may be a root that is rounded.
 */
function bendBetween(at: (x: Rational) => Point, a: Point, b: Point): number {
  const middle = mul(add(a.x, b.x), HALF);
  const left = at(mul(add(a.x, middle), HALF));
  const right = at(mul(add(middle, b.x), HALF));
  return compare(mul(at(middle).excess, TWO), add(left.excess, right.excess));
}

/** A safe point between two unsafe ends of a concave piece, or the reverse in a convex one, if any. */
function turnBetween(at: (x: Rational) => Point, a: Point, b: Point): Point | null {
  if (isSafe(a) !== isSafe(b) || compare(a.x, b.x) === 0) return null;
  let middle = at(mul(add(a.x, b.x), HALF));
  const direction = bendBetween(at, a, b);
  if (direction === 0 || direction > 0 === isSafe(a)) return null;
  let [low, high] = [a, b];
  for (let halvings = 0; halvings < TURN_HALVINGS; halvings += 1) {
    if (isSafe(middle) !== isSafe(a)) return middle;
    const left = at(mul(add(low.x, middle.x), HALF));
    const right = at(mul(add(middle.x, high.x), HALF));
    if (compare(left.excess, middle.excess) === direction) [middle, high] = [left, middle];
    else if (compare(right.excess, middle.excess) === direction) [low, middle] = [middle, right];
    else [low, high] = [left, right];
  }
  return isSafe(middle) === isSafe(a) ? null : middle;
}
