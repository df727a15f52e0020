import { describe, expect, test } from 'vitest';
import type { Alert } from './alerts.ts';
import { CLUSTER_RULES, LinkedClusters } from './linked-clusters.ts';

function watched(rules = CLUSTER_RULES): { clusters: LinkedClusters; alerts: Alert[] } {
  const alerts: Alert[] = [];
  return { clusters: new LinkedClusters((alert) => alerts.push(alert), rules), alerts };
}

describe('linked clusters', () => {
  test('one short against two longs that make up the same', () => {
    const { clusters, alerts } = watched();
    clusters.fill(0, 0, 7, -4100);
    clusters.fill(0, 0, 8, 2150);
    clusters.fill(60_000_000, 0, 9, 1930);
    clusters.fill(60_000_000, 0, 1, 333);
    clusters.settle(60_000_000, 0, 10_000);
    expect(alerts).toEqual([
      {
        name: 'linked-cluster',
        timeUs: 60_000_000,
        market: 0,
        accounts: [7, 8, 9],
        figures: { longLots: 4080, shortLots: 4100, openInterestLots: 10_000 },
      },
    ]);
  });

  test('equal sizes of many, told again when there are half as many more', () => {
    const { clusters, alerts } = watched();
    for (let account = 1; account <= 10; account++) {
      clusters.fill(0, 0, account, 500);
      clusters.settle(0, 0, 10_000);
    }
    expect(alerts.map(({ accounts }) => accounts.length)).toEqual([2, 3, 5, 8]);
  });

  test.each([
    ['sizes a fiftieth apart', 1000, 1020, 10_000],
    ['the same size, but small beside the market', 30, 30, 10_000],
    ['the same size of somebody who closed again', 1000, 0, 10_000],
  ])('%s are none', (_, a, b, openInterest) => {
    const { clusters, alerts } = watched();
    clusters.fill(0, 0, 1, a);
    clusters.fill(0, 0, 2, b);
    clusters.settle(0, 0, openInterest);
    expect(alerts).toEqual([]);
  });

  test('two of one side do not make up a third of the same side', () => {
    const { clusters, alerts } = watched();
    clusters.fill(0, 0, 1, 4100);
    clusters.fill(0, 0, 2, 2150);
    clusters.fill(0, 0, 3, 1950);
    clusters.settle(0, 0, 10_000);
    expect(alerts).toEqual([]);
  });

  test('minutes apart they are strangers', () => {
    const { clusters, alerts } = watched();
    clusters.fill(0, 0, 1, 1000);
    clusters.fill(CLUSTER_RULES.windowUs, 0, 2, -1000);
    clusters.settle(CLUSTER_RULES.windowUs, 0, 10_000);
    expect(alerts).toEqual([]);
  });

  test('memory stays within its bound, and keeps the largest', () => {
    const { clusters, alerts } = watched({ ...CLUSTER_RULES, candidatesMax: 8, marketsMax: 2 });
    for (let market = 0; market < 10; market++)
      for (let account = 0; account < 1000; account++) clusters.fill(0, market, account, account + 1);
    expect(clusters.size).toBeLessThanOrEqual(2 * 4 * 8);
    clusters.fill(0, 9, 5000, -1000);
    clusters.settle(0, 9, 1000);
    expect(alerts[0].accounts).toContain(5000);
  });
});
