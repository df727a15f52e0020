import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuoteMicros, SizeLots, TimeUs } from '../num/units.ts';
import {
  detectBasisReversion,
  detectExhaustion,
  detectFundingReversion,
  detectTrend,
  type SignalContext,
} from './signals-detect.ts';
import { volatilitySize } from './signals-size.ts';
import { rankSignals, type Signal } from './signals.ts';
import { YEAR_US } from './volatility.ts';

const DAY_US = YEAR_US / 365;
const context: SignalContext = {
  market: 'BTCUSDT',
  atUs: 0 as TimeUs,
  horizonUs: DAY_US,
  fundingPaid: 0.0003,
};
const fit = { phi: 0.5, mean: 0.001, halfLife: 1 };
const signal = (given: Partial<Signal>): Signal => ({
  kind: 'trend',
  market: 'BTCUSDT',
  side: 'long',
  atUs: 0 as TimeUs,
  horizonUs: DAY_US,
  move: 0.01,
  funding: 0,
  because: '',
  ...given,
});
const COSTS = { takerFee: 0.0005, halfSpread: 0.0001 };

describe('ranking', () => {
  it('is by what is left after both ways of fee and spread, and funding', () => {
    const board = rankSignals(
      [
        signal({ move: 0.004 }),
        signal({ move: 0.003, funding: 0.002, side: 'short' }),
        signal({ move: 0.0012 }),
        signal({ move: 0.004, funding: -0.003 }),
      ],
      () => true,
      () => COSTS,
    );
    // Costs are 0.0012: 0.0028, 0.0038, 0 and -0.0002 are left.
    expect(board.ranked.map(({ side, net }) => [side, Number(net.toFixed(6))])).toEqual([
      ['short', 0.0038],
      ['long', 0.0028],
    ]);
    expect(board.dropped.map(({ why }) => why)).toEqual(['not-worth-it', 'not-worth-it']);
  });

  it('drops, by name, what rests on a price that is not valid or on unknown costs', () => {
    const board = rankSignals(
      [
        signal({}),
        signal({ market: 'ETHUSDT' }),
        signal({ market: 'SOLUSDT' }),
        signal({ move: Number.NaN }),
      ],
      (market) => market !== 'ETHUSDT',
      (market) => (market === 'SOLUSDT' ? null : COSTS),
    );
    expect(board.ranked.map(({ market }) => market)).toEqual(['BTCUSDT']);
    expect(board.dropped.map(({ signal, why }) => [signal.market, why])).toEqual([
      ['ETHUSDT', 'price-invalid'],
      ['SOLUSDT', 'costs-unknown'],
      ['BTCUSDT', 'not-worth-it'],
    ]);
  });

  it('loses no signal and is in one order, whatever the order they came in', () => {
    const one = fc.record({
      market: fc.constantFrom('A', 'B', 'C'),
      kind: fc.constantFrom('trend' as const, 'exhaustion' as const),
      move: fc.constantFrom(0.001, 0.01, 0.02),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ market, kind }) => market + kind }), (given) => {
        const signals = given.map(signal);
        const rank = (of: readonly Signal[]): Signal[] =>
          rankSignals(
            of,
            (market) => market !== 'C',
            () => COSTS,
          ).ranked.slice();
        const board = rankSignals(
          signals,
          (market) => market !== 'C',
          () => COSTS,
        );
        expect(board.ranked.length + board.dropped.length).toBe(signals.length);
        expect(rank(signals)).toEqual(rank(signals.toReversed()));
        const nets = board.ranked.map(({ net }) => net);
        expect(nets).toEqual(nets.toSorted((a, b) => b - a));
      }),
    );
  });
});

