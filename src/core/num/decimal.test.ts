import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideRounded, parseDecimal, scaledToText, toSafeInteger, toScaled } from './decimal.ts';

describe('parseDecimal', () => {
  it.each([
    ['0', 0n, 0],
    ['-0', 0n, 0],
    ['007', 7n, 0],
    ['-12.50', -1250n, 2],
    ['1e-7', 1n, 7],
    ['1.5e-7', 15n, 8],
    ['1.5E+3', 1500n, 0],
    ['9007199254740993', 9007199254740993n, 0],
  ])('%s', (text, digits, scale) => {
    expect(parseDecimal(text)).toEqual({ digits, scale });
  });

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '+1',
    '.5',
    '5.',
    '1,000',
    '1_000',
    '0x10',
    'NaN',
    'Infinity',
    '-Infinity',
    '--1',
    '-',
    '1e',
    '1e1.5',
    '1e61',
    '1e-61',
    '1e9999',
    '1/2',
    '1.2.3',
    '٣',
    '1n',
    '9'.repeat(121),
  ])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

describe('toScaled', () => {
  it.each([
    ['1.25', 2, 'exact', 125n],
    ['1.25', 1, 'exact', null],
    ['1.250', 2, 'exact', 125n],
    ['1.25', 1, 'half-even', 12n],
    ['1.35', 1, 'half-even', 14n],
    ['-1.25', 1, 'half-even', -12n],
    ['-1.35', 1, 'half-even', -14n],
    ['1.29', 1, 'floor', 12n],
    ['-1.21', 1, 'floor', -13n],
    ['1.21', 1, 'ceil', 13n],
    ['-1.29', 1, 'ceil', -12n],
    ['1e-7', 6, 'half-even', 0n],
    ['1e-7', 6, 'ceil', 1n],
    ['x', 6, 'ceil', null],
  ] as const)('%s at scale %i, %s', (text, scale, rounding, expected) => {
    expect(toScaled(text, scale, rounding)).toBe(expected);
  });
});

describe('scaledToText', () => {
  it.each([
    [0n, 0, '0'],
    [0, 3, '0.000'],
    [-5n, 3, '-0.005'],
    [1250n, 2, '12.50'],
    [401606n, 1, '40160.6'],
    [-83, 0, '-83'],
  ])('%s at scale %i', (value, scale, text) => {
    expect(scaledToText(value, scale)).toBe(text);
  });

  it('trims to nothing but the number', () => {
    expect(scaledToText(1250n, 2, { trim: true })).toBe('12.5');
    expect(scaledToText(-400n, 2, { trim: true })).toBe('-4');
    expect(scaledToText(100n, 0, { trim: true })).toBe('100');
    expect(scaledToText(0n, 6, { trim: true })).toBe('0');
  });

  it('is undone by toScaled', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.nat(20),
        fc.boolean(),
        (value, scale, trim) => {
          expect(toScaled(scaledToText(value, scale, { trim }), scale, 'exact')).toBe(value);
        },
      ),
    );
  });
});

it('divideRounded brackets the quotient and ties to even', () => {
  const value = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(value, fc.bigInt({ min: 1n, max: 1000n }), (num, den) => {
      const floor = divideRounded(num, den, 'floor');
      const ceil = divideRounded(num, den, 'ceil');
      const even = divideRounded(num, den, 'half-even');
      expect(floor * den <= num && num < (floor + 1n) * den).toBe(true);
      expect(ceil - floor).toBe(num % den === 0n ? 0n : 1n);
      const distance = 2n * (num - even * den);
      expect(distance <= den && distance >= -den).toBe(true);
      if (distance === den || distance === -den) expect(even % 2n === 0n).toBe(true);
    }),
  );
});

it('toSafeInteger refuses what a number cannot hold', () => {
  expect(toSafeInteger(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
  expect(toSafeInteger(-(2n ** 53n) + 1n)).toBe(-Number.MAX_SAFE_INTEGER);
  expect(toSafeInteger(2n ** 53n)).toBeNull();
  expect(toSafeInteger(-(2n ** 53n))).toBeNull();
});
