/** One seed: a venue with faults, a live feed on it in virtual time, and what became of the book. */
import type { FeedSink, VenueFeed } from '../../src/io/ingest/venues/feed.ts';
import { LIVE_DEFAULTS, LiveFeed, type LiveOptions } from '../../src/io/ingest/venues/live/live-feed.ts';
import { VirtualWorld } from '../../src/io/ingest/venues/live/testing/virtual-world.ts';
import type { LiveWitness } from '../../src/io/ingest/venues/live/witness.ts';
import type { World } from '../../src/io/ingest/venues/live/world.ts';
import { Random } from '../fuzz/random.ts';
import { faultsOf, type Faults } from '../mock-venue/faults.ts';
import { MockVenue } from '../mock-venue/mock-venue.ts';
import type { Scenario } from '../mock-venue/scenario.ts';
import { BookCheck } from './book-check.ts';
import { WatchedFeed } from './feed-between.ts';
import { BINANCE_USDM, type FaultyVenue } from './venues.ts';

export type MakeFeed = (sink: FeedSink) => VenueFeed;
export type MakeWitness = (world: World) => LiveWitness;

/** Faults for a minute and a half; then as long as a connection may be silent, and time to come back. */
export const FAULTY_MS = 90_000;
export const SETTLE_MS = 75_000;
/** Longer than a connection may be silent: a usable book that stood still for so long is a stale one that nobody called stale. */
const STILL_MS = 45_000;

const OPTIONS: LiveOptions = {
  ...LIVE_DEFAULTS,
  connection: { openMs: 1_000, firstMs: 100, mostMs: 2_000, steadyMs: 10_000 },
  request: { answerMs: 3_000, firstMs: 100, mostMs: 2_000 },
};

export interface RunResult {
  /** Empty is what we want. */
  readonly wrong: readonly string[];
  readonly check: BookCheck;
  readonly venue: MockVenue;
}

/** On a book of its own. */
export function runVirtually(
  seed: number,
  make: MakeFeed = BINANCE_USDM.make,
  venue: FaultyVenue = BINANCE_USDM,
): Promise<RunResult> {
  const faults = faultsOf(seed, FAULTY_MS);
  return runScenario(seed, generatedFor(seed, faults, venue), faults, make);
}

export function generatedFor(seed: number, { resetsAtMs }: Faults, venue: FaultyVenue): Scenario {
  const durationMs = FAULTY_MS + SETTLE_MS;
  return venue.generate(seed, { durationMs, everyMs: venue.everyMs, resetsAtMs });
}

export async function runScenario(
  seed: number,
  scenario: Scenario & { readonly startUs?: number },
  faults: Faults,
  make: MakeFeed,
  witness: MakeWitness | null = null,
): Promise<RunResult> {
  const random = new Random(seed + 1);
  const world = new VirtualWorld(() => random.unit(), scenario.startUs);
  const venue = new MockVenue(scenario, faults, seed + 2, world);
  world.network = venue;
  const check = new BookCheck(scenario, () => world.elapsedMs());
  const { wrong } = check;
  let isDepthOpen = false;
  const live = new LiveFeed(
    (sink) =>
      new WatchedFeed(make(sink), (isOpen) => {
        isDepthOpen = isOpen;
        if (!isOpen && check.isUsable) wrong.push('usable without a connection');
      }),
    check,
    world,
    { ...OPTIONS, witness: witness?.(world) ?? null },
  );
  live.start();
  for (const endMs = scenario.frames.at(-1)!.atMs + 1; world.elapsedMs() < endMs;) {
    world.pass(1_000);
    if (world.elapsedMs() < faults.untilMs && random.chance(faults.clockJumped))
      world.clockJumpUs = random.whole(-3_600, 3_600) * 1e6;
    const stoodMs = world.elapsedMs() - check.movedMs;
    if (check.isUsable && isDepthOpen && stoodMs > STILL_MS)
      wrong.push(`usable at ${check.last} after standing still for ${stoodMs} ms`);
  }
  const { lastId } = scenario;
  if (!check.isUsable || check.last !== lastId)
    wrong.push(
      `not back: ${check.isUsable ? 'usable' : 'unusable'} at ${check.last}, the venue at ${lastId}`,
    );
  wrong.push(...unfairness(venue, live));
  await live.stop();
  if (check.isUsable) wrong.push('usable after the end');
  venue.stop();
  const { sockets, requests } = world.leftOpen;
  if (sockets + requests + venue.connected > 0)
    wrong.push(`left open: ${sockets} sockets, ${requests} requests`);
  return { wrong, check, venue };
}

/** What the driver asked against the venue's rules. */
function unfairness({ asked }: MockVenue, live: LiveFeed): string[] {
  const found: string[] = [];
  const { weight } = live.statistics().requests;
  if (asked.some(({ isTooSoon }) => isTooSoon)) found.push('asked while told to wait');
  for (const { atMs: from } of asked) {
    const spent = asked
      .filter(({ atMs }) => atMs >= from && atMs < from + 60_000)
      .reduce((sum, each) => sum + each.weight, 0);
    if (spent > weight) found.push(`spent ${spent} of ${weight} in a window`);
  }
  return found.slice(0, 2);
}
