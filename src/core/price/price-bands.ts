/**
 * Limits around the index that widen with volatility: prices and orders outside of them are refused or looked at.
 *
 *   half width = clamp(sigmas * volatility over the horizon, least, most)
 *   lower = ceil(index * (1 - half width)),  upper = floor(index * (1 + half width))
 *
 * The half width is rounded to whole ppm, the prices inwards; beyond that it is exact.
 */
import { assert } from '../num/assert.ts';
import { mulDivCeil, mulDivFloor } from '../num/exact.ts';
import { volatilityOver } from './volatility.ts';

export interface BandRule {
  /** How many standard deviations of the horizon. */
  readonly sigmas: number;
  readonly horizonUs: number;
  /** Ends of the half width, in ppm of the index; `mostPpm` is under 1,000,000. */
  readonly leastPpm: number;
  readonly mostPpm: number;
}

export interface PriceBand {
  readonly lower: number;
  readonly upper: number;
  readonly halfWidthPpm: number;
}

const PPM = 1_000_000;

/** 1 % at least and 10 % at most, five deviations of a minute. */
export const MINUTE_BAND: BandRule = {
  sigmas: 5,
  horizonUs: 60_000_000,
  leastPpm: 10_000,
  mostPpm: 100_000,
};

/**
 * The band around an index above 0, in its units. With unknown volatility (null) it is the widest: a narrow band on no
 * evidence would refuse good prices. Null when the upper end passes 2^53.
 */
export function bandAround(index: number, volatility: number | null, rule: BandRule): PriceBand | null {
  const { sigmas, horizonUs, leastPpm, mostPpm } = rule;
  assert(
    leastPpm <= mostPpm && leastPpm >= 0 && mostPpm < PPM,
    'a band is between nothing and the whole index',
  );
  assert(Number.isSafeInteger(index) && index > 0, 'a band is around a price');
  const wanted =
    volatility === null ? mostPpm : Math.round(sigmas * volatilityOver(volatility, horizonUs) * PPM);
  const halfWidthPpm = Math.min(Math.max(wanted, leastPpm), mostPpm);
  const lower = mulDivCeil(index, PPM - halfWidthPpm, PPM);
  const upper = mulDivFloor(index, PPM + halfWidthPpm, PPM);
  return lower === null || upper === null ? null : { lower, upper, halfWidthPpm };
}

export function isInside(band: PriceBand, price: number): boolean {
  return price >= band.lower && price <= band.upper;
}
