/**
 * What every order book must do. Run by the tests of each implementation; histories compare it with lists that are sorted
 * after every operation.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ORDER_NONE, type OrderBook } from '../../src/core/matching/order-book.ts';
import { PRICE_MAX, PRICE_NONE, SAFE_MAX } from '../../src/core/num/units.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../../src/core/num/units.ts';
import { Side } from '../../src/core/schema/side.ts';
import { Random } from '../fuzz/random.ts';

const { bid, ask } = Side;
const SIDES = [bid, ask] as const;

export function orderBookConformance(name: string, make: () => OrderBook): void {
  describe(`${name}: an order book`, () => {
    let book: OrderBook;
    const add = (row: number, side: Side, price: number, size: number): void =>
      book.add(row as OrderRow, side, price as PriceTicks, size as SizeLots);
    const remove = (row: number): void => book.remove(row as OrderRow);
    const reduce = (row: number, by: number): void => book.reduce(row as OrderRow, by as SizeLots);

    beforeEach(() => {
      book = make();
    });

    test('starts empty', () => {
      expect(book.count).toBe(0);
      for (const side of SIDES) {
        expect([book.best(side), book.bestPrice(side)]).toEqual([ORDER_NONE, PRICE_NONE]);
        expect(shown(book, side)).toEqual([]);
        expect(book.sizeAt(side, 1 as PriceTicks)).toBe(0);
        expect(available(book, side, 1, 5)).toBe(0);
      }
    });

    test('puts the highest bid first, and the lowest ask', () => {
      for (const [row, price] of [100, 102, 101].entries()) {
        add(row, bid, price, 1);
        add(row + 3, ask, price + 10, 1);
      }
      expect(walk(book, bid)).toEqual([1, 2, 0]);
      expect(walk(book, ask)).toEqual([3, 5, 4]);
      expect([book.bestPrice(bid), book.bestPrice(ask)]).toEqual([102, 110]);
      expect(book.count).toBe(6);
    });

    test('puts the older first where prices are equal', () => {
      add(7, bid, 100, 1);
      add(3, bid, 100, 2);
      add(5, bid, 100, 3);
      expect(walk(book, bid)).toEqual([7, 3, 5]);
      remove(3);
      add(3, bid, 100, 9);
      expect(walk(book, bid)).toEqual([7, 5, 3]);
      expect(shown(book, bid)).toEqual([[100, 13]]);
    });

    test('keeps the place of an order that is reduced', () => {
      add(0, ask, 50, 10);
      add(1, ask, 50, 10);
      reduce(0, 9);
      expect(walk(book, ask)).toEqual([0, 1]);
      expect([book.left(0 as OrderRow), book.left(1 as OrderRow)]).toEqual([1, 10]);
      expect(shown(book, ask)).toEqual([[50, 11]]);
    });

    test('says of a row what was given', () => {
      add(4, ask, PRICE_MAX, 12);
      expect([book.price(4 as OrderRow), book.left(4 as OrderRow), book.side(4 as OrderRow)]).toEqual([
        PRICE_MAX,
        12,
        ask,
      ]);
      add(5, bid, 1, 3);
      expect([book.price(5 as OrderRow), book.left(5 as OrderRow), book.side(5 as OrderRow)]).toEqual([
        1,
        3,
        bid,
      ]);
    });

    test('a row that was removed is used again, at another price and side', () => {
      add(0, bid, 100, 5);
      remove(0);
      expect([book.count, book.best(bid), book.bestPrice(bid)]).toEqual([0, ORDER_NONE, PRICE_NONE]);
      add(0, ask, 200, 6);
      expect([walk(book, bid), walk(book, ask)]).toEqual([[], [0]]);
      expect(book.sizeAt(bid, 100 as PriceTicks)).toBe(0);
      expect(book.sizeAt(ask, 200 as PriceTicks)).toBe(6);
    });

    test('keeps both sides apart, also at one price: what may not cross is for others to say', () => {
      add(0, bid, 100, 1);
      add(1, ask, 100, 2);
      expect([shown(book, bid), shown(book, ask)]).toEqual([[[100, 1]], [[100, 2]]]);
    });

    test('counts what is available at a limit, up to the need', () => {
      add(0, ask, 10, 5);
      add(1, ask, 12, 7);
      add(2, bid, 9, 4);
      add(3, bid, 7, 6);
      const cases: [side: Side, limit: number, need: number, lots: number][] = [
        [ask, 9, 100, 0],
        [ask, 10, 100, 5],
        [ask, 11, 100, 5],
        [ask, 12, 100, 12],
        [ask, PRICE_MAX, 100, 12],
        [ask, 12, 6, 6],
        [ask, 12, 3, 3],
        [ask, 12, 12, 12],
        [bid, 10, 100, 0],
        [bid, 9, 100, 4],
        [bid, 8, 100, 4],
        [bid, 1, 100, 10],
        [bid, 1, 9, 9],
      ];
      for (const [side, limit, need, lots] of cases)
        expect([side, limit, need, available(book, side, limit, need)]).toEqual([side, limit, need, lots]);
    });

    test('fills as many levels as there is room for', () => {
      for (let level = 0; level < 5; level++) add(level, ask, 100 + level, level + 1);
      const prices = new Float64Array(8).fill(-7);
      const sizes = new Float64Array(8).fill(-7);
      expect(book.levels(ask, prices.subarray(0, 3), sizes)).toBe(3);
      expect([[...prices], [...sizes]]).toEqual([
        [100, 101, 102, -7, -7, -7, -7, -7],
        [1, 2, 3, -7, -7, -7, -7, -7],
      ]);
      expect(book.levels(ask, prices, sizes.subarray(0, 4))).toBe(4);
      expect(book.levels(ask, prices, sizes)).toBe(5);
      expect(book.levels(ask, prices, sizes.subarray(0, 0))).toBe(0);
    });

    test('carries the greatest sizes to the lot', () => {
      add(0, bid, 5, SAFE_MAX - 1);
      add(1, bid, 5, 1);
      expect(shown(book, bid)).toEqual([[5, SAFE_MAX]]);
      expect(available(book, bid, 1, SAFE_MAX)).toBe(SAFE_MAX);
      reduce(0, SAFE_MAX - 2);
      expect(shown(book, bid)).toEqual([[5, 2]]);
    });

    test('stops where the caller is wrong', () => {
      add(0, bid, 100, 5);
      const wrong: [string, () => void][] = [
        ['a row is a whole number', () => add(-1, bid, 100, 1)],
        ['a row is a whole number', () => add(1.5, bid, 100, 1)],
        ['a row is free', () => add(0, ask, 100, 1)],
        ['a price is in', () => add(1, bid, 0, 1)],
        ['a price is in', () => add(1, bid, PRICE_MAX + 1, 1)],
        ['a price is in', () => add(1, ask, 2 ** 32 + 1, 1)],
        ['a price is in', () => add(1, ask, 1.5, 1)],
        ['a price is in', () => add(1, ask, Number.NaN, 1)],
        ['a price is in', () => book.sizeAt(ask, 0 as PriceTicks)],
        ['a price is in', () => book.sizeAt(bid, (PRICE_MAX + 1) as PriceTicks)],
        ['a size is at least', () => add(1, bid, 100, 0)],
        ['a size is at least', () => add(1, bid, 100, -1)],
        ['a size is at least', () => add(1, bid, 100, 0.5)],
        ['a size is at least', () => add(1, bid, 100, Number.NaN)],
        ['a size is at least', () => add(1, bid, 100, SAFE_MAX + 1)],
        ['the lots of a level', () => add(1, bid, 100, SAFE_MAX - 4)],
        ['is reduced by fewer', () => reduce(0, 0)],
        ['is reduced by fewer', () => reduce(0, 5)],
        ['is reduced by fewer', () => reduce(0, 0.5)],
        ['is reduced by fewer', () => reduce(0, -1)],
        ...[1, 99_999_999, -1].flatMap((row): [string, () => unknown][] => [
          ['has an order in this book', () => remove(row)],
          ['has an order in this book', () => reduce(row, 1)],
          ['has an order in this book', () => book.left(row as OrderRow)],
          ['has an order in this book', () => book.price(row as OrderRow)],
          ['has an order in this book', () => book.side(row as OrderRow)],
          ['has an order in this book', () => book.next(row as OrderRow)],
        ]),
      ] as [string, () => void][];
      for (const [sentence, act] of wrong) expect(act).toThrow(sentence);
      expect([walk(book, bid), shown(book, bid), book.count]).toEqual([[0], [[100, 5]], 1]);
      remove(0);
      expect(() => remove(0)).toThrow('has an order in this book');
    });

    test('has room for many levels far apart, and forgets them', () => {
      const rows = 3000;
      const random = new Random(11);
      for (let round = 0; round < 3; round++) {
        const prices = new Set<number>();
        while (prices.size < rows) prices.add(random.whole(1, PRICE_MAX));
        const given = [...prices];
        for (const [row, price] of given.entries()) add(row, round % 2 === 0 ? ask : bid, price, row + 1);
        const side = round % 2 === 0 ? ask : bid;
        const sorted = given.toSorted((a, b) => (side === ask ? a - b : b - a));
        expect(shown(book, side)).toEqual(sorted.map((price) => [price, given.indexOf(price) + 1]));
        for (let row = 0; row < rows; row++) remove(row);
        expect([book.count, book.best(bid), book.best(ask)]).toEqual([0, ORDER_NONE, ORDER_NONE]);
      }
    });

    describe('is a list that is sorted after every operation', () => {
      const priceSets: [string, (random: Random) => number][] = [
        ['few prices', (random) => random.whole(100, 104)],
        ['a touch with depth', (random) => Math.round(5000 + (random.unit() - random.unit()) * 200)],
        ['the edges of what can be', (random) => edge(random)],
        ['anywhere', (random) => random.whole(1, PRICE_MAX)],
        ['every order of magnitude', (random) => Math.floor(random.log(1, PRICE_MAX))],
      ];
      test.each(priceSets)('%s', (_, priceOf) => {
        for (let seed = 1; seed <= 9; seed++) {
          book = make();
          const random = new Random(seed);
          const model = new SortedLists();
          const rowsMost = seed % 3 === 0 ? 200 : 24;
          for (let step = 0; step < 400; step++) {
            const size = random.chance(0.02) ? random.whole(1, 2 ** 45) : random.whole(1, 9);
            apply(book, model, random.next(), random.whole(0, rowsMost - 1), priceOf(random), size);
            compare(book, model, random, priceOf);
          }
        }
      });

      test('whatever is asked of it', () => {
        const step = fc.record({
          what: fc.nat({ max: 0xffffffff }),
          row: fc.nat({ max: 11 }),
          price: fc.oneof(
            fc.integer({ min: 60, max: 70 }),
            fc.integer({ min: 4090, max: 4100 }),
            fc.constantFrom(1, 2, 2 ** 12, 2 ** 18, 2 ** 24, PRICE_MAX - 1, PRICE_MAX),
          ),
          size: fc.integer({ min: 1, max: 5 }),
        });
        fc.assert(
          fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
            const fresh = make();
            const model = new SortedLists();
            const random = new Random(steps.length);
            for (const { what, row, price, size } of steps) {
              apply(fresh, model, what, row, price, size);
              compare(fresh, model, random, () => price);
            }
          }),
          { numRuns: 200, seed: 4711 },
        );
      });
    });
  });
}

/** The model: one list a side, sorted anew after every change. `since` is when an order came to its price. */
class SortedLists {
  readonly orders = new Map<
    number,
    { row: number; side: Side; price: number; left: number; since: number }
  >();
  #now = 0;

