import { describe, expect, it } from 'vitest';
import {
  gridOf,
  isGrid,
  lotsFromText,
  lotsToText,
  markFromText,
  markProblem,
  markToText,
  midFromTexts,
  moneyFromText,
  moneyToText,
  priceFromText,
  priceToText,
  type Grid,
  type GridProblem,
  type GridSpec,
} from './grid.ts';
import { MARK_MAX, type MarkTicks, type PriceTicks, type QuoteMicros, type SizeLots } from './units.ts';

function grid(spec: GridSpec): Grid {
  const answer = gridOf(spec);
  if (!isGrid(answer)) throw new Error(answer.problem);
  return answer;
}
function problem(spec: GridSpec): GridProblem {
  const answer = gridOf(spec);
  if (isGrid(answer)) throw new Error(`a grid: ${JSON.stringify(answer)}`);
  return answer;
}

const btc = grid({ tick: '0.1', lot: '0.001', decimals: 6 });

describe('gridOf', () => {
  it.each([
    ['BTCUSDT', { tick: '0.1', lot: '0.001', decimals: 6 }, '0.001', 1, 100, 1],
    ['1000PEPE', { tick: '0.0000001', lot: '1', decimals: 6 }, '0.000001', 1, 1, 10],
    ['1e-7 as exchanges print it', { tick: '1e-7', lot: '1', decimals: 6 }, '0.000001', 1, 1, 10],
    ['lots of a thousand', { tick: '0.00001', lot: '1000', decimals: 6 }, '0.000000001', 1, 10000, 1],
    ['a lot of a quarter', { tick: '0.5', lot: '0.25', decimals: 2 }, '0.04', 1, 25, 2],
    ['whole money', { tick: '1', lot: '0.01', decimals: 0 }, '100', 1, 1, 100],
    [
      'a coarser mark grid',
      { tick: '0.1', lot: '0.001', markTick: '0.0500', decimals: 6 },
      '0.05',
      50,
      100,
      1,
    ],
    [
      'a lot of three, told',
      { tick: '0.1', lot: '3', markTick: '0.000001', decimals: 6 },
      '0.000001',
      3,
      300000,
      1,
    ],
  ])('%s', (_name, spec, markTick, markUnit, num, den) => {
    expect(grid(spec)).toMatchObject({ markTick, markUnit, tickUnit: { num, den } });
  });

  it('refuses a mark tick that does not divide into money, and says which does', () => {
    const found = problem({ tick: '0.1', lot: '0.001', markTick: '0.0001', decimals: 6 });
    expect(found).toMatchObject({ field: 'markTick', use: '0.001' });
    expect(found.problem).toContain('use 0.001 or a multiple');
    expect(problem({ tick: '1', lot: '3', markTick: '0.0000001', decimals: 6 }).use).toBe('0.000001');
    expect(isGrid(gridOf({ tick: '1', lot: '3', markTick: '0.000001', decimals: 6 }))).toBe(true);
  });

  it('asks for a mark tick where a finest grid does not exist', () => {
    expect(problem({ tick: '1', lot: '3', decimals: 6 })).toMatchObject({
      field: 'markTick',
      use: '0.000001',
    });
    expect(problem({ tick: '1', lot: '70', decimals: 0 })).toMatchObject({ field: 'markTick', use: '0.1' });
  });

  it.each(['0', '-0.1', 'NaN', '', 'Infinity', '0x10', '1e-40', '1e300', ' 1', '90071992547409931'])(
    'refuses a tick of %j',
    (tick) => expect(problem({ tick, lot: '1', decimals: 6 }).field).toBe('tick'),
  );

  it('refuses decimals that are none, and units past 2^53', () => {
    for (const decimals of [-1, 13, 1.5, Number.NaN])
      expect(problem({ tick: '1', lot: '1', decimals }).field).toBe('decimals');
    expect(problem({ tick: '1000000', lot: '1000000', decimals: 12 }).field).toBe('tick');
    expect(problem({ tick: '1', lot: '1', markTick: '10000000000000', decimals: 6 }).field).toBe('markTick');
  });
});

