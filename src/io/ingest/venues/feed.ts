/**
 * What a venue's feed is to whoever drives it: a state machine without a socket, a clock or a timer. The driver (a live
 * connection, a recording, the mock venue of the tests) hands in frames and answers, and asks what to send.
 */
import type { TimeUs } from '../../../core/num/units.ts';
import type { VenueEvent } from '../../../core/price/venue-event.ts';
import type { Problem } from '../problem.ts';

export interface FeedSink {
  event(event: VenueEvent): void;
  /** A frame that could not be used, whole or in part. Counted and quarantined with its text; the feed goes on. */
  problem(problem: Problem, frame: string): void;
}

export interface FeedConnection {
  readonly name: string;
  readonly url: string;
  /** Sent in this order once it is open. */
  readonly hello: readonly string[];
  /** Text to send every so often, where the venue wants that. */
  readonly ping: { readonly text: string; readonly everyMs: number } | null;
  /** Nothing heard for this long: the connection is dead and is to be opened anew. */
  readonly silenceMs: number;
}

/** One HTTP request: a depth snapshot, contract terms. */
export interface FeedRequest {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: string | null;
  /** What it costs of the venue's allowance (`FeedLimits`). */
  readonly weight: number;
}

/** Text to send on an open connection: a subscription given up and taken anew. */
export interface FeedMessage {
  readonly connection: string;
  readonly text: string;
}

export interface FeedLimits {
  /** Weight that may be spent in any window of this length. */
  readonly weight: number;
  readonly windowMs: number;
}

export interface VenueFeed {
  readonly venue: string;
  readonly limits: FeedLimits;
  readonly connections: readonly FeedConnection[];
  /** Takes requests that are due, each once: at the start, and after a gap. */
  requests(): readonly FeedRequest[];
  /**
   * Takes messages that are due by now, each once and in this order. Feeds that get a book again by subscribing anew have
   * this; those that ask over HTTP do not. Ask after every frame and once a second: a snapshot that does not come is asked
   * for again, with growing pauses.
   */
  sends?(now: TimeUs): readonly FeedMessage[];
  opened(connection: string, now: TimeUs): void;
  receive(connection: string, frame: string, receivedUs: TimeUs): void;
  /** The body of the answer, or null when there is none: the request may then be due again. */
  answer(id: string, body: string | null, receivedUs: TimeUs): void;
  /** Whatever this connection carried is not whole any more. */
  closed(connection: string, now: TimeUs): void;
}
