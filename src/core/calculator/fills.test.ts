import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, integer, mul, parseRational, sub, sum, toText, ZERO, type Rational } from '../num/rational.ts';
import { applyFill, entryPrice, FLAT, type FillContract, type FilledPosition } from './fills.ts';

const LINEAR: FillContract = { kind: 'linear', contractValue: integer(1), moneyUnit: null };
const INVERSE: FillContract = { kind: 'inverse', contractValue: integer(100), moneyUnit: null };

function after(fills: readonly (readonly [string, string])[], contract: FillContract): FilledPosition {
  return fills.reduce(
    (position, [size, price]) =>
      applyFill(position, { size: parseRational(size)!, price: parseRational(price)!, fee: ZERO }, contract),
    FLAT,
  );
}

function shown(position: FilledPosition, contract: FillContract): (string | null)[] {
  const entry = entryPrice(position, contract);
  return [position.size, entry, position.realizedPnl].map((value) => (value === null ? null : toText(value)));
}

describe('average cost', () => {
  it.each([
    ['opens long', [['2', '100']], ['2', '100', '0']],
    [
      'averages up',
      [
        ['2', '100'],
        ['2', '110'],
      ],
      ['4', '105', '0'],
    ],
    [
      'closes part, keeping the entry',
      [
        ['4', '105'],
        ['-1', '115'],
      ],
      ['3', '105', '10'],
    ],
    [
      'closes all',
      [
        ['4', '105'],
        ['-4', '100'],
      ],
      ['0', null, '-20'],
    ],
    [
      'flips, and the rest opens at the fill',
      [
        ['1', '100'],
        ['-3', '120'],
      ],
      ['-2', '120', '20'],
    ],
    [
      'shorts',
      [
        ['-2', '100'],
        ['1', '90'],
      ],
      ['-1', '100', '10'],
    ],
    [
      'flips a short',
      [
        ['-1', '100'],
        ['2', '130'],
      ],
      ['1', '130', '-30'],
    ],
  ] as const)('%s', (_name, fills, expected) => {
    expect(shown(after(fills, LINEAR), LINEAR)).toEqual(expected);
  });

  it('of an inverse contract is the harmonic mean, and its profit is in coin', () => {
    expect(
      shown(
        after(
          [
            ['1', '100'],
            ['1', '50'],
          ],
          INVERSE,
        ),
        INVERSE,
      ),
    ).toEqual(['2', '66.6666666667', '0']);
    expect(
      shown(
        after(
          [
            ['1', '50'],
            ['-1', '100'],
          ],
          INVERSE,
        ),
        INVERSE,
      ),
    ).toEqual(['0', null, '1']);
    expect(
      shown(
        after(
          [
            ['-1', '50'],
            ['1', '100'],
          ],
          INVERSE,
        ),
        INVERSE,
      ),
    ).toEqual(['0', null, '-1']);
  });

  it('charges fees as they come', () => {
    const position = applyFill(
      FLAT,
      { size: integer(1), price: integer(100), fee: parseRational('0.05')! },
      LINEAR,
    );
    expect(toText(position.realizedPnl)).toBe('-0.05');
  });

  it('releases a basis rounded down to the money unit, for longs and for shorts', () => {
    const cents: FillContract = { ...LINEAR, moneyUnit: parseRational('0.01')! };
    const long = after(
      [
        ['3', '100'],
        ['1', '101'],
      ],
      cents,
    );
    expect(toText(long.costBasis)).toBe('401');
    const closed = applyFill(
      { ...long, size: integer(3) },
      { size: integer(-1), price: integer(100), fee: ZERO },
      cents,
    );
    expect([toText(closed.costBasis), toText(closed.realizedPnl)]).toEqual(['267.34', '-33.66']);
    const short = applyFill(
      { size: integer(-3), costBasis: integer(-401), realizedPnl: ZERO },
      { size: integer(1), price: integer(100), fee: ZERO },
      cents,
    );
    expect([toText(short.costBasis), toText(short.realizedPnl)]).toEqual(['-267.33', '33.67']);
  });
});

it('loses and creates no money: realised - basis is minus all cash paid, whatever the rounding', () => {
  const fill = fc.record({
    size: fc.integer({ min: -50, max: 50 }).filter((size) => size !== 0),
    price: fc.integer({ min: 1, max: 999 }),
  });
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 12 }), fc.boolean(), (fills, isRounded) => {
      const contract: FillContract = { ...LINEAR, moneyUnit: isRounded ? parseRational('0.01')! : null };
      let position = FLAT;
      const paid: Rational[] = [];
      for (const { size, price } of fills) {
        position = applyFill(position, { size: integer(size), price: integer(price), fee: ZERO }, contract);
        paid.push(mul(integer(size), integer(price)));
      }
      expect(sub(position.realizedPnl, position.costBasis)).toEqual(sub(ZERO, sum(paid)));
      expect(position.size).toEqual(sum(fills.map(({ size }) => integer(size))));
      if (position.size.num === 0n) expect(position.costBasis).toEqual(add(ZERO, ZERO));
    }),
    {
      numRuns: Number(process.env.PLIMSOLL_PROPERTY_RUNS ?? 100),
      seed: Number(process.env.PLIMSOLL_PROPERTY_SEED ?? 4711),
    },
  );
});
