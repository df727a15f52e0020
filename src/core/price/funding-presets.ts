/**
 * Funding of the venues we know, as data. Each line that is not from the venue's own words says so. Where a venue caps
 * single markets otherwise (Binance publishes a cap and a floor by symbol), copy the rule and replace its limits.
 */
import type { Rate } from '../num/units.ts';
import type { AverageRule, FundingLimits, FundingRule, RateGrid } from './funding.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const rate = (num: number, den: number): Rate => ({ num, den });
const bp = (hundredthsOfPercent: number): Rate => rate(hundredthsOfPercent, 10_000);
const ONE = rate(1, 1);
const ZERO = rate(0, 1);

/** Finer than any venue prints. */
const FINE: RateGrid = { unit: 1, rounding: 'half-even' };
/** Rates are published with eight decimals; how they are rounded is not said, half to even is ours. */
const EIGHT: RateGrid = { unit: 10_000, rounding: 'half-even' };
/** dYdX counts parts per million in whole numbers of Go, whose division drops the rest. */
const PPM: RateGrid = { unit: 1_000_000, rounding: 'toward-zero' };

const UNLIMITED: FundingLimits = { max: null, min: null, margin: null, step: null };

function evenly(everyUs: number): AverageRule {
  return {
    everyUs,
    median: null,
    weights: 'equal',
    samplesMin: 0,
    tails: null,
    premiumGrid: FINE,
    averageGrid: null,
  };
}

function within(end: Rate): FundingLimits {
  return { ...UNLIMITED, max: end, min: { num: -end.num, den: end.den } };
}

export type IntervalHours = 1 | 2 | 4 | 8;

/**
 * Binance since 2025-09-18: F = [P + clamp(I - P, +-0.05 %)] / (8/N). P is linearly weighted over the 5 s premiums of
 * the interval, 5760 of them in eight hours. I is 0.03 % a day (0 for a few markets). The cap of 0.75 times the
 * maintenance rate is from memory; the published cap and floor of a symbol go before it.
 */
export function binance(hours: IntervalHours): FundingRule {
  return {
    name: `binance-${hours}h`,
    since: '2025-09-18',
    source: 'announcement of 2025-09; support FAQ 360033525031',
    intervalUs: hours * HOUR,
    offsetUs: 0,
    periodUs: 8 * HOUR,
    quoted: 'interval',
    average: { ...evenly(5 * SECOND), weights: 'linear' },
    scale: ONE,
    interest: bp(1),
    damper: bp(5),
    limits: { ...UNLIMITED, margin: { factor: rate(3, 4), of: 'maintenance' } },
    grid: EIGHT,
    price: 'mark',
  };
}

/** Binance before: the whole premium was paid at every interval, and interest alone was divided by its length. */
export function binanceBefore2025(hours: IntervalHours): FundingRule {
  return {
    ...binance(hours),
    name: `binance-before-2025-09-18-${hours}h`,
    since: null,
    periodUs: hours * HOUR,
    interest: rate(hours, 80_000),
  };
}

/** 5 s premiums against the oracle, averaged over the hour; an eighth of the 8 h rate is paid, at the oracle price. */
export const HYPERLIQUID: FundingRule = {
  name: 'hyperliquid',
  since: null,
  source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/funding',
  intervalUs: HOUR,
  offsetUs: 0,
  periodUs: 8 * HOUR,
  quoted: 'interval',
  average: evenly(5 * SECOND),
  scale: ONE,
  interest: bp(1),
  damper: bp(5),
  limits: within(rate(4, 100)),
  grid: FINE,
  price: 'index',
};

/**
 * A vote a block, the median a minute (of at least 15 votes), the mean an hour (of at least 60 samples), both made up
 * with zeros. Default funding is of the market (`interest`, mostly 0). Use `DYDX_PREMIUM_MAX` for the votes.
 */
