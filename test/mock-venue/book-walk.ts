/**
 * A seeded book that trades: levels that come, change and go around a middle that moves, told in batches. Ids rise by one or
 * skip, as they do where many instruments share a counter, and may start over elsewhere, and the book with them. How a venue
 * says all that is its dialect's.
 */
import { Random } from '../fuzz/random.ts';
import { TrueBook, type Levels } from './true-book.ts';

export interface WalkOptions {
  readonly durationMs: number;
  /** Mean time between batches. */
  readonly everyMs: number;
  /** When the ids start over, and the book with them. */
  readonly resetsAtMs: readonly number[];
  readonly isContiguous: boolean;
}

/** What has changed since the batch before. */
export interface Batch {
  readonly atMs: number;
  readonly first: number;
  readonly last: number;
  /** The last of the batch before. */
  readonly previous: number;
  readonly changed: Levels;
  /** As it is now: it goes on changing. */
  readonly book: Levels;
}

export interface Teller {
  /** After every single change. */
  changed?(atMs: number, id: number, book: Levels): void;
  told(batch: Batch): void;
  /** The venue has lost its book: all levels go, under an id from where it counts on. */
  startedOver?(batch: Batch): void;
}

export interface Moment {
  readonly atMs: number;
  readonly id: number;
}

/** Of prices: all are whole multiples of it, in the scale of the instrument. */
export const TICK = 10;
/** 2023-11-14. */
export const START_MS = 1_700_000_000_000;

export class BookWalk {
  readonly truth = new TrueBook();
  /** Every id, with its time. */
  readonly moments: Moment[] = [];
  readonly middle: () => number;
  readonly #random: Random;
  readonly #options: WalkOptions;
  readonly #book = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  #changed = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  #middle: number;
  #id: number;
  #first = 0;
  #previous: number;

  constructor(seed: number, options: WalkOptions) {
    this.#random = new Random(seed);
    this.#options = options;
    this.#middle = this.#random.whole(500, 700_000) * TICK;
    this.#id = this.#random.whole(1e9, 5e12);
    this.#previous = this.#id;
    this.middle = () => this.#middle;
  }

  play(teller: Teller): void {
    const { durationMs, everyMs, resetsAtMs } = this.#options;
    const resets = [...resetsAtMs];
    for (let atMs = 0; atMs < durationMs;) {
      if (atMs >= (resets[0] ?? Infinity)) {
        resets.shift();
        this.#startOver(atMs, teller);
      }
      const spanMs = this.#random.log(everyMs / 4, everyMs * 2);
      this.#step(atMs, spanMs, teller);
      atMs += spanMs;
      teller.told(this.#batch(atMs));
      this.#turn();
    }
  }

  /** Ids far from all that were used, so that an id means one book. */
  #startOver(atMs: number, teller: Teller): void {
    this.#id = this.#random.chance(0.5) ? this.#id + 1e12 : Math.max(1, Math.floor(this.#id / 1e3));
    this.truth.clear(this.#id, this.#book);
    this.moments.push({ atMs, id: this.#id });
    const gone = {
      bids: new Map([...this.#book.bids.keys()].map((price) => [price, 0])),
      asks: new Map([...this.#book.asks.keys()].map((price) => [price, 0])),
    };
    this.#book.bids.clear();
    this.#book.asks.clear();
    // Later than what was told last.
    teller.startedOver?.({ ...this.#batch(atMs + 1), first: this.#id, changed: gone });
    this.#turn();
    this.#middle = this.#random.whole(500, 700_000) * TICK;
  }

  #batch(atMs: number): Batch {
    return {
      atMs,
      first: this.#first,
      last: this.#id,
      previous: this.#previous,
      changed: this.#changed,
      book: this.#book,
    };
  }

  #turn(): void {
    this.#previous = this.#id;
    this.#first = 0;
    this.#changed = { bids: new Map(), asks: new Map() };
  }

  #step(fromMs: number, spanMs: number, teller: Teller): void {
    const random = this.#random;
    const changes: [side: 'bids' | 'asks', price: number, size: number][] = [];
    const { bids, asks } = this.#book;
    if (random.chance(0.3)) this.#middle = Math.max(100 * TICK, this.#middle + random.whole(-3, 3) * TICK);
    // What the market has moved through goes first, so that no update leaves the book crossed.
    for (const price of bids.keys()) if (price >= this.#middle) changes.push(['bids', price, 0]);
    for (const price of asks.keys()) if (price <= this.#middle) changes.push(['asks', price, 0]);
    const count = bids.size + asks.size === 0 ? 80 : random.whole(1, 8);
    for (let each = 0; each < count; each++) {
      const side = random.chance(0.5) ? 'bids' : 'asks';
      const away = Math.floor(random.log(1, 60)) * TICK;
      const price = side === 'bids' ? this.#middle - away : this.#middle + away;
      const isGone = this.#book[side].size > 10 && random.chance(0.35);
      changes.push([side, price, isGone ? 0 : Math.ceil(random.log(1, 50_000))]);
    }
    changes.forEach(([side, price, size], index) => {
      const atMs = fromMs + (spanMs * (index + 1)) / (changes.length + 1);
      this.#change(atMs, side, price, size);
      teller.changed?.(atMs, this.#id, this.#book);
    });
  }

  #change(atMs: number, side: 'bids' | 'asks', price: number, size: number): void {
    this.#id += this.#options.isContiguous || this.#random.chance(0.5) ? 1 : this.#random.whole(2, 40);
    if (this.#first === 0) this.#first = this.#id;
    if (size === 0) this.#book[side].delete(price);
    else this.#book[side].set(price, size);
    this.#changed[side].set(price, size);
    this.truth.add({ id: this.#id, side, price, size });
    this.moments.push({ atMs, id: this.#id });
  }
}

/** Whole units of 10^-scale as decimal text with all its decimals. */
export function decimalText(whole: number, scale: number): string {
  const digits = String(whole).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The venue's clock in microseconds. */
export const timeUs = (atMs: number): number => Math.floor((START_MS + atMs) * 1000);

/** With microseconds. */
export function isoText(us: number): string {
  const ms = Math.floor(us / 1000);
  return new Date(ms).toISOString().replace('Z', `${String(us - ms * 1000).padStart(3, '0')}Z`);
}
