import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, fraction, integer, negate, ONE, type Rational, ZERO } from '../num/rational.ts';
import { DepthBook } from './depth-book.ts';
import { impactNotional, impactPrice as impactOf, levelsOf, premiumOf, premiumWithBasis } from './premium.ts';

const impactPrice = (pairs: readonly number[], notional: bigint): Rational | null =>
  impactOf(levelsOf(pairs), notional);

/** Ascending prices from `best`, so an ask side. */
const side = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 ** 9 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((steps) => {
    let price = 10_000;
    return steps.flatMap(([step, size]) => [(price += step), size]);
  });

const NONE = levelsOf([]);

describe('the impact price', () => {
  it('is the average fill: 2 at 100 and 1 of 3 at 110 cost 310', () => {
    // 310 buys 2 for 200 and 1 for 110.
    expect(impactPrice([100, 2, 110, 3], 310n)).toEqual(fraction(310n, 3n));
  });

  it('splits the last level by money, not by size', () => {
    // 255 buys 2 for 200 and half of one for 55.
    expect(impactPrice([100, 2, 110, 3], 255n)).toEqual(fraction(255n * 2n, 5n));
  });

  it('is the best price without an impact notional, and when the first level holds it', () => {
    expect(impactPrice([100, 2, 110, 3], 0n)).toEqual(integer(100));
    expect(impactPrice([100, 2, 110, 3], 200n)).toEqual(integer(100));
  });

  it('is none when the levels hold less', () => {
    expect(impactPrice([100, 2, 110, 3], 530n)).not.toBe(null);
    expect(impactPrice([100, 2, 110, 3], 531n)).toBe(null);
    expect(impactPrice([], 0n)).toBe(null);
  });

  it('stays exact where products pass 2^53', () => {
    const price = 2 ** 52;
    expect(impactPrice([price, price], BigInt(price) * BigInt(price))).toEqual(integer(price));
  });

  it('lies between the best and the worst price, and gets no better with size', () => {
    fc.assert(
      fc.property(side, fc.bigInt(1n, 10n ** 13n), fc.bigInt(0n, 10n ** 12n), (levels, notional, more) => {
        const small = impactPrice(levels, notional);
        const large = impactPrice(levels, notional + more);
        if (large === null) return;
        expect(compare(small!, large)).toBeLessThanOrEqual(0);
        expect(compare(integer(levels[0]), small!)).toBeLessThanOrEqual(0);
        expect(compare(large, integer(levels.at(-2)!))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('spends the notional: walking the levels by hand gives the same average', () => {
    fc.assert(
      fc.property(
        side,
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 10 }),
        (levels, whole, part) => {
          // All of some levels and a tenth or more of the next: money and size are known without the formula.
          const at = Math.min(whole, levels.length / 2 - 1);
          let money = 0n;
          let tenths = 0n;
          for (let level = 0; level < at; level++) {
            money += 10n * BigInt(levels[2 * level]) * BigInt(levels[2 * level + 1]);
            tenths += 10n * BigInt(levels[2 * level + 1]);
          }
          money += BigInt(part) * BigInt(levels[2 * at]) * BigInt(levels[2 * at + 1]);
          tenths += BigInt(part) * BigInt(levels[2 * at + 1]);
          fc.pre(money % 10n === 0n);
          expect(impactPrice(levels, money / 10n)).toEqual(fraction(money, tenths));
        },
      ),
    );
  });
});

describe('an impact notional', () => {
  it('of 4000 USDT counts units of price times size', () => {
    // 200 USDT of margin at 5 % initial margin; prices of 10^-2, sizes of 10^-3.
    expect(impactNotional(200 / 0.05, 2, 3)).toBe(400_000_000n);
  });
});

describe('the premium', () => {
  const depth = { bids: levelsOf([10_100, 5]), asks: levelsOf([10_200, 5]) };

  it('is the distance of the impact price on the far side of the index, as a share of it', () => {
    // Hyperliquid's example: a bid of 10100 over an oracle of 10000 is 1 %.
    expect(premiumOf(depth, 100n, 10_000)).toEqual(fraction(1n, 100n));
    expect(premiumOf(depth, 100n, 10_400)).toEqual(fraction(-200n, 10_400n));
  });

  it('is 0 with the index between the impact prices', () => {
    for (const index of [10_100, 10_150, 10_200]) expect(premiumOf(depth, 100n, index)).toEqual(ZERO);
  });

  it('counts nothing on a side without depth', () => {
    expect(premiumOf(depth, 10n ** 9n, 10_000)).toEqual(ZERO);
    expect(premiumOf({ bids: NONE, asks: levelsOf([10_200, 5]) }, 100n, 10_000)).toEqual(ZERO);
  });

  it('is unknown, not 0, without an index or with a crossed book', () => {
    for (const index of [0, -1, Number.NaN, Infinity, 0.5, 1e300]) {
      expect(premiumOf(depth, 100n, index)).toBe(null);
      expect(premiumWithBasis(depth, 100n, 10_000, index)).toBe(null);
    }
    expect(premiumOf({ bids: levelsOf([10_200, 1]), asks: levelsOf([10_200, 1]) }, 0n, 10_000)).toBe(null);
  });

  it('is read from a book as it stands', () => {
    const book = new DepthBook();
    book.apply([10_100, 5, 10_000, 9], [10_200, 5]);
    expect(premiumOf(book, 0n, 10_000)).toEqual(fraction(1n, 100n));
  });

  it('around a mark adds the basis of the mark', () => {
    // Mark 1 % over the index and inside the spread: the basis alone. Bid over the mark: its distance too.
    expect(premiumWithBasis(depth, 100n, 10_000, 10_100)).toEqual(fraction(1n, 100n));
    expect(premiumWithBasis(depth, 100n, 10_000, 10_050)).toEqual(fraction(50n + 50n, 10_000n));
    expect(premiumWithBasis(depth, 100n, 10_000, 10_000)).toEqual(premiumOf(depth, 100n, 10_000));
  });

  it('does not change when all prices are counted in finer units', () => {
    fc.assert(
      fc.property(
        side,
        fc.bigInt(0n, 10n ** 12n),
        fc.integer({ min: 9000, max: 11_000 }),
        (asks, notional, index) => {
          const finer = asks.map((value, at) => (at % 2 === 0 ? value * 100 : value));
          expect(premiumOf({ bids: NONE, asks: levelsOf(finer) }, notional * 100n, index * 100)).toEqual(
            premiumOf({ bids: NONE, asks: levelsOf(asks) }, notional, index),
          );
        },
      ),
    );
  });

  it('of a book mirrored around the index is the opposite', () => {
    fc.assert(
      fc.property(side, fc.integer({ min: 10_000, max: 10_500 }), (asks, index) => {
        // Only without an impact notional: money is not symmetric in price.
        const bids = asks.map((value, at) => (at % 2 === 0 ? 2 * index - value : value));
        const one: Rational = premiumOf({ bids: NONE, asks: levelsOf(asks) }, 0n, index)!;
        const other = premiumOf({ bids: levelsOf(bids), asks: NONE }, 0n, index)!;
        expect(other).toEqual(negate(one));
        expect(compare(one, negate(ONE))).toBe(1);
      }),
    );
  });
});
