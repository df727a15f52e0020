/**
 * How a market is priced, as data: where its index comes from, which of a venue's published rules makes its mark, and what
 * its prices may be used for. A rule that a venue changes is another entry under another name, never an edit: a mark of
 * last year is explained by the rule of last year.
 *
 * The venues' rules are from their public documentation. Where it is silent (what happens when an input is missing) the
 * answer here is ours, and `missing` says it.
 */
import { POWERS_OF_TEN } from '../num/decimal.ts';
import type { Grid } from '../num/grid.ts';
import type { Instrument, InstrumentRow } from './venue-event.ts';
import { DEFAULT_POLICY, type PricePolicy } from './quality.ts';

const SECOND_US = 1_000_000;

export interface IndexRules {
  /** Fresh sources needed for a price that is good for everything. */
  readonly sourcesMin: number;
  /** A source further than this from the median of the fresh loses its weight. */
  readonly outlierPpm: number;
  /** A source older than this, by its own time, has no say. */
  readonly staleUs: number;
  /** A source that repeats its price for this long while the index moves by `frozenPpm` is frozen. */
  readonly frozenUs: number;
  readonly frozenPpm: number;
  /** The index moves by at most this in a second. */
  readonly clampPpm: number;
  /** A price further than this from the last good one is refused in one step. */
  readonly stepPpm: number;
  /** Refused prices that agree for this long, from enough sources, are believed. Never those beyond tenfold. */
  readonly confirmUs: number;
}

export const DEFAULT_INDEX_RULES: IndexRules = {
  sourcesMin: 3,
  outlierPpm: 50_000,
  staleUs: 10 * SECOND_US,
  frozenUs: 30 * SECOND_US,
  frozenPpm: 5_000,
  clampPpm: 100_000,
  stepPpm: 300_000,
  confirmUs: 60 * SECOND_US,
};

/**
 * What a mark is the median of.
 * - `index`: the index price.
 * - `funding-basis`: index * (1 + last funding rate * time to funding / interval).
 * - `mean-basis`: index + the mean of (mid - index), sampled every `sampleUs`, over the last `samples`.
 * - `ema-basis`: index + the time-weighted exponential average of (mid - index).
 * - `mid`, `last`: of the market's own book.
 * - `book`: the median of best bid, best ask and last.
 * - `perps`: the weighted median of other venues' mids of the same perpetual.
 * - `published`: the mark that the venue itself publishes.
 */
export type MarkPart =
  | 'index'
  | 'funding-basis'
  | 'mean-basis'
  | 'ema-basis'
  | 'mid'
  | 'last'
  | 'book'
  | 'perps'
  | 'published';

export interface MarkRules {
  readonly name: string;
  /** An odd number of them. */
  readonly parts: readonly MarkPart[];
  /**
   * When a part is missing: the index stands in for it; or there is no mark; or, when exactly one of three is missing, the
   * exponential average of `book` over `bookEmaUs` stands in, and with fewer there is no mark.
   */
  readonly missing: 'index' | 'none' | 'book-ema';
  /** Between samples of all averages; 0 where there are none. */
  readonly sampleUs: number;
  /** Samples in the mean; with under half of them it is missing. */
  readonly samples: number;
  /** Time constant of `ema-basis`. */
  readonly basisEmaUs: number;
  readonly bookEmaUs: number;
}

const NO_AVERAGES = { sampleUs: 0, samples: 0, basisEmaUs: 0, bookEmaUs: 0 };
const binance = (name: string, sampleUs: number, samples: number): MarkRules => ({
  name,
  parts: ['funding-basis', 'mean-basis', 'last'],
  missing: 'index',
  ...NO_AVERAGES,
  sampleUs,
  samples,
});

/** By name; a rule that was replaced carries its window or its date. */
export const MARK_RULES = {
  /** Since 2025-09-18 08:01 UTC: thirty samples in thirty seconds. */
  'binance-2025-09-18': binance('binance-2025-09-18', SECOND_US, 30),
  /** Until then: one minute. The FAQ gives no spacing; one second, as later. */
  'binance-60s': binance('binance-60s', SECOND_US, 60),
  /** Older: 2.5 minutes, a sample every five seconds. */
  'binance-150s': binance('binance-150s', 5 * SECOND_US, 30),
  bybit: binance('bybit', SECOND_US, 300),
  bitmex: { name: 'bitmex', parts: ['funding-basis'], missing: 'index', ...NO_AVERAGES },
  okx: {
    name: 'okx',
    parts: ['mean-basis'],
    missing: 'index',
    ...NO_AVERAGES,
    sampleUs: SECOND_US,
    samples: 60,
  },
  hyperliquid: {
    name: 'hyperliquid',
    parts: ['ema-basis', 'book', 'perps'],
    missing: 'book-ema',
    ...NO_AVERAGES,
    sampleUs: 3 * SECOND_US,
    basisEmaUs: 150 * SECOND_US,
    bookEmaUs: 30 * SECOND_US,
  },
  /** The oracle is the mark. */
  dydx: { name: 'dydx', parts: ['index'], missing: 'none', ...NO_AVERAGES },
  plain: {
    name: 'plain',
    parts: ['index', 'mean-basis', 'mid'],
    missing: 'index',
    ...NO_AVERAGES,
    sampleUs: SECOND_US,
    samples: 30,
  },
  /** A venue's own mark, taken as it is and checked against our index. */
  published: { name: 'published', parts: ['published'], missing: 'none', ...NO_AVERAGES },
} as const satisfies Record<string, MarkRules>;