  add(row: number, side: Side, price: number, left: number): void {
    this.orders.set(row, { row, side, price, left, since: this.#now++ });
  }

  of(side: Side): { row: number; price: number; left: number }[] {
    return [...this.orders.values()]
      .filter((order) => order.side === side)
      .sort((a, b) => (side === bid ? b.price - a.price : a.price - b.price) || a.since - b.since);
  }

  levelsOf(side: Side): [price: number, size: number][] {
    const levels = new Map<number, number>();
    for (const { price, left } of this.of(side)) levels.set(price, (levels.get(price) ?? 0) + left);
    return [...levels];
  }
}

/** One operation on both, made of numbers that mean something whatever they are. */
function apply(
  book: OrderBook,
  model: SortedLists,
  what: number,
  row: number,
  price: number,
  size: number,
): void {
  const order = model.orders.get(row);
  if (order === undefined) {
    const side = (what & 1) === 0 ? bid : ask;
    book.add(row as OrderRow, side, price as PriceTicks, size as SizeLots);
    model.add(row, side, price, size);
  } else if ((what & 6) === 0 && order.left > 1) {
    const by = 1 + (size % (order.left - 1));
    book.reduce(row as OrderRow, by as SizeLots);
    order.left -= by;
  } else {
    book.remove(row as OrderRow);
    model.orders.delete(row);
  }
}

function compare(
  book: OrderBook,
  model: SortedLists,
  random: Random,
  priceOf: (random: Random) => number,
): void {
  const seen: unknown[] = [book.count];
  const right: unknown[] = [model.orders.size];
  for (const side of SIDES) {
    const orders = model.of(side);
    const levels = model.levelsOf(side);
    seen.push(book.bestPrice(side), shown(book, side));
    right.push(orders[0]?.price ?? PRICE_NONE, levels);
    for (const row of walk(book, side) as OrderRow[])
      seen.push([row, book.price(row), book.left(row), book.side(row)]);
    for (const { row, price, left } of orders) right.push([row, price, left, side]);
    for (const price of [priceOf(random), levels[0]?.[0] ?? 1, levels.at(-1)?.[0] ?? 1]) {
      seen.push(book.sizeAt(side, price as PriceTicks));
      right.push(levels.find((level) => level[0] === price)?.[1] ?? 0);
      const reached = levels.filter((level) => (side === bid ? level[0] >= price : level[0] <= price));
      const lots = reached.reduce((sum, [, size]) => sum + size, 0);
      for (const need of [1, lots, lots + 1, random.whole(1, lots + 10)]) {
        seen.push(available(book, side, price, need));
        right.push(Math.min(need, lots));
      }
    }
  }
  // As text: comparing it costs a tenth, and a difference shows as well.
  expect(JSON.stringify(seen)).toBe(JSON.stringify(right));
}

function walk(book: OrderBook, side: Side): number[] {
  const rows: number[] = [];
  for (let row = book.best(side); row !== ORDER_NONE; row = book.next(row)) rows.push(row);
  return rows;
}

function shown(book: OrderBook, side: Side): [price: number, size: number][] {
  const prices = new Float64Array(book.count + 1);
  const sizes = new Float64Array(book.count + 1);
  const count = book.levels(side, prices, sizes);
  return Array.from({ length: count }, (_, at) => [prices[at], sizes[at]]);
}

function available(book: OrderBook, side: Side, limit: number, need: number): number {
  return book.available(side, limit as PriceTicks, need as SizeLots);
}

/** Prices around powers of two, where a tree of bits turns from one branch to the next. */
function edge(random: Random): number {
  const power = 2 ** random.whole(0, 30);
  const price = random.chance(0.5) ? power : PRICE_MAX - power;
  return Math.min(PRICE_MAX, Math.max(1, price + random.whole(-2, 2)));
}
