import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, fraction, integer } from '../num/rational.ts';
import type { TimeUs } from '../num/units.ts';
import { RATE_ONE, type AverageRule } from './funding.ts';
import { medianOf, PremiumAverage, withoutTails } from './funding-average.ts';
import { DYDX, HYPERLIQUID, binance } from './funding-presets.ts';

const EVEN: AverageRule = { ...HYPERLIQUID.average, everyUs: 10 };
const LINEAR: AverageRule = { ...EVEN, weights: 'linear' };
const units = (value: number): { num: bigint; den: bigint } => fraction(BigInt(value), BigInt(RATE_ONE));

function averageOf(
  rule: AverageRule,
  samples: readonly (readonly [at: number, premium: number])[],
): PremiumAverage {
  const average = new PremiumAverage(rule, 0 as TimeUs, 1000 as TimeUs);
  for (const [at, premium] of samples) average.add(at as TimeUs, premium);
  return average;
}

describe('an average premium', () => {
  it('weighs samples evenly, or the n-th by n', () => {
    const samples = [
      [0, 10],
      [10, 20],
      [20, 60],
    ] as const;
    expect(averageOf(EVEN, samples).value()).toEqual(units(30));
    // (1*10 + 2*20 + 3*60) / 6 = 230 / 6
    expect(averageOf(LINEAR, samples).value()).toEqual(fraction(230n, 6n * BigInt(RATE_ONE)));
  });

  it('gives a sample the weight of its place, whatever is missing before it', () => {
    // (1*10 + 3*60) / 4
    expect(
      averageOf(LINEAR, [
        [3, 10],
        [29, 60],
      ]).value(),
    ).toEqual(fraction(190n, 4n * BigInt(RATE_ONE)));
  });

  it('takes one a slot and tells what it did not take', () => {
    const average = averageOf(EVEN, [[25, 10]]);
    const add = (at: number): string => average.add(at as TimeUs, 99);
    expect([add(29), add(20), add(5), add(-1), add(1000), add(Number.NaN)]).toEqual([
      'covered',
      'covered',
      'covered',
      'outside',
      'outside',
      'outside',
    ]);
    expect(average.value()).toEqual(units(10));
    expect([average.count, average.expected]).toEqual([1, 100]);
  });

  it('is unknown without samples, and 0 where zeros are made up', () => {
    expect(averageOf(EVEN, []).value()).toBe(null);
    expect(averageOf({ ...EVEN, samplesMin: 4 }, []).value()).toEqual(integer(0));
    expect(averageOf({ ...EVEN, samplesMin: 4 }, [[0, 10]]).value()).toEqual(
      fraction(10n, 4n * BigInt(RATE_ONE)),
    );
  });

  it('of equal premiums is that premium, with any weights and any gaps', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(EVEN, LINEAR),
        fc.integer({ min: -1e15, max: 1e15 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1 }),
        (rule, premium, times) => {
          const samples = times.toSorted((a, b) => a - b).map((at) => [at, premium] as const);
          expect(averageOf(rule, samples).value()).toEqual(units(premium));
        },
      ),
    );
  });

  it('lies between the least and the largest sample, and equals the sum done in one go', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(EVEN, LINEAR),
        fc.array(fc.integer({ min: -1e15, max: 1e15 }), { minLength: 1, maxLength: 100 }),
        (rule, premiums) => {
          const value = averageOf(
            rule,
            premiums.map((premium, at) => [at * 10, premium]),
          ).value()!;
          expect(compare(value, units(Math.min(...premiums)))).toBeGreaterThanOrEqual(0);
          expect(compare(value, units(Math.max(...premiums)))).toBeLessThanOrEqual(0);
          const weight = (at: number): bigint => (rule.weights === 'linear' ? BigInt(at + 1) : 1n);
          const sum = premiums.reduce((total, premium, at) => total + weight(at) * BigInt(premium), 0n);
          const weights = premiums.reduce((total, _premium, at) => total + weight(at), 0n);
          expect(value).toEqual(fraction(sum, weights * BigInt(RATE_ONE)));
        },
      ),
    );
  });

  it('of eight hours at Binance weighs 5760 premiums', () => {
    const { average } = binance(8);
    const whole = new PremiumAverage(average, 0 as TimeUs, (8 * 3_600_000_000) as TimeUs);
    expect(whole.expected).toBe(5760);
    for (let slot = 0; slot < 5760; slot++) whole.add((slot * 5_000_000) as TimeUs, slot + 1);
    // sum of n^2 over sum of n: (2 * 5760 + 1) / 3
    expect(whole.value()).toEqual(fraction(11_521n, 3n * BigInt(RATE_ONE)));
  });
});

describe('medians of votes', () => {
  const PPM = 1_000_000;

  it('are made up with zeros, and of two in the middle go away from zero', () => {
    expect(medianOf([5, 1, 9], 0, 1)).toBe(5);
    expect(medianOf([5, 1, 9], 4, 1)).toBe(3);
    expect(medianOf([5, 1, 9], 15, 1)).toBe(0);
    expect(medianOf([1, 2], 0, 1)).toBe(2);
    expect(medianOf([-1, -2], 0, 1)).toBe(-2);
    expect(medianOf([-1, 2], 0, 1)).toBe(1);
    expect(medianOf([PPM, 2 * PPM], 0, PPM)).toBe(2 * PPM);
  });

  it('are the samples: one a minute, the open one as it stands', () => {
    const rule: AverageRule = { ...DYDX.average, median: { overUs: 60_000_000, votesMin: 3 }, samplesMin: 0 };
    const average = new PremiumAverage(rule, 0 as TimeUs, 3_600_000_000 as TimeUs);
    const vote = (second: number, ppm: number): void => {
      average.add((second * 1_000_000) as TimeUs, ppm * PPM);
    };
    for (const [at, ppm] of [10, 30, 20].entries()) vote(at, ppm);
    expect([average.value(), average.count]).toEqual([fraction(20n, 1_000_000n), 1]);
    // The third minute: one vote of 90 and two zeros, so 0.
    vote(120, 90);
    expect([average.value(), average.count]).toEqual([fraction(10n, 1_000_000n), 2]);
    vote(121, 80);
    expect(average.value()).toEqual(fraction(50n, 1_000_000n));
    expect(average.expected).toBe(60);
  });

  it('never leave the range of votes and zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.nat(40),
        (votes, votesMin) => {
          const median = medianOf(votes, votesMin, 1);
          expect(median).toBeGreaterThanOrEqual(Math.min(0, ...votes));
          expect(median).toBeLessThanOrEqual(Math.max(0, ...votes));
        },
      ),
    );
  });
});

describe('tails', () => {
  it('drop the odd one at the top', () => {
    // floor(2 * 0.1 * 8) = 1
    expect(withoutTails([8, 1, 2, 3, 4, 5, 6, 7], { num: 1, den: 10 })).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('leave the average after zeros are made up', () => {
    const rule: AverageRule = { ...EVEN, samplesMin: 4, tails: { num: 1, den: 4 } };
    // 100, 4, 2 and a zero: without the largest and the least, (4 + 2) / 2.
    const average = averageOf(rule, [
      [0, 100],
      [10, 4],
      [20, 2],
    ]);
    expect(average.value()).toEqual(units(3));
  });
});
