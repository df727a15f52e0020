/**
 * Laws of matching, on random books, takers and hosts: price before time, at the maker's price, nothing lost, nothing crossed.
 * Every host does as its seed says: it admits all, part or nothing of a maker, stops, and removes others when it hears of a trade.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../test/fuzz/random.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { PRICE_MAX } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { DirectOrderBook } from './direct-order-book.ts';
import { match, type MatchHost } from './match.ts';
import { NaiveOrderBook } from './naive-order-book.ts';
import { ORDER_NONE, type OrderBook } from './order-book.ts';

interface Maker {
  readonly row: OrderRow;
  readonly side: Side;
  readonly price: PriceTicks;
  readonly since: number;
  left: number;
}

/** What each host does, by chance. */
const HOSTS: [string, { part?: number; remove?: number; stop?: number; removeOthers?: number }][] = [
  ['admits everybody', {}],
  ['admits parts', { part: 0.4 }],
  ['removes makers instead', { remove: 0.4 }],
  ['stops at times', { stop: 0.2 }],
  ['removes others when it hears of a trade', { removeOthers: 0.5 }],
  ['does all of that', { part: 0.2, remove: 0.2, stop: 0.05, removeOthers: 0.2 }],
];

describe.each([
  ['NaiveOrderBook', () => new NaiveOrderBook()],
  ['DirectOrderBook', () => new DirectOrderBook()],
] as [string, () => OrderBook][])('match on a %s', (_, make) => {
  test.each(HOSTS)('with a host that %s', (_, chances) => {
    for (let seed = 1; seed <= 40; seed++) play(make(), new Random(seed), chances);
  });

  test('stops at the limit, at the end of the book, and when it has enough', () => {
    const book = make();
    for (const [row, price] of [101, 102, 103].entries())
      book.add(row as OrderRow, Side.ask, price as PriceTicks, 10 as SizeLots);
    const trades: number[][] = [];
    const host: MatchHost = {
      admit: (_, __, size) => size,
      trade: (...trade) => void trades.push(trade),
    };
    expect(match(book, host, Side.bid, 100 as PriceTicks, 5 as SizeLots)).toBe(5);
    expect(match(book, host, Side.bid, 101 as PriceTicks, 12 as SizeLots)).toBe(2);
    expect(match(book, host, Side.bid, 103 as PriceTicks, 10 as SizeLots)).toBe(0);
    expect(match(book, host, Side.bid, PRICE_MAX as PriceTicks, 11 as SizeLots)).toBe(1);
    expect(trades).toEqual([
      [0, 101, 10],
      [1, 102, 10],
      [2, 103, 10],
    ]);
    expect(book.best(Side.ask)).toBe(ORDER_NONE);
  });

  test('the maker is gone, or reduced, before the host hears of the trade', () => {
    const book = make();
    book.add(0 as OrderRow, Side.bid, 50 as PriceTicks, 4 as SizeLots);
    book.add(1 as OrderRow, Side.bid, 50 as PriceTicks, 4 as SizeLots);
    const seen: unknown[] = [];
    const host: MatchHost = {
      admit: (_, __, size) => size,
      trade: (maker) => void seen.push([maker, book.best(Side.bid), book.sizeAt(Side.bid, 50 as PriceTicks)]),
    };
    expect(match(book, host, Side.ask, 1 as PriceTicks, 5 as SizeLots)).toBe(0);
    expect(seen).toEqual([
      [0, 1, 4],
      [1, 1, 3],
    ]);
  });

  test('a host that admits too much, or says it removed a maker and did not, is stopped', () => {
    const book = make();
    book.add(0 as OrderRow, Side.bid, 50 as PriceTicks, 4 as SizeLots);
    const answering = (admitted: number): MatchHost => ({ admit: () => admitted, trade: () => {} });
    for (const admitted of [3, 0.5, Number.NaN])
      expect(() => match(book, answering(admitted), Side.ask, 1 as PriceTicks, 2 as SizeLots)).toThrow(
        'trades whole lots',
      );
    expect(() => match(book, answering(0), Side.ask, 1 as PriceTicks, 2 as SizeLots)).toThrow(
      'has been removed',
    );
    expect(book.left(0 as OrderRow)).toBe(4);
  });
});

function play(
  book: OrderBook,
  random: Random,
  { part = 0, remove = 0, stop = 0, removeOthers = 0 }: (typeof HOSTS)[number][1],
): void {
  const makers = new Map<OrderRow, Maker>();
  const drop = (row: OrderRow): void => {
    book.remove(row);
    makers.delete(row);
  };
  /** What the rules say is next against a taker of this side: sorted anew each time. */
  const firstOf = (side: Side): Maker | undefined =>
    [...makers.values()]
      .filter((maker) => maker.side === side)
      .sort((a, b) => (side === Side.bid ? b.price - a.price : a.price - b.price) || a.since - b.since)[0];

  for (let command = 0; command < 60; command++) {
    const side = random.chance(0.5) ? Side.bid : Side.ask;
    const other = side === Side.bid ? Side.ask : Side.bid;
    const market = random.chance(0.1);
    const price = market ? (side === Side.bid ? PRICE_MAX : 1) : 100 + random.whole(-6, 6);
    const limit = price as PriceTicks;
    const size = random.whole(1, 12) as SizeLots;
    const within = (maker: Maker): boolean =>
      side === Side.bid ? maker.price <= limit : maker.price >= limit;

    let traded = 0;
    let stopped = false;
    let admitted: { row: OrderRow; lots: number } | null = null;
    const host: MatchHost = {
      admit(row, makerPrice, most) {
        const first = firstOf(other)!;
        expect([row, makerPrice, most]).toEqual([
          first.row,
          first.price,
          Math.min(first.left, size - traded),
        ]);
        expect([stopped, admitted, within(first)]).toEqual([false, null, true]);
        if (random.chance(stop)) {
          stopped = true;
          return -1;
        }
        if (random.chance(remove)) {
          drop(row);
          return 0;
        }
        admitted = { row, lots: random.chance(part) ? random.whole(1, most) : most };
        return admitted.lots;
      },
      trade(row, makerPrice, lots) {
        const maker = makers.get(row)!;
        expect([row, lots, makerPrice]).toEqual([admitted?.row, admitted?.lots, maker.price]);
        admitted = null;
        traded += lots;
        maker.left -= lots;
        if (maker.left === 0) makers.delete(row);
        expect(book.count).toBe(makers.size);
        if (maker.left > 0) expect(book.left(row)).toBe(maker.left);
        if (random.chance(removeOthers) && makers.size > 0) drop(random.pick([...makers.keys()]));
      },
    };
    const left = match(book, host, side, limit, size);

    expect(traded + left).toBe(size);
    expect(admitted).toBeNull();
    const first = firstOf(other);
    if (left > 0 && !stopped && first !== undefined) expect(within(first)).toBe(false);
    expect(book.best(other)).toBe(first?.row ?? ORDER_NONE);
    for (const maker of makers.values()) expect(book.left(maker.row)).toBe(maker.left);
    // What is left rests, unless that would cross.
    if (left > 0 && !stopped && !market) {
      const row = command as OrderRow;
      book.add(row, side, limit, left);
      makers.set(row, { row, side, price: limit, since: command, left });
      const [bid, ask] = [book.bestPrice(Side.bid), book.bestPrice(Side.ask)];
      if (bid > 0 && ask > 0) expect(bid).toBeLessThan(ask);
    }
  }
}