describe('signals', () => {
  it('of a basis: from 0.9 % around 0.1 %, a quarter of the distance is left in two steps', () => {
    const given = { basis: 0.009, zScore: 2.5, zMin: 2, fit, stepUs: DAY_US / 2 };
    const found = detectBasisReversion(context, given)!;
    expect([found.side, found.funding]).toEqual(['short', 0.0003]);
    expect(found.move).toBeCloseTo(0.006, 12);
    const low = detectBasisReversion(context, { ...given, basis: -0.007, zScore: -2.5 })!;
    expect([low.side, low.funding]).toEqual(['long', -0.0003]);
    for (const nothing of [{ zScore: 1.9 }, { zScore: null }, { fit: null }, { zScore: Number.NaN }]) {
      expect(detectBasisReversion(context, { ...given, ...nothing })).toBe(null);
    }
    // The horizon is over before the first step.
    expect(detectBasisReversion(context, { ...given, stepUs: 2 * DAY_US })).toBe(null);
  });

  it('of funding: what the next intervals pay, to the side that receives it', () => {
    // 0.0090 -> 0.0050, 0.0030, 0.0020
    const found = detectFundingReversion(context, { rate: 0.009, fit, intervals: 3 })!;
    expect([found.side, found.move]).toEqual(['short', 0]);
    expect(found.funding).toBeCloseTo(0.01, 12);
    const low = detectFundingReversion(context, { rate: -0.019, fit, intervals: 1 })!;
    expect(low.side).toBe('long');
    expect(low.funding).toBeCloseTo(0.009, 12);
    expect(detectFundingReversion(context, { rate: 0.009, fit: null, intervals: 3 })).toBe(null);
  });

  it('of a trend: skill times volatility times score', () => {
    // 2 % a day.
    const volatility = 0.02 * Math.sqrt(365);
    const given = { fast: 101, slow: 100, volatility, skill: 0.05 };
    // 1 % apart at 2 % a day: score 0.5, so 0.05 * 0.02 * 0.5.
    const up = detectTrend(context, given)!;
    expect(up.side).toBe('long');
    expect(up.move).toBeCloseTo(0.0005, 12);
    // No more than a score of 3.
    expect(detectTrend(context, { ...given, fast: 50 })!.move).toBeCloseTo(0.003, 12);
    expect(detectTrend(context, { ...given, fast: 50 })!.side).toBe('short');
    for (const nothing of [
      { fast: null },
      { slow: null },
      { volatility: null },
      { volatility: 0 },
      { fast: 100 },
    ]) {
      expect(detectTrend(context, { ...given, ...nothing })).toBe(null);
    }
  });

  it('of an index of strength out of its range', () => {
    const volatility = 0.02 * Math.sqrt(365);
    const at = (rsi: number | null): Signal | null =>
      detectExhaustion(context, { rsi, volatility, skill: 0.05 });
    expect([at(30), at(50), at(70), at(null)]).toEqual([null, null, null, null]);
    // (50 - 90) / 20 = -2
    expect([at(90)!.side, at(10)!.side]).toEqual(['short', 'long']);
    expect(at(90)!.move).toBeCloseTo(0.05 * 0.02 * 2, 12);
  });
});

describe('a size by volatility', () => {
  const given = {
    risk: 1_000_000_000 as QuoteMicros,
    notionalPerLot: 50_000_000,
    volatility: 0.02 * Math.sqrt(365),
    horizonUs: DAY_US,
    lotsMax: 1_000_000 as SizeLots,
  };

  it('by hand: 1000 USDT at 2 % a day are 50,000 USDT, a thousand lots of 50', () => {
    // A hair under, so that rounding in the root does not decide it.
    expect(volatilitySize({ ...given, risk: 1_000_000_001 as QuoteMicros })).toBe(1000);
    expect(volatilitySize({ ...given, risk: 999_000_000 as QuoteMicros })).toBe(999);
    expect(volatilitySize({ ...given, lotsMax: 10 as SizeLots })).toBe(10);
  });

  it('is nothing where volatility is unknown, or where a number is none', () => {
    for (const bad of [null, 0, -1, Number.NaN])
      expect(volatilitySize({ ...given, volatility: bad })).toBe(0);
    expect(volatilitySize({ ...given, notionalPerLot: 0 })).toBe(0);
    expect(volatilitySize({ ...given, risk: Number.NaN as QuoteMicros })).toBe(0);
  });

  it('halves when volatility doubles, and never passes its risk', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 10 ** 12 }),
        (volatility, notionalPerLot, risk) => {
          const lotsMax = Number.MAX_SAFE_INTEGER as SizeLots;
          const size = (times: number): number =>
            volatilitySize({
              ...given,
              lotsMax,
              notionalPerLot,
              risk: risk as QuoteMicros,
              volatility: times * volatility,
            });
          expect(Math.abs(size(1) - 2 * size(2))).toBeLessThanOrEqual(2);
          const moved = (size(1) * notionalPerLot * volatility) / Math.sqrt(365);
          expect(moved).toBeLessThanOrEqual(risk * (1 + 1e-12));
        },
      ),
    );
  });
});
