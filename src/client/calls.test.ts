import { expect, it } from 'vitest';
import { API_PREFIX, routes } from '../io/api/contract/routes.ts';
import { ACTING, CALLS, lineOf } from './calls.ts';

it('there is a call for every route of the contract, and no other', () => {
  const lines = Object.entries(routes).map(([name, { method, path }]) => [name, `${method} ${path}`]);
  expect(CALLS).toEqual(Object.fromEntries(lines));
});

it('acting calls are those that reading is not enough for', () => {
  const acting = Object.entries(routes).filter(([, { scope }]) => scope !== 'read');
  expect([...ACTING].sort()).toEqual(acting.map(([name]) => name).sort());
});

it('names are encoded, what is not given is left out', () => {
  const request = { params: { market: 'A/B PERP' }, query: { interval: '1m', limit: undefined } } as const;
  expect(lineOf('candles', request as never)).toEqual({
    method: 'GET',
    path: `${API_PREFIX}/markets/A%2FB%20PERP/candles?interval=1m`,
    body: null,
  });
  expect(lineOf('stress', { body: { allPercent: '-15' } })).toEqual({
    method: 'POST',
    path: `${API_PREFIX}/stress`,
    body: '{"allPercent":"-15"}',
  });
});
