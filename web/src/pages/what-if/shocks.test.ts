import { expect, it } from 'vitest';
import { requestOf, shocksFrom, shocksText } from './shocks.ts';

it.each([
  ['', {}],
  ['*:-10', { '*': -10 }],
  ['*:-10,BTC-PERP:-15.5', { '*': -10, 'BTC-PERP': -15.5 }],
  ['BTC-PERP:0', {}],
  ['BTC-PERP:-100,ETH-PERP:x,:5,nothing', {}],
])('%s is read', (text, shocks) => {
  expect(Object.fromEntries(shocksFrom(text))).toEqual(shocks);
});

it('an address says what it was made from', () => {
  const shocks = new Map([
    ['*', -10],
    ['BTC-PERP', 4.5],
    ['ETH-PERP', 0],
  ]);
  expect(shocksText(shocks)).toBe('*:-10,BTC-PERP:4.5');
});

it('the engine is asked for markets by name, and for all others at once', () => {
  expect(requestOf(new Map())).toBeNull();
  expect(requestOf(new Map([['*', -10]]))).toEqual({ limit: 100, allPercent: '-10.0' });
  expect(requestOf(new Map([['BTC-PERP', -15.55]]))).toEqual({ limit: 100, shocks: { 'BTC-PERP': '-15.6' } });
});
