import { expect, it } from 'vitest';
import { parseRoute, routeHash } from './router.ts';

it.each([
  ['', [], {}],
  ['#/', [], {}],
  ['#/accounts', ['accounts'], {}],
  ['#/accounts/a%2Fb%20c', ['accounts', 'a/b c'], {}],
  ['#/accounts?level=danger&q=x%26y', ['accounts'], { level: 'danger', q: 'x&y' }],
  ['#/accounts/%', ['accounts', '%'], {}],
])('%s is read', (hash, path, query) => {
  expect(parseRoute(hash)).toEqual({ path, query: new Map(Object.entries(query)) });
});

it('what is written is read back', () => {
  const path = ['explain', 'account', 'ünï/code #1?'];
  const query = { since: '5', text: 'a b&c=d' };
  const route = parseRoute(routeHash(path, { ...query, none: '' }));
  expect(route).toEqual({ path, query: new Map(Object.entries(query)) });
});
