/** Follows what a feed says with a book and holds it against the truth, level by level, after every event. */
import { DepthBook } from '../../src/core/price/depth-book.ts';
import type { QuoteEvent, VenueEvent } from '../../src/core/price/venue-event.ts';
import type { FeedSink } from '../../src/io/ingest/venues/feed.ts';
import type { Problem } from '../../src/io/ingest/problem.ts';
import type { Quote, Scenario } from '../mock-venue/scenario.ts';
import type { Levels, TrueWalk } from '../mock-venue/true-book.ts';

export class BookCheck implements FeedSink {
  readonly book = new DepthBook();
  isUsable = false;
  /** Update id of the book. */
  last = 0;
  /** Of the usable book, by the driver's clock that does not jump. */
  movedMs = 0;
  /** What was wrong and not said to be. Empty is what we want. */
  readonly wrong: string[] = [];
  readonly counts = { compared: 0, quotes: 0, lost: 0, snapshots: 0, problems: 0 };
  readonly #books: TrueWalk;
  readonly #quotes: ReadonlyMap<number, Quote>;
  readonly #elapsedMs: () => number;

  constructor({ truth, quotes }: Scenario, elapsedMs: () => number) {
    this.#books = truth.walk();
    this.#quotes = quotes;
    this.#elapsedMs = elapsedMs;
  }

  event(event: VenueEvent): void {
    switch (event.kind) {
      case 'snapshot':
        this.counts.snapshots += 1;
        this.isUsable = true;
        this.book.replace(event.bids, event.asks, event.levelsMax ?? null);
        this.#compare(event.last);
        return;
      case 'depth':
        if (!this.isUsable) {
          this.wrong.push(`depth ${event.last} without a book to apply it to`);
          return;
        }
        this.book.apply(event.bids, event.asks);
        this.#compare(event.last);
        return;
      case 'lost':
        this.counts.lost += 1;
        this.isUsable = false;
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

  #compare(id: number): void {
    this.counts.compared += 1;
    this.last = id;
    this.movedMs = this.#elapsedMs();
    const truth = this.#books.at(id);
    if (truth === null) this.wrong.push(`a book at ${id}, where the venue never was`);
    else this.wrong.push(...differences(this.book, truth).map((what) => `at ${id}: ${what}`));
  }

  #compareQuote({ updateId, bid, bidSize, ask, askSize }: QuoteEvent): void {
    this.counts.quotes += 1;
    const said = [bid, bidSize, ask, askSize];
    const isTrue = this.#quotes.get(updateId!)?.every((each, index) => each === said[index]) === true;
    if (!isTrue) this.wrong.push(`quote ${updateId} of ${bidSize} at ${bid}, ${askSize} at ${ask}`);
  }
}

/** Up to the horizon of each side: what lies behind it nobody claims to know. */
function differences(book: DepthBook, truth: Levels): string[] {
  const found: string[] = [];
  for (const side of ['bids', 'asks'] as const) {
    const { horizon, known } = book[side];
    let count = 0;
    for (const [price, size] of truth[side]) {
      if (horizon > 0 && (side === 'bids' ? price < horizon : price > horizon)) continue;
      count += 1;
      const there = book[side].sizeOf(price);
      if (there !== size) found.push(`${side} ${there} instead of ${size} at ${price}`);
    }
    if (known !== count) found.push(`${known} ${side} instead of ${count}`);
  }
  return found.slice(0, 3);
}
