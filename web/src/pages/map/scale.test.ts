import { expect, it } from 'vitest';
import { reached, scaleOf, type Step } from './scale.ts';
import type { LiquidationMap } from '../../../../src/client/index.ts';

const step = (
  movePercent: string,
  longNotional: string,
  shortNotional: string,
  totalNotional: string,
): Step => ({
  from: '0',
  to: '0',
  movePercent,
  longNotional,
  shortNotional,
  accounts: 1,
  totalNotional,
  totalAccounts: 1,
});
const map = {
  down: [step('-1', '10', '0', '10'), step('-2', '30', '1', '41')],
  up: [step('1', '0', '5', '5'), step('2', '0', '7', '12')],
} as unknown as LiquidationMap;

it('steps stand in order of price, whatever order they came in', () => {
  const { steps, lowPercent, highPercent, highest, highestTotal } = scaleOf(map);
  expect(steps.map(({ movePercent }) => movePercent)).toEqual(['-2', '-1', '1', '2']);
  expect([lowPercent, highPercent, highest, highestTotal]).toEqual([-2, 2, 31, 41]);
});

it.each([
  [0, null],
  [-0.5, null],
  [-1, '10'],
  [-1.9, '10'],
  [-50, '41'],
  [1.5, '5'],
  [2, '12'],
])('a move of %s %% reaches %s', (percent, total) => {
  expect(reached(map, percent)?.totalNotional ?? null).toBe(total);
});

it('an empty map has a scale to draw', () => {
  const scale = scaleOf({ down: [], up: [] } as unknown as LiquidationMap);
  expect(scale).toMatchObject({ steps: [], lowPercent: -1, highPercent: 1, highest: 0 });
});
