import { expect, it } from 'vitest';
import { eventText } from './event-text.ts';

const base = { sequence: 7, time: '2026-11-20T17:34:53Z', account: 'ann' };

it.each<[Record<string, unknown> & { event: string }, string]>([
  [
    {
      event: 'accepted',
      order: 267710,
      market: 'BTC-PERP',
      side: 'ask',
      type: 'market',
      timeInForce: 'ioc',
      size: '0.069',
      flags: ['reduceOnly'],
      trigger: { kind: 'take_profit', by: 'mark', price: '62509.889' },
    },
    'order 267710: ask 0.069 BTC-PERP · market, ioc · reduce only · take profit, mark at 62,509.889',
  ],
  [
    {
      event: 'fill',
      market: 'BTC-PERP',
      isolated: false,
      size: '-0.062',
      price: '61943.4',
      fee: '1.92',
      trade: 5,
      order: 4,
      left: '0',
      realized: '-46.6',
    },
    'sold 0.062 BTC-PERP at 61,943.4 · realised \u221246.6 · fee 1.92 · order 4, trade 5',
  ],
  [
    { event: 'done', order: 9, market: 'SOL-PERP', why: 'refused', left: '79544' },
    'order 9 in SOL-PERP: refused · 79,544 left',
  ],
  [
    { event: 'transfer', isolated: false, amount: '-0.098779', why: 'funding', liquidation: 3 },
    '\u22120.098779 for funding',
  ],
  [
    {
      event: 'liquidation',
      liquidation: 21594,
      isolated: false,
      level: 'liquidatable',
      equity: '12.94',
      maintenance: '14.01',
    },
    'liquidation 21594: equity 12.94 under maintenance 14.01 · liquidatable',
  ],
  [{ event: 'something_new', halfWay: '1200', isolated: false, why: null }, 'half way 1,200'],
])('%o', (event, said) => {
  expect(eventText({ ...base, ...event })).toBe(said);
});
