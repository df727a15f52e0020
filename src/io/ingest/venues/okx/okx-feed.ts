/**
 * OKX spot: wss://ws.okx.com:8443/ws/v5/public, channels `books` (400 levels, changes every 100 ms) and `trades`.
 *
 * `bbo-tbt` would say best bid and ask every 10 ms, but by itself: nothing in it shows that one was missed. `books` is chained
 * by `prevSeqId`, and its checksum, 0 since June 2026, is not looked at.
 *
 *   snapshot   prevSeqId -1, seqId 10
 *   update     prevSeqId 10, seqId 15
 *   no change  prevSeqId 15, seqId 15     sent after a minute without one
 *   reset      prevSeqId 15, seqId 3      after maintenance; the chain holds
 *   update     prevSeqId  3, seqId 5
 *
 * Source: OKX API v5, "WS / Order book channel" and "Sequence ID".
 */
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { excerpt } from '../../problem.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import {
  countOf,
  levelsOf,
  listOf,
  priceOf,
  requireSame,
  textOf,
  timeOf,
  tradeSizeOf,
  wordOf,
  fieldsOf,
  type Fields,
} from '../decode/fields.ts';
import { SpotFeed } from '../decode/spot-feed.ts';
import { type SpotStream, streamsOf } from '../decode/spot-stream.ts';
import { msTextTime } from '../decode/time.ts';
import type { FeedSink } from '../feed.ts';

const VENUE = 'okx';
const URL = 'wss://ws.okx.com:8443/ws/v5/public';
const ACTIONS = { snapshot: 'snapshot', update: 'update' } as const;
const SIDES = { buy: 'buy', sell: 'sell' } as const;

export class OkxFeed extends SpotFeed {
  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    const streams = streamsOf(VENUE, instruments);
    const books = streams.map(({ instrument: { symbol } }) => ({ channel: 'books', instId: symbol }));
    const trades = streams.map(({ instrument: { symbol } }) => ({ channel: 'trades', instId: symbol }));
    const connection = {
      name: 'public',
      url: URL,
      hello: [JSON.stringify({ op: 'subscribe', args: [...books, ...trades] })],
      // The venue closes after 30 s without a message from either side.
      ping: { text: 'ping', everyMs: 25_000 },
      silenceMs: 40_000,
    };
    super({ venue: VENUE, connection, limits: { weight: 20, windowMs: 2000 }, depth: 400 }, streams, sink);
  }

  protected override parse(frame: string): unknown {
    return frame === 'pong' ? undefined : super.parse(frame);
  }

  protected override subscribeAnew({ instrument: { symbol: instId } }: SpotStream): readonly string[] {
    const args = [{ channel: 'books', instId }];
    return [JSON.stringify({ op: 'unsubscribe', args }), JSON.stringify({ op: 'subscribe', args })];
  }

  protected override decode(message: Fields): void {
    if (message['event'] !== undefined) {
      this.#said(message);
      return;
    }
    const arg = fieldsOf(message['arg'], 'arg');
    const { channel } = arg;
    if (channel !== 'books' && channel !== 'trades')
      throw new BadFrame('FEED_EVENT_UNKNOWN', 'must be books or trades', 'arg.channel', channel);
    const stream = this.streamOf(arg['instId'], 'arg.instId');
    if (channel === 'trades') {
      this.each(listOf(message['data'], 'data'), 'data', (trade, path) => this.#trade(stream, trade, path));
      return;
    }
    this.reading = stream;
    const action = wordOf(message['action'], ACTIONS, 'action');
    this.each(listOf(message['data'], 'data'), 'data', (book, path) =>
      this.#book(stream, action, book, path),
    );
  }

  #said(message: Fields): void {
    const { event } = message;
    if (event === 'subscribe' || event === 'unsubscribe' || event === 'channel-conn-count') return;
    if (event === 'error' || event === 'notice')
      throw new BadFrame(
        'FEED_VENUE_ERROR',
        `the venue says ${excerpt(message['code'])}`,
        'msg',
        message['msg'],
      );
    throw new BadFrame('FEED_EVENT_UNKNOWN', 'is an event that is not known', 'event', event);
  }

  #book(stream: SpotStream, action: 'snapshot' | 'update', book: Fields, path: string): void {
    this.reading = stream;
    const { instrument, last } = stream;
    const bids = levelsOf(book['bids'], instrument, `${path}.bids`);
    const asks = levelsOf(book['asks'], instrument, `${path}.asks`);
    const eventUs = timeOf(book['ts'], msTextTime, `${path}.ts`);
    const number = countOf(book['seqId'], `${path}.seqId`);
    if (action === 'snapshot') {
      this.takeSnapshot({ stream, number, eventUs, bids, asks, checksum: null });
      return;
    }
    const previous = countOf(book['prevSeqId'], `${path}.prevSeqId`);
    const hasChanges = bids.length + asks.length > 0;
    const follows = previous === last && (number !== previous || !hasChanges);
    this.takeUpdate({ stream, number, previous, follows, eventUs, bids, asks, checksum: null });
  }

  #trade(stream: SpotStream, trade: Fields, path: string): void {
    const { instrument } = stream;
    requireSame(trade['instId'], instrument.symbol, `${path}.instId`);
    this.takeTrade(stream, {
      id: textOf(trade['tradeId'], `${path}.tradeId`),
      price: priceOf(trade['px'], instrument, `${path}.px`),
      size: tradeSizeOf(trade['sz'], instrument, `${path}.sz`),
      taker: wordOf(trade['side'], SIDES, `${path}.side`),
      eventUs: timeOf(trade['ts'], msTextTime, `${path}.ts`),
    });
  }
}
