import { expect, test } from 'vitest';
import type { Alert } from './alerts.ts';
import { ExemptInventory } from './exempt-inventory.ts';

function watched(equities: number[]) {
  const alerts: Alert[] = [];
  const none = (): number => 0;
  const facts = {
    position: none,
    depth: none,
    openInterest: none,
    notional: none,
    equity: (row: number) => equities[row],
  };
  return { alerts, inventory: new ExemptInventory(facts, (alert) => alerts.push(alert)) };
}

test('an inventory that is not empty is told with each change', () => {
  const { alerts, inventory } = watched([0, 5, 5, 5]);
  inventory.exempt(1, 3, true);
  inventory.exempt(2, 1, true);
  inventory.exempt(3, 3, false);
  inventory.exempt(4, 1, false);
  expect(alerts.map(({ name, accounts }) => [name, ...accounts])).toEqual([
    ['exempt-inventory', 3],
    ['exempt-inventory', 1, 3],
    ['exempt-inventory', 1],
  ]);
});

test('what exempt accounts owe is told once, and is part of the deficit', () => {
  const equities = [0, 100, 100, -70];
  const { alerts, inventory } = watched(equities);
  inventory.exempt(1, 1, true);
  inventory.exempt(1, 2, true);
  alerts.length = 0;
  inventory.settle(2);
  expect(alerts).toEqual([]);
  equities[1] = -200;
  inventory.settle(3);
  inventory.settle(4);
  expect(alerts).toEqual([
    {
      name: 'exempt-deficit',
      timeUs: 3,
      market: -1,
      accounts: [1],
      figures: { owedUnits: 200, deficitUnits: 200 },
    },
  ]);
  equities[2] = -50;
  inventory.settle(5);
  expect(inventory.deficit).toBe(250);
  equities[1] = 0;
  inventory.settle(6);
  equities[1] = -1;
  inventory.settle(7);
  expect(alerts.map(({ figures }) => figures['owedUnits'])).toEqual([200, 50, 1]);
});
