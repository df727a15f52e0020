import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accruedFunding } from '../num/exact.ts';
import { abs, compare, fraction, integer, mul, negate, type Rational, sub, ZERO } from '../num/rational.ts';
import { FUNDING_SCALE, type Rate } from '../num/units.ts';
import {
  type FundingRule,
  indexIncrement,
  interestBetween,
  inverseNotional,
  linearNotional,
  paidRate,
  quotedRate,
  RATE_ONE,
  rateUnits,
  roundedTo,
  toRational,
} from './funding.ts';
import * as presets from './funding-presets.ts';

const RULES: readonly FundingRule[] = [
  ...([1, 2, 4, 8] as const).flatMap((hours) => [presets.binance(hours), presets.binanceBefore2025(hours)]),
  presets.HYPERLIQUID,
  presets.DYDX,
  presets.BITMEX,
  presets.OKX,
  presets.DERIBIT,
  presets.DRIFT,
  presets.VEGA,
];
const MARGIN = { initial: { num: 1, den: 50 }, maintenance: { num: 1, den: 100 } };
const average = fc
  .tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(1n, 10n ** 13n))
  .map(([num, den]) => fraction(num, den));
const rule = fc.constantFrom(...RULES);

describe('a quoted rate', () => {
  it('rises with the premium, whatever the rule', () => {
    fc.assert(
      fc.property(rule, average, average, (rule, one, other) => {
        const [low, high] = compare(one, other) <= 0 ? [one, other] : [other, one];
        expect(
          compare(quotedRate(rule, low, MARGIN, null)!, quotedRate(rule, high, MARGIN, null)!),
        ).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('stays within its limits', () => {
    fc.assert(
      fc.property(rule, average, (rule, premium) => {
        const quoted = quotedRate(rule, premium, MARGIN, null)!;
        const { max, min, margin } = rule.limits;
        if (max !== null) expect(compare(quoted, toRational(max))).toBeLessThanOrEqual(0);
        if (min !== null) expect(compare(quoted, toRational(min))).toBeGreaterThanOrEqual(0);
        // Initial less maintenance, and maintenance, are both 1/100 here.
        if (margin !== null) {
          const end = mul(toRational(margin.factor), fraction(1n, 100n));
          expect(compare(abs(quoted), end)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('is the interest while the premium is within the damper of it', () => {
    // 0.01 % a period, +-0.05 %.
    for (const premium of ['-0.0004', '0', '0.0001', '0.0006']) {
      const value = fraction(BigInt(Math.round(Number(premium) * 10_000)), 10_000n);
      expect(quotedRate(presets.binance(8), value, MARGIN, null)).toEqual(fraction(1n, 10_000n));
    }
    expect(quotedRate(presets.binance(8), fraction(7n, 10_000n), MARGIN, null)).toEqual(
      fraction(2n, 10_000n),
    );
  });

  it('is damped as it is scaled: twice 0.02 % is still within 0.05 % of 0.01 %', () => {
    const rule = { ...presets.HYPERLIQUID, scale: { num: 2, den: 1 }, quoted: 'period' } as const;
    expect(quotedRate(rule, fraction(2n, 10_000n), null, null)).toEqual(fraction(1n, 10_000n));
    expect(quotedRate(rule, fraction(4n, 10_000n), null, null)).toEqual(fraction(3n, 10_000n));
  });

  it('is unknown without the margin rates that limit it', () => {
    expect(quotedRate(presets.DYDX, ZERO, null, null)).toBe(null);
    expect(quotedRate(presets.HYPERLIQUID, ZERO, null, null)).not.toBe(null);
  });

  it('moves by at most three quarters of maintenance a time, at BitMEX', () => {
    const rates = { initial: { num: 1, den: 10 }, maintenance: { num: 1, den: 100 } };
    const high = integer(1);
    // Ends at 0.75 * 9 % = 6.75 %; steps of 0.75 %.
    expect(quotedRate(presets.BITMEX, high, rates, null)).toEqual(fraction(675n, 10_000n));
    expect(quotedRate(presets.BITMEX, high, rates, fraction(1n, 100n))).toEqual(fraction(175n, 10_000n));
    expect(quotedRate(presets.BITMEX, negate(high), rates, fraction(1n, 100n))).toEqual(
      fraction(25n, 10_000n),
    );
  });
});

describe('rounding to a grid', () => {
  const ppm = { unit: 1_000_000, rounding: 'toward-zero' } as const;
  const even = { unit: 1_000_000, rounding: 'half-even' } as const;

  it('goes towards zero on both sides, or to the even of two', () => {
    const half = (num: bigint): Rational => fraction(num, 2_000_000n);
    expect(rateUnits(ppm, half(3n))).toBe(1_000_000);
    expect(rateUnits(ppm, half(-3n))).toBe(-1_000_000);
    expect(rateUnits(even, half(3n))).toBe(2_000_000);
    expect(rateUnits(even, half(5n))).toBe(2_000_000);
    expect(roundedTo(ppm, half(3n))).toEqual(fraction(1n, 1_000_000n));
  });

  it('refuses what passes 2^53 instead of losing a digit', () => {
    expect(rateUnits(ppm, integer(9007))).toBe(9007 * RATE_ONE);
    expect(rateUnits(ppm, integer(9008))).toBe(null);
  });
});

describe('the index', () => {
  it('rises by the rate of one lot', () => {
    // 0.01 % of a lot of 0.001 BTC at 50,000: 50 USDT, 0.005 USDT = 5000 money units.
    const notional = linearNotional(50_000_000, 1);
    expect(indexIncrement(fraction(1n, 10_000n), notional)).toBe(5000 * FUNDING_SCALE);
    expect(accruedFunding(2, 5000 * FUNDING_SCALE)).toBe(-10_000);
    expect(accruedFunding(-2, 5000 * FUNDING_SCALE)).toBe(10_000);
  });

  it('is refused past 2^53', () => {
    expect(indexIncrement(integer(1), integer(2n ** 53n))).toBe(null);
  });

  it('never takes more of a position than rate times notional, nor a money unit less, on either side', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 9n), 10n ** 9n),
        fc.bigInt(1n, 10n ** 9n),
        fc.integer({ min: 1, max: 10 ** 6 }),
        (num, price, lots) => {
          const paid = fraction(num, BigInt(RATE_ONE));
          const increment = indexIncrement(paid, integer(price))!;
          // Exactly: lots * paid * price. The index drops up to a millionth a lot, the account up to a unit.
          const exact = mul(mul(paid, integer(price)), integer(lots));
          for (const size of [lots, -lots]) {
            const due = size > 0 ? negate(exact) : exact;
            const error = sub(integer(accruedFunding(size, increment)), due);
            expect(compare(abs(error), integer(2))).toBe(-1);
          }
        },
      ),
    );
  });

  it('is fair: what longs pay and shorts receive differs by rounding down, once each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 1, max: 10 ** 6 }),
        (delta, lots) => {
          const both = accruedFunding(lots, delta) + accruedFunding(-lots, delta);
          expect(both === 0 || both === -1).toBe(true);
        },
      ),
    );
  });

  it('of an inverse contract is in coins', () => {
    // 1 USD at 750 is 10^8 / 750 satoshi; 0.25 % of 15000 of them is 0.05 BTC.
    const lot = inverseNotional(10n ** 8n, 750n);
    const increment = indexIncrement(fraction(25n, 10_000n), lot)!;
    expect(increment).toBe(333_333_333);
    expect(accruedFunding(15_000, increment)).toBe(-5_000_000);
  });
});

describe('interest', () => {
  it('of an interval is a part of the difference of two days', () => {
    expect(interestBetween({ num: 6, den: 10_000 }, { num: 3, den: 10_000 }, 3)).toEqual(
      fraction(1n, 10_000n),
    );
  });
});

describe('presets', () => {
  it('fit together: whole slots and medians in an interval, an interval in its period', () => {
    const wrong = RULES.filter(
      ({ average, intervalUs, periodUs, offsetUs }) =>
        intervalUs % average.everyUs !== 0 ||
        (average.median !== null && intervalUs % average.median.overUs !== 0) ||
        (average.median !== null && average.median.overUs % average.everyUs !== 0) ||
        periodUs % intervalUs !== 0 ||
        offsetUs >= intervalUs,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('pay the same over eight hours at any interval, at Binance since 2025', () => {
    const day = (hours: 1 | 2 | 4 | 8): Rational => {
      const rule: FundingRule = { ...presets.binance(hours), grid: null };
      return mul(
        paidRate(rule, quotedRate(rule, fraction(1n, 1000n), MARGIN, null)!),
        integer(8n / BigInt(hours)),
      );
    };
    for (const hours of [1, 2, 4] as const) expect(day(hours)).toEqual(day(8));
  });

  it('are plain data, printable and comparable', () => {
    for (const rule of RULES) expect(JSON.parse(JSON.stringify(rule))).toEqual(rule);
    const rates: Rate[] = RULES.flatMap((rule) => [rule.scale, rule.interest]);
    for (const rate of rates) expect(Number.isSafeInteger(rate.num) && rate.den > 0).toBe(true);
    expect(new Set(RULES.map((rule) => rule.name)).size).toBe(RULES.length);
  });
});
