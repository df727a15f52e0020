import { describe, expect, it } from 'vitest';
import { readMeta } from './meta.ts';

const meta = (universe: string, tables: string): string =>
  `[{"universe":[${universe}],"marginTables":[${tables}],"collateralToken":0},[{"markPx":"1"}]]`;
const coin = (table: number, decimals = 5): string =>
  `{"szDecimals":${decimals},"name":"BTC","maxLeverage":40,"marginTableId":${table}}`;
const tiers = (...steps: [string, number][]): string =>
  `[56,{"description":"","marginTiers":${JSON.stringify(steps.map(([lowerBound, maxLeverage]) => ({ lowerBound, maxLeverage })))}}]`;
const read = (body: string): unknown => readMeta(body, new Set(['BTC'])).get('BTC');

describe('readMeta', () => {
  it('turns the tiers of BTC into rates and amounts deducted', () => {
    // The venue's table: 40x to 150 million, then 20x. 150 million at 1.25 % more is 1,875,000.
    expect(read(meta(coin(56), tiers(['0.0', 40], ['150000000.0', 20])))).toEqual({
      tick: '0.1',
      lot: '0.00001',
      isTrading: true,
      tiers: [
        { upTo: '150000000', rate: '0.0125', cut: '0' },
        { upTo: null, rate: '0.025', cut: '1875000' },
      ],
      context: { markPx: '1' },
    });
  });

  it('takes a table that is not listed for one tier, and rounds a third so that more is required', () => {
    expect(read(meta(coin(3), ''))).toMatchObject({
      tiers: [{ upTo: null, rate: '0.166666666667', cut: '0' }],
    });
    expect(read(meta(coin(56), tiers(['0.0', 5], ['100', 3])))).toMatchObject({
      tiers: [
        { upTo: '100', rate: '0.1', cut: '0' },
        { upTo: null, rate: '0.166666666667', cut: '6.666666666666' },
      ],
    });
  });

  it('knows the grid by the decimals of the size', () => {
    expect(read(meta(coin(40, 0), ''))).toMatchObject({ tick: '0.000001', lot: '1' });
    expect(read(meta(coin(40, 6), ''))).toMatchObject({ tick: '1', lot: '0.000001' });
  });

  it.each([
    ['{}', 'FEED_ANSWER'],
    ['null', 'FEED_ANSWER'],
    ['[]', 'FEED_ANSWER'],
    ['{"universe"', 'FEED_JSON'],
    [meta(coin(57), tiers(['0.0', 40])), 'FEED_FIELD'],
    [meta(coin(40, 7), ''), 'FEED_FIELD'],
    [meta(coin(0), ''), 'FEED_NUMBER'],
    [meta(coin(56), tiers(['0.0', -5])), 'FEED_FIELD'],
    [meta(coin(56), tiers(['-1', 5])), 'FEED_NUMBER'],
    [meta(coin(56), tiers(['1/3', 5])), 'FEED_NUMBER'],
    [meta(coin(40), '[56]'), 'FEED_FIELD'],
  ])('refuses %s: %s', (body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
