import { expect, test } from 'vitest';
import { ADL_RULES, AdlTriggered } from './adl-triggered.ts';
import type { Alert, BookFacts } from './alerts.ts';

const none = (): number => 0;
const book: BookFacts = {
  position: none,
  depth: none,
  equity: none,
  openInterest: none,
  notional: (_, lots) => 50 * lots,
};

test('the first deleveraging of a market, with all of its command; then the first after an hour without', () => {
  const alerts: Alert[] = [];
  const adl = new AdlTriggered(book, (alert) => alerts.push(alert));
  const { windowUs } = ADL_RULES;
  adl.add(3, 10);
  adl.add(3, 5);
  adl.settle(100);
  expect(alerts).toEqual([
    {
      name: 'adl-triggered',
      timeUs: 100,
      market: 3,
      accounts: [],
      figures: { count: 2, closedLots: 15, notionalUnits: 750 },
    },
  ]);
  adl.settle(101);
  adl.add(4, 1);
  adl.settle(102);
  expect(alerts.at(-1)).toMatchObject({ market: 4, figures: { count: 1 } });
  // Each one begins the hour anew.
  adl.add(3, 1);
  adl.settle(100 + windowUs - 1);
  adl.add(3, 1);
  adl.settle(100 + 2 * windowUs - 2);
  expect(alerts).toHaveLength(2);
  adl.add(3, 1);
  adl.settle(100 + 3 * windowUs - 2);
  expect(alerts).toHaveLength(3);
});
