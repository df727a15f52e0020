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

export interface Scenario {
  readonly symbol: string;
  readonly durationMs: number;
  /** In order of time. */
  readonly frames: readonly ScenarioFrame[];
  readonly truth: TrueBook;
  /** A REST depth snapshot of the book at that time, with all its levels. */
  snapshot(atMs: number): string;
}
