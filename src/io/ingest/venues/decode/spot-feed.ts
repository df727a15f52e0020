/**
 * What the spot feeds of four venues have in common: one connection that carries books and trades of all instruments, a
 * book kept for each to know what is true of it, and a subscription taken anew when that is not known any more.
 *
 *             snapshot                       gap, out of order, crossed,
 *   awaiting ----------> live                frame that cannot be read
 *       ^                  |
 *       +------ lost ------+      awaiting asks for a snapshot again and again, after 0, 1, 2, 4 ... 60 s
 *
 * While an instrument is awaited its updates are skipped and counted. What is passed on is always whole: snapshot, then
 * updates without a gap, each followed by best bid and ask as of then. Levels that fall out of the depth that the venue shows
 * are taken away in the same event, for the venue says nothing of them from then on.
 *
 * What repeats or is late is dropped and counted: a message of a number that is not above the last **and** of a time that is not
 * after it, or of a time before it where it does not follow; where the venue numbers nothing, a message of the very same text;
 * a trade of an id heard before. A lower number at a later time is not a repetition but a gap, and a hundred repetitions in a
 * row are none: nothing is left standing still.
 */
import { crc32 } from 'node:zlib';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { LostEvent, TradeEvent } from '../../../../core/price/venue-event.ts';
import { excerpt, problemAt } from '../../problem.ts';
import type { FeedConnection, FeedLimits, FeedMessage, FeedRequest, FeedSink, VenueFeed } from '../feed.ts';
import { BadFrame } from './bad-frame.ts';
import { fieldsOf, type Fields } from './fields.ts';
import { bestFirst, levelsIn, trim } from './levels.ts';
import { NEVER, type SpotStream } from './spot-stream.ts';

const NOTHING: readonly never[] = [];
/** So many in a row are no repetitions: it is our number or time that is wrong. */
const REPEATED_MOST = 100;
/** How much more may pass between two messages by the venue's clock than by ours. */
const AHEAD_MOST_US = 3_600_000_000;

export interface SpotFeedCounts {
  frames: number;
  snapshots: number;
  updates: number;
  trades: number;
  /** Repetitions, dropped. */
  duplicates: number;
  /** Updates while no snapshot was there to apply them to. */
  skipped: number;
  /** Books lost: gaps, crossings, checksums, frames that could not be read. */
  losses: number;
  /** Reported to the sink. */
  problems: number;
}

export interface SpotBookMessage {
  readonly stream: SpotStream;
  /** Null where the venue numbers nothing. */
  readonly number: number | null;
  /** Null where the message has none. */
  readonly eventUs: TimeUs | null;
  readonly bids: number[];
  readonly asks: number[];
  /** What the venue says that the book adds up to with this in it (`checksumOf`); null where it says nothing. */
  readonly checksum: number | null;
}

export interface SpotUpdate extends SpotBookMessage {
  readonly eventUs: TimeUs;
  /** What the message says of the one before it; null where it says nothing. */
  readonly previous: number | null;
  /** Whether it follows on the last one; null where only its time can say so. */
  readonly follows: boolean | null;
}

export interface SpotFeedShape {
  readonly venue: string;
  readonly connection: FeedConnection;
  readonly limits: FeedLimits;
  /** Levels a side that the venue shows; null: all. */
  readonly depth: number | null;
}

export abstract class SpotFeed implements VenueFeed {
  readonly venue: string;
  readonly limits: FeedLimits;
  readonly connections: readonly FeedConnection[];
  readonly counts: SpotFeedCounts = {
    frames: 0,
    snapshots: 0,
    updates: 0,
    trades: 0,
    duplicates: 0,
    skipped: 0,
    losses: 0,
    problems: 0,
  };
  /** The time of receipt of what is being read. */
  protected receivedUs = 0 as TimeUs;
  /** Whose book is not known any more if the rest of the frame cannot be read. `any`: of one of them. */
  protected reading: SpotStream | 'any' | null = null;
  readonly #sink: FeedSink;
  readonly #depth: number | null;
  readonly #streams = new Map<string, SpotStream>();
  #frame = '';