export const DYDX: FundingRule = {
  name: 'dydx-v4',
  since: null,
  source: 'github.com/dydxprotocol/v4-chain x/perpetuals',
  intervalUs: HOUR,
  offsetUs: 0,
  periodUs: 8 * HOUR,
  quoted: 'period',
  average: {
    everyUs: SECOND,
    median: { overUs: MINUTE, votesMin: 15 },
    weights: 'equal',
    samplesMin: 60,
    tails: null,
    premiumGrid: PPM,
    averageGrid: PPM,
  },
  scale: ONE,
  interest: ZERO,
  damper: null,
  limits: { ...UNLIMITED, margin: { factor: rate(6, 1), of: 'initial-less-maintenance' } },
  grid: PPM,
  price: 'index',
};
export const DYDX_PREMIUM_MAX: Rate = rate(60, 1);

/**
 * XBTUSD: premiums a minute, with the fair basis (`premiumWithBasis`), averaged over eight hours. The rate that an
 * interval made is paid at the end of the next one: whoever mirrors BitMEX publishes a settlement one interval later.
 */
export const BITMEX: FundingRule = {
  name: 'bitmex',
  since: null,
  source: 'bitmex.com/app/perpetualContractsGuide',
  intervalUs: 8 * HOUR,
  offsetUs: 4 * HOUR,
  periodUs: 8 * HOUR,
  quoted: 'interval',
  average: evenly(MINUTE),
  scale: ONE,
  interest: bp(1),
  damper: bp(5),
  limits: {
    ...UNLIMITED,
    margin: { factor: rate(3, 4), of: 'initial-less-maintenance' },
    step: rate(3, 4),
  },
  grid: FINE,
  price: 'mark',
};

/** The mean of minute premiums, without interest or damper. Ends are by market; these are those of BTC. */
export const OKX: FundingRule = {
  name: 'okx',
  since: null,
  source: 'okx.com/help: perpetual funding mechanism',
  intervalUs: 8 * HOUR,
  offsetUs: 0,
  periodUs: 8 * HOUR,
  quoted: 'interval',
  average: evenly(MINUTE),
  scale: ONE,
  interest: ZERO,
  damper: null,
  limits: within(rate(15, 1000)),
  grid: FINE,
  price: 'mark',
};

/** Continuous, here a settlement a second: premium of the mark, less up to 0.025 %. Ends are those of BTC. */
export const DERIBIT: FundingRule = {
  name: 'deribit',
  since: null,
  source: 'support.deribit.com 31424939178397',
  intervalUs: SECOND,
  offsetUs: 0,
  periodUs: 8 * HOUR,
  quoted: 'period',
  average: evenly(SECOND),
  scale: ONE,
  interest: ZERO,
  damper: rate(25, 100_000),
  limits: within(rate(5, 1000)),
  grid: null,
  price: 'index',
};

/**
 * A day's worth of the distance between the hour's averages of mark and oracle, as a share of the oracle's, paid in 24
 * parts. The average here is that share; Drift takes it of its own averages of the two prices.
 */
export const DRIFT: FundingRule = {
  name: 'drift-v2',
  since: null,
  source: 'github.com/drift-labs/protocol-v2 math/funding',
  intervalUs: HOUR,
  offsetUs: 0,
  periodUs: 24 * HOUR,
  quoted: 'period',
  average: evenly(MINUTE),
  scale: ONE,
  interest: ZERO,
  damper: null,
  limits: within(rate(3, 100)),
  grid: null,
  price: 'index',
};

/** Payment a unit is the distance of two averages, scaled and bounded, all by market. Its share of the outer one here. */
export const VEGA: FundingRule = {
  name: 'vega',
  since: null,
  source: 'github.com/vegaprotocol/vega core/products',
  intervalUs: 8 * HOUR,
  offsetUs: 0,
  periodUs: 8 * HOUR,
  quoted: 'interval',
  average: evenly(MINUTE),
  scale: ONE,
  interest: ZERO,
  damper: null,
  limits: UNLIMITED,
  grid: null,
  price: 'index',
};
