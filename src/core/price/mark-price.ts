/**
 * The mark price of one market under one rule (`price-rules.ts`): the median of an odd number of parts, each made of the
 * index, the market's own book and trades, funding, and other venues' perpetuals.
 *
 * Parts are doubles in units of 10^-scale, because averages and funding are fractions; index, mids and trades in them are
 * whole and exact. The median picks one part, and that is rounded once, half to even, to the market's mark grid.
 *
 * A part that is missing never makes the median smaller: `missing` of the rule says what stands in, and the explanation
 * shows it. Paying funding moves one part of three at most, so that it cannot move the mark out of what the other two say.
 */
import { MARK_MAX } from '../num/units.ts';
import { BasisMean, TimeWeightedAverage } from './mark-price-averages.ts';
import type { MarkRules } from './price-rules.ts';
import { medianOfThree } from './weighted-median.ts';

export const PartState = { missing: 0, there: 1, index_instead: 2, book_ema_instead: 3 } as const;
export type PartState = (typeof PartState)[keyof typeof PartState];
export const PART_STATE_NAMES = ['missing', 'there', 'index instead', 'book average instead'] as const;

const RATE_SCALE = 1e12;

export class MarkPrice {
  // The inputs, which the router sets before it asks. 0: none.
  index = 0;
  bid = 0;
  ask = 0;
  last = 0;
  perps = 0;
  published = 0;
  /** What the venue published last is no price. */
  isPublishedInvalid = false;
  /** The last funding rate that was paid, of one interval, in units of 1e-12; null: none known. */
  fundingRate: number | null = null;
  nextFundingUs = 0;
  fundingIntervalUs: number;

  readonly rules: MarkRules;
  /** Of every part its value and where it is from. */
  readonly value: Float64Array;
  readonly state: Uint8Array;
  /** The part that is the mark; -1: there is none. */
  chosen = -1;
  /** The mark before rounding; 0: none. */
  raw = 0;
  readonly basisMean: BasisMean;
  readonly basisEma: TimeWeightedAverage;
  readonly bookEma: TimeWeightedAverage;
  /** When averages take their next sample; Infinity where the rule has none. */
  sampleUs: number;
  readonly #sorted: Int32Array;

  constructor(rules: MarkRules, fundingIntervalUs: number) {
    this.rules = rules;
    this.fundingIntervalUs = fundingIntervalUs;
    this.value = new Float64Array(rules.parts.length);
    this.state = new Uint8Array(rules.parts.length);
    this.#sorted = new Int32Array(rules.parts.length);
    this.basisMean = new BasisMean(rules.samples);
    this.basisEma = new TimeWeightedAverage(rules.basisEmaUs);
    this.bookEma = new TimeWeightedAverage(rules.bookEmaUs);
    this.sampleUs = rules.sampleUs === 0 ? Infinity : 0;
  }

  /** The middle of best bid and ask, exact: the scale has a digit to spare. 0 without both. */
  get mid(): number {
    return this.bid === 0 || this.ask === 0 ? 0 : (this.bid + this.ask) / 2;
  }

  /** The median of best bid, best ask and last. Without a last it is the mid; 0 without both sides. */
  get book(): number {
    if (this.bid === 0 || this.ask === 0) return 0;
    return this.last === 0 ? this.mid : medianOfThree(this.bid, this.ask, this.last);
  }

  /** Takes the samples that are due. What is missing now is a missing sample, not a zero. */
  sample(now: number): void {
    if (now < this.sampleUs) return;
    const { mid, book, index } = this;
    if (mid === 0 || index === 0) this.basisMean.skip();
    else {
      this.basisMean.add(mid - index);
      this.basisEma.add(mid - index, now);
    }
    if (book > 0) this.bookEma.add(book, now);
    const every = this.rules.sampleUs;
    this.sampleUs = now - (now % every) + every;
  }

  decide(now: number): void {
    const { parts, missing } = this.rules;
    const { value, state } = this;
    let gone = 0;
    for (let at = 0; at < parts.length; at++) {
      value[at] = this.#part(at, now);
      state[at] = value[at] > 0 ? PartState.there : PartState.missing;
      gone += 1 - state[at];
    }
    this.chosen = -1;
    this.raw = 0;
    if (gone > 0 && !this.#standIn(missing, gone)) return;
    this.chosen = this.#middle();
    this.raw = value[this.chosen];
  }

  #part(at: number, now: number): number {
    const { index } = this;
    switch (this.rules.parts[at]) {
      case 'index':
        return index;
      case 'funding-basis': {
        if (index === 0 || this.fundingRate === null || this.nextFundingUs === 0) return 0;
        const left = this.nextFundingUs - now;
        const share = left <= 0 ? 0 : left >= this.fundingIntervalUs ? 1 : left / this.fundingIntervalUs;
        return index + ((index * this.fundingRate) / RATE_SCALE) * share;
      }
      case 'mean-basis':
        return index === 0 || !this.basisMean.isThere ? 0 : index + this.basisMean.value;
      case 'ema-basis':
        return index === 0 || !this.basisEma.isThere ? 0 : index + this.basisEma.value;
      case 'mid':
        return this.mid;
      case 'last':
        return this.last;
      case 'book':
        return this.book;
      case 'perps':
        return this.perps;
      case 'published':
        return this.published;
    }
  }

  /** Fills every gap, or says that it cannot. */
  #standIn(missing: MarkRules['missing'], gone: number): boolean {
    const { value, state } = this;
    const instead =
      missing === 'index' ? this.index : missing === 'book-ema' && gone === 1 ? this.bookEma.value : 0;
    if (!(instead > 0)) return false;
    for (let at = 0; at < value.length; at++) {
      if (state[at] !== PartState.missing) continue;
      value[at] = instead;
      state[at] = missing === 'index' ? PartState.index_instead : PartState.book_ema_instead;
    }
    return true;
  }

  /** The part in the middle. */
  #middle(): number {
    const { value } = this;
    const sorted = this.#sorted;
    for (let at = 0; at < sorted.length; at++) {
      let to = at;
      for (; to > 0 && value[sorted[to - 1]] > value[at]; to--) sorted[to] = sorted[to - 1];
      sorted[to] = at;
    }
    return sorted[sorted.length >> 1];
  }
}

/**
 * `units` of 10^-scale in whole mark ticks, of which each is `unitsPerTick`, half to even; 0 when that is not in
 * [1, MARK_MAX]. The remainder of two doubles is exact, so a price that is whole is rounded exactly and a fraction is
 * rounded from its own double.
 */
export function roundToMark(units: number, unitsPerTick: number): number {
  const rest = units % unitsPerTick;
  const ticks = (units - rest) / unitsPerTick;
  const over = rest - (unitsPerTick - rest);
  const mark = over > 0 || (over === 0 && ticks % 2 === 1) ? ticks + 1 : ticks;
  return mark >= 1 && mark <= MARK_MAX ? mark : 0;
}
