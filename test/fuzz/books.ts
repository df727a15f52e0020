/**
 * The books that the fuzz plays on. Each style exists because plain books do not show some kind of mistake:
 *
 *   plain     ordinary sizes and prices
 *   dust      1 to 3 lots at prices of a few ticks: one unit of rounding decides the level
 *   tiers     tier floors all around the typical notional
 *   hedged    long and short legs of one market, opposite positions, rates up to 100 %
 *   isolated  mostly isolated buckets, opened and closed
 *   entry     margin on the cost basis, orders that charge, close fees
 *   wide      notionals around and past 2^53
 *   forms     inverse markets and assets held as collateral among linear ones; otherwise as one of the other styles
 *   large     hundreds of buckets, so that a gap fires more wires than is worth following
 *   leaps     marks that jump by factors beside others that fall, tier floors from a thousandth to a thousandfold
 *   primes    tables of dozens of tiers with unrelated prime denominators, which only BigInt can value
 *   legs      net, long and short legs of one market that together pass 2^53 money per tick and all but cancel out
 *   history   hundreds of thousands of funding changes, from bound to bound, before anybody holds anything
 */
import { MARK_MAX, SAFE_MAX, type MarkTicks, type QuoteMicros, type Rate } from '../../src/core/num/units.ts';
import {
  Kind,
  MarginBasis,
  OrderMargin,
  type MarketCommand,
  type SettingsCommand,
  type Tier,
} from '../../src/core/schema/commands.ts';
import { DEFAULT_LEVELS, type Fraction, type LevelSettings } from '../../src/core/schema/levels.ts';
import type { TimeUs } from '../../src/core/num/units.ts';
import type { Contract } from './forms.ts';
import { largestPrimes } from './primes.ts';
import type { Random } from './random.ts';

export const STYLES = [
  'plain',
  'dust',
  'tiers',
  'hedged',
  'isolated',
  'entry',
  'wide',
  'forms',
  'large',
  'leaps',
  'primes',
  'legs',
  'history',
] as const;
export type Style = (typeof STYLES)[number];

const OFTEN = STYLES.slice(0, STYLES.indexOf('large'));
const SELDOM: readonly Style[] = ['large', 'leaps', 'primes', 'legs'];
const HISTORY_EVERY = 512;

/** One in nine of each; of those that cost more or show one thing only, one in 36, and of `history` one in 512. */
export function styleOf(seed: number): Style {
  if (seed % HISTORY_EVERY === HISTORY_EVERY - 1) return 'history';
  const turn = seed % (OFTEN.length + 1);
  if (turn < OFTEN.length) return OFTEN[turn];
  return SELDOM[Math.floor(seed / (OFTEN.length + 1)) % SELDOM.length];
}

/** From 0 to 1, as fractions that rarely come out whole. */
const RATES: readonly Rate[] = [
  [0, 1],
  [1, 1000],
  [1, 250],
  [1, 200],
  [13, 2000],
  [1, 100],
  [1, 75],
  [1, 50],
  [1, 30],
  [2, 50],
  [1, 20],
  [3, 40],
  [1, 10],
  [1, 7],
  [1, 4],
  [1, 3],
  [1, 2],
  [1, 1],
].map(([num, den]) => ({ num, den }));

/** Of a rate that is next to nothing: a pair of legs loses by it alone, at marks near the highest. */
export const THIN_DEN = 1e9;

/** Thresholds of warning, danger and critical, where they end, and of the backstop. */
const LEVELS: readonly LevelSettings[] = [
  DEFAULT_LEVELS,
  levels('2/1 3/2 6/5', '2/1 3/2 6/5', '1/2'),
  levels('3/1 2/1 3/2', '4/1 4/1 4/1', '31/32'),
  levels('32/1 7/3 32/31', '32/1 31/13 9/8', '1/32'),
  levels('5/4 6/5 11/10', '13/10 5/4 5/4', '3/5'),
];
/** A backstop far down leaves room between levels for a single unit of equity to decide. */
const FAR_BACKSTOP = levels('2/1 3/2 6/5', '21/10 8/5 5/4', '1/32');

export function randomSettings(random: Random, style: Style): SettingsCommand {
  const usual = random.chance(0.5) ? DEFAULT_LEVELS : random.pick(LEVELS);
  return {
    kind: Kind.settings,
    timeUs: random.whole(0, 5) as TimeUs,
    origin: null,
    rules: 1,
    asset: 'USDT',
    decimals: random.whole(0, 12),
    inclusive: random.chance(0.4),
    levels: style === 'dust' && random.chance(0.4) ? FAR_BACKSTOP : usual,
  };
}

export interface MarketPlan {
  readonly definition: MarketCommand;
  readonly firstMark: MarkTicks;
  /** A usual position size. */
  readonly lots: number;
  /** Money units of one lot at the first mark, about. */
  readonly worth: number;
  /** What it is to be told to be; null: nothing, so it is linear. */
  readonly contract: Contract | null;
}

