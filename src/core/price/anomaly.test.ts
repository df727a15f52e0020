import { describe, expect, it } from 'vitest';
import { isCount, isOutlierPrint, VenueClock } from './anomaly.ts';

const SECOND = 1_000_000;

describe('the clock of a venue', () => {
  const hearAll = (delays: readonly (readonly [second: number, delayUs: number])[]): number => {
    const clock = new VenueClock(SECOND);
    for (const [second, delayUs] of delays) clock.hear(second * SECOND - delayUs, second * SECOND);
    return clock.offsetUs;
  };

  it.each([
    ['nothing heard', [], 0],
    [
      'the least delay',
      [
        [1, 300],
        [2, 200],
        [3, 500],
      ],
      200,
    ],
    [
      'ahead of ours',
      [
        [1, -400_000],
        [2, -390_000],
      ],
      -400_000,
    ],
    ['a feed that lags is not skew', [[1, 30_000_000]], SECOND],
    [
      'remembered for a minute',
      [
        [1, 200],
        [62, 500],
        [100, 600],
      ],
      200,
    ],
    [
      'forgotten after two',
      [
        [1, 200],
        [62, 500],
        [123, 600],
      ],
      500,
    ],
    [
      'a silence is no memory',
      [
        [1, 200],
        [1000, 600],
      ],
      600,
    ],
  ] as const)('%s: %j is %d us', (_, delays, offset) => {
    expect(hearAll(delays)).toBe(offset);
  });
});

it('a print is an outlier beyond the book, not at its edge', () => {
  const at = (price: number): boolean => isOutlierPrint(price, 1000, 1010, 10_000);
  expect([989, 990, 1005, 1020, 1021].map(at)).toEqual([true, false, false, false, true]);
  expect(isOutlierPrint(1, 0, 1010, 10_000)).toBe(false);
});

it('a count is whole, not negative and exact', () => {
  expect([0, 1, 2 ** 53 - 1].every(isCount)).toBe(true);
  expect([-1, 0.5, NaN, Infinity, 2 ** 53, 1e300].some(isCount)).toBe(false);
});
