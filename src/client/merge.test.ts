import { expect, it } from 'vitest';
import { merged, type DataOf } from './merge.ts';

/** The few fields that the rules look at. */
const put = <Name extends Parameters<typeof merged>[0]>(
  channel: Name,
  before: unknown,
  delta: unknown,
): DataOf<Name> => merged(channel, before as never, delta as never);

it('fields that changed replace those there, and others stay', () => {
  expect(put('system', { accounts: 1, orders: 2 }, { orders: 3 })).toEqual({ accounts: 1, orders: 3 });
});

it('a book is replaced whole', () => {
  expect(put('book', { bids: [1], asks: [2] }, { bids: [], asks: [3] })).toEqual({ bids: [], asks: [3] });
});

it('trades and alerts come first, events last, and no list grows without end', () => {
  expect(put('trades', [{ id: 1 }], [{ id: 3 }, { id: 2 }])).toEqual([{ id: 3 }, { id: 2 }, { id: 1 }]);
  expect(put('events', [{ sequence: 1 }], [{ sequence: 2 }])).toEqual([{ sequence: 1 }, { sequence: 2 }]);
  const many = Array.from({ length: 500 }, (_, id) => ({ id }));
  expect(put('alerts', many, [{ id: -1 }])).toHaveLength(500);
  expect(put('alerts', many, [{ id: -1 }])[0]).toEqual({ id: -1 });
});

it('a row that changed keeps its place; a new liquidation is first, a new market last', () => {
  expect(put('liquidations', [{ id: 2 }, { id: 1 }], [{ id: 1, outcome: 'closed' }, { id: 3 }])).toEqual([
    { id: 3 },
    { id: 2 },
    { id: 1, outcome: 'closed' },
  ]);
  expect(put('markets', [{ market: 'B' }], [{ market: 'A' }, { market: 'B', state: 'open' }])).toEqual([
    { market: 'B', state: 'open' },
    { market: 'A' },
  ]);
});

it('of the overview the newest seconds are put behind, or in place of themselves', () => {
  const at = (second: number): string => `2026-01-01T00:00:0${second}.10${second}000Z`;
  const before = { accounts: 1, history: { endsAt: at(1), touched: [1, 2], accounts: [5, 6] } };
  const next = put('overview', before, { history: { endsAt: at(2), touched: [3], accounts: [7] } });
  expect(next).toEqual({ accounts: 1, history: { endsAt: at(2), touched: [1, 2, 3], accounts: [5, 6, 7] } });
  const same = put('overview', next, { history: { endsAt: at(2), touched: [4], accounts: [7] } });
  expect(same).toMatchObject({ history: { touched: [1, 2, 4] } });
  const whole = { endsAt: at(4), touched: [2, 4, 5, 6], accounts: [6, 7, 8, 9] };
  expect(put('overview', same, { history: whole })).toMatchObject({ history: { touched: [1, 2, 4, 5, 6] } });
});

it('so is each level of what is told by level', () => {
  const at = (second: number): string => `2026-01-01T00:00:0${second}.000000Z`;
  const before = { history: { endsAt: at(1), accountsByLevel: { safe: [1], danger: [0] }, missed: [0] } };
  const delta = { history: { endsAt: at(2), accountsByLevel: { safe: [2], danger: [3] }, missed: [0] } };
  expect(put('overview', before, delta)).toEqual({
    history: { endsAt: at(2), accountsByLevel: { safe: [1, 2], danger: [0, 3] }, missed: [0, 0] },
  });
});
