import { expect, test } from 'vitest';
import type { Alert } from './alerts.ts';
import { GROWTH_RULES, OpenInterestGrowth } from './open-interest-growth.ts';

const { windowUs } = GROWTH_RULES;

function watched() {
  const alerts: Alert[] = [];
  return { alerts, growth: new OpenInterestGrowth((alert) => alerts.push(alert)) };
}

test('open interest of ten times what it was, and of twenty', () => {
  const { alerts, growth } = watched();
  for (const lots of [800, 7999, 8000, 15_999, 16_000]) growth.check(1, 0, lots);
  expect(alerts.map(({ figures }) => figures)).toEqual([
    { openInterestLots: 8000, beforeLots: 800 },
    { openInterestLots: 16_000, beforeLots: 800 },
  ]);
});

test('slower than ten times within two windows is no growth to tell of', () => {
  const { alerts, growth } = watched();
  for (let day = 0; day < 6; day++) growth.check(day * windowUs, 0, 100 * 3 ** day);
  expect(alerts).toEqual([]);
});

test('looks back across the end of a window', () => {
  const { alerts, growth } = watched();
  growth.check(0, 0, 100);
  growth.check(windowUs, 0, 300);
  growth.check(windowUs + 1, 0, 1000);
  expect(alerts).toHaveLength(1);
});

test('a market that had nothing is new', () => {
  const { alerts, growth } = watched();
  growth.check(0, 0, 0);
  growth.check(1, 0, 5000);
  expect(alerts).toEqual([]);
});
