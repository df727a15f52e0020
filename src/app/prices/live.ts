/** Live venues into a station: a feed each, driven over the network, recorded where that is wanted. */
import type { TimeUs } from '../../core/num/units.ts';
import { LIVE_DEFAULTS, LiveFeed, type SourceStatistics } from '../../io/ingest/venues/live/live-feed.ts';
import { NodeWorld } from '../../io/ingest/venues/live/node-world.ts';
import type { World } from '../../io/ingest/venues/live/world.ts';
import type { LiveWitness } from '../../io/ingest/venues/live/witness.ts';
import { Recorder } from '../../io/ingest/venues/record.ts';
import type { OperationalError } from '../../io/operational-error.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import type { Plan } from './plan.ts';
import { PriceStation, type StationListener } from './station.ts';

/** Scheme, host and port instead of the venue's own; null leaves them. */
export interface BaseUrls {
  readonly socket: string | null;
  readonly http: string | null;
}

export interface LiveChoice {
  readonly plan: Plan;
  readonly baseUrls: ReadonlyMap<string, BaseUrls>;
  /** A directory for recordings; null: nothing is recorded. */
  readonly record: string | null;
}

/** How a venue is doing, and what happens next where it is not well. */
export interface VenueStatus {
  readonly venue: string;
  readonly state: 'open' | 'opening' | 'unreachable';
  readonly trouble: string | null;
  /** Until the next try; null: none is waited for. */
  readonly nextTryMs: number | null;
  readonly tries: number;
  readonly reconnects: number;
  readonly frames: number;
  readonly requests: { readonly waiting: number; readonly failed: number; readonly trouble: string | null };
  readonly problems: number;
  /** The newest of them. */
  readonly problem: string | null;
}

interface LiveVenue {
  readonly name: string;
  readonly feed: LiveFeed;
  readonly recorder: Recorder | null;
  problem: Problem | null;
}

export class LivePrices {
  readonly station: PriceStation;
  readonly #world: World;
  readonly #venues: readonly LiveVenue[];

  /** `recordFailed` is called when the disk fails: prices go on without a recording. Throws `RECORD_FAILED`. */
  constructor(
    { plan, baseUrls, record }: LiveChoice,
    listener: StationListener,
    recordFailed: (error: OperationalError) => void,
    world: World = new NodeWorld(),
  ) {
    this.#world = world;
    this.station = new PriceStation(plan, listener);
    this.#venues = plan.venues.map((known): LiveVenue => {
      const { name } = known;
      const recorder = record === null ? null : new Recorder(record, name, world, recordFailed);
      const urls = baseUrls.get(name);
      const last = new LastHeard(recorder);
      const feed = new LiveFeed(
        (sink) => known.make(plan.instruments, sink),
        {
          event: (event) => this.station.event(event),
          problem: (problem, frame) => {
            venue.problem = problem;
            this.station.problem(problem, {
              timeUs: last.atUs,
              venue: name,
              connection: last.connection,
              frame,
            });
          },
        },
        world,
        {
          ...LIVE_DEFAULTS,
          socketBase: urls?.socket ?? null,
          httpBase: urls?.http ?? null,
          witness: last,
        },
      );
      const venue: LiveVenue = { name, feed, recorder, problem: null };
      return venue;
    });
  }

  start(): void {
    for (const { feed } of this.#venues) feed.start();
  }

  /** It is now, even where nobody says anything. */
  advance(): void {
    this.station.advance(this.#world.nowUs());
  }

  /** Everything is closed, and on the disk what is recorded, when it is done. */
  async stop(): Promise<void> {
    await Promise.all(this.#venues.map(({ feed }) => feed.stop()));
    await Promise.all(this.#venues.map(async ({ recorder }) => recorder?.close()));
  }

  statuses(): VenueStatus[] {
    return this.#venues.map(({ name, feed, problem }) => statusOf(name, feed.statistics(), problem));
  }
}

/** What is being told to a feed, in front of whoever records it. */
class LastHeard implements LiveWitness {
  atUs = 0;
  /** Null: an answer. */
  connection: string | null = null;
  readonly #next: LiveWitness | null;

  constructor(next: LiveWitness | null) {
    this.#next = next;
  }

  opened(connection: string, atUs: TimeUs): void {
    this.#note(connection, atUs);
    this.#next?.opened(connection, atUs);
  }

  frame(connection: string, text: string, atUs: TimeUs): void {
    this.#note(connection, atUs);
    this.#next?.frame(connection, text, atUs);
  }

  answered(request: string, body: string | null, atUs: TimeUs): void {
    this.#note(null, atUs);
    this.#next?.answered(request, body, atUs);
  }

  closed(connection: string, why: string, atUs: TimeUs): void {
    this.#note(connection, atUs);
    this.#next?.closed(connection, why, atUs);
  }

  #note(connection: string | null, atUs: number): void {
    this.connection = connection;
    this.atUs = atUs;
  }
}

function statusOf(
  venue: string,
  { connections, requests, problems }: SourceStatistics,
  problem: Problem | null,
): VenueStatus {
  const sick = connections.find(({ isOpen }) => !isOpen);
  const sum = (of: 'refusals' | 'reconnects' | 'frames'): number =>
    connections.reduce((total, connection) => total + connection[of], 0);
  return {
    venue,
    state: sick === undefined ? 'open' : sick.trouble === null ? 'opening' : 'unreachable',
    trouble: sick?.trouble ?? null,
    nextTryMs: sick?.nextTryMs ?? null,
    tries: sum('refusals'),
    reconnects: sum('reconnects'),
    frames: sum('frames'),
    requests: {
      waiting: requests.waiting,
      failed: requests.failed,
      trouble: requests.failed === 0 ? null : requests.trouble,
    },
    problems,
    problem: problem?.message ?? null,
  };
}
