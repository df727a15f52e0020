import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandAround, isInside, MINUTE_BAND, type PriceBand } from './price-bands.ts';

describe('a band', () => {
  it('by hand: 200 % a year is 0.2759 % a minute, five of them 1.3793 %', () => {
    // 2 * sqrt(60 / 31,536,000) = 0.00275868
    expect(bandAround(1_000_000, 2, MINUTE_BAND)).toEqual({
      lower: 986_207,
      upper: 1_013_793,
      halfWidthPpm: 13_793,
    });
  });

  it('has ends, and is the widest while nothing is known', () => {
    expect(bandAround(50_000, 0.6, MINUTE_BAND)).toEqual({
      lower: 49_500,
      upper: 50_500,
      halfWidthPpm: 10_000,
    });
    expect(bandAround(50_000, 0, MINUTE_BAND)!.halfWidthPpm).toBe(10_000);
    expect(bandAround(50_000, 100, MINUTE_BAND)!.halfWidthPpm).toBe(100_000);
    expect(bandAround(50_000, null, MINUTE_BAND)!.halfWidthPpm).toBe(100_000);
  });

  it('rounds inwards', () => {
    // 1 % of 150 is 1.5
    const band = bandAround(150, 0, MINUTE_BAND)!;
    expect([band.lower, band.upper]).toEqual([149, 151]);
    expect([148, 149, 151, 152].map((price) => isInside(band, price))).toEqual([false, true, true, false]);
    expect(isInside(band, Number.NaN)).toBe(false);
  });

  it('is refused past 2^53, and around what is no price', () => {
    expect(bandAround(Number.MAX_SAFE_INTEGER, 0, MINUTE_BAND)).toBe(null);
    for (const bad of [0, -1, 0.5, Number.NaN, Infinity]) {
      expect(() => bandAround(bad, 0, MINUTE_BAND)).toThrow(/around a price/);
    }
  });

  it('holds its index and widens with volatility', () => {
    const volatility = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 44 }), volatility, volatility, (index, one, other) => {
        const narrow = bandAround(index, Math.min(one, other), MINUTE_BAND) as PriceBand;
        const wide = bandAround(index, Math.max(one, other), MINUTE_BAND) as PriceBand;
        expect(isInside(narrow, index)).toBe(true);
        expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
        expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
        expect(wide.lower).toBeGreaterThanOrEqual(0.9 * index);
      }),
    );
  });
});
