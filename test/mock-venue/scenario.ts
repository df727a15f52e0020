/** What a venue says in the course of some time when nothing goes wrong, and what is true meanwhile. */
import type { TrueBook } from './true-book.ts';

export interface ScenarioFrame {
  /** Since the beginning. */
  readonly atMs: number;
  /** As clients subscribe to it: `btcusdt@bookTicker`. */
  readonly stream: string;
  /** With the envelope of a combined stream. */
  readonly text: string;
}

/** Best bid and its size, best ask and its size. */
export type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];

export interface Scenario {
  readonly symbol: string;
  readonly durationMs: number;
  /** In order of time. */
  readonly frames: readonly ScenarioFrame[];
  readonly truth: TrueBook;
  /** What it says of best bid and ask, by update id. */
  readonly quotes: ReadonlyMap<number, Quote>;
  /** A REST depth snapshot of the book at that time, with so many levels a side at most. */
  snapshot(atMs: number, limit: number): string;
}
