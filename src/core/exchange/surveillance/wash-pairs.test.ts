import { describe, expect, test } from 'vitest';
import type { Alert } from './alerts.ts';
import { WASH_RULES, WashPairs } from './wash-pairs.ts';

const MINUTE = 60_000_000;

function watched(rules = WASH_RULES): { pairs: WashPairs; alerts: Alert[] } {
  const alerts: Alert[] = [];
  return { pairs: new WashPairs((alert) => alerts.push(alert), rules), alerts };
}

describe('wash pairs', () => {
  test('two accounts that trade with each other only', () => {
    const { pairs, alerts } = watched();
    pairs.trade(0, 3, 8, 5, 483);
    expect(alerts).toEqual([
      {
        name: 'wash-pair',
        timeUs: 0,
        market: 3,
        accounts: [5, 8],
        figures: { pairLots: 483, largestLots: 483, marketLots: 483 },
      },
    ]);
  });

  test('are told again when their volume has doubled, not before', () => {
    const { pairs, alerts } = watched();
    pairs.trade(0, 0, 1, 2, 100);
    pairs.trade(MINUTE, 0, 2, 1, 99);
    expect(alerts).toHaveLength(1);
    pairs.trade(2 * MINUTE, 0, 1, 2, 1);
    expect(alerts.map(({ figures }) => figures['pairLots'])).toEqual([100, 200]);
  });

  test('who trades with others as well is none', () => {
    const { pairs, alerts } = watched();
    for (const other of [3, 4, 5, 6]) pairs.trade(0, 0, 1, other, 1000);
    alerts.length = 0;
    // A quarter of what the first one trades.
    pairs.trade(MINUTE, 0, 1, 2, 1000);
    expect(alerts).toEqual([]);
  });

  test('small change beside a whole market is none', () => {
    const { pairs, alerts } = watched();
    for (let at = 0; at < 100; at++) pairs.trade(0, 0, 10 + at, 200 + at, 1000);
    alerts.length = 0;
    pairs.trade(MINUTE, 0, 1, 2, 1000);
    expect(alerts).toEqual([]);
    // The same in a market of its own.
    pairs.trade(MINUTE, 1, 1, 2, 1000);
    expect(alerts).toHaveLength(1);
  });

  test('what is two windows old is forgotten', () => {
    const { pairs, alerts } = watched();
    for (const other of [3, 4, 5, 6]) pairs.trade(0, 0, 1, other, 1000);
    alerts.length = 0;
    pairs.trade(2 * WASH_RULES.windowUs, 0, 1, 2, 1000);
    expect(alerts.map(({ accounts }) => accounts)).toEqual([[1, 2]]);
  });

  test('memory stays within its bound, whoever trades', () => {
    const { pairs } = watched({ ...WASH_RULES, entriesMax: 100 });
    for (let at = 0; at < 10_000; at++) pairs.trade(at, 0, 2 * at, 2 * at + 1, 1);
    // Two generations of sums and two of what was told; a trade adds up to four sums.
    expect(pairs.size).toBeLessThanOrEqual(4 * (100 + 4));
  });
});
