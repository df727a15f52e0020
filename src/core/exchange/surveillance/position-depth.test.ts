import { describe, expect, test } from 'vitest';
import type { Alert, BookFacts } from './alerts.ts';
import { DEPTH_RULES, PositionDepth } from './position-depth.ts';

/** What is asked of the book, to be set by each test. */
function watched(rules = DEPTH_RULES) {
  const alerts: Alert[] = [];
  const facts = { lots: 0, bids: 10, asks: 10, all: 100 };
  const book: BookFacts = {
    position: () => facts.lots,
    depth: (_, sign) => (sign > 0 ? facts.bids : facts.asks),
    openInterest: () => facts.all,
    equity: () => 0,
    notional: (_: number, lots: number) => 100 * lots,
  };
  return { alerts, facts, depth: new PositionDepth(book, (alert) => alerts.push(alert), rules) };
}

describe('position against depth', () => {
  test('a short of five times the asks', () => {
    const { alerts, facts, depth } = watched();
    facts.lots = -49;
    depth.check(1, 2, 7);
    expect(alerts).toEqual([]);
    facts.lots = -50;
    depth.check(1, 2, 7);
    expect(alerts).toEqual([
      {
        name: 'position-depth',
        timeUs: 1,
        market: 2,
        accounts: [7],
        figures: { positionLots: -50, depthLots: 10, openInterestLots: 100 },
      },
    ]);
  });

  test('a long looks at the bids', () => {
    const { alerts, facts, depth } = watched();
    facts.lots = 50;
    facts.bids = 11;
    depth.check(1, 2, 7);
    expect(alerts).toEqual([]);
    facts.bids = 0;
    depth.check(1, 2, 7);
    depth.check(2, 2, 7);
    expect(alerts).toHaveLength(1);
  });

  test('is not told of what is small beside open interest', () => {
    const { alerts, facts, depth } = watched();
    facts.lots = 50;
    facts.all = 1001;
    depth.check(1, 2, 7);
    expect(alerts).toEqual([]);
  });

  test('comes again when it has doubled, and anew after it was half', () => {
    const { alerts, facts, depth } = watched();
    for (const lots of [50, 99, 100]) {
      facts.lots = lots;
      depth.check(1, 2, 7);
    }
    expect(alerts.map(({ figures }) => figures['positionLots'])).toEqual([50, 100]);
    facts.lots = 20;
    depth.check(1, 2, 7);
    facts.lots = 60;
    depth.check(1, 2, 7);
    expect(alerts).toHaveLength(3);
  });

  test('memory stays within its bound', () => {
    const { facts, depth } = watched({ ...DEPTH_RULES, entriesMax: 10 });
    facts.lots = 50;
    for (let account = 0; account < 100; account++) depth.check(1, 2, account);
    expect(depth.size).toBe(10);
    facts.lots = 0;
    for (let account = 0; account < 100; account++) depth.check(1, 2, account);
    expect(depth.size).toBe(0);
  });
});
