import { describe, expect, it } from 'vitest';
import { age, bytes, clock, compact, decimal, duration, percent, share, signed } from './format.ts';

/** Thin spaces make a table of expectations unreadable. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('numbers as people read them', () => {
  it.each([
    ['0', undefined, '0'],
    ['-1234567.5', undefined, '−1,234,567.5'],
    ['-1234567.5', 2, '−1,234,567.50'],
    ['9007199254740993.000001', undefined, '9,007,199,254,740,993.000001'],
    ['0.995', 2, '1.00'],
    ['0.0049', 2, '0.00'],
    ['-0.0049', 2, '0.00'],
    ['-0.005', 2, '−0.01'],
    ['999.999', 2, '1,000.00'],
    ['12', 0, '12'],
    ['12.5', 0, '13'],
    ['none', 2, 'none'],
  ])('decimal %s at %s digits is %s', (text, digits, shown) => {
    expect(decimal(text, digits)).toBe(shown);
  });

  it.each([
    ['0', '0.00'],
    ['999.999', '1,000.00'],
    ['1234.56', '1,234.6'],
    ['12345', '12.35 k'],
    ['123456', '123.5 k'],
    ['999999', '1,000.0 k'],
    ['-1284000000.25', '−1.284 bn'],
    ['12840000000000', '12.84 tn'],
  ])('compact %s is %s', (text, shown) => {
    expect(plain(compact(text))).toBe(shown);
  });

  it.each([
    ['1.234', 2, '1.23 %'],
    ['-50', 1, '−50.0 %'],
    ['0.001', 4, '0.0010 %'],
    ['100', 0, '100 %'],
  ])('percent %s at %s digits is %s', (text, digits, shown) => {
    expect(plain(percent(text, digits))).toBe(shown);
  });

  it('a change carries its sign, and nothing carries none', () => {
    expect(['1.5', '−1.5', '0.00', '0.00\u202f%'].map(signed)).toEqual([
      '+1.5',
      '−1.5',
      '0.00',
      '0.00\u202f%',
    ]);
  });

  it.each([
    [0.85, '850 ns'],
    [12.41, '12.4 µs'],
    [3100, '3.10 ms'],
    [2_500_000, '2.5 s'],
  ])('%s µs is %s', (us, shown) => {
    expect(plain(duration(us))).toBe(shown);
  });

  it('ages, bytes and clocks', () => {
    expect([0.25, 42, 600, 9000].map(age).map(plain)).toEqual(['0.3 s', '42 s', '10 min', '3 h']);
    expect([10, 2048, 5 * 1024 ** 3].map(bytes).map(plain)).toEqual(['10 B', '2.0 KiB', '5.0 GiB']);
    expect(clock('2026-11-20T14:09:31.123456Z', '2026-11-20')).toBe('14:09:31.123');
    expect(clock('2026-11-19T14:09:31.123456Z', '2026-11-20')).toBe('2026-11-19 14:09:31.123');
  });
});

it.each([
  ['0.005', '0.5\u202f%'],
  ['0.0002', '0.02\u202f%'],
  ['0.1', '10\u202f%'],
  ['1', '100\u202f%'],
  ['0', '0\u202f%'],
  ['-0.0125', '\u22121.25\u202f%'],
  ['1/30', '1/30'],
])('the rate %s', (text, expected) => {
  expect(share(text)).toBe(expected);
});
