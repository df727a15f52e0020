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
 * What repeats is dropped and counted: a message of a number that is not above the last **and** of a time that is not after
 * it; where the venue numbers nothing, a message of the very same text; a trade of an id heard before. A lower number at a
 * later time is not a repetition but a gap: nothing is left standing still.
 */
import { crc32 } from 'node:zlib';
import type { TimeUs } from '../../../../core/num/units.ts';
import { DepthBook } from '../../../../core/price/depth-book.ts';
import type { Instrument, InstrumentRow, LostEvent, TradeEvent } from '../../../../core/price/venue-event.ts';
import { excerpt, problemAt } from '../../problem.ts';
import type { FeedConnection, FeedLimits, FeedMessage, FeedRequest, FeedSink, VenueFeed } from '../feed.ts';
import { BadFrame, fieldsOf, type Fields } from './fields.ts';
import { Recent } from './recent.ts';

/** Subscribing anew: at least this long for an answer, and pauses that double from one second up to a minute. */
const ANSWER_US = 10_000_000;
const PAUSE_FIRST_US = 1_000_000;
const PAUSE_MOST_US = 60_000_000;
/** Trades and messages that a repetition is told by. */
const RECENT_MOST = 1024;
const NEVER = -1;
const NOTHING: readonly never[] = [];

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

