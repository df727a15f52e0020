import { describe, expect, it } from 'vitest';
import { AdlRanking } from '../schema/venue-commands.ts';
import { proRataShares, rankCandidates, rankPositions, type AdlCandidate } from './adl-rank.ts';

const { pnl_leverage, pnl_ratio, size, pro_rata } = AdlRanking;

function candidate(
  account: number,
  lots: number,
  cost: number,
  notional: number,
  equity: number,
): AdlCandidate {
  return { account, leg: 0, size: lots, cost, notional, equity };
}

/** Marks are at 100 a lot. */
const CANDIDATES: readonly AdlCandidate[] = [
  // Gain of 25 % at leverage 1, of 10 % at leverage 10, of 25 % at leverage 4, a loss of 20 % at 5 and at 50.
  candidate(10, 10, 800, 1000, 1000),
  candidate(11, 11, 1000, 1100, 110),
  candidate(12, 10, 800, 1000, 250),
  candidate(13, 8, 1000, 800, 160),
  candidate(14, 8, 1000, 800, 16),
  // Nothing gained, at any leverage; and gains without equity.
  candidate(15, 3, 300, 300, 1),
  candidate(16, 1, 99, 100, 0),
  candidate(17, 1, 98, 100, -5),
];

function accounts(candidates: readonly AdlCandidate[], ranking: AdlRanking): number[] {
  return rankCandidates(candidates, ranking).map(({ account }) => account);
}

it('by gain and leverage: gains times leverage, losses divided by it', () => {
  expect(accounts(CANDIDATES, pnl_leverage)).toEqual([16, 17, 11, 12, 10, 15, 14, 13]);
});

it('by gain alone', () => {
  expect(accounts(CANDIDATES, pnl_ratio)).toEqual([10, 12, 11, 17, 16, 15, 13, 14]);
});

it('by size, and in proportion, where only ties decide', () => {
  expect(accounts(CANDIDATES, size)).toEqual([11, 10, 12, 13, 14, 15, 16, 17]);
  expect(accounts(CANDIDATES.toReversed(), pro_rata)).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
});

it('gains of shorts are where the price fell', () => {
  const shorts = [candidate(1, -10, -1000, 900, 90), candidate(2, -10, -1000, 1100, 110)];
  expect(accounts(shorts.toReversed(), pnl_leverage)).toEqual([1, 2]);
});

it('ties go by account, then leg', () => {
  const same = { size: 5, cost: 400, notional: 500, equity: 100 };
  const tied = [
    { account: 2, leg: 0, ...same },
    { account: 1, leg: 2, ...same },
    { account: 1, leg: 1, ...same },
  ];
  for (const ranking of [pnl_leverage, pnl_ratio, size, pro_rata])
    expect(rankPositions(tied, ranking)).toEqual([3, 2, 1]);
});

it('a cost basis of nothing is one money unit', () => {
  expect(accounts([candidate(1, 1, 0, 7, 7), candidate(2, 1, 1, 9, 9)], pnl_ratio)).toEqual([2, 1]);
});

describe('in proportion', () => {
  it.each([
    [[10, 20, 70], 10, [1, 2, 7]],
    [[1, 1, 1], 2, [1, 1, 0]],
    [[5, 3, 2], 4, [2, 1, 1]],
    [[5, 3, 2], 0, [0, 0, 0]],
    [[5, 3, 2], 10, [5, 3, 2]],
    [[5, 3, 2], 11, [5, 3, 2]],
    [[], 3, []],
    [[2 ** 52, 2 ** 52], 2 ** 52 + 1, [2 ** 51 + 1, 2 ** 51]],
  ])('%j by %i', (sizes, wanted, shares) => {
    expect(proRataShares(sizes, wanted)).toEqual(shares);
  });
});
