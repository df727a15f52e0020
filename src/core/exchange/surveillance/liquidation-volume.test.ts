import { describe, expect, test } from 'vitest';
import type { Alert, BookFacts } from './alerts.ts';
import { LiquidationVolume, VOLUME_RULES } from './liquidation-volume.ts';

const MINUTE = VOLUME_RULES.windowUs;

function watched() {
  const alerts: Alert[] = [];
  const facts = { all: 1000 };
  const none = (): number => 0;
  const book: BookFacts = {
    position: none,
    depth: none,
    equity: none,
    openInterest: () => facts.all,
    notional: (_, lots) => 50 * lots,
  };
  const volume = new LiquidationVolume(book, (alert) => alerts.push(alert));
  const liquidate = (timeUs: number, lots: number, market = 2): void => {
    volume.add(timeUs, market, lots, true);
    volume.settle(timeUs);
  };
  return { alerts, facts, volume, liquidate };
}

describe('liquidated within a window', () => {
  test('a hundredth of open interest, in whatever parts', () => {
    const { alerts, volume, liquidate } = watched();
    liquidate(1, 9);
    expect(alerts).toEqual([]);
    volume.add(2, 2, 1, false);
    expect(alerts).toEqual([]);
    volume.settle(2);
    expect(alerts).toEqual([
      {
        name: 'high-liquidation-volume',
        timeUs: 2,
        market: 2,
        accounts: [],
        figures: { count: 1, liquidatedLots: 10, notionalUnits: 500, openInterestLots: 1000 },
      },
    ]);
  });

  test('again when it has doubled', () => {
    const { alerts, liquidate } = watched();
    liquidate(1, 10);
    liquidate(2, 9);
    expect(alerts).toHaveLength(1);
    liquidate(3, 1);
    expect(alerts.at(-1)).toMatchObject({ timeUs: 3, figures: { count: 3, liquidatedLots: 20 } });
  });

  test('what is two windows past counts no more, and then it is news again', () => {
    const { alerts, liquidate } = watched();
    liquidate(0, 10);
    liquidate(MINUTE, 1);
    expect(alerts).toHaveLength(1);
    liquidate(2 * MINUTE, 1);
    liquidate(2 * MINUTE + 1, 9);
    expect(alerts.map(({ timeUs, figures }) => [timeUs, figures['count']])).toEqual([
      [0, 1],
      [2 * MINUTE + 1, 3],
    ]);
    liquidate(9 * MINUTE, 9);
    expect(alerts).toHaveLength(2);
  });

  test('of each market by itself; one that is closed to the last lot is told', () => {
    const { alerts, facts, liquidate } = watched();
    liquidate(1, 6, 0);
    liquidate(1, 6, 1);
    expect(alerts).toEqual([]);
    facts.all = 0;
    liquidate(2, 1, 1);
    expect(alerts).toMatchObject([{ market: 1, figures: { liquidatedLots: 7, openInterestLots: 0 } }]);
  });
});
