import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ema, RollingWindow, Rsi } from './indicators.ts';
import { expectedAfter, expectedSum, fitReversion } from './indicators-reversion.ts';

const values = fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 20, maxLength: 60 });

function windowOf(values: readonly number[], length = values.length): RollingWindow {
  const window = new RollingWindow(length);
  for (const value of values) window.add(value);
  return window;
}
function lastOf(indicator: { add(value: number): number | null }, values: readonly number[]): number | null {
  let last: number | null = null;
  for (const value of values) last = indicator.add(value);
  return last;
}

describe('a window', () => {
  it('by hand: 2 4 4 4 5 5 7 9 has mean 5 and deviation 2', () => {
    const window = windowOf([100, 2, 4, 4, 4, 5, 5, 7, 9], 8);
    expect([window.mean(), window.deviation(), window.zScore(9), window.zScore(1)]).toEqual([5, 2, 2, -2]);
  });

  it('says nothing until it is full, and scores nothing while nothing moves', () => {
    expect([windowOf([1, 2], 3).mean(), windowOf([1, 2], 3).zScore(1)]).toEqual([null, null]);
    // A tenth ten times is not one: equal values must still not deviate.
    const still = windowOf(Array(10).fill(0.1));
    expect([still.mean(), still.deviation(), still.zScore(0.1)]).toEqual([0.1, 0, null]);
  });

  it('does not drift: a thousand values later it is what a fresh one would be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 8, maxLength: 200 }),
        (all) => {
          const last = all.slice(-8);
          const long = windowOf(all, 8);
          expect(long.mean()).toBeCloseTo(windowOf(last).mean()!, 6);
          expect(long.deviation()).toBeCloseTo(windowOf(last).deviation()!, 6);
        },
      ),
    );
  });

  it('has a mean within its values and a score without unit', () => {
    fc.assert(
      fc.property(values, (all) => {
        const window = windowOf(all);
        expect(window.mean()).toBeGreaterThanOrEqual(Math.min(...all));
        expect(window.mean()).toBeLessThanOrEqual(Math.max(...all));
        const scaled = windowOf(all.map((value) => value * 8));
        expect(scaled.zScore(8 * all[0])).toBe(window.zScore(all[0]));
        // No value is further out than the root of one less than their number.
        const score = window.zScore(Math.max(...all));
        if (score !== null) expect(score).toBeLessThanOrEqual(Math.sqrt(all.length - 1) + 1e-9);
      }),
    );
  });

  it('refuses what is no number', () => {
    for (const bad of [Number.NaN, Infinity]) {
      expect(() => new RollingWindow(2).add(bad)).toThrow(/of numbers/);
      expect(() => new Ema(2).add(bad)).toThrow(/of numbers/);
      expect(() => new Rsi(2).add(bad)).toThrow(/of numbers/);
    }
  });
});

describe('an exponential average', () => {
  it('is the published one', () => {
    // ChartSchool, "Moving Averages": 10-day EMA, closes to two decimals.
    const closes = [
      22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36,
    ];
    const ema = new Ema(10);
    const shown = closes.map((close) => ema.add(close)?.toFixed(2) ?? null);
    expect(shown.slice(0, 9)).toEqual(Array(9).fill(null));
    expect(shown.slice(9)).toEqual(['22.22', '22.21', '22.24', '22.27', '22.33', '22.52']);
  });

  it('stays within its values, and on a constant', () => {
    fc.assert(
      fc.property(values, (all) => {
        const ema = lastOf(new Ema(9), all)!;
        expect(ema).toBeGreaterThanOrEqual(Math.min(...all));
        expect(ema).toBeLessThanOrEqual(Math.max(...all));
        expect(lastOf(new Ema(9), Array(20).fill(all[0]))).toBe(all[0]);
      }),
    );
  });
});

describe('the relative strength index', () => {
  it('is the published one', () => {
    // ChartSchool, "Relative Strength Index", QQQQ.
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
      46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ];
    const rsi = new Rsi();
    const shown = closes.map((close) => rsi.add(close)?.toFixed(2) ?? null);
    expect(shown.slice(0, 14)).toEqual(Array(14).fill(null));
    expect(shown.slice(14)).toEqual(['70.53', '66.32', '66.55', '69.41', '66.36', '57.97']);
  });

  it('by hand: three up and one down by as much is 75', () => {
    expect(lastOf(new Rsi(4), [1, 2, 3, 4, 3])).toBeCloseTo(75, 12);
    // One more up: gain (3 * 0.75 + 1) / 4, loss (3 * 0.25) / 4.
    expect(lastOf(new Rsi(4), [1, 2, 3, 4, 3, 4])).toBeCloseTo((100 * 3.25) / 4, 12);
  });

  it('is 100 of rises, 0 of falls, 50 of nothing, and does not know the unit', () => {
    const rise = Array.from({ length: 20 }, (_, step) => step + 1);
    expect([lastOf(new Rsi(), rise), lastOf(new Rsi(), rise.toReversed())]).toEqual([100, 0]);
    expect(lastOf(new Rsi(), Array(20).fill(7))).toBe(50);
    fc.assert(
      fc.property(values, (all) => {
        const rsi = lastOf(new Rsi(), all)!;
        expect(rsi).toBeGreaterThanOrEqual(0);
        expect(rsi).toBeLessThanOrEqual(100);
        expect(
          lastOf(
            new Rsi(),
            all.map((value) => value * 16),
          ),
        ).toBe(rsi);
        // Mirrored prices have the mirrored strength.
        const mirrored = lastOf(
          new Rsi(),
          all.map((value) => -value),
        )!;
        expect(rsi === 50 && mirrored === 50 ? 100 : rsi + mirrored).toBeCloseTo(100, 9);
      }),
    );
  });
});

describe('reversion', () => {
  const path = (phi: number, mean: number, first: number, length = 12): number[] => {
    const values = [first];
    while (values.length < length) values.push(mean + phi * (values.at(-1)! - mean));
    return values;
  };

  it('is found where there is no noise, with its half-life', () => {
    const fit = fitReversion(path(0.5, 0.0001, 0.0009))!;
    expect(fit.phi).toBeCloseTo(0.5, 12);
    expect(fit.mean).toBeCloseTo(0.0001, 12);
    expect(fit.halfLife).toBeCloseTo(1, 12);
    expect(fitReversion(path(0.25, 3, 11))!.halfLife).toBeCloseTo(0.5, 9);
  });

  it('is not found in too few values, a constant, a trend or a swing', () => {
    expect(fitReversion(path(0.5, 1, 9, 8))).toBe(null);
    expect(fitReversion(Array(50).fill(0.1))).toBe(null);
    expect(fitReversion(Array.from({ length: 50 }, (_, step) => step))).toBe(null);
    expect(fitReversion(path(-0.5, 1, 9))).toBe(null);
    expect(fitReversion(path(1.1, 1, 9))).toBe(null);
  });

  it('expects by hand: from 9 around 1, halved a step, 5 then 3 then 2', () => {
    const fit = { phi: 0.5, mean: 1, halfLife: 1 };
    expect([0, 1, 2, 3].map((steps) => expectedAfter(fit, 9, steps))).toEqual([9, 5, 3, 2]);
    expect(expectedSum(fit, 9, 3)).toBe(10);
  });

  it('sums what it expects', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (phi, mean, value, steps) => {
          const fit = { phi, mean, halfLife: 0 };
          let sum = 0;
          for (let step = 1; step <= steps; step++) sum += expectedAfter(fit, value, step);
          expect(expectedSum(fit, value, steps)).toBeCloseTo(sum, 9);
        },
      ),
    );
  });
});
