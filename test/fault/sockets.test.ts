/** The same over real sockets: Node's WebSocket and fetch against a server on this machine, in real time. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FeedConnection } from '../../src/io/ingest/venues/feed.ts';
import { LIVE_DEFAULTS, LiveFeed, type LiveOptions } from '../../src/io/ingest/venues/live/live-feed.ts';
import { NodeWorld } from '../../src/io/ingest/venues/live/node-world.ts';
import type { Cancel, HttpAnswer, HttpRequest } from '../../src/io/ingest/venues/live/world.ts';
import { faultsOf, NO_FAULTS } from '../mock-venue/faults.ts';
import { MockVenue } from '../mock-venue/mock-venue.ts';
import { serve } from '../mock-venue/server.ts';
import { BookCheck } from './book-check.ts';
import { FeedBetween } from './feed-between.ts';
import { BINANCE_SPOT, BINANCE_USDM, HYPERLIQUID, type FaultyVenue } from './venues.ts';

const SEEDS = 12;
const SEEDS_OF_OTHERS = 4;
const FAULTY_MS = 2_500;
/** The venue goes on for so long after. The book is waited for, however long a slow machine takes. */
const CALM_MS = 60_000;
const EVERY_MS = 8;
/** Marks come once a second, on a connection of their own. */
const SILENCE_MS = [400, 2_000];
const OPTIONS: LiveOptions = {
  ...LIVE_DEFAULTS,
  connection: { openMs: 1_000, firstMs: 10, mostMs: 100, steadyMs: 1_000 },
  request: { answerMs: 300, firstMs: 10, mostMs: 100 },
};
/** Depth messages that the book must follow once the faults are over. */
const FOLLOWED = 50;

/** The real world, and whether it was asked again before the time that it had told us to wait for. */
class WatchedWorld extends NodeWorld {
  tooSoon = 0;
  #restUntilMs = 0;

  override request(request: HttpRequest, done: (answer: HttpAnswer) => void): Cancel {
    // Timers may be a millisecond early.
    if (this.elapsedMs() < this.#restUntilMs - 1) this.tooSoon += 1;
    return super.request(request, (answer) => {
      if (answer.status === 429 || answer.status === 418)
        this.#restUntilMs = Math.max(this.#restUntilMs, this.elapsedMs() + Number(answer.retryAfter) * 1_000);
      done(answer);
    });
  }
}

/** The same feed with less patience. */
class ImpatientFeed extends FeedBetween {
  override get connections(): readonly FeedConnection[] {
    return super.connections.map((connection, index) => ({ ...connection, silenceMs: SILENCE_MS[index] }));
  }
}

interface Run {
  readonly venue: FaultyVenue;
  readonly seed: number;
}

const runsOf = (venue: FaultyVenue, count: number): Run[] =>
  Array.from({ length: count }, (_, seed) => ({ venue, seed }));
const RUNS = [
  ...runsOf(BINANCE_USDM, SEEDS),
  ...runsOf(BINANCE_SPOT, SEEDS_OF_OTHERS),
  ...runsOf(HYPERLIQUID, SEEDS_OF_OTHERS),
];

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('over real sockets', () => {
  it.concurrent.each(RUNS)(
    'the book of $venue.name is true or unusable, and comes back: seed $seed',
    async ({ venue: { generate, make, name }, seed }) => {
      const drawn = faultsOf(seed, FAULTY_MS);
      // A clock that was set back is waited for ten seconds, which is for virtual time.
      const faults = name === HYPERLIQUID.name ? { ...drawn, resetsAtMs: [] } : drawn;
      const world = new WatchedWorld();
      const durationMs = FAULTY_MS + CALM_MS;
      const { resetsAtMs } = faults;
      const scenario = generate(seed, { durationMs, everyMs: EVERY_MS, resetsAtMs });
      const venue = new MockVenue(scenario, faults, seed, world);
      const server = await serve(venue);
      const check = new BookCheck(scenario, () => world.elapsedMs());
      const live = new LiveFeed((sink) => new ImpatientFeed(make(sink)), check, world, {
        ...OPTIONS,
        socketBase: `ws://${server.host}`,
        httpBase: `http://${server.host}`,
      });
      live.start();
      try {
        await until(() => venue.nowMs > FAULTY_MS + SILENCE_MS[0]);
        const from = check.counts.compared;
        await until(() => check.isUsable && check.counts.compared > from + FOLLOWED);
        expect(check.wrong).toEqual([]);
        expect(world.tooSoon).toBe(0);
        await live.stop();
        expect(check.isUsable).toBe(false);
        await until(() => venue.connected === 0);
      } finally {
        await live.stop();
        await server.stop();
      }
    },
  );

  it('a program that stops its feed on Ctrl-C has nothing left that keeps it alive', async () => {
    const scenario = BINANCE_USDM.generate(1, { durationMs: 60_000, everyMs: EVERY_MS, resetsAtMs: [] });
    const venue = new MockVenue(scenario, NO_FAULTS, 1, new NodeWorld());
    const server = await serve(venue);
    try {
      const from = (path: string): string =>
        JSON.stringify(new URL(`../../src/io/ingest/venues/${path}`, import.meta.url).href);
      const program = `
        import { BinanceUsdmFeed } from ${from('binance/feed.ts')};
        import { LIVE_DEFAULTS, LiveFeed } from ${from('live/live-feed.ts')};
        import { NodeWorld } from ${from('live/node-world.ts')};
        const bases = { socketBase: 'ws://${server.host}', httpBase: 'http://${server.host}' };
        const sink = { event: ({ kind }) => kind === 'depth' && console.log(kind), problem: console.error };
        const make = (sink) => new BinanceUsdmFeed(${JSON.stringify(BINANCE_USDM.instruments)}, sink);
        const live = new LiveFeed(make, sink, new NodeWorld(), { ...LIVE_DEFAULTS, ...bases });
        live.start();
        process.once('SIGINT', () => live.stop());`;
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill('SIGINT');
      expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
      await until(() => venue.connected === 0);
    } finally {
      await server.stop();
    }
  });
});
