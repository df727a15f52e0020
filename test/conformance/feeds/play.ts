/** Drives a feed by hand: opens it, answers what it asks for, and hands it what a venue says. */
import type { TimeUs } from '../../../src/core/num/units.ts';
import type { Instrument } from '../../../src/core/price/venue-event.ts';
import type { FeedRequest, FeedSink, VenueFeed } from '../../../src/io/ingest/venues/feed.ts';
import { Listener } from './listener.ts';

export interface FeedUnderTest {
  readonly instruments: readonly Instrument[];
  make(instruments: readonly Instrument[], sink: FeedSink): VenueFeed;
  /** What the venue says from the opening on, in order: books of all instruments made whole, changed, and traded on. */
  readonly conversation: readonly { readonly connection: string; readonly frame: string }[];
  /** Whether a message that is missing shows in the next. Where a venue numbers nothing it does not always. */
  readonly showsGaps: boolean;
  /** The body of the answer to a request; null for none. */
  answer(request: FeedRequest): string | null;
}

const START_US = 1_730_000_000_000_000;
/** Between frames. */
const STEP_US = 1000;

export class Play {
  readonly listener = new Listener();
  readonly feed: VenueFeed;
  /** What the feed asked to be sent. */
  readonly sent: string[] = [];
  nowUs = START_US as TimeUs;
  readonly #under: FeedUnderTest;

  constructor(under: FeedUnderTest) {
    this.#under = under;
    this.feed = under.make(under.instruments, this.listener);
  }

  open(): this {
    for (const { name } of this.feed.connections) this.feed.opened(name, this.nowUs);
    this.#serve();
    return this;
  }

  close(): this {
    for (const { name } of this.feed.connections) this.feed.closed(name, this.nowUs);
    return this;
  }

  say(...conversation: FeedUnderTest['conversation']): this {
    for (const { connection, frame } of conversation) {
      this.pass(STEP_US);
      this.feed.receive(connection, frame, this.nowUs);
      this.#serve();
    }
    return this;
  }

  pass(us: number): this {
    this.nowUs = (this.nowUs + us) as TimeUs;
    return this;
  }

  /** Waits until what is due after `us` is sent. */
  wait(us: number): this {
    this.pass(us);
    this.#serve();
    return this;
  }

  #serve(): void {
    for (const request of this.feed.requests())
      this.feed.answer(request.id, this.#under.answer(request), this.nowUs);
    for (const { text } of this.feed.sends?.(this.nowUs) ?? []) this.sent.push(text);
  }
}
