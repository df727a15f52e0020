import { expect, it } from 'vitest';
import type { AccountSummary } from '../../../../src/client/index.ts';
import { inOrder, type AccountQuery } from './order.ts';

const row = (account: string, jointDistancePercent: string | null): AccountSummary =>
  ({ account, jointDistancePercent }) as AccountSummary;
const rows = [row('a', '0.47'), row('b', null), row('c', '0.42'), row('d', '-1'), row('e', '0.47')];
const names = (sorted: readonly AccountSummary[]): string => sorted.map(({ account }) => account).join('');

it.each<[Pick<AccountQuery, 'sort' | 'order'>, string]>([
  [{ sort: 'distance', order: 'asc' }, 'dcaeb'],
  [{ sort: 'distance', order: 'desc' }, 'aecdb'],
  [{ sort: 'row', order: 'asc' }, 'abcde'],
  [{}, 'abcde'],
])('rows by %o', (query, expected) => {
  expect(names(inOrder(rows, query))).toBe(expected);
});
