/**
 * Streams made by hand, each to the point: what was once decided wrongly, or only just is not. The engine plays them
 * against the reference (`src/core/watch/certificate.test.ts`), and without the rule that they are about they must fail
 * (`planted.test.ts`), so that none can stop to show what it is there for.
 */
import type { Rate } from '../../src/core/num/units.ts';
import { SAFE_MAX } from '../../src/core/num/units.ts';
import { Kind, Leg, MarginBasis, OrderMargin, type Command } from '../../src/core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../src/core/schema/levels.ts';
import { largestPrimes } from './primes.ts';

export interface Case {
  readonly name: string;
  commands(this: void): Command[];
}

type Fields = Record<string, unknown>;

const NOTHING: Rate = { num: 0, den: 1 };
const ALL: Rate = { num: 1, den: 1 };

const command = (kind: Kind, fields: Fields): Command =>
  ({ kind, timeUs: 0, origin: null, ...fields }) as unknown as Command;
const cross = (account: number, market = 0, leg: Leg = Leg.net): Fields => ({
  account,
  market,
  leg,
  isolated: false,
});

const settings = (): Command =>
  command(Kind.settings, { rules: 1, asset: 'USDT', decimals: 6, inclusive: false, levels: DEFAULT_LEVELS });
const market = (name: string, fields: Fields = {}): Command =>
  command(Kind.market, {
    name,
    tick: '1',
    lot: '1',
    markTick: '1',
    markUnit: 1,
    tickUnit: ALL,
    tiers: [{ floor: 0, mmr: NOTHING, imr: NOTHING }],
    closeFee: NOTHING,
    basis: MarginBasis.mark,
    orderMargin: OrderMargin.none,
    orderRate: NOTHING,
    ...fields,
  });
const marks = (...prices: readonly (readonly [number, number])[]): Command =>
  command(Kind.marks, { text: '', marks: prices.map(([market, price]) => ({ market, price })) });
const account = (name: string): Command => command(Kind.account, { name });
const money = (row: number, amount: number): Command => command(Kind.collateral, { ...cross(row), amount });
const position = (place: Fields, size: number, costBasis: number): Command =>
  command(Kind.position, { ...place, size, costBasis, fundingIndex: null });

/** One account with 900 on a long of 1,000, in the first market; in the second, 700 that a fall by 30 % must look at. */
function besideACrowd(floor: number, mmr: Rate): Command[] {
  const tiers = [
    { floor: 0, mmr: { num: 1, den: 100 }, imr: ALL },
    { floor: floor * 1_000, mmr, imr: ALL },
  ];
  const commands = [
    settings(),
    market('M', { markUnit: 1_000, tiers }),
    market('CROWD'),
    marks([0, 1_000], [1, 100_000]),
    account('target'),
    position(cross(0), 1, 1_000_000),
    money(0, 900_000),
  ];
  for (let row = 1; row <= 700; row++) {
    commands.push(account(`crowd-${row}`), position(cross(row, 1), 1, 100_000), money(row, 20_000 + row));
  }
  return commands;
}

export const LEAP_INTO_FAR_TIER: Case = {
  name: 'a leap over a far tier edge in a command that sweeps',
  commands: () => [...besideACrowd(4_500, ALL), marks([1, 70_000], [0, 20_000])],
};

export const LEAP_AND_BACK: Case = {
  name: 'a leap in a command that sweeps, and later half of the way back to a tier edge that was far',
  commands: () => [
    ...besideACrowd(1_200, { num: 1, den: 4 }),
    marks([1, 70_000], [0, 10_000]),
    money(0, -106_000),
    marks([0, 1_100]),
  ],
};

export const PRIME_DENOMINATORS: Case = {
  name: 'forty tiers without a common factor',
  commands: () => [
    settings(),
    market('M', {
      tiers: largestPrimes(1e9, 40).map((den, at) => ({
        floor: at * 10,
        mmr: { num: Math.floor(den * (0.01 + at * 0.001)), den },
        imr: ALL,
      })),
    }),
    marks([0, 100_000]),
    account('short'),
    position(cross(0), -10, -1_000_000),
    money(0, 200_000),
    ...Array.from({ length: 28 }, (_, at) => marks([0, 100_500 + at * 500])),
  ],
};

export const LEGS_PAST_2_53: Case = {
  name: 'three legs of one market whose sum is not exact',
  commands: () => [
    settings(),
    market('M'),
    marks([0, 1]),
    account('hedged'),
    position(cross(0, 0, Leg.net), 2 ** 52, 0),
    position(cross(0, 0, Leg.long), 2 ** 52 + 1, 0),
    position(cross(0, 0, Leg.short), -SAFE_MAX, 0),
    marks([0, 1_000]),
    // Equity is now -2,100 + 2 * mark.
    money(0, -2_100),
    marks([0, 1_060]),
  ],
};

export const LONG_FUNDING_HISTORY: Case = {
  name: 'a funding index that swung between its bounds 620,000 times',
  commands: () => {
    const swings = [SAFE_MAX, -SAFE_MAX].map((index) => command(Kind.funding, { market: 0, index }));
    const rows = Array.from({ length: 620_000 }, (_, at) => swings[at % 2]);
    const commands = [settings(), market('M'), marks([0, 100_000])];
    commands.push(
      command(Kind.transaction, { rows: [...rows, command(Kind.funding, { market: 0, index: 0 })] }),
    );
    for (let row = 0; row < 8; row++) {
      commands.push(
        account(`long-${row}`),
        position(cross(row), 1_000, 100_000_000),
        money(row, 10_007 + row * 1_000),
      );
    }
    for (let mark = 99_999; mark > 99_980; mark--) commands.push(marks([0, mark]));
    return commands;
  },
};

export const TINY_RATE: Case = {
  name: 'a pair of legs at a billionth, whose slope is nothing but its rate',
  commands: () => {
    const size = 2 ** 36;
    const rate = { num: 1, den: 1e9 };
    // Where twice the maintenance of both legs reaches the collateral.
    const edge = 12_314_530_231_091;
    const maintenance = 2n * ((BigInt(size) * BigInt(edge) + 999_999_999n) / 1_000_000_000n);
    return [
      settings(),
      market('M', { tiers: [{ floor: 0, mmr: rate, imr: rate }] }),
      marks([0, 1_024]),
      account('hedged'),
      position(cross(0, 0, Leg.long), size, 0),
      position(cross(0, 0, Leg.short), -size, 0),
      marks([0, 2 ** 43]),
      money(0, Number(2n * maintenance)),
      ...[-1, 0, 1, 2, 5, 30, 100].map((by) => marks([0, edge + by])),
    ];
  },
};

export const CASES: readonly Case[] = [
  TINY_RATE,
  LEAP_INTO_FAR_TIER,
  LEAP_AND_BACK,
  PRIME_DENOMINATORS,
  LEGS_PAST_2_53,
  LONG_FUNDING_HISTORY,
];