/** One instrument. `last` and `lastUs` are of the newest message that is in the book, -1 for none. */
export interface SpotStream {
  readonly row: InstrumentRow;
  readonly instrument: Instrument;
  readonly book: DepthBook;
  readonly trades: Recent;
  readonly texts: Recent;
  /** Length and CRC-32 of the text of the last snapshot, where it has no number. */
  snapshot: string;
  isLive: boolean;
  last: number;
  lastUs: number;
  liveUs: number;
  /** When to subscribe anew, and the pause before the time after that; `NEVER` while there is nothing to ask for. */
  askUs: number;
  pauseUs: number;
  asked: number;
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
  /** Whose book a frame is about, from when that is known: if the rest cannot be read, it has to be lost. */
  protected reading: SpotStream | null = null;
  readonly #sink: FeedSink;
  readonly #depth: number | null;
  readonly #streams = new Map<string, SpotStream>();
  #frame = '';
  #isOpen = false;
  /** The earliest `askUs`; so that asking after every frame costs one comparison. */
  #dueUs = NEVER;

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
    this.report(new BadFrame('FEED_FIELD', 'answers no request: this feed makes none', 'id', id));
  }

  opened(_connection: string, now: TimeUs): void {
    this.#isOpen = true;
    for (const stream of this.#streams.values()) {
      this.#forget(stream);
      stream.asked = 0;
      this.#askAt(stream, now + ANSWER_US);
    }
  }

  closed(_connection: string, now: TimeUs): void {
    this.#isOpen = false;
    this.receivedUs = now;
    for (const stream of this.#streams.values()) {
      this.#emitLost(stream, 'disconnected', now);
      stream.isLive = false;
      stream.askUs = NEVER;
    }
    this.#dueUs = NEVER;
  }

  receive(_connection: string, frame: string, receivedUs: TimeUs): void {
    this.counts.frames++;
    this.#frame = frame;
    this.receivedUs = receivedUs;
    this.reading = null;
    let message: unknown;
    try {
      message = this.parse(frame);
    } catch (error) {
      this.report(new BadFrame('FEED_JSON', `is no JSON (${(error as Error).message})`, null, frame));
      this.unread();
      return;
    }
    if (message === undefined) return;
    try {
      this.decode(fieldsOf(message, 'the frame'));
    } catch (error) {
      this.#refuse(error);
    }
  }

  sends(now: TimeUs): readonly FeedMessage[] {
    // A due time further away than any pause is one that a clock set back has left behind.
    const isDue = (atUs: number) => atUs !== NEVER && (atUs <= now || atUs - now > PAUSE_MOST_US);
    if (!this.#isOpen || !isDue(this.#dueUs)) return NOTHING;
    const messages: FeedMessage[] = [];
    this.#dueUs = NEVER;
    for (const stream of this.#streams.values()) {
      if (isDue(stream.askUs)) {
        for (const text of this.subscribeAnew(stream))
          messages.push({ connection: this.connections[0].name, text });
        // What has to be asked for twice is taken whatever number and time it has: ours may be the wrong ones.
        if (stream.asked > 0) this.#forget(stream);
        stream.asked++;
        stream.askUs = now + Math.max(ANSWER_US, stream.pauseUs);
        stream.pauseUs = Math.min(PAUSE_MOST_US, Math.max(PAUSE_FIRST_US, 2 * stream.pauseUs));
      }
      if (stream.askUs !== NEVER) this.#askAt(stream, stream.askUs);
    }
    return messages;
  }

  /** One message of the venue. */
  protected abstract decode(message: Fields): void;
  /** What gives up the book of an instrument and subscribes to it again. */
  protected abstract subscribeAnew(stream: SpotStream): readonly string[];

  /** Undefined: nothing to look at. Throws where it is no JSON. */
  protected parse(frame: string): unknown {
    return JSON.parse(frame);
  }

  /** A frame could not be read at all. Where messages are numbered the next one shows what was missed. */
  protected unread(): void {}

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
    const isSame = stream.isLive && number === null && stream.snapshot === text;
    if (isSame || this.#isPastSnapshot(message)) {
      this.counts.duplicates++;
      return;
    }
    if (stream.isLive && number === null && eventUs === null) {
      // It may be older than what we have, and nothing in it says.
      this.lose(stream, 'gap', 'FEED_GAP', 'a snapshot came that was not asked for and has no time');
      return;
    }
    const bids = bestFirst(message.bids, -1);
    const asks = bestFirst(message.asks, 1);
    stream.book.replace(bids, asks, null);
    if (this.#isWrong(message)) return;
    if (!stream.isLive) stream.liveUs = this.receivedUs;
    stream.isLive = true;
    stream.askUs = NEVER;
    stream.snapshot = text;
    stream.last = number ?? stream.last + 1;
    if (eventUs !== null) stream.lastUs = eventUs;
    this.counts.snapshots++;
    this.#emitSnapshot(stream, eventUs ?? this.receivedUs, bids, asks);
    this.#emitQuote(stream, eventUs ?? this.receivedUs, number);
  }

  protected takeUpdate(update: SpotUpdate): void {
    const { stream, number, eventUs, follows, previous, bids, asks } = update;
    const isRepeated =
      number === null ? stream.texts.has(this.#frame) : number <= stream.last && eventUs <= stream.lastUs;
    if (isRepeated) {
      this.counts.duplicates++;
      return;
    }
    if (!stream.isLive) {
      this.counts.skipped++;
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
    stream.book.apply(bids, asks);
    this.#trim(stream.book.bids, bids);
    this.#trim(stream.book.asks, asks);
    if (this.#isWrong(update)) return;
    if (number === null) stream.texts.add(this.#frame);
    const before = stream.last;
    stream.last = number ?? before + 1;
    stream.lastUs = eventUs;
    this.counts.updates++;
    if (stream.last < before) {
      // The venue counts from the start again. To those who take only rising numbers this is a new book.
      this.#emitSnapshot(stream, eventUs, levelsIn(stream.book.bids), levelsIn(stream.book.asks));
    } else if (bids.length + asks.length > 0) {
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
    if (this.receivedUs - stream.liveUs >= PAUSE_MOST_US) stream.pauseUs = 0;
    stream.asked = 0;
    this.#askAt(stream, this.receivedUs + stream.pauseUs);
  }

  /** The same for all. */
  protected loseAll(code: string, what: string): void {
    for (const stream of this.#streams.values()) if (stream.isLive) this.lose(stream, 'gap', code, what);
  }

  protected report({ code, message, field, value }: BadFrame): void {
    this.#problem(code, message, field, value);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof BadFrame)) throw error;
    this.report(error);
    if (this.reading?.isLive === true)
      this.lose(this.reading, 'gap', 'FEED_GAP', 'an update could not be read');
    this.reading = null;
  }

  #problem(code: string, what: string, field: string | null, value: unknown): void {
    this.counts.problems++;
    const place = `${this.venue} ${this.connections[0].name}`;
    this.#sink.problem(problemAt(code, place, this.counts.frames, what, field, value), this.#frame);
  }

  #isPastSnapshot({ stream, number, eventUs }: SpotBookMessage): boolean {
    if (stream.lastUs === NEVER || eventUs === null) return false;
    if (stream.isLive) return eventUs <= stream.lastUs && (number === null || number <= stream.last);
    return eventUs < stream.lastUs && (number === null || number < stream.last);
  }

  /** The book with this message in it is none that a venue can have. */
  #isWrong({ stream, checksum }: SpotBookMessage): boolean {
    const { book } = stream;
    const sum = checksum === null ? null : this.checksumOf(stream);
    if (sum !== checksum)
      this.lose(stream, 'gap', 'FEED_CHECKSUM', `the book adds up to ${sum} and the venue says ${checksum}`);
    else if (book.state === 'crossed')
      this.lose(stream, 'crossed', 'FEED_CROSSED', `best bid ${book.bid} is not below best ask ${book.ask}`);
    else return false;
    book.clear();
    return true;
  }

  #trim(side: DepthBook['bids'], changes: number[]): void {
    if (this.#depth === null) return;
    while (side.count > this.#depth) {
      const price = side.priceAt(side.count - 1);
      side.set(price, 0);
      changes.push(price, 0);
    }
  }

  #forget(stream: SpotStream): void {
    stream.last = NEVER;
    stream.lastUs = NEVER;
    stream.texts.clear();
  }

  #askAt(stream: SpotStream, atUs: number): void {
    stream.askUs = atUs;
    if (this.#dueUs === NEVER || atUs < this.#dueUs) this.#dueUs = atUs;
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

/** The instruments of a venue, each with its place in the whole list. */
export function streamsOf(venue: string, instruments: readonly Instrument[]): SpotStream[] {
  return instruments.flatMap((instrument, row) =>
    instrument.venue !== venue
      ? []
      : {
          row: row as InstrumentRow,
          instrument,
          book: new DepthBook(),
          trades: new Recent(RECENT_MOST),
          texts: new Recent(RECENT_MOST),
          snapshot: '',
          isLive: false,
          last: NEVER,
          lastUs: NEVER,
          liveUs: 0,
          askUs: NEVER,
          pauseUs: 0,
          asked: 0,
        },
  );
}

/** As venues send them, in which case nothing is copied; else sorted, the last of equal prices counting, sizes of 0 left out. */
function bestFirst(levels: readonly number[], sign: 1 | -1): readonly number[] {
  let isOrdered = true;
  for (let at = 0; at < levels.length && isOrdered; at += 2)
    isOrdered = levels[at + 1] > 0 && (at === 0 || (levels[at] - levels[at - 2]) * sign > 0);
  if (isOrdered) return levels;
  const sizes = new Map<number, number>();
  for (let at = 0; at < levels.length; at += 2) sizes.set(levels[at], levels[at + 1]);
  return [...sizes]
    .filter(([, size]) => size > 0)
    .sort(([a], [b]) => (a - b) * sign)
    .flat();
}

function levelsIn(side: DepthBook['bids']): number[] {
  const levels: number[] = [];
  for (let rank = 0; rank < side.count; rank++) levels.push(side.priceAt(rank), side.sizeAt(rank));
  return levels;
}
