/** The last settlements of a market, oldest first, in fixed memory: what was paid, and what that makes in a year. */
import { assert } from '../num/assert.ts';
import type { FundingIndex, TimeUs } from '../num/units.ts';
import { RATE_ONE } from './funding.ts';
import type { Settlement } from './funding-market.ts';
import { YEAR_US } from './volatility.ts';

export interface PastFunding {
  readonly atUs: TimeUs;
  /** Paid for the interval, in 10^-12 of notional; longs pay when positive. */
  readonly paid: number;
  readonly index: FundingIndex;
}

const STRIDE = 3;

export class FundingHistory {
  readonly #capacity: number;
  readonly #rows: Float64Array;
  #first = 0;
  #size = 0;

  /** 720 hourly settlements are a month. */
  constructor(capacity = 720) {
    assert(capacity > 0, 'a history has room');
    this.#capacity = capacity;
    this.#rows = new Float64Array(capacity * STRIDE);
  }

  get size(): number {
    return this.#size;
  }

  add(settlement: Settlement): void {
    const { nextUs, paid, index } = settlement;
    if (this.#size === this.#capacity) this.#first = (this.#first + 1) % this.#capacity;
    else this.#size += 1;
    const row = this.#rowOf(this.#size - 1);
    this.#rows[row] = nextUs;
    this.#rows[row + 1] = paid;
    this.#rows[row + 2] = index;
  }

  /** Settlements in [fromUs, toUs), oldest first. */
  range(fromUs: TimeUs, toUs: TimeUs): PastFunding[] {
    return this.#all().filter(({ atUs }) => atUs >= fromUs && atUs < toUs);
  }

  /** Paid rates as fractions, oldest first: what estimates are made of (`fitReversion`). */
  rates(): number[] {
    return this.#all().map(({ paid }) => paid / RATE_ONE);
  }

  /** The sum of what was paid in the last `count` settlements, as a fraction; null when there are fewer. */
  paidOver(count: number): number | null {
    if (count > this.#size || count < 1) return null;
    const paid = this.#all().slice(-count);
    return paid.reduce((sum, one) => sum + one.paid, 0) / RATE_ONE;
  }

  /** The mean of the last `count` settlements `intervalUs` apart, without compounding, as a fraction a year. */
  annualRate(count: number, intervalUs: number): number | null {
    const paid = this.paidOver(count);
    return paid === null ? null : (paid / count) * (YEAR_US / intervalUs);
  }

  #all(): PastFunding[] {
    return Array.from({ length: this.#size }, (_, at) => {
      const row = this.#rowOf(at);
      return {
        atUs: this.#rows[row] as TimeUs,
        paid: this.#rows[row + 1],
        index: this.#rows[row + 2] as FundingIndex,
      };
    });
  }

  #rowOf(at: number): number {
    return ((this.#first + at) % this.#capacity) * STRIDE;
  }
}
