/**
 * The engine's end of the checker: what was decided goes into the ring at once or not at all.
 *
 * Where the ring is full, prices are left out (and counted, and never called checked) until the checker has caught up; then
 * it is sent the state as reported by then, marks and levels, and follows again from there. The state is kept from the
 * engine's **reports**: a change that the engine made and did not report is not in it either.
 */
import { Worker } from 'node:worker_threads';
import type { Engine } from '../../core/engine/engine.ts';
import type { MarksCommand } from '../../core/schema/commands.ts';
import { MARKET_STRIDE, MarketField } from '../../core/state/markets.ts';
import type { Changes } from '../../core/watch/changes.ts';
import type { BookChoice } from '../bench/load.ts';
import type { CheckerData, FromChecker, ToChecker } from './checker-worker.ts';
import type { Counts, Difference, ReportedState } from './price-checker.ts';
import { createRing, RingWriter } from './price-ring.ts';

const RING_WORDS = 2 ** 23;
/** The module beside this one, in the sources and in a build alike. */
const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('./checker-worker.ts', import.meta.url)
  : new URL('./checker-worker.js', import.meta.url);
const NOTHING: Counts = { checked: 0, missed: 0, late: 0, extra: 0, sequence: 0, opening: 0 };

export class CheckerLink {
  counts: Counts = NOTHING;
  /** The first differences, in order. */
  readonly differences: Difference[] = [];
  /** Prices that were left out because the checker could not keep up with hearing of them. */
  left = 0;
  isLoaded = false;
  /** Why the checker is no more; then nothing is checked from here on. */
  failure: string | null = null;
  readonly #engine: Engine;
  readonly #worker: Worker;
  readonly #ring: RingWriter;
  readonly #words: number;
  /** Levels by the engine's row, as reported. */
  #reported = new Uint8Array(1024);
  #prices = 0;
  #isStreaming = false;
  #isOpen = false;
  #resyncs = 0;
  #whenDone: (() => void) | null = null;

  constructor(engine: Engine, choice: BookChoice, dropChange: number, ringWords: number = RING_WORDS) {
    const ring = createRing(ringWords);
    this.#engine = engine;
    this.#words = ringWords;
    this.#ring = new RingWriter(ring);
    this.#worker = new Worker(WORKER, { workerData: { choice, ring, dropChange } satisfies CheckerData });
    this.#worker.on('message', (message: FromChecker) => this.#hear(message));
    this.#worker.on('error', (error: unknown) =>
      this.#fail(error instanceof Error ? error.message : String(error)),
    );
    this.#worker.on('exit', () => this.#whenDone?.());
  }

  /** What a command of the book changed. */
  loaded(changes: Changes): void {
    this.#report(changes);
  }

  /** The book is loaded. Prices follow. */
  open(): void {
    this.#isOpen = true;
    this.#resync();
  }

  /** A price that the engine has just decided about. */
  price({ marks }: MarksCommand, changes: Changes): void {
    const { buckets } = this.#engine.book;
    this.#prices++;
    this.#report(changes);
    if (this.failure !== null) return;
    if (!this.#isStreaming || !this.#ring.begin(this.#prices, marks.length, changes.count)) {
      this.#isStreaming = false;
      this.left++;
      // Not at the first free word: a resync costs more than a price.
      if (this.#ring.free() > this.#words * 0.75) this.#resync();
      return;
    }
    for (let at = 0; at < marks.length; at++) this.#ring.mark(marks[at].market, marks[at].price);
    for (let at = 0; at < changes.count; at++) {
      const bucket = changes.bucket[at];
      this.#ring.change(buckets.account(bucket), buckets.place(bucket), changes.from[at], changes.to[at]);
    }
    this.#ring.end();
  }

  get prices(): number {
    return this.#prices;
  }

  get hasDifferences(): boolean {
    const { missed, late, extra } = this.counts;
    return missed > 0 || late > 0 || extra > 0;
  }

  /** Lets it note what it was told and end the check under way, for so long; then it is ended. */
  async stop(waitMs: number): Promise<void> {
    if (this.failure === null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#whenDone = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#send({ kind: 'stop' });
      });
    }
    this.#whenDone = null;
    await this.#worker.terminate();
  }

  #hear(message: FromChecker): void {
    switch (message.kind) {
      case 'loaded':
        this.isLoaded = true;
        break;
      case 'counts':
        this.counts = message.counts;
        break;
      case 'difference':
        this.differences.push(message.difference);
        break;
      case 'done':
        this.counts = message.counts;
        this.#whenDone?.();
        break;
    }
  }

  #fail(why: string): void {
    this.failure ??= why;
    this.#whenDone?.();
  }

  /** Everything reported by now, by message; the ring says where it belongs. */
  #resync(): void {
    if (!this.#isOpen || !this.#ring.resync(this.#resyncs)) return;
    this.#send({ kind: 'state', id: this.#resyncs++, state: this.#state() });
    this.#isStreaming = true;
  }

  #state(): ReportedState {
    const { buckets, markets } = this.#engine.book;
    let count = 0;
    for (let bucket = 0; bucket < this.#reported.length; bucket++) if (this.#reported[bucket] !== 0) count++;
    const accounts = new Int32Array(count);
    const places = new Int32Array(count);
    const levels = new Uint8Array(count);
    let at = 0;
    for (let bucket = 0; bucket < this.#reported.length; bucket++) {
      if (this.#reported[bucket] === 0) continue;
      accounts[at] = buckets.account(bucket);
      places[at] = buckets.place(bucket);
      levels[at++] = this.#reported[bucket];
    }
    const marks = Float64Array.from(
      { length: markets.count },
      (_, row) => markets.fields[row * MARKET_STRIDE + MarketField.mark],
    );
    return { sequence: this.#prices, marks, accounts, places, levels };
  }

  #report(changes: Changes): void {
    for (let at = 0; at < changes.count; at++) {
      const bucket = changes.bucket[at];
      while (bucket >= this.#reported.length) {
        const longer = new Uint8Array(this.#reported.length * 2);
        longer.set(this.#reported);
        this.#reported = longer;
      }
      this.#reported[bucket] = changes.to[at];
    }
  }

  #send(message: ToChecker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message);
  }
}