export function randomMarket(random: Random, style: Style, name: string, timeUs: TimeUs): MarketPlan {
  const markUnit = markUnitOf(random, style);
  const firstMark = firstMarkOf(random, style);
  const lots = lotsOf(random, style, firstMark * markUnit);
  const isHedged = style === 'hedged';
  return {
    firstMark: firstMark as MarkTicks,
    lots,
    worth: firstMark * markUnit,
    contract: null,
    definition: {
      kind: Kind.market,
      timeUs,
      origin: null,
      name,
      tick: '0.1',
      lot: '0.001',
      markTick: '0.01',
      markUnit,
      tickUnit: { num: random.pick([1, 3, 7, 100]), den: random.pick([1, 1, 10, 10, 7]) },
      tiers: randomTiers(random, style, firstMark * markUnit * lots),
      closeFee:
        style === 'legs'
          ? rate(0, 1)
          : random.pick([rate(0, 1), rate(0, 1), rate(1, 2000), rate(11, 20_000), rate(1, 3)]),
      basis: random.chance(style === 'entry' ? 0.6 : 0.08) ? MarginBasis.entry : MarginBasis.mark,
      orderMargin: random.pick([OrderMargin.none, OrderMargin.worst, OrderMargin.sum]),
      orderRate: random.pick(isHedged ? RATES : RATES.slice(0, 12)),
    },
  };
}

/** 1 to 5 tiers with floors around the notional that positions will have, so that they change tier. */
export function randomTiers(random: Random, style: Style, notional: number): Tier[] {
  if (style === 'primes' && random.chance(0.7)) return primeTiers(random, notional);
  if (style === 'legs' && random.chance(0.8)) {
    const mmr = random.chance(0.6) ? RATES[0] : rate(random.whole(1, 9), THIN_DEN);
    return [{ floor: 0 as QuoteMicros, mmr, imr: mmr }];
  }
  const count = style === 'tiers' || style === 'leaps' ? random.whole(2, 5) : random.pick([1, 1, 2, 3, 5]);
  const steep =
    style === 'hedged' || style === 'dust' ? RATES.length : random.pick([9, 13, 16, RATES.length]);
  const places = Array.from({ length: count }, () => Math.floor(random.unit() ** 1.5 * steep));
  if (style === 'leaps') {
    // Low at first, so that nobody safe has a wire on the winning side, and steep enough further up to lose there.
    for (let at = 0; at < count; at++)
      places[at] = at === 0 ? random.whole(0, 3) : random.whole(9, RATES.length - 1);
  }
  const floors = new Set([0]);
  for (let guard = 0; floors.size < count && guard < 50; guard++) {
    const share = style === 'leaps' ? random.log(0.001, 1_000) : random.log(0.05, 4);
    floors.add(clamp(Math.round(notional * share), 1, SAFE_MAX));
  }
  const tiers: Tier[] = [];
  let imrPlace = 0;
  places.sort((a, b) => a - b);
  for (const [at, floor] of [...floors].sort((a, b) => a - b).entries()) {
    imrPlace = Math.max(imrPlace, Math.min(RATES.length - 1, places[at] + random.whole(0, 3)));
    tiers.push({ floor: floor as QuoteMicros, mmr: RATES[places[at]], imr: RATES[imrPlace] });
  }
  return tiers;
}

/** 30 to 60 tiers whose common denominator runs to hundreds of digits, past what a double can be. */
function primeTiers(random: Random, notional: number): Tier[] {
  const count = random.whole(30, 60);
  const highest = random.pick([0.02, 0.2, 0.9]);
  const start = random.whole(0, PRIMES.length - count);
  const step = Math.max(1, Math.round((notional * random.log(0.5, 20)) / count));
  return PRIMES.slice(start, start + count).map((den, at) => ({
    floor: (at * step) as QuoteMicros,
    mmr: rate(Math.floor(den * (0.001 + (highest * at) / count)), den),
    imr: rate(1, 1),
  }));
}

/** The largest primes under 10^9, the largest denominator there may be. */
const PRIMES: readonly number[] = largestPrimes(1e9, 80);

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function levels(enter: string, exit: string, backstop: string): LevelSettings {
  const fractions = (text: string): Fraction[] =>
    text.split(' ').map((part) => part.split('/').map(Number) as never);
  const [warning, danger, critical] = fractions(enter);
  const [first, second, third] = fractions(exit);
  return {
    enter: [warning, danger, critical],
    exit: [first, second, third],
    backstop: fractions(backstop)[0],
  };
}

function markUnitOf(random: Random, style: Style): number {
  if (style === 'history') return 1;
  return style === 'dust' || style === 'legs' ? random.pick([1, 1, 2, 3]) : random.pick([1, 3, 10, 100, 700]);
}

function firstMarkOf(random: Random, style: Style): number {
  if (style === 'legs') return 1;
  if (style === 'dust') return random.whole(1, 60);
  if (style === 'wide') return Math.floor(random.log(2 ** 20, MARK_MAX));
  return Math.floor(random.log(1_000, 10_000_000));
}

function lotsOf(random: Random, style: Style, lotValue: number): number {
  if (style === 'dust') return random.whole(1, 3);
  if (style === 'legs') return Math.floor(2 ** 52 / lotValue);
  if (style === 'wide') return Math.max(1, Math.floor(random.log(2 ** 44, 2 ** 52.5) / lotValue));
  return Math.floor(random.log(1, 5_000));
}

function rate(num: number, den: number): Rate {
  return { num, den };
}