describe('marks', () => {
  it.each([
    ['61800.25', 61800250],
    ['61800.2505', 61800250],
    ['61800.2515', 61800252],
    ['61800.25050000000000001', 61800251],
    ['6.18e4', 61800000],
    ['0.001', 1],
    ['0.0005', null],
    ['0.00051', 1],
    ['0', null],
    ['-1', null],
    ['NaN', null],
    ['Infinity', null],
    ['1e300', null],
    ['1e30', null],
    ['17592186044.416', MARK_MAX],
    ['17592186044.4165', MARK_MAX],
    ['17592186044.41651', null],
  ])('%s', (text, mark) => expect(markFromText(text, btc)).toBe(mark));

  it.each([
    ['x', 'not a decimal'],
    ['0.00', 'not above zero'],
    ['-5', 'not above zero'],
    ['0.0005', 'rounds to zero on the mark grid of 0.001'],
    ['1e12', 'above the largest mark, 17592186044.416'],
    ['1e40', 'above the largest mark'],
  ])('says what is wrong with %s', (text, why) => expect(markProblem(text, btc)).toContain(why));

  it.each([
    ['61800.20', '61800.30', 61800250],
    ['61837.63000000', '61837.64000000', 61837635],
    ['0.0010', '0.0020', 2],
    ['0.002', '0.003', 2],
    ['0.003', '0.004', 4],
    ['1', '1.00000000000001', 1000],
    ['1e1', '20', 15000],
    ['0', '0', null],
    ['', '1', null],
    ['1', 'NaN', null],
    ['1.', '1', null],
    ['.5', '1', null],
    ['1', '1e40', null],
  ])('the middle of %s and %s', (bid, ask, mark) => expect(midFromTexts(bid, ask, btc)).toBe(mark));

  it('rounds on grids that are no power of ten', () => {
    const nickels = grid({ tick: '0.1', lot: '0.001', markTick: '0.05', decimals: 6 });
    expect(markFromText('0.125', nickels)).toBe(2);
    expect(markFromText('0.175', nickels)).toBe(4);
    expect(midFromTexts('0.12', '0.13', nickels)).toBe(2);
    expect(markToText(7 as MarkTicks, nickels)).toBe('0.35');
  });
});

describe('the exact grids', () => {
  it('takes what lies on them', () => {
    expect(priceFromText('61800.1', btc)).toBe(618001);
    expect(priceFromText('61800.10', btc)).toBe(618001);
    expect(priceFromText('0', btc)).toBe(0);
    expect(lotsFromText('-0.015', btc)).toBe(-15);
    expect(moneyFromText('-12.000001', 6)).toBe(-12000001);
    expect(moneyFromText('9007199254.740991', 6)).toBe(Number.MAX_SAFE_INTEGER);
    expect(moneyFromText('-9007199254.740991', 6)).toBe(-Number.MAX_SAFE_INTEGER);
  });

  it('refuses what does not', () => {
    expect(priceFromText('61800.15', btc)).toBeNull();
    expect(priceFromText('-0.1', btc)).toBeNull();
    expect(lotsFromText('0.0005', btc)).toBeNull();
    expect(moneyFromText('0.0000001', 6)).toBeNull();
    expect(moneyFromText('9007199254.740992', 6)).toBeNull();
    for (const text of ['', '-', '--1', '1,000', '+1', 'NaN', '1e99'])
      expect(moneyFromText(text, 6)).toBeNull();
  });

  it('never answers minus zero', () => {
    for (const text of ['-0', '-0.0', '-0.0000', '-0e3']) {
      expect(Object.is(moneyFromText(text, 6), 0)).toBe(true);
      expect(Object.is(lotsFromText(text, btc), 0)).toBe(true);
      expect(Object.is(priceFromText(text, btc), 0)).toBe(true);
    }
  });

  it('prints what reads back', () => {
    expect(priceToText(618001 as PriceTicks, btc)).toBe('61800.1');
    expect(lotsToText(-15 as SizeLots, btc)).toBe('-0.015');
    expect(moneyToText(-12000001 as QuoteMicros, 6)).toBe('-12.000001');
    expect(moneyToText(12000000 as QuoteMicros, 6)).toBe('12');
    expect(markToText(61800250 as MarkTicks, btc)).toBe('61800.25');
  });
});
