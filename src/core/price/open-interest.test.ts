import { describe, expect, it } from 'vitest';
import type { SizeLots, TimeUs } from '../num/units.ts';
import { OpenInterestHistory } from './open-interest.ts';

const SECOND = 1_000_000;
const history = (reports: readonly (readonly [second: number, lots: number])[]): OpenInterestHistory => {
  const openInterest = new OpenInterestHistory();
  for (const [second, lots] of reports) openInterest.add((second * SECOND) as TimeUs, lots as SizeLots);
  return openInterest;
};
const at = (second: number): TimeUs => (second * SECOND) as TimeUs;

describe('open interest', () => {
  it('changes in lots and as a share, and falls from its peak', () => {
    const openInterest = history([
      [0, 1000],
      [30, 1600],
      [90, 1500],
      [200, 1200],
    ]);
    expect(openInterest.last).toEqual({ atUs: 200 * SECOND, value: 1200 });
    expect([openInterest.changeSince(at(100)), openInterest.shareSince(at(100))]).toEqual([-300, -0.2]);
    expect(openInterest.fallFromPeak(at(0))).toBe(0.25);
    expect(openInterest.fallFromPeak(at(60))).toBe(0.2);
    expect(openInterest.bars('minute', at(0), at(60))).toEqual([
      { atUs: 0, open: 1000, high: 1600, low: 1000, close: 1600, count: 2 },
    ]);
  });

  it('is unknown before the first report, and has no share of nothing', () => {
    const openInterest = history([]);
    expect([openInterest.changeSince(at(0)), openInterest.fallFromPeak(at(0))]).toEqual([null, null]);
    openInterest.add(at(1), 0 as SizeLots);
    expect([openInterest.shareSince(at(1)), openInterest.fallFromPeak(at(0))]).toEqual([null, null]);
    expect(openInterest.changeSince(at(0))).toBe(null);
  });

  it('refuses what is not a number of lots, or is late', () => {
    const openInterest = history([[5, 10]]);
    const add = (second: number, lots: number): boolean => openInterest.add(at(second), lots as SizeLots);
    expect([add(6, -1), add(6, 0.5), add(6, Number.NaN), add(6, 1e300), add(4, 10)]).toEqual(
      Array(5).fill(false),
    );
    expect(add(6, 0)).toBe(true);
    expect(openInterest.fallFromPeak(at(0))).toBe(1);
  });
});
