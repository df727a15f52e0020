/** A feed that hands everything on to another: to listen in, and to plant mistakes. */
import type { TimeUs } from '../../src/core/num/units.ts';
import type {
  FeedConnection,
  FeedLimits,
  FeedMessage,
  FeedRequest,
  VenueFeed,
} from '../../src/io/ingest/venues/feed.ts';

export class FeedBetween implements VenueFeed {
  readonly #feed: VenueFeed;

  constructor(feed: VenueFeed) {
    this.#feed = feed;
  }

  get venue(): string {
    return this.#feed.venue;
  }

  get limits(): FeedLimits {
    return this.#feed.limits;
  }

  get connections(): readonly FeedConnection[] {
    return this.#feed.connections;
  }

  requests(): readonly FeedRequest[] {
    return this.#feed.requests();
  }

  sends(now: TimeUs): readonly FeedMessage[] {
    return this.#feed.sends?.(now) ?? [];
  }

  opened(connection: string, now: TimeUs): void {
    this.#feed.opened(connection, now);
  }

  receive(connection: string, frame: string, receivedUs: TimeUs): void {
    this.#feed.receive(connection, frame, receivedUs);
  }

  answer(id: string, body: string | null, receivedUs: TimeUs): void {
    this.#feed.answer(id, body, receivedUs);
  }

  closed(connection: string, now: TimeUs): void {
    this.#feed.closed(connection, now);
  }
}

/** Tells when the connection that carries depth opens and closes, after the feed has heard of it. */
export class WatchedFeed extends FeedBetween {
  readonly #depth: string;
  readonly #tell: (isOpen: boolean) => void;

  constructor(feed: VenueFeed, tell: (isOpen: boolean) => void) {
    super(feed);
    this.#tell = tell;
    // By which all feeds have their books.
    this.#depth = feed.connections[0].name;
  }

  override opened(connection: string, now: TimeUs): void {
    super.opened(connection, now);
    if (connection === this.#depth) this.#tell(true);
  }

  override closed(connection: string, now: TimeUs): void {
    super.closed(connection, now);
    if (connection === this.#depth) this.#tell(false);
  }
}
