/**
 * The rule that makes a funding rate of an average premium, as data. Venues differ in numbers, not in kind:
 *
 *   raw    = scale * average + interest                                       without damper
 *   raw    = scale * average + clamp(interest - scale * average, +-damper)    with one: inside it, the interest
 *   rate   = clamp(raw, floor, cap), rounded once to the grid of the venue
 *   paid   = rate * interval / period
 *   index += paid * notional of one lot * FUNDING_SCALE                  longs pay what it rises by
 *
 * All of it is exact; the two roundings are the grid of the rate and the last unit of the index (towards zero).
 * `funding-average.ts` makes the average, `funding-market.ts` runs one market, `funding-presets.ts` has the venues.
 */
import { narrow } from '../num/exact.ts';
import { fraction, integer, mul, negate, type Rational, sub, add, max, min } from '../num/rational.ts';
import { divideRounded } from '../num/decimal.ts';
import { FUNDING_SCALE, type Rate } from '../num/units.ts';

/** Where rates are whole numbers they count 10^-12, as `VenueMarkEvent.fundingRate` does. */
export const RATE_ONE = 10 ** 12;

/** Rates fall on whole multiples of `unit` (in 10^-12). */
export interface RateGrid {
  readonly unit: number;
  readonly rounding: 'toward-zero' | 'half-even';
}

/** How the premiums of an interval become one. */
export interface AverageRule {
  /** One premium counts in each of these, the first that is heard. A divisor of the interval. */
  readonly everyUs: number;
  /**
   * Premiums are votes, and their median over this long is the sample; fewer votes than `votesMin` are made up with
   * zeros. The middle of two rounds away from zero. Null: each premium is a sample.
   */
  readonly median: { readonly overUs: number; readonly votesMin: number } | null;
  /** `linear`: the n-th sample of the interval weighs n. By its place in time, so that a gap changes no other weight. */
  readonly weights: 'equal' | 'linear';
  /** Fewer samples than this are made up with zeros; only with equal weights. */
  readonly samplesMin: number;
  /** This share of the samples is dropped at the top and again at the bottom, after sorting; null: none. */
  readonly tails: Rate | null;
  /** Premiums and their average are rounded to this; null for the average: it stays exact. */
  readonly premiumGrid: RateGrid;
  readonly averageGrid: RateGrid | null;
}

/** What holds the rate; each that is not null does. */
export interface FundingLimits {
  readonly max: Rate | null;
  readonly min: Rate | null;
  /** Within +- factor * margin. */
  readonly margin: {
    readonly factor: Rate;
    readonly of: 'maintenance' | 'initial-less-maintenance';
  } | null;
  /** Moves by at most this share of the maintenance rate from one interval to the next. */
  readonly step: Rate | null;
}

export interface FundingRule {
  readonly name: string;
  /** First day it held, where that was announced. A change is a new rule beside the old one. */
  readonly since: string | null;
  readonly source: string;
  /** Paid this often, `offsetUs` after each whole interval since 1970. */
  readonly intervalUs: number;
  readonly offsetUs: number;
  /** How long the premium is spread over: interest and damper are of this long, and interval / period of it is paid. */
  readonly periodUs: number;
  /** What the venue calls its rate, limits and rounds: that of a period, or what is paid at an interval. */
  readonly quoted: 'period' | 'interval';
  readonly average: AverageRule;
  readonly scale: Rate;
  readonly interest: Rate;
  readonly damper: Rate | null;
  readonly limits: FundingLimits;
  readonly grid: RateGrid | null;
  /** The price that the paid rate is taken of. */
  readonly price: 'mark' | 'index';
}

/** Margin rates of the market's first tier. */
export interface MarginRates {
  readonly initial: Rate;
  readonly maintenance: Rate;
}

/** Whether a market without known margin rates cannot use this rule. */
export function needsMargin(rule: FundingRule): boolean {
  return rule.limits.margin !== null || rule.limits.step !== null;
}

/**
 * The rate as the venue quotes it, of an average premium. `previous` is the quoted rate of the interval before, null at
 * the first. Margin may be null unless the rule needs it; then the answer is null.
 */
