/**
 * From a bucket's distance to its thresholds to a safe interval of marks for each of its coordinates: the certificate.
 * docs/internals/watch.md has the proof; the names here are those of that page.
 *
 * For a threshold num/den, x = den * E - num * MM is the slack. Against it each coordinate gets a budget b of that slack,
 * and while its mark (funding included, through the cursor) stays within d = floor(b / a) mark ticks it cannot use up
 * more, a being the steepest loss of x per tick on that side. The budgets add up to no more than the slack less what
 * rounding can take, so the sum of all losses cannot breach the threshold.
 */
import { Bound, BOUND_STRIDE, type Thresholds } from '../margin/levels.ts';
import { Sum, type Valuation } from '../margin/valuation.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const BOUND = BOUND_STRIDE;
const { enter: BOUND_ENTER, exit: BOUND_EXIT } = Bound;
const LEVEL_LAST = LEVEL_COUNT - 1;
const {
  slackWorse: S_SLACK_WORSE,
  slackBetter: S_SLACK_BETTER,
  reach: S_REACH,
  notional: S_NOTIONAL,
  notionalRate: S_NOTIONAL_RATE,
} = Sum;

/** Keeps quotients of doubles on the safe side: their relative error is below 1e-15. */
export const SHY = 1 - 1e-12;
const BOLD = 1 + 1e-12;
/**
 * A funding cursor runs twice as fast as funding itself, so a slope at least half of the net exposure already
 * covers funding, and a coordinate needs a wire only on its losing side.
 */
export const CURSOR_GAIN = 2;
const GAIN = CURSOR_GAIN;

/** Safe intervals by coordinate, and its weight when budgets are shared; reused for every bucket. */
export class Intervals {
  lo = new Float64Array(64);
  hi = new Float64Array(64);
  weight = new Float64Array(64);
  /** What a budget times a weight is multiplied by to be a share of it. */
  perWeight = 0;

  reserve(count: number): void {
    if (count <= this.lo.length) return;
    this.lo = new Float64Array(count * 2);
    this.hi = new Float64Array(count * 2);
    this.weight = new Float64Array(count * 2);
  }

  /**
   * Starts from the marks within which every tier stays. With b of a budget a coordinate fires about once in b / s steps of
   * s money units, so weights that go with the square root of s make firing rarest.
   */
  begin(valuation: Valuation): void {
    const count = valuation.coordinates;
    if (count > this.lo.length) this.reserve(count);
    const { lo, hi, weight } = this;
    const { tierLo, tierHi, net, drag, step } = valuation;
    let total = 0;
    for (let c = 0; c < count; c++) {
      lo[c] = tierLo[c];
      hi[c] = tierHi[c];
      if (count === 1) continue;
      const wish = Math.sqrt((Math.abs(net[c]) + drag[c]) * step[c]);
      weight[c] = wish;
      total += wish;
    }
    this.perWeight = total > 0 ? SHY / total : 0;
  }
}

/** What rounding can take from the slack inside one box: a ceil per leg, a floor of funding per leg, and strictness. */
export function reserveOf(legs: number, num: number, den: number): number {
  return legs * (num + den) + 1;
}

/**
 * Narrows `into` so that the slack at `place` of the sums (>= 0), against the threshold table[at] / table[at + 1], cannot be
 * used up: by losing equity where that is the slack to the worse neighbour, by gaining it otherwise.
 */
export function narrow(
  into: Intervals,
  valuation: Valuation,
  place: number,
  table: Float64Array,
  at: number,
): void {
  const num = table[at];
  const den = table[at + 1];
  const sign = place === S_SLACK_WORSE ? 1 : -1;
  const slack = valuation.sums[place];
  const { lo, hi, weight, perWeight } = into;
  const { mark: marks, net, drag } = valuation;
  const count = valuation.coordinates;
  const budget = slack * SHY - reserveOf(valuation.legs, num, den);

  // Not even rounding is covered: a move of any mark must fire. Never clamp this to zero.
  if (budget < 0) {
    for (let c = 0; c < count; c++) {
      const mark = marks[c];
      if (mark > lo[c]) lo[c] = mark;
      if (mark < hi[c]) hi[c] = mark;
    }
    return;
  }

  for (let c = 0; c < count; c++) {
    const mark = marks[c];
    const share = count === 1 ? budget : budget * weight[c] * perWeight;
    const slope = sign * (den * net[c] - num * drag[c]);
    const slopeMin = ((den * Math.abs(net[c])) / GAIN) * BOLD;
    if (slope > 0 && slope >= slopeMin) {
      const bound = mark - Math.floor((share / slope) * SHY);
      if (bound > lo[c]) lo[c] = bound;
    } else if (slope < 0 && -slope >= slopeMin) {
      const bound = mark + Math.floor((share / -slope) * SHY);
      if (bound < hi[c]) hi[c] = bound;
    } else if (slopeMin > 0) {
      const below = mark - Math.floor((share / (slope > slopeMin ? slope : slopeMin)) * SHY);
      const above = mark + Math.floor((share / (-slope > slopeMin ? -slope : slopeMin)) * SHY);
      if (below > lo[c]) lo[c] = below;
      if (above < hi[c]) hi[c] = above;
    }
  }
}

/**
 * A bucket without wires can bear any joint move in which every mark moves by less than this share of itself,
 * across tiers: the slack less rounding, over the steepest loss there can be (all notional lost, and maintenance rising
 * at the highest rates, `notionalRate`). Negative: none at all. Reads the slacks of `sums` and leaves the reach there.
 */
export function leaveReach(t: Thresholds, level: number, legs: number, sums: Float64Array): void {
  let reach = Infinity;
  if (level < LEVEL_LAST) {
    reach = reachOf(sums, S_SLACK_WORSE, legs, t.table, (level + 1) * BOUND + BOUND_ENTER);
  }
  if (level > 0) {
    const better = reachOf(sums, S_SLACK_BETTER, legs, t.table, level * BOUND + BOUND_EXIT);
    if (better < reach) reach = better;
  }
  sums[S_REACH] = reach;
}

function reachOf(sums: Float64Array, place: number, legs: number, table: Float64Array, at: number): number {
  const num = table[at];
  const den = table[at + 1];
  const budget = sums[place] * SHY - reserveOf(legs, num, den);
  if (budget < 0) return -1;
  const steepest = den * sums[S_NOTIONAL] + num * sums[S_NOTIONAL_RATE];
  return steepest === 0 ? Infinity : (budget / steepest) * SHY;
}
