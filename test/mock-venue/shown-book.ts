/**
 * What a venue shows of a book, the best so many levels a side, and what it says of a change: levels that are new to that or
 * other than before, and those that are gone. Of one that better ones have pushed out of sight it says nothing.
 */
import { bestFirst, type Levels } from './true-book.ts';

export type Pair = readonly [price: number, size: number];

export interface Shown {
  readonly bids: readonly Pair[];
  readonly asks: readonly Pair[];
}

export class ShownBook {
  readonly #depth: number;
  now: Shown = { bids: [], asks: [] };

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** What is to be said, now that the book is this. */
  turn(book: Levels): Shown {
    const before = this.now;
    const show = (side: 'bids' | 'asks'): Pair[] => bestFirst(book[side], side, this.#depth);
    this.now = { bids: show('bids'), asks: show('asks') };
    return {
      bids: changed(before.bids, this.now.bids, book.bids),
      asks: changed(before.asks, this.now.asks, book.asks),
    };
  }
}

function changed(before: readonly Pair[], after: readonly Pair[], all: ReadonlyMap<number, number>): Pair[] {
  const had = new Map(before);
  return [
    ...before.filter(([price]) => !all.has(price)).map(([price]): Pair => [price, 0]),
    ...after.filter(([price, size]) => had.get(price) !== size),
  ];
}