  constructor(shape: SpotFeedShape, streams: readonly SpotStream[], sink: FeedSink) {
    this.venue = shape.venue;
    this.limits = shape.limits;
    this.connections = [shape.connection];
    this.#depth = shape.depth;
    this.#sink = sink;
    for (const stream of streams) this.#streams.set(stream.instrument.symbol, stream);
  }

  requests(): readonly FeedRequest[] {
    return NOTHING;
  }

  answer(id: string, body: string | null): void {
    this.#frame = body ?? '';
    this.report(new BadFrame('FEED_ANSWER', 'answers no request: this feed makes none', 'id', id));
  }

  opened(_connection: string, now: TimeUs): void {
    for (const stream of this.#streams.values()) {
      stream.forget();
      stream.texts.clear();
      stream.resubscription.opened(now);
    }
  }

  closed(_connection: string, now: TimeUs): void {
    for (const stream of this.#streams.values()) {
      stream.isLive = false;
      stream.book.clear();
      stream.resubscription.closed();
      this.#emitLost(stream, 'disconnected', now);
    }
  }

  receive(_connection: string, frame: string, receivedUs: TimeUs): void {
    this.counts.frames++;
    this.#frame = frame;
    this.receivedUs = receivedUs;
    // With a frame that is no message nothing is lost yet, for the next one shows it.
    this.reading = null;
    try {
      const message = this.parse(frame);
      if (message === undefined) return;
      this.decode(fieldsOf(message, 'the frame'));
    } catch (error) {
      this.#refuse(
        error instanceof SyntaxError
          ? new BadFrame('FEED_JSON', `is no JSON (${error.message})`, null, frame)
          : error,
      );
    }
  }

  sends(now: TimeUs): readonly FeedMessage[] {
    let messages: FeedMessage[] | null = null;
    for (const stream of this.#streams.values()) {
      if (!stream.resubscription.isDue(now)) continue;
      messages ??= [];
      for (const text of this.subscribeAnew(stream))
        messages.push({ connection: this.connections[0].name, text });
      // What has to be asked for twice is taken whatever number and time it has: ours may be the wrong ones.
      if (stream.resubscription.take(now) > 1) stream.forget();
    }
    return messages ?? NOTHING;
  }

  /** One message of the venue. */
  protected abstract decode(message: Fields): void;
  /** What gives up the book of an instrument and subscribes to it again. */
  protected abstract subscribeAnew(stream: SpotStream): readonly string[];

  /** Undefined: nothing to look at. Throws where it is no JSON. */
  protected parse(frame: string): unknown {
    return JSON.parse(frame);
  }

  /** Of the book as it is now, for venues that publish one. */
  protected checksumOf(_stream: SpotStream): number {
    return 0;
  }

  protected streamOf(symbol: unknown, path: string): SpotStream {
    const stream = typeof symbol === 'string' ? this.#streams.get(symbol) : undefined;
    if (stream !== undefined) return stream;
    const known = [...this.#streams.keys()].join(', ');
    throw new BadFrame(
      'FEED_SYMBOL_UNKNOWN',
      `is none of the instruments listened to (${excerpt(known)}). It is left out`,
      path,
      symbol,
    );
  }

  /** Runs `read` for each of a list; one that cannot be used leaves the others alone. */
  protected each(list: readonly unknown[], path: string, read: (fields: Fields, path: string) => void): void {
    for (let at = 0; at < list.length; at++) {
      this.reading = null;
      try {
        read(fieldsOf(list[at], `${path}[${at}]`), `${path}[${at}]`);
      } catch (error) {
        this.#refuse(error);
      }
    }
  }

  protected takeSnapshot(message: SpotBookMessage): void {
    const { stream, number, eventUs } = message;
    const text = number === null ? `${this.#frame.length} ${crc32(this.#frame)}` : '';
    if (stream.snapshots.has(text) || this.#isPastSnapshot(message)) {
      this.#repeated(stream);
      return;
    }
    // One that was asked for is not measured by what was heard before: our own clock may have jumped since.
    if (stream.isLive && eventUs !== null) this.#checkClock(stream, eventUs);
    if (stream.isLive && number === null && eventUs === null) {
      // It may be older than what we have, and nothing in it says.
      this.lose(stream, 'gap', 'FEED_GAP', 'a snapshot came that was not asked for and has no time');
      return;
    }
    const bids = bestFirst(message.bids, -1);
    const asks = bestFirst(message.asks, 1);
    stream.book.replace(bids, asks, null);
    if (this.#isWrong(message)) return;
    stream.isLive = true;
    stream.resubscription.live(this.receivedUs);
    if (number === null) stream.snapshots.add(text);
    stream.last = number ?? stream.last + 1;
    stream.heard(eventUs ?? stream.lastUs, this.receivedUs);
    this.counts.snapshots++;
    this.#emitSnapshot(stream, eventUs ?? this.receivedUs, bids, asks);
    this.#emitQuote(stream, eventUs ?? this.receivedUs, number);
  }

  protected takeUpdate(update: SpotUpdate): void {
    const { stream, number, eventUs, follows, previous, bids, asks } = update;
    const isRepeated = number === null ? stream.texts.has(this.#frame) : this.#isPastUpdate(update, number);
    if (isRepeated) {
      this.#repeated(stream);
      return;
    }
    if (number === null) stream.texts.add(this.#frame);
    if (!stream.isLive) {
      this.counts.skipped++;
      // The snapshot that is awaited is of this time or later, and so is what follows it.
      stream.lastUs = Math.max(stream.lastUs, eventUs);
      return;
    }
    if (!(follows ?? eventUs >= stream.lastUs)) {
      const found =
        number === null
          ? `this is of ${eventUs}`
          : `this is ${number}${previous === null ? '' : ` after ${previous}`}`;
      const had = number === null ? `time ${stream.lastUs} us` : `${stream.last}`;
      this.lose(
        stream,
        'gap',
        'FEED_GAP',
        `updates are missing or out of order: the last was ${had}, ${found}`,
      );
      return;
    }
    this.#checkClock(stream, eventUs);
    stream.book.apply(bids, asks);
    if (this.#depth !== null) {
      trim(stream.book.bids, this.#depth, bids);
      trim(stream.book.asks, this.#depth, asks);
    }
    if (this.#isWrong(update)) return;
    const before = stream.last;
    stream.last = number ?? before + 1;
    stream.heard(eventUs, this.receivedUs);
    this.counts.updates++;
    if (stream.last < before) {
      // The venue counts from the start again. To those who take only rising numbers this is a new book.
      this.#emitSnapshot(stream, eventUs, levelsIn(stream.book.bids), levelsIn(stream.book.asks));
    } else if (stream.last > before) {
      // One that changes nothing too: the next follows on its number.
      const first = previous === null ? stream.last : before + 1;
      const { row: instrument, last } = stream;
      const { receivedUs } = this;
      this.#sink.event({ kind: 'depth', instrument, eventUs, receivedUs, first, last, previous, bids, asks });
    }
    this.#emitQuote(stream, eventUs, number);
  }

  /** False where it was heard before. */
  protected takeTrade(
    stream: SpotStream,
    trade: Pick<TradeEvent, 'id' | 'price' | 'size' | 'taker' | 'eventUs'>,
  ): boolean {
    if (stream.trades.has(trade.id)) {
      this.counts.duplicates++;
      return false;
    }
    this.#checkClock(stream, trade.eventUs);
    stream.trades.add(trade.id);
    this.counts.trades++;
    this.#sink.event({ kind: 'trade', instrument: stream.row, receivedUs: this.receivedUs, ...trade });
    return true;
  }

  /** The book is not known any more. Said once, until the next snapshot. */
  protected lose(stream: SpotStream, why: LostEvent['why'], code: string, what: string): void {
    this.#problem(code, `${stream.instrument.symbol}: ${what}. The book is asked for anew`, null, undefined);
    if (!stream.isLive) return;
    stream.isLive = false;
    stream.book.clear();
    this.counts.losses++;
    this.#emitLost(stream, why, this.receivedUs);
    stream.resubscription.lost(this.receivedUs);
  }

  protected report({ code, message, field, value }: BadFrame): void {
    this.#problem(code, message, field, value);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof BadFrame)) throw error;
    this.report(error);
    const streams = this.reading === 'any' ? [...this.#streams.values()] : [this.reading];
    for (const stream of streams)
      if (stream?.isLive === true) this.lose(stream, 'gap', 'FEED_GAP', 'an update could not be read');
    this.reading = null;
  }

  #problem(code: string, what: string, field: string | null, value: unknown): void {
    this.counts.problems++;
    const place = `${this.venue} ${this.connections[0].name}`;
    this.#sink.problem(problemAt(code, place, this.counts.frames, what, field, value), this.#frame);
  }

  #repeated(stream: SpotStream): void {
    this.counts.duplicates++;
    stream.repeated++;
    if (!stream.isLive || stream.repeated < REPEATED_MOST) return;
    stream.forget();
    this.lose(stream, 'gap', 'FEED_GAP', `${REPEATED_MOST} messages in a row looked like repetitions`);
  }

  /** A time from the future would make everything after it look old. Throws. */
  #checkClock(stream: SpotStream, eventUs: TimeUs): void {
    if (stream.lastUs === NEVER) return;
    const aheadUs = eventUs - stream.lastUs - (this.receivedUs - stream.receivedUs);
    if (aheadUs > AHEAD_MOST_US)
      throw new BadFrame('FEED_CLOCK', 'is more than an hour ahead of the message before', 'time', eventUs);
  }

  /** One of before that does not follow is late, whatever its number: the venue may have begun to count anew since. */
  #isPastUpdate({ stream, eventUs, follows }: SpotUpdate, number: number): boolean {
    if (number <= stream.last && eventUs <= stream.lastUs) return true;
    return follows === false && eventUs < stream.lastUs;
  }

  #isPastSnapshot({ stream, number, eventUs }: SpotBookMessage): boolean {
    if (stream.lastUs === NEVER || eventUs === null) return false;
    // Of a live book any that is of before is late: the venue may have begun to count anew since, so its number says nothing.
    if (stream.isLive)
      return eventUs < stream.lastUs || (eventUs === stream.lastUs && (number ?? 0) <= stream.last);
    return eventUs < stream.lastUs && (number === null || number < stream.last);
  }

  /** The book with this message in it is none that a venue can have, or none that we can tell. */
  #isWrong({ stream, checksum }: SpotBookMessage): boolean {
    const { book } = stream;
    const sum = checksum === null ? null : this.checksumOf(stream);
    if (sum !== checksum)
      this.lose(stream, 'gap', 'FEED_CHECKSUM', `the book adds up to ${sum} and the venue says ${checksum}`);
    else if (book.state === 'crossed')
      this.lose(stream, 'crossed', 'FEED_CROSSED', `best bid ${book.bid} is not below best ask ${book.ask}`);
    else if (book.state === 'beyond')
      this.lose(
        stream,
        'gap',
        'FEED_GAP',
        'the market has moved past every level that was kept of its snapshot',
      );
    else return false;
    book.clear();
    return true;
  }

  #emitSnapshot(stream: SpotStream, eventUs: TimeUs, bids: readonly number[], asks: readonly number[]): void {
    const { row: instrument, last } = stream;
    this.#sink.event({
      kind: 'snapshot',
      instrument,
      eventUs,
      receivedUs: this.receivedUs,
      last,
      bids,
      asks,
    });
  }

  #emitQuote(stream: SpotStream, eventUs: TimeUs, updateId: number | null): void {
    const { row: instrument, book } = stream;
    this.#sink.event({
      kind: 'quote',
      instrument,
      eventUs,
      receivedUs: this.receivedUs,
      updateId,
      bid: book.bid,
      bidSize: book.bids.bestSize,
      ask: book.ask,
      askSize: book.asks.bestSize,
    });
  }

  #emitLost(stream: SpotStream, why: LostEvent['why'], now: TimeUs): void {
    this.#sink.event({ kind: 'lost', instrument: stream.row, eventUs: now, receivedUs: now, why });
  }
}
