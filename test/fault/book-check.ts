/** Follows what a feed says with a book and holds it against the truth, level by level, after every event. */
import { DepthBook } from '../../src/core/price/depth-book.ts';
import type { DepthEvent, QuoteEvent, SnapshotEvent, VenueEvent } from '../../src/core/price/venue-event.ts';
import type { FeedSink } from '../../src/io/ingest/venues/feed.ts';
import type { Problem } from '../../src/io/ingest/problem.ts';
import type { Scenario } from '../mock-venue/scenario.ts';
import { bestFirst, type Levels, type TrueWalk } from '../mock-venue/true-book.ts';

export class BookCheck implements FeedSink {
  readonly book = new DepthBook();
  isUsable = false;
  /** Which of the true books it is. */
  last = 0;
  /** Of the usable book, by the driver's clock that does not jump. */
  movedMs = 0;
  /** What was wrong and not said to be. Empty is what we want. */
  readonly wrong: string[] = [];
  readonly counts = { compared: 0, quotes: 0, lost: 0, snapshots: 0, problems: 0 };
  readonly #scenario: Scenario;
  readonly #books: TrueWalk;
  readonly #elapsedMs: () => number;
  /** The newest book since it was lost: none before it may come. */
  #place = -1;

  constructor(scenario: Scenario, elapsedMs: () => number) {
    this.#scenario = scenario;
    this.#books = scenario.truth.walk();
    this.#elapsedMs = elapsedMs;
  }

  event(event: VenueEvent): void {
    switch (event.kind) {
      case 'snapshot':
        this.counts.snapshots += 1;
        this.isUsable = true;
        this.book.replace(event.bids, event.asks, event.levelsMax ?? null);
        this.#compare(event);
        return;
      case 'depth':
        if (!this.isUsable) {
          this.wrong.push(`depth ${event.last} without a book to apply it to`);
          return;
        }
        this.book.apply(event.bids, event.asks);
        this.#compare(event);
        return;
      case 'lost':
        this.counts.lost += 1;
        this.isUsable = false;
        this.#place = -1;
        return;
      case 'quote':
        this.#compareQuote(event);
        return;
      case 'trade':
      case 'mark':
      case 'contract':
        return;
    }
  }

  problem(_problem: Problem, _frame: string): void {
    this.counts.problems += 1;
  }

  #compare(event: SnapshotEvent | DepthEvent): void {
    this.counts.compared += 1;
    this.movedMs = this.#elapsedMs();
    const { truth, depth } = this.#scenario;
    const id = this.#scenario.idOf(event, this.book);
    const levels = id === null ? null : this.#books.at(id);
    if (id === null || levels === null) {
      this.wrong.push(`a book at ${event.last}, where the venue never was`);
      return;
    }
    this.last = id;
    const place = truth.placeOf(id);
    if (place < this.#place) this.wrong.push(`at ${id}: gone back in time`);
    this.#place = place;
    this.wrong.push(...differences(this.book, levels, depth ?? Infinity).map((what) => `at ${id}: ${what}`));
  }

  #compareQuote(event: QuoteEvent): void {
    this.counts.quotes += 1;
    const { quoteOf } = this.#scenario;
    const { bid, bidSize, ask, askSize } = event;
    const { bids, asks } = this.book;
    const best = [this.book.bid, bids.bestSize, this.book.ask, asks.bestSize];
    const truth = quoteOf === null ? (this.isUsable ? best : null) : quoteOf(event);
    const said = [bid, bidSize, ask, askSize];
    if (truth?.every((each, index) => each === said[index]) !== true)
      this.wrong.push(`quote ${event.updateId} of ${bidSize} at ${bid}, ${askSize} at ${ask}`);
  }
}

/** Up to the horizon of each side, what lies behind it nobody claims to know, and as deep as the venue shows it. */
function differences(book: DepthBook, truth: Levels, depth: number): string[] {
  const found: string[] = [];
  for (const side of ['bids', 'asks'] as const) {
    const { horizon, known } = book[side];
    let count = 0;
    for (const [price, size] of truth[side].size <= depth
      ? truth[side]
      : bestFirst(truth[side], side, depth)) {
      if (horizon > 0 && (side === 'bids' ? price < horizon : price > horizon)) continue;
      count += 1;
      const there = book[side].sizeOf(price);
      if (there !== size) found.push(`${side} ${there} instead of ${size} at ${price}`);
    }
    if (known !== count) found.push(`${known} ${side} instead of ${count}`);
  }
  return found.slice(0, 3);
}
