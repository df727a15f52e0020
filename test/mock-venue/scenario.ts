/** What a venue says in the course of some time when nothing goes wrong, and what is true meanwhile. */
import type { DepthBook } from '../../src/core/price/depth-book.ts';
import type { DepthEvent, QuoteEvent, SnapshotEvent } from '../../src/core/price/venue-event.ts';
import type { VenueProtocol } from './protocol.ts';
import type { TrueBook } from './true-book.ts';

export interface ScenarioFrame {
  /** Since the beginning. */
  readonly atMs: number;
  /** As clients subscribe to it: `btcusdt@bookTicker`. */
  readonly stream: string;
  readonly text: string;
}

/** Best bid and its size, best ask and its size. */
export type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];

/** What a mock venue needs to know. */
export interface VenueScript {
  readonly durationMs: number;
  /** In order of time. */
  readonly frames: readonly ScenarioFrame[];
  readonly protocol: VenueProtocol;
}

export interface Scenario extends VenueScript {
  readonly truth: TrueBook;
  /** Of the book at the end. */
  readonly lastId: number;
  /** Levels a side that the venue shows; null: all. */
  readonly depth: number | null;
  /** Which of the true books is meant by what was said of it, and which `book` should now be; null: none that there was. */
  idOf(event: SnapshotEvent | DepthEvent, book: DepthBook): number | null;
  /** What the venue says of best bid and ask itself; null where quotes are made of the book. */
  readonly quoteOf: ((quote: QuoteEvent) => Quote | null) | null;
}

/** What a scenario is made with. */
export interface ScenarioOptions {
  readonly durationMs: number;
  /** Mean time between messages of the book. */
  readonly everyMs: number;
  /** When the venue begins to count anew. */
  readonly resetsAtMs: readonly number[];
}
