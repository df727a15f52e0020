/**
 * The demo: a generated book, seeded prices, the engine with its watch, and a checker beside it.
 *
 * Prices are applied in slices of a few milliseconds; between two slices the event loop has its turn, for drawing, for
 * messages of the checker, and for Ctrl-C.
 */
import { Engine } from '../../core/engine/engine.ts';
import { Level } from '../../core/schema/levels.ts';
import { Sum } from '../../core/margin/valuation.ts';
import type { MarksCommand } from '../../core/schema/commands.ts';
import type { Changes } from '../../core/watch/changes.ts';
import { Latencies } from '../bench/latencies.ts';
import { loadBook, nextTurn, type BookChoice } from '../bench/load.ts';
import { CheckerLink } from './checker-link.ts';
import type { DemoOutput } from './output.ts';
import { DemoPrices } from './prices.ts';
import {
  bookStatus,
  checkerStatus,
  nameBucket,
  nearestAccounts,
  type Liquidatable,
  type NearAccount,
  type Status,
} from './status.ts';

export interface DemoOptions extends BookChoice {
  /** Prices a second at most; 0: as many as can be done. */
  readonly speed: number;
  /** Ends after so many seconds of prices; Infinity: at Ctrl-C. */
  readonly seconds: number;
  /** For tests: see `CheckerData`. */
  readonly dropChange?: number;
  /** For tests: room for prices on their way to the checker, a power of two. */
  readonly ringWords?: number;
}

const SLICE_MS = 5;
const WAIT_MS = 2;
const NEAREST_EVERY_MS = 1000;
const LIST_LENGTH = 8;
/** How long the checker may take to come to the end of what it is doing. */
const FINISH_MS = 1500;
const FINISH_INTERRUPTED_MS = 300;

