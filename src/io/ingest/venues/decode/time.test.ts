import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, msTextTime, msTime } from './time.ts';

describe('isoTime', () => {
  it.each([
    ['2023-10-06T17:35:55.440295Z', 1_696_613_755_440_295],
    ['2023-10-06T17:35:55.4Z', 1_696_613_755_400_000],
    ['2023-10-06T17:35:55Z', 1_696_613_755_000_000],
    ['2023-10-06T17:35:55.440295999Z', 1_696_613_755_440_295],
    ['2024-02-29T00:00:00.000001Z', 1_709_164_800_000_001],
  ])('reads %s', (text, us) => expect(isoTime(text)).toBe(us));

  it.each([
    '',
    '2023-10-06 17:35:55Z',
    '2023-10-06T17:35:55',
    '2023-10-06T17:35:55+00:00',
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-00-01T00:00:00Z',
    '2023-10-06T24:00:00Z',
    '2023-10-06T23:60:00Z',
    '2023-10-06T23:00:60Z',
    '0000-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'NaN',
    1_696_613_755_440,
    null,
    undefined,
  ])('refuses %j', (text) => expect(isoTime(text)).toBeNull());

  it('reads back what a date prints', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2010-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          expect(isoTime(date.toISOString())).toBe(date.getTime() * 1000);
        },
      ),
    );
  });
});

describe('milliseconds', () => {
  it('are read as numbers or as text, each where the venue says so', () => {
    expect(msTime(1_597_026_383_085)).toBe(1_597_026_383_085_000);
    expect(msTextTime('1597026383085')).toBe(1_597_026_383_085_000);
  });

  it.each([
    0,
    -0,
    -1,
    Number.NaN,
    Infinity,
    1e300,
    5e-324,
    1_597_026_383_085.5,
    '1597026383085',
    null,
    2 ** 53,
  ])('refuses %s as a number', (value) => expect(msTime(value)).toBeNull());

  it.each([
    '',
    '0',
    '-1',
    'NaN',
    '1e12',
    '1597026383085.5',
    '159702638308',
    '15970263830855',
    1_597_026_383_085,
  ])('refuses %j as text', (value) => expect(msTextTime(value)).toBeNull());
});
