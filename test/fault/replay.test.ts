/** A recording and the live feed that it was made of say the same, faults and all. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { VenueEvent } from '../../src/core/price/venue-event.ts';
import type { FeedSink } from '../../src/io/ingest/venues/feed.ts';
import { Recorder } from '../../src/io/ingest/venues/record.ts';
import { playRecordings } from '../../src/io/ingest/venues/recording.ts';
import { faultsOf } from '../mock-venue/faults.ts';
import { BINANCE_USDM } from './venues.ts';
import { FAULTY_MS, generatedFor, runScenario } from './virtual-run.ts';

const SEEDS = 20;

/** Writes down what passes. */
class Listener implements FeedSink {
  readonly said: string[] = [];
  readonly #next: FeedSink | null;

  constructor(next: FeedSink | null) {
    this.#next = next;
  }

  event(event: VenueEvent): void {
    this.said.push(JSON.stringify(event));
    this.#next?.event(event);
  }

  problem(...[problem, frame]: Parameters<FeedSink['problem']>): void {
    this.said.push(`${problem.code} ${frame}`);
    this.#next?.problem(problem, frame);
  }
}

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))('says the same again: seed %i', async (seed) => {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-replay-'));
  try {
    // Files are put in order by the wall clock: what they say around a jump of it is another order.
    const faults = { ...faultsOf(seed, FAULTY_MS), clockJumped: 0 };
    let live = new Listener(null);
    let recorder: Recorder | null = null;
    await runScenario(
      seed,
      generatedFor(seed, faults, BINANCE_USDM),
      faults,
      (sink) => BINANCE_USDM.make((live = new Listener(sink))),
      (world) =>
        (recorder = new Recorder(directory, 'binance', world, (error) => {
          throw error;
        })),
    );
    await recorder!.close();
    const replayed = new Listener(null);
    const problems: unknown[] = [];
    const paths = readdirSync(directory).map((name) => join(directory, name));
    const feeds = new Map([['binance', BINANCE_USDM.make(replayed)]]);
    for await (const _ of playRecordings(paths, feeds, (problem) => problems.push(problem)));
    expect(problems).toEqual([]);
    expect(replayed.said).toEqual(live.said);
    expect(live.said.length).toBeGreaterThan(100);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