/** Hyperliquid's weights of spot venues in its oracle, and of perpetuals in its mark. Venues not heard have no say. */
export const HYPERLIQUID_SPOT_WEIGHTS: Readonly<Record<string, number>> = {
  'binance-spot': 3,
  okx: 2,
  bybit: 2,
  kraken: 1,
  kucoin: 1,
  gate: 1,
  mexc: 1,
};
export const HYPERLIQUID_PERP_WEIGHTS: Readonly<Record<string, number>> = {
  binance: 3,
  okx: 2,
  bybit: 2,
  gate: 1,
  mexc: 1,
};

/** What of an instrument is the source's price. */
export type SourcePart = 'mid' | 'last' | 'index';

export interface PriceSource {
  readonly instrument: InstrumentRow;
  readonly part: SourcePart;
  /** A whole number >= 1. */
  readonly weight: number;
  /** A book of the same venue that the market is on: no independent witness. */
  readonly isOwn: boolean;
}

export interface PricedMarket {
  readonly name: string;
  /** Marks are rounded to its mark grid. */
  readonly grid: Pick<Grid, 'markTick' | 'steps'>;
  /** The perpetual itself, whose book, trades and published mark the rule speaks of; null when it is not heard. */
  readonly own: InstrumentRow | null;
  readonly sources: readonly PriceSource[];
  /** Other venues' perpetuals, for `perps`. */
  readonly perps: readonly PriceSource[];
  readonly index: IndexRules;
  readonly mark: MarkRules;
  /** Mark and index further apart than this are divergent. */
  readonly divergencePpm: number;
  /** A trade further than this outside the book is an outlier print. */
  readonly printPpm: number;
  readonly policy: PricePolicy;
  /** Until the venue says otherwise. */
  readonly fundingIntervalUs: number;
}

/**
 * The scale on which a market's prices are compared: fine enough for all its instruments, for its mark grid and, with a
 * digit to spare, for the middle of any two of their prices.
 */
export function scaleOf(market: PricedMarket, instruments: readonly Instrument[]): number {
  let scale = market.grid.steps.mark.scale;
  for (const row of instrumentsOf(market)) scale = Math.max(scale, instruments[row].priceScale);
  return scale + 1;
}

/** Every instrument that a market listens to, some perhaps twice. */
export function instrumentsOf(market: PricedMarket): InstrumentRow[] {
  const rows = [...market.sources, ...market.perps].map((source) => source.instrument);
  return market.own === null ? rows : [...rows, market.own];
}

const SOURCES_MAX = 32;

export const DEFAULT_MARKET = {
  perps: [],
  index: DEFAULT_INDEX_RULES,
  mark: MARK_RULES.plain,
  divergencePpm: 50_000,
  printPpm: 10_000,
  policy: DEFAULT_POLICY,
  fundingIntervalUs: 8 * 3600 * SECOND_US,
} as const satisfies Partial<PricedMarket>;

/** What is wrong with a market's configuration, as a sentence; null when nothing is. */
export function marketProblem(market: PricedMarket, instruments: readonly Instrument[]): string | null {
  const { index, mark } = market;
  const where = `market ${market.name}`;
  for (const row of instrumentsOf(market)) {
    if (instruments[row] === undefined) return `${where}: there is no instrument ${row}`;
  }
  if (scaleOf(market, instruments) >= POWERS_OF_TEN.length) {
    return `${where}: prices of more than ${POWERS_OF_TEN.length - 2} decimals do not fit into 2^53`;
  }
  for (const list of [market.sources, market.perps]) {
    if (list.length > SOURCES_MAX) return `${where}: more than ${SOURCES_MAX} sources`;
    if (new Set(list.map((source) => source.instrument)).size < list.length) {
      return `${where}: an instrument is a source twice; it would be its own witness`;
    }
    for (const { weight } of list) {
      if (!Number.isInteger(weight) || weight < 1 || weight > 1e6) {
        return `${where}: the weight ${weight} is not a whole number from 1 to a million`;
      }
    }
  }
  if (!Number.isInteger(index.sourcesMin) || index.sourcesMin < 1)
    return `${where}: sourcesMin must be 1 or more`;
  for (const key of ['outlierPpm', 'frozenPpm', 'clampPpm', 'stepPpm'] as const) {
    if (!isWhole(index[key], 1, 1e6)) return `${where}: ${key} must be a whole number from 1 to a million`;
  }
  for (const key of ['staleUs', 'frozenUs', 'confirmUs'] as const) {
    if (!isWhole(index[key], 0, Number.MAX_SAFE_INTEGER))
      return `${where}: ${key} must be whole microseconds`;
  }
  if (!isWhole(market.divergencePpm, 1, 1e6) || !isWhole(market.printPpm, 1, 1e6)) {
    return `${where}: divergencePpm and printPpm must be whole numbers from 1 to a million`;
  }
  if (mark.parts.length % 2 === 0)
    return `${where}: rule ${mark.name} takes the median of an even number of parts`;
  if (mark.missing === 'book-ema' && mark.parts.length !== 3)
    return `${where}: book-ema stands in for one of three parts`;
  const averages =
    mark.parts.includes('mean-basis') || mark.parts.includes('ema-basis') || mark.missing === 'book-ema';
  if (averages && !isWhole(mark.sampleUs, 1, Number.MAX_SAFE_INTEGER))
    return `${where}: rule ${mark.name} has averages and no sampleUs`;
  if (mark.parts.includes('mean-basis') && !isWhole(mark.samples, 1, 3600))
    return `${where}: samples must be from 1 to 3600`;
  if (mark.parts.includes('ema-basis') && !(mark.basisEmaUs > 0))
    return `${where}: ema-basis needs basisEmaUs`;
  if (mark.missing === 'book-ema' && !(mark.bookEmaUs > 0)) return `${where}: book-ema needs bookEmaUs`;
  return null;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
