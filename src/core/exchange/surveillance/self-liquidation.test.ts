import { describe, expect, test } from 'vitest';
import type { Alert } from './alerts.ts';
import { SELF_LIQUIDATION_RULES, SelfLiquidation } from './self-liquidation.ts';

function watched(rules = SELF_LIQUIDATION_RULES): { selves: SelfLiquidation; alerts: Alert[] } {
  const alerts: Alert[] = [];
  return { selves: new SelfLiquidation((alert) => alerts.push(alert), rules), alerts };
}

describe('self-liquidation', () => {
  test('taking out more than was put in, then being liquidated', () => {
    const { selves, alerts } = watched();
    selves.transfer(0, 300, 15_230);
    selves.transfer(10, 300, -17_000);
    selves.transfer(20, 300, -90);
    selves.liquidation(30, 300, 3000);
    expect(alerts).toEqual([
      {
        name: 'self-liquidation',
        timeUs: 30,
        market: -1,
        accounts: [300],
        figures: { withdrawnUnits: 17_090, profitUnits: 1860, equityUnits: 3000, sinceUs: 10 },
      },
    ]);
    selves.liquidation(40, 300, 2000);
    expect(alerts).toHaveLength(1);
  });

  test('who withdrew nothing, or long ago, was just liquidated', () => {
    const { selves, alerts } = watched();
    selves.transfer(0, 1, 1000);
    selves.liquidation(10, 1, 5);
    selves.transfer(0, 2, 1000);
    selves.transfer(10, 2, -900);
    selves.liquidation(11 + SELF_LIQUIDATION_RULES.windowUs, 2, 5);
    expect(alerts).toEqual([]);
  });

  test('a withdrawal of long ago is not counted with a recent one', () => {
    const { selves, alerts } = watched();
    const later = 2 * SELF_LIQUIDATION_RULES.windowUs;
    selves.transfer(0, 1, 1000);
    selves.transfer(0, 1, -500);
    selves.transfer(later, 1, -100);
    selves.liquidation(later, 1, 5);
    expect(alerts[0].figures).toMatchObject({ withdrawnUnits: 100, profitUnits: -400 });
  });

  test('remembers the last withdrawals, no more than it may', () => {
    const { selves, alerts } = watched({ ...SELF_LIQUIDATION_RULES, entriesMax: 10 });
    for (let account = 0; account < 1000; account++) selves.transfer(account, account, -1);
    expect(selves.size).toBe(10);
    selves.liquidation(1000, 989, 0);
    expect(alerts).toEqual([]);
    selves.liquidation(1000, 990, 0);
    expect(alerts).toHaveLength(1);
  });
});
