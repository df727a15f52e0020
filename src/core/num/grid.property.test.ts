import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  gridOf,
  isGrid,
  lotsFromText,
  markFromText,
  midFromTexts,
  moneyFromText,
  priceFromText,
  priceToText,
} from './grid.ts';
import { add, div, fraction, integer, mul, parseRational, roundTo, type Rational } from './rational.ts';
import { MARK_MAX, type PriceTicks } from './units.ts';

/** Decimal text of up to 20 digits with up to 18 of them behind the point, sometimes signed: both sides of the fast path. */
const text = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 10n ** 20n }),
    fc.integer({ min: 0, max: 18 }),
    fc.integer({ min: 0, max: 20 }),
    fc.boolean(),
  )
  .map(([digits, scale, length, negative]) => {
    const kept = (digits % 10n ** BigInt(length)).toString().padStart(scale + 1, '0');
    const plain = scale === 0 ? kept : `${kept.slice(0, -scale)}.${kept.slice(-scale)}`;
    return negative ? `-${plain}` : plain;
  });
const step = fc.constantFrom(
  '1',
  '0.1',
  '0.001',
  '0.0000001',
  '0.25',
  '0.05',
  '10',
  '1000',
  '2.5',
  '0.00000001',
);
const grids = fc
  .record({ tick: step, lot: step, decimals: fc.integer({ min: 0, max: 12 }) })
  .map((spec) => gridOf(spec))
  .filter(isGrid);

function whole(steps: Rational, low: bigint, high: bigint): number | null {
  return steps.den === 1n && steps.num >= low && steps.num <= high ? Number(steps.num) : null;
}
const safe = 2n ** 53n - 1n;

it('agrees with exact fractions, on and off the fast path', () => {
  fc.assert(
    fc.property(grids, text, text, (grid, a, b) => {
      const value = parseRational(a)!;
      const toMark = (exact: Rational): number | null =>
        whole(
          roundTo(div(exact, parseRational(grid.markTick)!), integer(1), 'half-even'),
          1n,
          BigInt(MARK_MAX),
        );
      expect(markFromText(a, grid)).toBe(toMark(value));
      expect(midFromTexts(a, b, grid)).toBe(toMark(div(add(value, parseRational(b)!), integer(2))));
      expect(priceFromText(a, grid)).toBe(whole(div(value, parseRational(grid.tick)!), 0n, safe));
      expect(lotsFromText(a, grid)).toBe(whole(div(value, parseRational(grid.lot)!), -safe, safe));
      expect(moneyFromText(a, grid.decimals)).toBe(
        whole(mul(value, integer(10n ** BigInt(grid.decimals))), -safe, safe),
      );
    }),
    { numRuns: 2000 },
  );
});

it('states its units exactly', () => {
  fc.assert(
    fc.property(grids, (grid) => {
      const lotUnits = mul(parseRational(grid.lot)!, integer(10n ** BigInt(grid.decimals)));
      expect(mul(parseRational(grid.markTick)!, lotUnits)).toEqual(integer(grid.markUnit));
      expect(mul(parseRational(grid.tick)!, lotUnits)).toEqual(
        fraction(BigInt(grid.tickUnit.num), BigInt(grid.tickUnit.den)),
      );
      // The finest: half of it is no whole number of money units.
      expect(grid.markUnit).toBe(1);
    }),
  );
});

it('reads back what it prints', () => {
  fc.assert(
    fc.property(grids, fc.maxSafeNat(), (grid, ticks) => {
      expect(priceFromText(priceToText(ticks as PriceTicks, grid), grid)).toBe(ticks);
    }),
  );
});
