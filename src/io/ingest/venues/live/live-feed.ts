/**
 * Drives a feed over the network: keeps its connections up, hands it what they bring with the time of receipt, asks what
 * it wants asked, and says how its source is doing. It decides nothing about prices: that is the feed's.
 *
 *   World ──> LiveConnection ──┐                    ┌──> SourceTally ──> sink
 *                              ├──> VenueFeed ──────┘
 *   World ──> Requester ───────┘
 *
 * Frames are handed on in the call that brings them, so none queue up here; requests wait in a queue that has an end.
 */
import type { FeedConnection, FeedRequest, FeedSink, VenueFeed } from '../feed.ts';
import { type ConnectionStatistics, type ConnectionTiming, LiveConnection } from './live-connection.ts';
import { type RequestStatistics, type RequestTiming, Requester } from './requester.ts';
import { type InstrumentStatistics, type Skew, SourceTally } from './source-tally.ts';
import type { LiveWitness } from './witness.ts';
import type { Cancel, World } from './world.ts';

export interface LiveOptions {
  /** Scheme, host and port that take the place of the venue's own (`ws://127.0.0.1:9000`); null leaves them. */
  readonly socketBase: string | null;
  readonly httpBase: string | null;
  readonly connection: ConnectionTiming;
  readonly request: RequestTiming;
  /** Hears everything before the feed does; null where nobody wants to. */
  readonly witness: LiveWitness | null;
}

export const LIVE_DEFAULTS: LiveOptions = {
  socketBase: null,
  httpBase: null,
  connection: { openMs: 10_000, firstMs: 1_000, mostMs: 30_000, steadyMs: 60_000 },
  request: { answerMs: 10_000, firstMs: 1_000, mostMs: 60_000 },
  witness: null,
};

const TICK_MS = 1_000;

export interface SourceStatistics {
  readonly venue: string;
  readonly connections: readonly ConnectionStatistics[];
  readonly requests: RequestStatistics;
  readonly instruments: readonly InstrumentStatistics[];
  readonly problems: number;
  readonly problemsByCode: ReadonlyMap<string, number>;
  readonly skew: Skew | null;
}

export class LiveFeed {
  readonly #world: World;
  readonly #witness: LiveWitness | null;
  readonly #tally: SourceTally;
  readonly #feed: VenueFeed;
  readonly #connections: readonly LiveConnection[];
  readonly #requester: Requester;
  #timer: Cancel = () => {};
  #isStopped = false;

  /** `make` makes the feed with the sink it is to speak to, which counts and then hands on to `sink`. */
  constructor(
    make: (sink: FeedSink) => VenueFeed,
    sink: FeedSink,
    world: World,
    options: LiveOptions = LIVE_DEFAULTS,
  ) {
    this.#world = world;
    this.#witness = options.witness;
    this.#tally = new SourceTally(sink, () => world.elapsedMs());
    this.#feed = make(this.#tally);
    this.#connections = this.#feed.connections.map(
      (connection) =>
        new LiveConnection(
          world,
          connection,
          moveUrl(connection.url, options.socketBase),
          options.connection,
          this.#connectionOwner,
        ),
    );
    this.#requester = new Requester(
      world,
      this.#feed.limits,
      options.request,
      (url) => moveUrl(url, options.httpBase),
      (request, body) => this.#answered(request, body),
    );
  }

  start(): void {
    for (const connection of this.#connections) connection.open();
    this.#tick();
  }

  /** Closes everything, for good. The feed hears that its connections are closed, and so its books are lost. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer();
    this.#requester.stop();
    await Promise.all(
      this.#connections.map((connection) => new Promise<void>((resolve) => connection.stop(resolve))),
    );
  }

  statistics(): SourceStatistics {
    return {
      venue: this.#feed.venue,
      connections: this.#connections.map((connection) => connection.statistics()),
      requests: this.#requester.statistics(),
      instruments: this.#tally.instruments(),
      problems: this.#tally.problems,
      problemsByCode: this.#tally.problemsByCode(),
      skew: this.#tally.skew(),
    };
  }

  readonly #connectionOwner = {
    opened: ({ name }: FeedConnection): void => {
      const now = this.#world.nowUs();
      this.#witness?.opened(name, now);
      this.#feed.opened(name, now);
      this.#ask();
    },
    frame: ({ name }: FeedConnection, text: string): void => {
      const receivedUs = this.#world.nowUs();
      this.#witness?.frame(name, text, receivedUs);
      this.#feed.receive(name, text, receivedUs);
      this.#ask();
    },
    closed: ({ name }: FeedConnection, why: string): void => {
      const now = this.#world.nowUs();
      this.#witness?.closed(name, why, now);
      this.#feed.closed(name, now);
      this.#ask();
    },
  };

  #answered({ id }: FeedRequest, body: string | null): void {
    const receivedUs = this.#world.nowUs();
    this.#witness?.answered(id, body, receivedUs);
    this.#feed.answer(id, body, receivedUs);
    this.#ask();
  }

  /** What is due after a while is due even where nothing is heard. */
  #tick(): void {
    this.#ask();
    this.#timer = this.#world.after(TICK_MS, () => this.#tick());
  }

  #ask(): void {
    if (this.#isStopped) return;
    for (const { connection, text } of this.#feed.sends?.(this.#world.nowUs()) ?? [])
      this.#connections.find(({ name }) => name === connection)?.send(text);
    if (this.#requester.isFull) return;
    const requests = this.#feed.requests();
    if (requests.length > 0) this.#requester.ask(requests);
  }
}

/** The same path and query at another origin. */
function moveUrl(url: string, base: string | null): string {
  if (base === null) return url;
  const { pathname, search } = new URL(url);
  return `${base.replace(/\/$/, '')}${pathname}${search}`;
}
