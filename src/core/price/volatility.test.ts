import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../num/units.ts';
import { logRatio, powerOf } from '../num/elementary.ts';
import { MINUTE_VOLATILITY, Volatility, volatilityOver, type VolatilityRule, YEAR_US } from './volatility.ts';

const DAY_US = YEAR_US / 365;
const DAILY: VolatilityRule = { everyUs: DAY_US, window: 100, gapMax: 10, lambda: 0.9 };
const price = fc.integer({ min: 1, max: 2 ** 44 });

function fed(rule: VolatilityRule, prices: readonly (readonly [step: number, price: number])[]): Volatility {
  const volatility = new Volatility(rule);
  for (const [step, price] of prices) volatility.add((step * rule.everyUs) as TimeUs, price);
  return volatility;
}

describe('logarithms', () => {
  it('are the known ones', () => {
    expect(logRatio(1, 2)).toBeCloseTo(Math.LN2, 15);
    expect(logRatio(1, 10)).toBeCloseTo(Math.LN10, 15);
    expect(logRatio(100, 110)).toBeCloseTo(0.095310179804325, 15);
    expect(logRatio(3, 3)).toBe(0);
  });

  it('are as good as the platform has them, for ratios and for small changes', () => {
    fc.assert(
      fc.property(price, price, (from, to) => {
        const near = to < 2 * from && from < 2 * to;
        const platform = near ? Math.log1p((to - from) / from) : Math.log(to / from);
        expect(Math.abs(logRatio(from, to) - platform)).toBeLessThanOrEqual(6e-16 * Math.abs(platform));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 10 ** 6, max: 2 ** 44 }),
        fc.integer({ min: -1000, max: 1000 }),
        (from, by) => {
          const platform = Math.log1p(by / from);
          expect(Math.abs(logRatio(from, from + by) - platform)).toBeLessThanOrEqual(
            6e-16 * Math.abs(platform),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('swap their sign with their ends, exactly', () => {
    fc.assert(fc.property(price, price, (from, to) => logRatio(from, to) + logRatio(to, from) === 0));
  });

  it('are not of what is not above zero', () => {
    for (const bad of [0, -1, Number.NaN, Infinity]) {
      expect(() => logRatio(bad, 1)).toThrow(/above zero/);
      expect(() => logRatio(1, bad)).toThrow(/above zero/);
    }
  });

  it('and powers by squaring', () => {
    expect([0, 1, 2, 5, 10].map((n) => powerOf(2, n))).toEqual([1, 2, 4, 32, 1024]);
    expect(powerOf(0.5, 3)).toBe(0.125);
  });
});

describe('realised volatility', () => {
  it('of one return up and one down, by hand', () => {
    // Quarters: two returns of ln 1.1, four steps a year: 0.0953101798 * 2.
    const rule = { ...DAILY, everyUs: YEAR_US / 4 };
    const volatility = fed(rule, [
      [0, 100],
      [1, 110],
      [2, 100],
    ]);
    expect(volatility.realized()).toBeCloseTo(0.1906203596086497, 14);
    expect(volatility.count).toBe(2);
  });

  it('spreads the return over a gap over its steps', () => {
    // ln 1.1 in four quarters is 9.53 % a year.
    const rule = { ...DAILY, everyUs: YEAR_US / 4 };
    const gap = fed(rule, [
      [0, 100],
      [4, 110],
    ]);
    expect(gap.realized()).toBeCloseTo(0.095310179804325, 14);
    expect(gap.ewma()).toBeCloseTo(0.095310179804325, 14);
  });

  it('begins anew after a gap that is too long', () => {
    const volatility = fed(DAILY, [
      [0, 100],
      [11, 900],
      [12, 900],
    ]);
    expect([volatility.realized(), volatility.count]).toEqual([0, 1]);
  });

  it('takes the first price of a step, and none that is late or is no price', () => {
    const volatility = fed(DAILY, [[5, 100]]);
    const at = (days: number): TimeUs => (days * DAY_US) as TimeUs;
    expect(
      [
        [5.5, 200],
        [4, 100],
        [6, 0],
        [6, -5],
        [6, Number.NaN],
        [6, Infinity],
        [Number.NaN, 100],
      ].map(([day, price]) => volatility.add(at(day), price)),
    ).toEqual(Array(7).fill(false));
    expect(volatility.realized()).toBe(null);
    expect(volatility.add(at(6), 100)).toBe(true);
    expect(volatility.realized()).toBe(0);
  });

  it('forgets what leaves its window', () => {
    const wild = Array.from({ length: 50 }, (_, step) => [step, step % 2 === 0 ? 100 : 200] as const);
    const calm = Array.from({ length: 4 }, (_, step) => [50 + step, 200] as const);
    expect(fed({ ...DAILY, window: 3 }, [...wild, ...calm]).realized()).toBe(0);
    expect(fed({ ...DAILY, window: 4 }, [...wild, ...calm]).realized()).toBe(0);
    expect(fed({ ...DAILY, window: 5 }, [...wild, ...calm]).realized()).toBeGreaterThan(0);
  });
});

describe('the rule of minutes', () => {
  it('looks back a day: an hour of swings is forgotten after it', () => {
    const swings = Array.from({ length: 60 }, (_, step) => [step, step % 2 === 0 ? 100 : 200] as const);
    const calm = (minutes: number): (readonly [number, number])[] =>
      Array.from({ length: minutes }, (_, step) => [60 + step, 200]);
    expect(fed(MINUTE_VOLATILITY, [...swings, ...calm(1439)]).realized()).toBeGreaterThan(0);
    expect(fed(MINUTE_VOLATILITY, [...swings, ...calm(1440)]).realized()).toBe(0);
  });
});

describe('weighted volatility', () => {
  it('is the published one: 1 % a day, then 2 % with lambda 0.9, is 1.14 %', () => {
    // J. Hull, Options, Futures and Other Derivatives, chapter on volatilities: 0.9 * 0.0001 + 0.1 * 0.0004 = 0.00013.
    const volatility = fed(DAILY, [
      [0, 100],
      [1, 100 * Math.exp(0.01)],
      [2, 100 * Math.exp(0.03)],
    ]);
    expect(volatilityOver(volatility.ewma()!, DAY_US) ** 2).toBeCloseTo(0.00013, 12);
  });

  it('treats a gap as that many equal steps', () => {
    const steps = fed(DAILY, [
      [0, 100],
      [1, 101],
      [2, 101 * 1.02],
      [3, 101 * 1.02 * 1.02],
    ]);
    // The same variance a step: a return of r * sqrt(2) over two of them.
    const gap = fed(DAILY, [
      [0, 100],
      [1, 101],
      [3, 101 * Math.exp(Math.SQRT2 * Math.log(1.02))],
    ]);
    expect(gap.ewma()).toBeCloseTo(steps.ewma()!, 12);
    expect(gap.realized()).toBeCloseTo(steps.realized()!, 12);
  });
});

describe('any volatility', () => {
  const path = fc
    .array(price, { minLength: 2, maxLength: 60 })
    .map((prices) => prices.map((p, at) => [at, p] as const));

  it('is 0 of a constant price and never negative', () => {
    fc.assert(
      fc.property(path, price, (prices, constant) => {
        const moving = fed(DAILY, prices);
        expect(moving.realized()).toBeGreaterThanOrEqual(0);
        expect(moving.ewma()).toBeGreaterThanOrEqual(0);
        const still = fed(
          DAILY,
          prices.map(([at]) => [at, constant]),
        );
        expect([still.realized(), still.ewma()]).toEqual([0, 0]);
      }),
    );
  });

  it('does not depend on the unit of the price', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(2, 10, 1000), (prices, scale) => {
        const scaled = prices.map(([at, price]) => [at, price * scale] as const);
        const one = fed(DAILY, prices);
        const other = fed(DAILY, scaled);
        expect(Math.abs(other.realized()! - one.realized()!)).toBeLessThanOrEqual(1e-12 * one.realized()!);
        expect(Math.abs(other.ewma()! - one.ewma()!)).toBeLessThanOrEqual(1e-12 * one.ewma()!);
      }),
    );
  });

  it('lies between the least and the largest return of a step', () => {
    fc.assert(
      fc.property(path, (prices) => {
        const returns = prices.slice(1).map(([at, price]) => Math.abs(logRatio(prices[at - 1][1], price)));
        const volatility = fed(DAILY, prices);
        for (const annual of [volatility.realized()!, volatility.ewma()!]) {
          const daily = volatilityOver(annual, DAY_US);
          expect(daily).toBeGreaterThanOrEqual(Math.min(...returns) * (1 - 1e-12));
          expect(daily).toBeLessThanOrEqual(Math.max(...returns) * (1 + 1e-12));
        }
      }),
    );
  });
});
