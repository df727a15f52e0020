import { expect, it } from 'vitest';
import { grouped, type Alert } from './groups.ts';

const alert = (id: number, kind: string, time: string, severity = 'critical'): Alert =>
  ({ id, kind, severity, time: `2026-11-20T17:25:${time}Z` }) as Alert;

it('alerts of a kind within a second stand under the newest of them', () => {
  const alerts = [
    alert(6, 'conduct', '41.326', 'info'),
    alert(5, 'position_liquidated', '41.326'),
    alert(4, 'margin_warning', '41.300', 'warning'),
    alert(3, 'position_liquidated', '41.284'),
    alert(2, 'margin_warning', '41.100'),
    alert(1, 'position_liquidated', '40.999'),
  ];
  expect(grouped(alerts).map(({ alert, others }) => [alert.id, ...others.map(({ id }) => id)])).toEqual([
    [6],
    [5, 3],
    [4],
    [2],
    [1],
  ]);
});
