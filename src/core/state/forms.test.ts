import { describe, expect, it } from 'vitest';
import { MARK_MAX } from '../num/units.ts';
import { Form } from '../schema/commands.ts';
import { Terms } from './forms.ts';

const ONE = { num: 1, den: 1 };
/** Ticks of half a dollar, mark ticks of a cent: 50 of these in one of those. */
const GRID = { markUnit: 2, tickUnit: { num: 100, den: 1 } };
const inverse = (contract: number, decimals: number): Terms =>
  new Terms({ form: Form.inverse, value: { num: contract * 100, den: 1 }, weight: ONE }, GRID, decimals);
const collateral = (num: number, den: number): Terms =>
  new Terms({ form: Form.collateral, value: ONE, weight: { num, den } }, GRID, 6);

describe('a lot of an inverse market', () => {
  it.each([
    // round(1e8 / 6726.8) satoshi, as BitMEX has it.
    [1, 8, 672_680, 14_866],
    [100, 8, 10_500_000, 95_238],
    [100, 11, 10_500_000, 95_238_095],
    // Exactly between two units: 2.5 and 3.5.
    [1, 0, 40, 2],
    [7, 0, 200, 4],
    [1, 0, 66, 2],
  ])('of %d dollars at %d decimals and %d cents is worth %d units', (contract, decimals, mark, worth) => {
    expect(inverse(contract, decimals).inside(mark)).toBe(worth);
  });

  it('is worth nothing that can be counted at a price that is too high, and too much at one too low', () => {
    expect(inverse(1, 0).inside(200)).toBe(0);
    expect(inverse(1, 0).inside(199)).toBe(1);
    expect(inverse(MARK_MAX / 64, 0).inside(1)).toBe(0);
  });

  it('costs a fill what it is worth to the fraction, rounded once and against the account', () => {
    // 1,000 lots of 1 dollar at 6,725.0 (13,450 ticks): 14,869,888.475 units. Inside, a buy has a size below zero.
    const terms = inverse(1, 8);
    expect(terms.valueAt(-1_000, 13_450)).toBe(-14_869_888);
    expect(terms.valueAt(1_000, 13_450)).toBe(14_869_889);
    expect(terms.sign).toBe(-1);
  });
});

describe('an asset held as collateral', () => {
  it.each([
    [19, 20, 380_000, 361_000],
    [19, 20, 101, 95],
    [1, 1, 101, 101],
    [1, 2, 1, 0],
  ])('at a weight of %d/%d and %d cents counts for %d', (num, den, mark, counted) => {
    expect(collateral(num, den).inside(mark)).toBe(counted);
  });
});
