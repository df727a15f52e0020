import { expect, it } from 'vitest';
import { liquidationFee } from './liquidation-fee.ts';
import { shareLoss } from './socialise.ts';

it.each([
  ['the fund pays', 400, 3000, [50], { fund: 400, haircuts: [0], missing: 0 }],
  ['then gains in proportion', 400, 100, [500, 100, 0], { fund: 100, haircuts: [250, 50, 0], missing: 0 }],
  ['of remainders the largest first', 10, 0, [7, 7, 6], { fund: 0, haircuts: [4, 3, 3], missing: 0 }],
  ['nobody more than he gained', 100, 30, [20, 40], { fund: 30, haircuts: [20, 40], missing: 10 }],
  ['without gains all of it is missing', 100, 30, [], { fund: 30, haircuts: [], missing: 70 }],
  ['nothing of nothing', 0, 30, [20], { fund: 0, haircuts: [0], missing: 0 }],
] as const)('of a loss %s', (_name, loss, fund, gains, shared) => {
  expect(shareLoss(loss, fund, gains)).toEqual(shared);
});

it.each([
  ['rounded up', 1001, 1_000, 6],
  ['no more than is left', 1001, 5, 5],
  ['none where nothing is left', 1001, -1, 0],
  ['of nothing', 0, 1_000, 0],
  ['past 2^53 on the way', 2 ** 53 - 1, 2 ** 53 - 1, 45_035_996_273_705],
] as const)('a fee of half a percent: %s', (_name, value, left, fee) => {
  expect(liquidationFee({ num: 1, den: 200 }, value, left)).toBe(fee);
});
