/**
 * From a bucket's distance to its thresholds to a safe interval of marks for each of its coordinates: the certificate.
 * docs/internals/watch.md has the proof; the names here are those of that page.
 *
 * For a threshold num/den, x = den * E - num * MM is the slack. Against it each coordinate gets a budget b of that slack,
 * and while its mark (funding included, through the cursor) stays within d = floor(b / a) mark ticks it cannot use up
 * more, a being the steepest loss of x per tick on that side. The budgets add up to no more than the slack less what
 * rounding can take, so the sum of all losses cannot breach the threshold.
 */
import type { Valuation } from '../margin/valuation.ts';

/** Keeps quotients of doubles on the safe side: their relative error is below 1e-15. */
const SHY = 1 - 1e-12;
const BOLD = 1 + 1e-12;
/**
 * A funding cursor runs twice as fast as funding itself, so a slope at least half of the net exposure already
 * covers funding, and a coordinate needs a wire only on its losing side.
 */
export const CURSOR_GAIN = 2;

/** Safe intervals by coordinate; reused for every bucket. */
export class Intervals {
  lo = new Float64Array(64);
  hi = new Float64Array(64);
  /** Loss of slack per mark tick down and up, and the wish for budget, by coordinate. */
  down = new Float64Array(64);
  up = new Float64Array(64);
  weight = new Float64Array(64);

  reserve(count: number): void {
    if (count <= this.lo.length) return;
    this.lo = new Float64Array(count * 2);
    this.hi = new Float64Array(count * 2);
    this.down = new Float64Array(count * 2);
    this.up = new Float64Array(count * 2);
    this.weight = new Float64Array(count * 2);
  }

  /** Starts from the marks within which every tier stays. */
  begin(valuation: Valuation): void {
    const count = valuation.coordinates;
    if (count > this.lo.length) this.reserve(count);
    for (let c = 0; c < count; c++) {
      this.lo[c] = valuation.tierLo[c];
      this.hi[c] = valuation.tierHi[c];
    }
  }
}

/** What rounding can take from the slack inside one box: a ceil per leg, a floor of funding per leg, and strictness. */
export function reserveOf(legs: number, num: number, den: number): number {
  return legs * (num + den) + 1;
}

/**
 * Narrows `into` so that `slack` (>= 0) against num/den cannot be used up. `sign` is +1 where losing equity is the danger
 * (towards a worse level), -1 where gaining it is (towards a better one). `fields` are the market records:
 * mark and typical step are read at their offsets.
 */
export function narrow(
  into: Intervals, valuation: Valuation, slack: number, num: number, den: number, sign: number,
  fields: Float64Array, stride: number, markOffset: number, stepOffset: number,
): void {
  const { lo, hi, down, up, weight } = into;
  const { market, net, drag } = valuation;
  const count = valuation.coordinates;
  const budget = slack * SHY - reserveOf(valuation.legs, num, den);

  // Not even rounding is covered: any move of any of its marks must fire. Never clamp this to zero.
  if (budget < 0) {
    for (let c = 0; c < count; c++) {
      const mark = fields[market[c] * stride + markOffset];
      if (mark > lo[c]) lo[c] = mark;
      if (mark < hi[c]) hi[c] = mark;
    }
    return;
  }

  let total = 0;
  for (let c = 0; c < count; c++) {
    const slope = sign * (den * net[c] - num * drag[c]);
    const slopeMin = ((den * Math.abs(net[c])) / CURSOR_GAIN) * BOLD;
    let falls: number;
    let rises: number;
    if (slope > 0 && slope >= slopeMin) {
      falls = slope;
      rises = 0;
    } else if (slope < 0 && -slope >= slopeMin) {
      falls = 0;
      rises = -slope;
    } else {
      falls = slope > slopeMin ? slope : slopeMin;
      rises = -slope > slopeMin ? -slope : slopeMin;
    }
    down[c] = falls;
    up[c] = rises;
    // With b of it, a coordinate fires about once in b / s steps of s: shares by the square root of s make firing rarest.
    const wish = Math.sqrt((falls > rises ? falls : rises) * fields[market[c] * stride + stepOffset]);
    weight[c] = wish;
    total += wish;
  }
  if (total === 0) return;
  for (let c = 0; c < count; c++) {
    const mark = fields[market[c] * stride + markOffset];
    const share = count === 1 ? budget : (budget * weight[c] * SHY) / total;
    if (down[c] > 0) {
      const bound = mark - Math.floor((share / down[c]) * SHY);
      if (bound > lo[c]) lo[c] = bound;
    }
    if (up[c] > 0) {
      const bound = mark + Math.floor((share / up[c]) * SHY);
      if (bound < hi[c]) hi[c] = bound;
    }
  }
}

/**
 * A bucket without wires can bear any joint move in which every mark moves by less than this share of itself,
 * across tiers: the slack less rounding, over the steepest loss there can be (all notional lost, and maintenance rising
 * at the highest rates, `notionalRate`). Negative: none at all.
 */
export function reachOf(slack: number, legs: number, num: number, den: number, notional: number, notionalRate: number): number {
  const budget = slack * SHY - reserveOf(legs, num, den);
  if (budget < 0) return -1;
  const steepest = den * notional + num * notionalRate;
  return steepest === 0 ? Infinity : (budget / steepest) * SHY;
}
