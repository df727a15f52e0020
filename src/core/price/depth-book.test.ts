import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction } from '../num/rational.ts';
import { DepthBook } from './depth-book.ts';

const bookOf = (bids: number[], asks: number[], shown: number | null = null): DepthBook => {
  const book = new DepthBook();
  book.replace(bids, asks, shown);
  return book;
};
const levelsOf = (side: DepthBook['bids']): number[] =>
  Array.from({ length: side.count }, (_, rank) => [side.priceAt(rank), side.sizeAt(rank)]).flat();

describe('levels', () => {
  it('are set, changed and taken away, best first', () => {
    const book = bookOf([100, 5, 98, 1], [102, 4, 105, 7]);
    book.apply([99, 3, 101, 2, 98, 0], [102, 0, 103, 9, 999, 0]);
    expect(levelsOf(book.bids)).toEqual([101, 2, 100, 5, 99, 3]);
    expect(levelsOf(book.asks)).toEqual([103, 9, 105, 7]);
    expect([book.bid, book.bids.bestSize, book.ask, book.asks.bestSize]).toEqual([101, 2, 103, 9]);
    expect([book.bids.sizeOf(99), book.bids.sizeOf(98), book.bids.sizeOf(7)]).toEqual([3, 0, 0]);
  });

  it('of a snapshot replace all before it', () => {
    const book = bookOf([100, 5], [102, 4]);
    book.replace([90, 1], [91, 1], null);
    expect([...levelsOf(book.bids), ...levelsOf(book.asks)]).toEqual([90, 1, 91, 1]);
    book.clear();
    expect(book.state).toBe('empty');
  });

  it.each([
    [[100, 1], [101, 1], 'ok'],
    [[101, 1], [101, 1], 'crossed'],
    [[102, 1], [101, 1], 'crossed'],
    [[], [101, 1], 'one-sided'],
    [[100, 1], [], 'one-sided'],
    [[], [], 'empty'],
  ])('%j against %j: %s', (bids, asks, state) => {
    expect(bookOf(bids, asks).state).toBe(state);
  });
});

describe('the horizon', () => {
  it('is where a full snapshot ends', () => {
    const book = bookOf([100, 5, 98, 1], [102, 4], 2);
    expect([book.bids.horizon, book.asks.horizon]).toEqual([98, 0]);
    book.apply([97, 9, 99, 1], [500, 3]);
    expect([book.bids.known, book.bids.count, book.asks.known]).toEqual([3, 4, 2]);
  });

  it('tells a side whose known levels are used up from an empty one', () => {
    const book = bookOf([100, 5, 98, 1], [102, 4], 2);
    book.apply([100, 0, 98, 0], []);
    expect([book.bid, book.state]).toEqual([0, 'beyond']);
    book.apply([97, 1], []);
    expect([book.bid, book.state, book.impactBid(0)]).toEqual([97, 'beyond', null]);
    book.apply([99, 1], []);
    expect([book.state, book.impactBid(99), book.impactBid(100)]).toEqual(['ok', 99, null]);
  });

  it('moves in when there are too many levels, and no level before it is lost', () => {
    const book = new DepthBook(64);
    for (let price = 1; price <= 200; price++) book.bids.set(price, price);
    for (let price = 400; price > 200; price--) book.asks.set(price, price);
    for (const side of [book.bids, book.asks]) {
      expect(side.count).toBeLessThanOrEqual(64);
      expect(side.horizon).toBe(side.priceAt(side.count - 1));
      for (let rank = 1; rank < side.count; rank++)
        expect(Math.abs(side.priceAt(rank) - side.priceAt(rank - 1))).toBe(1);
    }
    expect([book.bid, book.ask]).toEqual([200, 201]);
  });
});

// With 64 levels the worst are let go of; with more, changes far from the best move many.
it.each([64, 1024])('of %d levels is what a map of them says, whatever happens to it', (levelsMax) => {
  const change = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400, size: 'max' }), (changes) => {
      const book = new DepthBook(levelsMax);
      const model = { bids: new Map<number, number>(), asks: new Map<number, number>() };
      for (const [isBid, price, size] of changes) {
        (isBid ? book.bids : book.asks).set(price, size);
        const side = isBid ? model.bids : model.asks;
        if (size > 0) side.set(price, size);
        else side.delete(price);
      }
      for (const [name, sign] of [
        ['bids', -1],
        ['asks', 1],
      ] as const) {
        const { horizon, known } = book[name];
        const whole = [...model[name]]
          .filter(([price]) => horizon === 0 || price * sign <= horizon * sign)
          .sort(([a], [b]) => (a - b) * sign)
          .flat();
        const levels = levelsOf(book[name]);
        expect(levels.slice(0, 2 * known)).toEqual(whole);
        for (let at = 2 * known; at < levels.length; at += 2)
          expect(model[name].get(levels[at])).toBe(levels[at + 1]);
      }
    }),
    { numRuns: 300 },
  );
});

describe('the impact price', () => {
  it.each([
    // 3 at 100 and 2 at 103 for 506.
    [506, 506 / 5],
    [300, 100],
    [1, 100],
    [0, 100],
    [300 + 309 + 1000, null],
    [609, 609 / 6],
    [610, 610 / (6 + 1 / 110)],
  ])('of buying for %d', (notional, price) => {
    expect(bookOf([99, 1], [100, 3, 103, 3, 110, 5]).impactAsk(notional)).toBe(price);
  });

  it('of selling goes down the bids, and ends with what is known', () => {
    const book = bookOf([100, 3, 98, 2], [101, 1], 2);
    expect(book.impactBid(496)).toBe(496 / 5);
    book.apply([97, 1000], []);
    expect(book.impactBid(497)).toBeNull();
  });

  it('is the exact average to within two units in the last place', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 33 }));
    const levels = fc.uniqueArray(level, { selector: ([price]) => price, minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(levels, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (asks, notional) => {
        asks.sort(([a], [b]) => a - b);
        const got = bookOf([], asks.flat()).impactAsk(notional);
        let left = BigInt(notional);
        let filled = fraction(0n, 1n);
        for (const [price, size] of asks) {
          const taken = BigInt(price) * BigInt(size) < left ? BigInt(price) * BigInt(size) : left;
          left -= taken;
          const { num, den } = fraction(taken, BigInt(price));
          filled = fraction(filled.num * den + num * filled.den, filled.den * den);
        }
        if (left > 0n) {
          expect(got).toBeNull();
          return;
        }
        // 80 further bits of the quotient, so that only the last conversion rounds.
        const exact = Number((BigInt(notional) * filled.den * 2n ** 80n) / filled.num) / 2 ** 80;
        expect(Math.abs(got! - exact)).toBeLessThanOrEqual(exact * 2 * Number.EPSILON);
      }),
    );
  });
});
