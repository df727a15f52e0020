/**
 * Bybit spot, v5: wss://stream.bybit.com/v5/public/spot, topics `orderbook.50.SYMBOL` (changes every 20 ms) and
 * `publicTrade.SYMBOL`.
 *
 * Update ids `u` rise by one. A snapshot, whenever it comes, is the book from then on; `u` = 1 is one whatever the message
 * calls itself: the service was started anew. `cts` is the time of the matching engine, `ts` that of the message.
 *
 * Source: Bybit v5, "Websocket stream / Public / Orderbook, Trade" and "Connect".
 */
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { excerpt } from '../../problem.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import {
  countOf,
  fieldsOf,
  type Fields,
  levelsOf,
  listOf,
  priceOf,
  requireSame,
  textOf,
  timeOf,
  tradeSizeOf,
  wordOf,
} from '../decode/fields.ts';
import { SpotFeed } from '../decode/spot-feed.ts';
import { type SpotStream, streamsOf } from '../decode/spot-stream.ts';
import { msTime } from '../decode/time.ts';
import type { FeedSink } from '../feed.ts';

const VENUE = 'bybit';
const URL = 'wss://stream.bybit.com/v5/public/spot';
const DEPTH = 50;
const BOOK = `orderbook.${DEPTH}.`;
const TRADE = 'publicTrade.';
/** Of one subscription; with more the whole of it is refused. */
const TOPICS_MOST = 10;
const TYPES = { snapshot: 'snapshot', delta: 'delta' } as const;
const SIDES = { Buy: 'buy', Sell: 'sell' } as const;
/** After a restart the service counts from here. */
const RESTARTED = 1;

export class BybitFeed extends SpotFeed {
  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    const streams = streamsOf(VENUE, instruments);
    const topics = streams.flatMap(({ instrument: { symbol } }) => [`${BOOK}${symbol}`, `${TRADE}${symbol}`]);
    const hello: string[] = [];
    for (let at = 0; at < topics.length; at += TOPICS_MOST)
      hello.push(JSON.stringify({ op: 'subscribe', args: topics.slice(at, at + TOPICS_MOST) }));
    const connection = {
      name: 'public',
      url: URL,
      hello,
      ping: { text: '{"op":"ping"}', everyMs: 20_000 },
      silenceMs: 30_000,
    };
    super({ venue: VENUE, connection, limits: { weight: 600, windowMs: 5000 }, depth: DEPTH }, streams, sink);
  }

  protected override subscribeAnew({ instrument: { symbol } }: SpotStream): readonly string[] {
    const args = [`${BOOK}${symbol}`];
    return [JSON.stringify({ op: 'unsubscribe', args }), JSON.stringify({ op: 'subscribe', args })];
  }

  protected override decode(message: Fields): void {
    const { topic } = message;
    if (topic === undefined && message['op'] !== undefined) {
      this.#said(message);
    } else if (typeof topic === 'string' && topic.startsWith(BOOK)) {
      this.#book(this.streamOf(topic.slice(BOOK.length), 'topic'), message);
    } else if (typeof topic === 'string' && topic.startsWith(TRADE)) {
      const stream = this.streamOf(topic.slice(TRADE.length), 'topic');
      this.each(listOf(message['data'], 'data'), 'data', (trade, path) => this.#trade(stream, trade, path));
    } else {
      throw new BadFrame('FEED_EVENT_UNKNOWN', `must begin with ${BOOK} or ${TRADE}`, 'topic', topic);
    }
  }

  #said(message: Fields): void {
    if (message['success'] === true || message['op'] === 'pong') return;
    throw new BadFrame(
      'FEED_VENUE_ERROR',
      `the venue refused ${excerpt(message['op'])}`,
      'ret_msg',
      message['ret_msg'],
    );
  }

  #book(stream: SpotStream, message: Fields): void {
    this.reading = stream;
    const { instrument, last } = stream;
    const type = wordOf(message['type'], TYPES, 'type');
    const data = fieldsOf(message['data'], 'data');
    requireSame(data['s'], instrument.symbol, 'data.s');
    const bids = levelsOf(data['b'], instrument, 'data.b');
    const asks = levelsOf(data['a'], instrument, 'data.a');
    const number = countOf(data['u'], 'data.u');
    const timeField = message['cts'] === undefined ? 'ts' : 'cts';
    const eventUs = timeOf(message[timeField], msTime, timeField);
    const book = { stream, number, eventUs, bids, asks, checksum: null };
    if (type === 'snapshot' || number === RESTARTED) this.takeSnapshot(book);
    else this.takeUpdate({ ...book, previous: null, follows: number === last + 1 });
  }

  #trade(stream: SpotStream, trade: Fields, path: string): void {
    const { instrument } = stream;
    requireSame(trade['s'], instrument.symbol, `${path}.s`);
    this.takeTrade(stream, {
      id: textOf(trade['i'], `${path}.i`),
      price: priceOf(trade['p'], instrument, `${path}.p`),
      size: tradeSizeOf(trade['v'], instrument, `${path}.v`),
      taker: wordOf(trade['S'], SIDES, `${path}.S`),
      eventUs: timeOf(trade['T'], msTime, `${path}.T`),
    });
  }
}
