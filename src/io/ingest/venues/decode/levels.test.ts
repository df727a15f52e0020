import { describe, expect, it } from 'vitest';
import { DepthBook } from '../../../../core/price/depth-book.ts';
import { bestFirst, levelsIn, trim } from './levels.ts';

describe('levels', () => {
  it('are left alone where they stand best first', () => {
    const bids = [30, 1, 20, 2];
    expect(bestFirst(bids, -1)).toBe(bids);
    expect(bestFirst([], 1)).toEqual([]);
  });

  it.each([
    [[10, 1, 30, 3, 20, 2], 1, [10, 1, 20, 2, 30, 3]],
    [[10, 1, 30, 3, 20, 2], -1, [30, 3, 20, 2, 10, 1]],
    [[10, 1, 10, 5], 1, [10, 5]],
    [[10, 1, 20, 0, 30, 3], 1, [10, 1, 30, 3]],
    [[10, 1, 10, 0], -1, []],
  ] as const)('%j are put in order (%i): %j', (levels, sign, ordered) => {
    expect(bestFirst(levels, sign)).toEqual(ordered);
  });

  it('behind the depth that is shown are taken away, and that is said', () => {
    const { asks } = new DepthBook();
    for (const price of [10, 20, 30, 40]) asks.set(price, 1);
    const changes = [10, 1];
    trim(asks, 2, changes);
    expect(changes).toEqual([10, 1, 40, 0, 30, 0]);
    expect(levelsIn(asks)).toEqual([10, 1, 20, 1]);
  });
});
