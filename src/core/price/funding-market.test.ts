import { describe, expect, it } from 'vitest';
import { accruedFunding } from '../num/exact.ts';
import { fraction, integer } from '../num/rational.ts';
import { SAFE_MAX, type FundingIndex, type TimeUs } from '../num/units.ts';
import { FundingMarket, intervalEnd } from './funding-market.ts';
import { linearNotional } from './funding.ts';
import { binance, BITMEX, DYDX, DYDX_PREMIUM_MAX, HYPERLIQUID } from './funding-presets.ts';

const HOUR = 3_600_000_000;
const MARGIN = { initial: { num: 8, den: 1000 }, maintenance: { num: 4, den: 1000 } };
const at = (us: number): TimeUs => us as TimeUs;
const options = { margin: MARGIN, premiumMax: null, startUs: at(0), index: 0 as FundingIndex };
/** A lot of 0.001 at 50,000, in millionths. */
const LOT = linearNotional(50_000_000, 1);

describe('a market', () => {
  it('predicts from what it heard so far, and settles at the end of the interval', () => {
    const market = new FundingMarket(binance(4), options);
    expect(market.predicted()).toBe(null);
    market.sample(at(0), fraction(1n, 1000n));
    // (0.1 % - 0.05 %) / 2
    expect(market.predicted()).toEqual({
      rate: 250_000_000,
      paid: 250_000_000,
      nextUs: 4 * HOUR,
      samples: 1,
      expected: 2880,
    });
    expect(market.settle(at(4 * HOUR - 1), LOT)).toBe(null);
    // 0.025 % of 50 USDT is 0.0125 USDT a lot.
    expect(market.settle(at(4 * HOUR), LOT)).toMatchObject({ increment: 12_500e6, index: 12_500e6 });
    expect([market.nextUs, market.predicted()]).toEqual([8 * HOUR, null]);
    expect(accruedFunding(1000, market.index)).toBe(-12_500_000);
  });

  it('pays an eighth of the quoted rate where the quote is for eight hours', () => {
    const market = new FundingMarket({ ...DYDX, average: { ...DYDX.average, samplesMin: 0 } }, options);
    for (let second = 0; second < 15; second++) market.sample(at(second * 1e6), fraction(8n, 1000n));
    expect(market.predicted()).toMatchObject({ rate: 8_000_000_000, paid: 1_000_000_000 });
  });

  it('does not settle an interval it heard nothing of, and goes on to the next', () => {
    const market = new FundingMarket(HYPERLIQUID, {
      ...options,
      startUs: at(5 * HOUR + 7),
      index: 42 as FundingIndex,
    });
    market.sample(at(5 * HOUR + 8), integer(0));
    const settled = [1, 2, 3].map(() => market.settle(at(7 * HOUR + 1), LOT));
    expect(settled).toEqual([
      expect.objectContaining({ paid: 12_500_000, nextUs: 6 * HOUR, samples: 1, expected: 720 }),
      { nextUs: 7 * HOUR, expected: 720, why: 'unsampled' },
      null,
    ]);
    // 0.00125 % of 50 USDT.
    expect(market.index).toBe(42 + 625e6);
  });

  it('counts a vote for no more than its limit', () => {
    // 60 * (0.8 % - 0.4 %) = 24 %
    const market = new FundingMarket(
      { ...DYDX, average: { ...DYDX.average, samplesMin: 0, median: null }, limits: HYPERLIQUID.limits },
      { ...options, premiumMax: DYDX_PREMIUM_MAX },
    );
    market.sample(at(0), fraction(-1n, 2n));
    expect(market.predicted()!.rate).toBe(-0.04e12);
    const loose = new FundingMarket(
      {
        ...DYDX,
        average: { ...DYDX.average, samplesMin: 0, median: null },
        limits: { max: null, min: null, margin: null, step: null },
      },
      { ...options, premiumMax: DYDX_PREMIUM_MAX },
    );
    loose.sample(at(0), fraction(-1n, 2n));
    expect(loose.predicted()!.rate).toBe(-0.24e12);
  });

  it('refuses what does not fit and keeps its index', () => {
    const market = new FundingMarket(HYPERLIQUID, { ...options, index: SAFE_MAX as FundingIndex });
    expect(market.sample(at(0), integer(10_000))).toBe('implausible');
    expect(market.sample(at(0), integer(9000))).toBe('taken');
    expect(market.settle(at(HOUR), LOT)).toEqual({ nextUs: HOUR, expected: 720, why: 'too-large' });
    expect(market.index).toBe(SAFE_MAX);
  });

  it('remembers the rate before it, where a rule limits the step', () => {
    const rates = { initial: { num: 1, den: 10 }, maintenance: { num: 1, den: 100 } };
    const market = new FundingMarket(BITMEX, { ...options, margin: rates, startUs: at(4 * HOUR) });
    market.sample(at(4 * HOUR), fraction(1n, 100n));
    expect(market.settle(at(12 * HOUR), LOT)).toMatchObject({ rate: 0.0095e12 });
    market.sample(at(12 * HOUR), fraction(1n, 2n));
    // 0.95 % and three quarters of 1 %.
    expect(market.settle(at(20 * HOUR), LOT)).toMatchObject({ rate: 0.017e12 });
  });

  it('needs margin rates where its rule does', () => {
    expect(() => new FundingMarket(DYDX, { ...options, margin: null })).toThrow(/limited by margin rates/);
  });
});

describe('intervals', () => {
  it('end on the hours of the venue', () => {
    expect(intervalEnd(HYPERLIQUID, at(0))).toBe(HOUR);
    expect(intervalEnd(binance(8), at(8 * HOUR - 1))).toBe(8 * HOUR);
    expect(intervalEnd(binance(8), at(8 * HOUR))).toBe(16 * HOUR);
    // 04:00, 12:00 and 20:00
    expect([0, 4, 11, 12, 23].map((hour) => intervalEnd(BITMEX, at(hour * HOUR)) / HOUR)).toEqual([
      4, 12, 12, 20, 28,
    ]);
  });
});
