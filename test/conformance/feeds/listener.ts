/**
 * What the consumer of a feed does, in the plainest way: a book for each instrument out of the events, and a look at each
 * event that it keeps what `venue-event.ts` promises.
 */
import type { DepthEvent, InstrumentRow, VenueEvent } from '../../../src/core/price/venue-event.ts';
import type { Problem } from '../../../src/io/ingest/problem.ts';
import type { FeedSink } from '../../../src/io/ingest/venues/feed.ts';

export interface HeardBook {
  isLive: boolean;
  last: number;
  /** Nothing has come since the snapshot: the next may have begun before it. */
  isFresh: boolean;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

export interface KnownBook {
  readonly instrument: InstrumentRow;
  readonly isLive: boolean;
  /** Price and size, by price. */
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

export class Listener implements FeedSink {
  readonly events: VenueEvent[] = [];
  readonly problems: { readonly problem: Problem; readonly frame: string }[] = [];
  readonly books = new Map<InstrumentRow, HeardBook>();

  event(event: VenueEvent): void {
    requireWhole(event);
    this.events.push(event);
    const book = this.bookOf(event.instrument);
    switch (event.kind) {
      case 'snapshot':
        book.bids.clear();
        book.asks.clear();
        requireBestFirst(event.bids, -1);
        requireBestFirst(event.asks, 1);
        book.isLive = true;
        book.last = event.last;
        book.isFresh = true;
        change(book, event);
        return;
      case 'depth':
        if (!book.isLive) throw new Error('a change of a book that is lost');
        if (event.first > event.last) throw new Error(`ids ${event.first} to ${event.last}`);
        if (!followsOn(book, event))
          throw new Error(`a gap that was passed on: ${event.first} after ${book.last}`);
        book.last = event.last;
        book.isFresh = false;
        change(book, event);
        return;
      case 'lost':
        book.isLive = false;
        book.bids.clear();
        book.asks.clear();
        return;
      case 'quote':
        if (event.bid > 0 && event.ask > 0 && event.bid >= event.ask)
          throw new Error(`a crossed quote: ${event.bid} and ${event.ask}`);
        return;
      case 'trade':
        if (event.price <= 0 || event.size <= 0 || event.id === '') throw new Error('a trade of nothing');
        return;
      default:
    }
  }

  problem(problem: Problem, frame: string): void {
    this.problems.push({ problem, frame });
  }

  bookOf(instrument: InstrumentRow): HeardBook {
    let book = this.books.get(instrument);
    if (book === undefined) {
      book = { isLive: false, last: -1, isFresh: false, bids: new Map(), asks: new Map() };
      this.books.set(instrument, book);
    }
    return book;
  }

  /** What is known at the end, to be compared. */
  known(): readonly KnownBook[] {
    return [...this.books]
      .toSorted(([a], [b]) => a - b)
      .map(([instrument, { isLive, bids, asks }]) => ({
        instrument,
        isLive,
        bids: sorted(bids),
        asks: sorted(asks),
      }));
  }

  of<Kind extends VenueEvent['kind']>(kind: Kind): Extract<VenueEvent, { kind: Kind }>[] {
    return this.events.filter((event) => event.kind === kind) as Extract<VenueEvent, { kind: Kind }>[];
  }
}

function followsOn(book: HeardBook, { first, last, previous }: DepthEvent): boolean {
  if (book.isFresh && first <= book.last + 1 && last >= book.last) return true;
  return previous === null ? first <= book.last + 1 : previous === book.last;
}

function change(book: HeardBook, { bids, asks }: { bids: readonly number[]; asks: readonly number[] }): void {
  for (const [side, levels] of [
    [book.bids, bids],
    [book.asks, asks],
  ] as const) {
    for (let at = 0; at < levels.length; at += 2) {
      if (levels[at] <= 0) throw new Error(`a level at ${levels[at]}`);
      if (levels[at + 1] === 0) side.delete(levels[at]);
      else side.set(levels[at], levels[at + 1]);
    }
  }
  if (Math.max(0, ...book.bids.keys()) >= Math.min(Infinity, ...book.asks.keys()))
    throw new Error('a crossed book was passed on');
}

function requireBestFirst(levels: readonly number[], sign: 1 | -1): void {
  for (let at = 2; at < levels.length; at += 2)
    if ((levels[at] - levels[at - 2]) * sign <= 0) throw new Error(`level ${at / 2} is not in order`);
}

/** Every number of an event is a whole one that a double holds, and no -0; only funding rates are negative. */
function requireWhole(event: VenueEvent): void {
  for (const [field, value] of Object.entries(event) as [string, unknown][]) {
    for (const number of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof number !== 'number') continue;
      const isGood = Number.isSafeInteger(number) && !Object.is(number, -0);
      if (!isGood || (number < 0 && field !== 'fundingRate'))
        throw new Error(`${event.kind}.${field} is ${number}`);
    }
  }
}

function sorted(side: ReadonlyMap<number, number>): [number, number][] {
  return [...side].toSorted(([a], [b]) => a - b);
}
