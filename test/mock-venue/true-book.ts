/**
 * The book as it truly is, at every update id: a log of single updates, walked to the id that is asked for. Prices and sizes
 * are whole numbers in the scale of the instrument.
 */
export interface Levels {
  readonly bids: ReadonlyMap<number, number>;
  readonly asks: ReadonlyMap<number, number>;
}

export interface Update {
  readonly id: number;
  readonly side: 'bids' | 'asks';
  readonly price: number;
  /** 0 takes the level away. */
  readonly size: number;
}

export class TrueBook {
  readonly #log: Update[] = [];
  /** Of the last update with an id. */
  readonly #positions = new Map<number, number>();

  add(update: Update): void {
    this.#positions.set(update.id, this.#log.length);
    this.#log.push(update);
  }

  /** The venue has lost its book: everything goes, under one id. */
  clear(id: number, levels: Levels): void {
    for (const side of ['bids', 'asks'] as const)
      for (const price of levels[side].keys()) this.add({ id, side, price, size: 0 });
  }

  /** Its place among all ids: a later book has a higher one, wherever the ids go. */
  placeOf(id: number): number {
    return this.#positions.get(id) ?? -1;
  }

  /** Whoever reads ids that mostly rise takes a walk of their own. */
  walk(): TrueWalk {
    return new TrueWalk(this.#log, this.#positions);
  }
}

export class TrueWalk {
  readonly #log: readonly Update[];
  readonly #positions: ReadonlyMap<number, number>;
  #at = 0;
  #bids = new Map<number, number>();
  #asks = new Map<number, number>();

  constructor(log: readonly Update[], positions: ReadonlyMap<number, number>) {
    this.#log = log;
    this.#positions = positions;
  }

  /** Null where the venue never was at that id. Valid until the next call. */
  at(id: number): Levels | null {
    const position = this.#positions.get(id);
    if (position === undefined) return null;
    if (position + 1 < this.#at) {
      this.#at = 0;
      this.#bids = new Map();
      this.#asks = new Map();
    }
    for (; this.#at <= position; this.#at++) {
      const { side, price, size } = this.#log[this.#at];
      const levels = side === 'bids' ? this.#bids : this.#asks;
      if (size === 0) levels.delete(price);
      else levels.set(price, size);
    }
    return { bids: this.#bids, asks: this.#asks };
  }
}

/** Price and size, best first, so many at most. */
export function bestFirst(
  levels: ReadonlyMap<number, number>,
  side: 'bids' | 'asks',
  depth = Infinity,
): [number, number][] {
  const prices = Float64Array.from(levels.keys()).sort();
  if (side === 'bids') prices.reverse();
  return Array.from(prices.subarray(0, depth), (price) => [price, levels.get(price)!]);
}
