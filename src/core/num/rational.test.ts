import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  ceil,
  compare,
  div,
  floor,
  fraction,
  integer,
  integerSqrt,
  max,
  min,
  mul,
  negate,
  parseRational,
  roundTo,
  sqrtFloor,
  sub,
  sum,
  toExactText,
  toFixedText,
  toText,
  ZERO,
} from './rational.ts';

const rational = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([num, den]) => fraction(num, den));

describe('arithmetic', () => {
  it('is normalised, so equal values are equal objects', () => {
    expect(fraction(6n, -4n)).toEqual({ num: -3n, den: 2n });
    expect(fraction(0n, -7n)).toEqual(ZERO);
    expect(() => fraction(1n, 0n)).toThrow(RangeError);
    expect(() => div(integer(1), ZERO)).toThrow(RangeError);
  });

  it('obeys the field laws', () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(mul(a, add(b, c))).toEqual(add(mul(a, b), mul(a, c)));
        expect(sub(add(a, b), b)).toEqual(a);
        if (b.num !== 0n) expect(mul(div(a, b), b)).toEqual(a);
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
        expect(add(min(a, b), max(a, b))).toEqual(add(a, b));
        expect(sum([a, b, negate(a)])).toEqual(b);
      }),
    );
  });

  it('floors and ceils towards the infinities', () => {
    expect(floor(fraction(-7n, 2n))).toBe(-4n);
    expect(ceil(fraction(-7n, 2n))).toBe(-3n);
    expect(roundTo(fraction(70044n, 10n), fraction(1n, 2n), 'floor')).toEqual(integer(7004));
    expect(roundTo(fraction(70046n, 10n), fraction(1n, 2n), 'ceil')).toEqual(integer(7005));
  });
});

describe('parseRational', () => {
  it.each([
    ['1/30', 1n, 30n],
    ['0.004', 1n, 250n],
    ['-2.5', -5n, 2n],
    ['0.5/3', 1n, 6n],
    ['1e-3', 1n, 1000n],
  ])('%s', (text, num, den) => expect(parseRational(text)).toEqual({ num, den }));

  it.each(['1/0', '1/', '/2', '1/2/3', '1 /2', 'a', ''])('refuses %j', (text) =>
    expect(parseRational(text)).toBeNull(),
  );
});

describe('toText', () => {
  it.each([
    ['40160.6425702811244979', '40160.6425703'],
    ['1/3', '0.333333333333'],
    ['-2/3', '-0.666666666667'],
    ['1/3000', '0.000333333333333'],
    ['12', '12'],
    ['0.1', '0.1'],
    ['123456789012345.5', '123456789012346'],
    ['1234567890125.5', '1234567890126'],
    ['1e-20', '0.00000000000000000001'],
    ['0.9999999999999', '1'],
    ['99999999999.95', '100000000000'],
    ['0', '0'],
  ])('%s', (text, printed) => expect(toText(parseRational(text)!)).toBe(printed));

  it('is within half a unit of the twelfth digit', () => {
    fc.assert(
      fc.property(rational, (a) => {
        const error = sub(parseRational(toText(a))!, a);
        const bound = mul(a, fraction(5n, 10n ** 12n));
        const wide = max(bound, negate(bound));
        expect(compare(error, wide) <= 0 && compare(negate(error), wide) <= 0).toBe(true);
      }),
    );
  });

  it('prints exactly, or says that it cannot', () => {
    expect(toExactText(fraction(1n, 8n))).toBe('0.125');
    expect(toExactText(fraction(-7n, 1n))).toBe('-7');
    expect(toExactText(fraction(1n, 30n))).toBeNull();
    expect(toFixedText(fraction(-1000n, 12n), 2)).toBe('-83.33');
    expect(toFixedText(integer(40000), 1)).toBe('40000.0');
    expect(toFixedText(fraction(-1n, 1000n), 2)).toBe('0.00');
  });
});

describe('square roots', () => {
  it('are the largest integer whose square fits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (n) => {
        const root = integerSqrt(n);
        expect(root * root <= n && n < (root + 1n) * (root + 1n)).toBe(true);
        expect(integerSqrt(root * root)).toBe(root);
      }),
    );
    expect([0n, 1n, 2n, 3n, 4n].map(integerSqrt)).toEqual([0n, 1n, 1n, 1n, 2n]);
  });

  it('are exact to the stated decimal and rounded down', () => {
    expect(sqrtFloor(integer(2), 6)).toEqual(fraction(1414213n, 10n ** 6n));
    expect(sqrtFloor(parseRational('6.25')!, 1)).toEqual(fraction(5n, 2n));
    expect(() => sqrtFloor(integer(-1), 2)).toThrow(RangeError);
  });
});
