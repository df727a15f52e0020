/**
 * Where a bucket is safe, as a range of x. Excess (equity - maintenance) is concave in x: equity is a
 * line and requirements only grow faster. So the safe x form one interval, and each end is one root.
 *
 *   excess
 *     |        ____
 *     |     __/    \__
 *   0 |____/__________\______ x
 *     |   /            \
 *       lower         upper
 *
 * Between the tiers' edges excess is a straight line, so the root found in a segment is exact and is
 * the one in its own tier: no answer from a tier that does not hold there can come out.
 */

import {
  add,
  compare,
  div,
  fraction,
  integer,
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

/** Null when no x at all is safe. `edges` are where a straight piece may end, in any order. */
export function safeRange(excessAt: (x: Rational) => Rational, edges: readonly Rational[]): SafeRange | null {
  const points = [ZERO, ...edges.filter((edge) => edge.num > 0n)].sort(compare);
  const values = points.map(excessAt);
  const last = points.length - 1;
  const slope = sub(excessAt(add(points[last], integer(1))), values[last]);

  const first = values.findIndex((value) => value.num >= 0n);
  if (first === -1) {
    if (slope.num <= 0n) return null;
    return { lower: add(points[last], div(negate(values[last]), slope)), upper: null };
  }
  const lower = first === 0 ? null : crossing(points, values, first - 1);
  const end = values.findLastIndex((value) => value.num >= 0n);
  if (end < last) return { lower, upper: crossing(points, values, end) };
  if (slope.num >= 0n) return { lower, upper: null };
  return { lower, upper: sub(points[last], div(values[last], slope)) };
}

function crossing(points: readonly Rational[], values: readonly Rational[], at: number): Rational {
  const run = sub(points[at + 1], points[at]);
  const rise = sub(values[at + 1], values[at]);
  return sub(points[at], div(mul(values[at], run), rise));
}

const GRID_BITS = 56n;
const REACH_BITS = 20n;

/**
 * The same for an excess that bends between edges (a curve on an inverse contract): by bisection on a
 * grid of `near` / 2^56, up to 2^20 times `near`. Ends are rounded into the safe range.
 */
export function safeRangeByBisection(excessAt: (x: Rational) => Rational, near: Rational): SafeRange | null {
  const xAt = (step: bigint): Rational => mul(near, fraction(step, 1n << GRID_BITS));
  const isSafe = (step: bigint): boolean => excessAt(xAt(step)).num >= 0n;
  const end = 1n << (GRID_BITS + REACH_BITS);
  const start = 1n << GRID_BITS;
  const safe = isSafe(start) ? start : peak(0n, end, (step) => excessAt(xAt(step)));
  if (!isSafe(safe)) return null;
  return {
    lower: isSafe(0n) ? null : xAt(bisect(0n, safe, isSafe)),
    upper: isSafe(end) ? null : xAt(bisect(end, safe, isSafe)),
  };
}

/** The safe step nearest to `unsafe`. */
function bisect(unsafe: bigint, safe: bigint, isSafe: (step: bigint) => boolean): bigint {
  while (safe - unsafe > 1n || unsafe - safe > 1n) {
    const middle = (safe + unsafe) / 2n;
    if (isSafe(middle)) safe = middle;
    else unsafe = middle;
  }
  return safe;
}

/** The step at which a concave function is greatest. */
function peak(low: bigint, high: bigint, valueAt: (step: bigint) => Rational): bigint {
  while (high - low > 2n) {
    const middle = (low + high) / 2n;
    if (compare(valueAt(middle), valueAt(middle + 1n)) < 0) low = middle;
    else high = middle + 1n;
  }
  let best = low;
  for (let step = low; step <= high; step += 1n) {
    if (compare(valueAt(step), valueAt(best)) > 0) best = step;
  }
  return best;
}
