import { describe, expect, it } from 'vitest';
import type { FundingIndex, TimeUs } from '../num/units.ts';
import { FundingHistory } from './funding-history.ts';

const HOUR = 3_600_000_000;
const settled = (hour: number, paid: number): Parameters<FundingHistory['add']>[0] => ({
  nextUs: (hour * HOUR) as TimeUs,
  rate: paid,
  paid,
  samples: 1,
  expected: 1,
  increment: 0,
  index: hour as FundingIndex,
});

describe('past funding', () => {
  it('keeps the last ones and sums them', () => {
    const history = new FundingHistory(3);
    for (const [hour, paid] of [100, 200, 300, 600].entries()) history.add(settled(hour, paid * 1e6));
    expect(history.size).toBe(3);
    expect(history.range((2 * HOUR) as TimeUs, (3 * HOUR) as TimeUs)).toEqual([
      { atUs: 2 * HOUR, paid: 300e6, index: 2 },
    ]);
    expect(history.rates()).toEqual([0.0002, 0.0003, 0.0006]);
    expect([history.paidOver(2), history.paidOver(4), history.paidOver(0)]).toEqual([0.0009, null, null]);
  });

  it('makes a year of it: 0.01 % in eight hours is 10.95 %', () => {
    const history = new FundingHistory();
    history.add(settled(8, 1e8));
    expect(history.annualRate(1, 8 * HOUR)).toBeCloseTo(0.1095, 12);
    expect(history.annualRate(2, 8 * HOUR)).toBe(null);
  });
});
