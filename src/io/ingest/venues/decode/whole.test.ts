import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSafeInteger, toScaled } from '../../../../core/num/decimal.ts';
import { whyNotWhole, wholeOf } from './whole.ts';

describe('wholeOf', () => {
  it.each([
    ['45283.5', 1, 452_835],
    ['45283.5', 3, 45_283_500],
    ['0.00100000', 8, 100_000],
    ['0.10000000', 3, 100],
    ['0', 8, 0],
    ['0.00000000', 2, 0],
    ['007.50', 2, 750],
    ['1e-7', 8, 10],
    ['1.5E3', 0, 1500],
    ['9007199254740991', 0, 9_007_199_254_740_991],
    ['90071992.54740991', 8, 9_007_199_254_740_991],
  ])('%s in units of 10^-%i is %i', (text, scale, value) => {
    expect(wholeOf(text, scale)).toBe(value);
  });

  it.each([
    ['', 'is no decimal number'],
    ['abc', 'is no decimal number'],
    ['NaN', 'is no decimal number'],
    ['Infinity', 'is no decimal number'],
    ['.5', 'is no decimal number'],
    ['5.', 'is no decimal number'],
    ['1.2.3', 'is no decimal number'],
    ['+1', 'is no decimal number'],
    [' 1', 'is no decimal number'],
    ['1e300', 'is no decimal number'],
    ['5e-324', 'is no decimal number'],
    ['0x10', 'is no decimal number'],
    ['-1', 'must not be negative'],
    ['-0', 'must not be negative'],
    ['-0.0', 'must not be negative'],
    ['0.005', 'has more than the 2 decimals'],
    ['1e-3', 'has more than the 2 decimals'],
    ['90071992547409.92', 'is too large'],
    ['99999999999999999999', 'is too large'],
    ['1e20', 'is too large'],
    [1.5, 'must be decimal text'],
    [null, 'must be decimal text'],
    [['1'], 'must be decimal text'],
    [undefined, 'must be decimal text'],
  ])('refuses %j, which %s', (text, why) => {
    expect(wholeOf(text, 2)).toBeNull();
    expect(whyNotWhole(text, 2).what).toContain(why);
  });

  it('is what exact arithmetic says, of any text', () => {
    const decimal = fc
      .tuple(
        fc.bigInt({ min: 0n, max: 10n ** 19n }),
        fc.stringMatching(/^[0-9]{0,12}$/),
        fc.constantFrom('', 'e3', 'E-2', '0', '.', '-', 'x'),
      )
      .map(([whole, fraction, end]) => `${whole}${fraction === '' ? '' : `.${fraction}`}${end}`);
    fc.assert(
      fc.property(fc.oneof(decimal, fc.string()), fc.integer({ min: 0, max: 10 }), (text, scale) => {
        const exact = text.startsWith('-') ? null : toScaled(text, scale, 'exact');
        expect(wholeOf(text, scale)).toBe(exact === null ? null : toSafeInteger(exact));
      }),
      { numRuns: 5000 },
    );
  });
});
