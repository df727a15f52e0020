import { expect, it } from 'vitest';
import { requestOf, shockOf, shocksFrom, shocksText, withShock } from './shocks.ts';

it.each([
  ['', {}],
  ['*:-10', { '*': -10 }],
  ['*:-10,BTC-PERP:-15.5', { '*': -10, 'BTC-PERP': -15.5 }],
  ['*:-10,BTC-PERP:0', { '*': -10, 'BTC-PERP': 0 }],
  ['*:-10,BTC-PERP:-10', { '*': -10 }],
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
  expect(shocksText(shocks)).toBe('*:-10,BTC-PERP:4.5,ETH-PERP:0');
  expect(shocksFrom(shocksText(shocks))).toEqual(shocks);
});

it('a market moves as all do until it has a shock of its own, and may stay where it is', () => {
  const all = withShock(new Map(), '*', -10);
  expect([shockOf(all, 'BTC-PERP'), all.has('BTC-PERP')]).toEqual([-10, false]);
  const held = withShock(all, 'BTC-PERP', 0);
  expect([shockOf(held, 'BTC-PERP'), shockOf(held, 'ETH-PERP')]).toEqual([0, -10]);
  expect(withShock(held, 'BTC-PERP', -10)).toEqual(all);
  expect(withShock(held, '*', 0)).toEqual(new Map());
});

it('the engine is asked for markets by name, and for all others at once', () => {
  expect(requestOf(new Map())).toBeNull();
  expect(requestOf(new Map([['*', -10]]))).toEqual({ limit: 100, allPercent: '-10.0' });
  expect(requestOf(new Map([['BTC-PERP', -15.55]]))).toEqual({ limit: 100, shocks: { 'BTC-PERP': '-15.6' } });
  expect(requestOf(shocksFrom('*:-10,BTC-PERP:0'))).toEqual({
    limit: 100,
    allPercent: '-10.0',
    shocks: { 'BTC-PERP': '0.0' },
  });
});
