/**
 * How much a price moves, annualised as a fraction (0.6 is 60 % a year), from log returns at a fixed sampling.
 *
 *   realised^2 = sum of r^2 / sum of steps          over a window of returns
 *   ewma^2    <- lambda * ewma^2 + (1 - lambda) * r^2                     at each step
 *   a year     = 365 days: these markets do not close
 *
 * Returns are not demeaned: at such short steps the mean is noise. Source: RiskMetrics technical document, 4th edition
 * (1996), for the weighted form. A gap of g steps is one return over g of them: it adds r^2 to the one sum and g to the
 * other, and enters the weighted form as g steps of r^2 / g. After a gap longer than `gapMax` sampling begins anew, as
 * what happened in it is not known.
 */
import { assert } from '../num/assert.ts';
import type { TimeUs } from '../num/units.ts';
import { logRatio, powerOf } from '../num/elementary.ts';

export const YEAR_US = 365 * 86_400 * 1_000_000;

export interface VolatilityRule {
  readonly everyUs: number;
  /** Returns that the realised volatility looks back on. */
  readonly window: number;
  /** Steps; 1 bridges no gap. */
  readonly gapMax: number;
  /** Between 0 and 1; RiskMetrics takes 0.94 for days. */
  readonly lambda: number;
}

export const MINUTE_VOLATILITY: VolatilityRule = {
  everyUs: 60_000_000,
  window: 1440,
  gapMax: 30,
  lambda: 0.97,
};

export class Volatility {
  readonly #rule: VolatilityRule;
  readonly #squares: Float64Array;
  readonly #steps: Float64Array;
  #next = 0;
  #count = 0;
  #slot = -1;
  #price = 0;
  /** Per step; -1 before the first return. */
  #ewma = -1;

  constructor(rule: VolatilityRule) {
    assert(rule.everyUs > 0 && rule.window >= 1 && rule.gapMax >= 1, 'a window has a step and a length');
    assert(rule.lambda > 0 && rule.lambda < 1, 'lambda lies between 0 and 1');
    this.#rule = rule;
    this.#squares = new Float64Array(rule.window);
    this.#steps = new Float64Array(rule.window);
  }

  /** Returns in the window. */
  get count(): number {
    return this.#count;
  }

  /** The first price of each step counts. False when this one does not: not a price, too late, or not the first. */
  add(atUs: TimeUs, price: number): boolean {
    const slot = Math.floor(atUs / this.#rule.everyUs);
    if (!(price > 0 && price < Infinity) || !(slot > this.#slot)) return false;
    const steps = slot - this.#slot;
    if (this.#slot !== -1 && steps <= this.#rule.gapMax) this.#take(logRatio(this.#price, price), steps);
    this.#slot = slot;
    this.#price = price;
    return true;
  }

  /** Null before the first return. */
  realized(): number | null {
    let squares = 0;
    let steps = 0;
    for (let at = 0; at < this.#count; at++) {
      squares += this.#squares[at];
      steps += this.#steps[at];
    }
    return steps === 0 ? null : this.#annual(squares / steps);
  }

  /** Null before the first return. */
  ewma(): number | null {
    return this.#ewma < 0 ? null : this.#annual(this.#ewma);
  }

  #take(logReturn: number, steps: number): void {
    const square = logReturn * logReturn;
    this.#squares[this.#next] = square;
    this.#steps[this.#next] = steps;
    this.#next = (this.#next + 1) % this.#rule.window;
    this.#count = Math.min(this.#count + 1, this.#rule.window);
    const kept = powerOf(this.#rule.lambda, steps);
    this.#ewma = this.#ewma < 0 ? square / steps : kept * this.#ewma + (1 - kept) * (square / steps);
  }

  #annual(variance: number): number {
    return Math.sqrt(variance * (YEAR_US / this.#rule.everyUs));
  }
}

/** The part of an annual volatility that falls on `spanUs`: it grows with the root of time. */
export function volatilityOver(annual: number, spanUs: number): number {
  return annual * Math.sqrt(spanUs / YEAR_US);
}