/** Answers the last status: over everything. */
export async function runDemo(
  options: DemoOptions,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<Status> {
  const engine = new Engine();
  const link = new CheckerLink(engine, options, options.dropChange ?? 0, options.ringWords);
  try {
    const marks = await loadBook(engine, options, {
      onProgress: output.loading,
      onApplied: (changes) => link.loaded(changes),
      isOver: () => signal.aborted,
    });
    const demo = new Demo(
      engine,
      link,
      options,
      new DemoPrices(marks.length > 0 ? marks : [1 as never], options.seed, options.popularity),
    );
    if (!signal.aborted) {
      link.open();
      output.begin();
      await demo.run(output, signal);
    }
    await link.stop(signal.aborted ? FINISH_INTERRUPTED_MS : FINISH_MS);
    const status = demo.status(true);
    output.end(status);
    return status;
  } finally {
    output.close();
    await link.stop(0);
  }
}

class Demo {
  readonly #engine: Engine;
  readonly #link: CheckerLink;
  readonly #options: DemoOptions;
  readonly #prices: DemoPrices;
  readonly #all = new Latencies();
  readonly #recent = new Latencies();
  #startedAt = performance.now();
  #endedAt: number | null = null;
  #evaluationsBefore: number;
  #sweepsBefore: number;
  #levelChanges = 0;
  #liquidations = 0;
  #latest: Liquidatable[] = [];
  #nearest: readonly NearAccount[] | null = [];
  #nearestAt = -Infinity;
  /** At the last status. */
  #shown = { at: performance.now(), prices: 0, evaluations: 0 };

  constructor(engine: Engine, link: CheckerLink, options: DemoOptions, prices: DemoPrices) {
    this.#engine = engine;
    this.#link = link;
    this.#options = options;
    this.#prices = prices;
    this.#evaluationsBefore = engine.watch?.evaluations ?? 0;
    this.#sweepsBefore = engine.watch?.sweeps ?? 0;
  }

  async run(output: DemoOutput, signal: AbortSignal): Promise<void> {
    const { speed, seconds } = this.#options;
    this.#startedAt = performance.now();
    this.#shown = { at: this.#startedAt, prices: 0, evaluations: 0 };
    const end = this.#startedAt + seconds * 1000;
    let now = this.#startedAt;
    while (!signal.aborted && now < end) {
      const allowed =
        speed === 0 ? Infinity : Math.floor(((now - this.#startedAt) * speed) / 1000) - this.#all.count;
      if (allowed > 0) this.#slice(now + SLICE_MS, allowed);
      now = performance.now();
      if (now - this.#shown.at >= output.everyMs) output.show(this.status(false));
      await (allowed > 0 ? nextTurn() : new Promise((resolve) => setTimeout(resolve, WAIT_MS)));
      now = performance.now();
    }
    this.#endedAt = performance.now();
  }

  #slice(until: number, most: number): void {
    const engine = this.#engine;
    const prices = this.#prices;
    for (let left = most; left > 0; left--) {
      const command = prices.next();
      const start = performance.now();
      const { changes } = engine.apply(command);
      const end = performance.now();
      this.#all.add(end - start);
      this.#recent.add(end - start);
      this.#link.price(command, changes);
      if (changes.count > 0) this.#noteChanges(command, changes);
      if (end > until) return;
    }
  }

  #noteChanges(command: MarksCommand, changes: Changes): void {
    this.#levelChanges += changes.count;
    let listed = 0;
    for (let at = 0; at < changes.count; at++) {
      if (changes.to[at] < Level.liquidatable || changes.from[at] >= Level.liquidatable) continue;
      this.#liquidations++;
      if (listed++ < LIST_LENGTH) this.#noteLiquidatable(command, changes.bucket[at]);
    }
    if (this.#latest.length > LIST_LENGTH) this.#latest.length = LIST_LENGTH;
  }

  #noteLiquidatable({ marks }: MarksCommand, bucket: number): void {
    const engine = this.#engine;
    const scale = 10 ** engine.settings!.decimals;
    const { sums } = engine.watch!.value(bucket);
    this.#latest.unshift({
      ...nameBucket(engine, bucket),
      market: marks.length === 1 ? engine.book.markets.names.at(marks[0].market) : `${marks.length} markets`,
      equity: sums[Sum.equity] / scale,
      maintenance: sums[Sum.maintenance] / scale,
      at: new Date(),
    });
  }

  /** Since the last status, or over everything. */
  status(isSummary: boolean): Status {
    const engine = this.#engine;
    const { accounts, markets, book, popularity, seed } = this.#options;
    const now = this.#endedAt ?? performance.now();
    const prices = this.#all.count;
    const evaluations = (engine.watch?.evaluations ?? 0) - this.#evaluationsBefore;
    if (isSummary || now - this.#nearestAt >= NEAREST_EVERY_MS) {
      this.#nearestAt = now;
      this.#nearest = nearestAccounts(engine, LIST_LENGTH);
    }
    const since = isSummary ? { at: this.#startedAt, prices: 0, evaluations: 0 } : this.#shown;
    const latencyUs = (isSummary ? this.#all : this.#recent).report();
    this.#shown = { at: now, prices, evaluations };
    this.#recent.clear();
    return {
      accounts,
      positions: engine.book.positions.count,
      bucketCount: engine.book.buckets.count,
      markets,
      book,
      popularity,
      seed,
      regime: this.#prices.regime,
      elapsedSeconds: Math.round(now - this.#startedAt) / 1000,
      prices,
      pricesPerSecond: Math.round(((prices - since.prices) * 1000) / Math.max(1, now - since.at)),
      evaluations,
      evaluationsPerPrice: (evaluations - since.evaluations) / Math.max(1, prices - since.prices),
      levelChanges: this.#levelChanges,
      liquidations: this.#liquidations,
      sweeps: (engine.watch?.sweeps ?? 0) - this.#sweepsBefore,
      latencyUs,
      memoryBytes: process.memoryUsage.rss(),
      state: engine.settings === null ? bookStatus(new Engine()) : bookStatus(engine),
      nearest: this.#nearest,
      latest: this.#latest.slice(),
      checker: checkerStatus(this.#link),
    };
  }
}
