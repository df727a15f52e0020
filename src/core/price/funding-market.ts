/**
 * Funding of one market as it runs: premiums in, a predicted rate at any moment, and at the end of each interval one
 * number that every position of the market is settled by (`FundingCommand.index`).
 *
 * It judges no price. Whether a premium may be sampled and whether funding may be settled are decisions about the
 * validity of the prices behind them, taken before.
 */
import { assert } from '../num/assert.ts';
import { max, min, mul, negate, type Rational, sub } from '../num/rational.ts';
import { SAFE_MAX, type FundingIndex, type Rate, type TimeUs } from '../num/units.ts';
import { PremiumAverage, type SampleOutcome } from './funding-average.ts';
import {
  type FundingRule,
  type MarginRates,
  indexIncrement,
  needsMargin,
  paidRate,
  quotedRate,
  rateUnits,
  toRational,
} from './funding.ts';

export interface FundingMarketOptions {
  readonly margin: MarginRates | null;
  /** dYdX: no premium counts for more than this share of (initial - maintenance); null: as measured. */
  readonly premiumMax: Rate | null;
  readonly startUs: TimeUs;
  /** The cumulative index so far; 0 in a new market. */
  readonly index: FundingIndex;
}

/** Rates in 10^-12, half to even: for people. The index is made of the exact ones. */
export interface PredictedRate {
  /** As the venue quotes it. */
  readonly rate: number;
  /** What would be paid at the end of the interval. */
  readonly paid: number;
  readonly nextUs: TimeUs;
  /** Samples that the average rests on, and those of a whole interval. */
  readonly samples: number;
  readonly expected: number;
}

export interface Settlement extends PredictedRate {
  /** What the index rises by: money units per lot times FUNDING_SCALE. */
  readonly increment: number;
  readonly index: FundingIndex;
}

/** Nothing was settled and the index did not move; the interval is over all the same. */
export interface NoSettlement {
  readonly nextUs: TimeUs;
  readonly expected: number;
  /** `too-large`: the rate or the index pass 2^53, which no real market comes near. */
  readonly why: 'unsampled' | 'too-large';
}

const SHOWN = { unit: 1, rounding: 'half-even' } as const;

export class FundingMarket {
  readonly rule: FundingRule;
  readonly #margin: MarginRates | null;
  readonly #premiumMax: Rational | null;
  #average: PremiumAverage;
  #nextUs: TimeUs;
  #index: FundingIndex;
  #previous: Rational | null = null;

  constructor(rule: FundingRule, options: FundingMarketOptions) {
    const { margin, premiumMax } = options;
    assert(margin !== null || !needsMargin(rule), `${rule.name} funding is limited by margin rates`);
    assert(margin !== null || premiumMax === null, 'premiums are limited by margin rates');
    this.rule = rule;
    this.#margin = margin;
    this.#premiumMax =
      premiumMax === null
        ? null
        : mul(toRational(premiumMax), sub(toRational(margin!.initial), toRational(margin!.maintenance)));
    this.#index = options.index;
    this.#nextUs = intervalEnd(rule, options.startUs);
    this.#average = this.#fresh();
  }

  /** The end of the running interval: the next funding. */
  get nextUs(): TimeUs {
    return this.#nextUs;
  }

  get index(): FundingIndex {
    return this.#index;
  }

  /** A premium (`premiumOf`) as of `atUs`. `implausible`: it does not fit, and was not taken. */
  sample(atUs: TimeUs, premium: Rational): SampleOutcome | 'implausible' {
    const ends = this.#premiumMax;
    const limited = ends === null ? premium : max(negate(ends), min(ends, premium));
    const units = rateUnits(this.rule.average.premiumGrid, limited);
    return units === null ? 'implausible' : this.#average.add(atUs, units);
  }

  /** The rate if the interval ended now; null while nothing was sampled. */
  predicted(): PredictedRate | null {
    const quoted = this.#quoted();
    return quoted === null ? null : this.#shown(quoted);
  }

  /**
   * Ends the interval when `nowUs` has reached its end, else null. Every position is settled by the new index: one
   * number a market, however many positions. After an outage call it until it says null: each interval missed is one.
   */
  settle(nowUs: TimeUs, notionalPerLot: Rational): Settlement | NoSettlement | null {
    if (!(nowUs >= this.#nextUs)) return null;
    const nextUs = this.#nextUs;
    const { expected } = this.#average;
    const quoted = this.#quoted();
    const shown = quoted === null ? null : this.#shown(quoted);
    this.#nextUs = (nextUs + this.rule.intervalUs) as TimeUs;
    this.#average = this.#fresh();
    if (quoted === null) return { nextUs, expected, why: 'unsampled' };
    const increment = indexIncrement(paidRate(this.rule, quoted), notionalPerLot);
    if (shown === null || increment === null || Math.abs(this.#index + increment) > SAFE_MAX) {
      return { nextUs, expected, why: 'too-large' };
    }
    this.#previous = quoted;
    this.#index = (this.#index + increment) as FundingIndex;
    return { ...shown, increment, index: this.#index };
  }

  #quoted(): Rational | null {
    const average = this.#average.value();
    return average === null ? null : quotedRate(this.rule, average, this.#margin, this.#previous);
  }

  #shown(quoted: Rational): PredictedRate | null {
    const rate = rateUnits(SHOWN, quoted);
    const paid = rateUnits(SHOWN, paidRate(this.rule, quoted));
    if (rate === null || paid === null) return null;
    const { count, expected } = this.#average;
    return { rate, paid, nextUs: this.#nextUs, samples: count, expected };
  }

  #fresh(): PremiumAverage {
    const startUs = (this.#nextUs - this.rule.intervalUs) as TimeUs;
    return new PremiumAverage(this.rule.average, startUs, this.#nextUs);
  }
}

/** The first end of an interval after `atUs`. */
export function intervalEnd(rule: FundingRule, atUs: TimeUs): TimeUs {
  const { intervalUs, offsetUs } = rule;
  return ((Math.floor((atUs - offsetUs) / intervalUs) + 1) * intervalUs + offsetUs) as TimeUs;
}