export function quotedRate(
  rule: FundingRule,
  average: Rational,
  margin: MarginRates | null,
  previous: Rational | null,
): Rational | null {
  if (margin === null && needsMargin(rule)) return null;
  const interest = toRational(rule.interest);
  const scaled = mul(toRational(rule.scale), average);
  const raw =
    rule.damper === null
      ? add(scaled, interest)
      : add(scaled, clampAround(sub(interest, scaled), toRational(rule.damper)));
  const quoted = rule.quoted === 'interval' ? mul(raw, paidShare(rule)) : raw;
  const limited = limit(rule.limits, quoted, margin, previous);
  return rule.grid === null ? limited : roundedTo(rule.grid, limited);
}

/** What is paid at the end of an interval, as a fraction of notional. */
export function paidRate(rule: FundingRule, quoted: Rational): Rational {
  return rule.quoted === 'interval' ? quoted : mul(quoted, paidShare(rule));
}

/**
 * What the cumulative funding index rises by: paid * notionalPerLot * FUNDING_SCALE, towards zero, so that one lot never
 * pays more than its rate. Null when it passes 2^53.
 *
 * `notionalPerLot` counts money units: `linearNotional` and `inverseNotional` make it.
 */
export function indexIncrement(paid: Rational, notionalPerLot: Rational): number | null {
  const exact = mul(paid, notionalPerLot);
  return narrow((exact.num * BigInt(FUNDING_SCALE)) / exact.den);
}

/** Money units of one lot at a price in mark ticks (`Grid.markUnit`). */
export function linearNotional(price: number, markUnit: number): Rational {
  return integer(BigInt(price) * BigInt(markUnit));
}

/** Money units of one contract worth `contractUnits / price`: 10^8 satoshi times 1 USD, over a price in USD. */
export function inverseNotional(contractUnits: bigint, price: bigint): Rational {
  return fraction(contractUnits, price);
}

/** BitMEX: interest of one interval from the daily interest of both currencies, (quote - base) / intervals a day. */
export function interestBetween(quote: Rate, base: Rate, perDay: number): Rational {
  return mul(sub(toRational(quote), toRational(base)), fraction(1n, BigInt(perDay)));
}

export function toRational(rate: Rate): Rational {
  return fraction(BigInt(rate.num), BigInt(rate.den));
}

/** `value` on the grid, as a fraction. */
export function roundedTo(grid: RateGrid, value: Rational): Rational {
  return fraction(stepsOf(grid, value) * BigInt(grid.unit), BigInt(RATE_ONE));
}

/** `value` on the grid, in 10^-12; null past 2^53, a premium of nine thousand times the index. */
export function rateUnits(grid: RateGrid, value: Rational): number | null {
  return narrow(stepsOf(grid, value) * BigInt(grid.unit));
}

function stepsOf(grid: RateGrid, value: Rational): bigint {
  const num = value.num * BigInt(RATE_ONE);
  const den = value.den * BigInt(grid.unit);
  return grid.rounding === 'toward-zero' ? num / den : divideRounded(num, den, 'half-even');
}

function paidShare(rule: FundingRule): Rational {
  return fraction(BigInt(rule.intervalUs), BigInt(rule.periodUs));
}

/** The step first and the ends last: no rule lets a rate out of its ends. */
function limit(
  limits: FundingLimits,
  rate: Rational,
  margin: MarginRates | null,
  previous: Rational | null,
): Rational {
  let limited = rate;
  if (margin !== null) {
    const maintenance = toRational(margin.maintenance);
    if (limits.step !== null && previous !== null) {
      const step = mul(toRational(limits.step), maintenance);
      limited = add(previous, clampAround(sub(limited, previous), step));
    }
    if (limits.margin !== null) {
      const { factor, of } = limits.margin;
      const base = of === 'maintenance' ? maintenance : sub(toRational(margin.initial), maintenance);
      limited = clampAround(limited, mul(toRational(factor), base));
    }
  }
  if (limits.max !== null) limited = min(limited, toRational(limits.max));
  if (limits.min !== null) limited = max(limited, toRational(limits.min));
  return limited;
}

function clampAround(value: Rational, width: Rational): Rational {
  return max(negate(width), min(width, value));
}
