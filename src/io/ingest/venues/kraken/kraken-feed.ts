/**
 * Kraken spot, v2: wss://ws.kraken.com/v2, channels `book` at depth 10 and `trade`.
 *
 * Messages are not numbered. Each carries the CRC-32 of the ten best levels of either side, so at depth 10 every level that
 * is passed on has been checked (`checksum.ts`). `ticker` says again what the book says, without a check.
 *
 * Prices and sizes are JSON numbers, written with all decimals of the pair. They are put into quotes before the JSON is
 * parsed, for a double would lose digits.
 *
 * Source: Kraken API, "Spot WebSocket v2: Book, Trade" and "Book checksum (WebSocket v2)".
 */
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { excerpt } from '../../problem.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import {
  countOf,
  fieldsOf,
  type Fields,
  listOf,
  priceOf,
  sizeOf,
  timeOf,
  tradeSizeOf,
  wordOf,
} from '../decode/fields.ts';
import { SpotFeed } from '../decode/spot-feed.ts';
import { type SpotStream, streamsOf } from '../decode/spot-stream.ts';
import { isoTime } from '../decode/time.ts';
import type { FeedSink } from '../feed.ts';
import { bookChecksum, decimalsIn, type WireDecimals } from './checksum.ts';

const VENUE = 'kraken';
const URL = 'wss://ws.kraken.com/v2';
const DEPTH = 10;
const TYPES = { snapshot: 'snapshot', update: 'update' } as const;
const SIDES = { buy: 'buy', sell: 'sell' } as const;
/** A quote inside of text is written \", so this finds fields only. */
const NUMBERS = /"(price|qty)":\s*(-?[0-9][0-9.eE+-]*)/g;

export class KrakenFeed extends SpotFeed {
  readonly #decimals = new Map<SpotStream, WireDecimals>();

  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    const streams = streamsOf(VENUE, instruments);
    const symbol = streams.map(({ instrument }) => instrument.symbol);
    const connection = {
      name: 'public',
      url: URL,
      hello: [subscription('subscribe', symbol), tradeSubscription(symbol)],
      ping: { text: '{"method":"ping"}', everyMs: 30_000 },
      // There is a heartbeat in every second without another message.
      silenceMs: 10_000,
    };
    super({ venue: VENUE, connection, limits: { weight: 1, windowMs: 1000 }, depth: DEPTH }, streams, sink);
    for (const stream of streams) this.#decimals.set(stream, { price: 0, size: 0 });
  }

  protected override parse(frame: string): unknown {
    return super.parse(frame.replaceAll(NUMBERS, '"$1":"$2"'));
  }

  protected override subscribeAnew({ instrument: { symbol } }: SpotStream): readonly string[] {
    return [subscription('unsubscribe', [symbol]), subscription('subscribe', [symbol])];
  }

  protected override checksumOf(stream: SpotStream): number {
    return bookChecksum(stream.book, stream.instrument, this.#decimalsOf(stream));
  }

  protected override decode(message: Fields): void {
    const { channel } = message;
    if (channel === undefined && message['method'] !== undefined) {
      this.#said(message);
    } else if (channel === 'book') {
      const type = wordOf(message['type'], TYPES, 'type');
      this.each(listOf(message['data'], 'data'), 'data', (book, path) => this.#book(type, book, path));
    } else if (channel === 'trade') {
      wordOf(message['type'], TYPES, 'type');
      this.each(listOf(message['data'], 'data'), 'data', (trade, path) => this.#trade(trade, path));
    } else if (channel === 'status') {
      this.each(listOf(message['data'], 'data'), 'data', ({ system }, path) => {
        if (system !== 'online')
          throw new BadFrame('FEED_VENUE_ERROR', 'the venue is not wholly online', `${path}.system`, system);
      });
    } else if (channel !== 'heartbeat') {
      throw new BadFrame('FEED_EVENT_UNKNOWN', 'is a channel that was not subscribed to', 'channel', channel);
    }
  }

  #said(message: Fields): void {
    if (message['success'] === true || message['method'] === 'pong') return;
    throw new BadFrame(
      'FEED_VENUE_ERROR',
      `the venue refused ${excerpt(message['method'])}`,
      'error',
      message['error'],
    );
  }

  #book(type: 'snapshot' | 'update', book: Fields, path: string): void {
    const stream = this.streamOf(book['symbol'], `${path}.symbol`);
    this.reading = stream;
    if (type === 'snapshot') this.#decimals.set(stream, { price: 0, size: 0 });
    const bids = this.#levels(stream, book['bids'], `${path}.bids`);
    const asks = this.#levels(stream, book['asks'], `${path}.asks`);
    const checksum = countOf(book['checksum'], `${path}.checksum`);
    const hasTime = type === 'update' || book['timestamp'] !== undefined;
    const eventUs = hasTime ? timeOf(book['timestamp'], isoTime, `${path}.timestamp`) : null;
    const message = { stream, number: null, bids, asks, checksum };
    if (type === 'snapshot') this.takeSnapshot({ ...message, eventUs });
    else if (eventUs !== null) this.takeUpdate({ ...message, eventUs, previous: null, follows: null });
  }

  #levels(stream: SpotStream, value: unknown, path: string): number[] {
    const { instrument } = stream;
    const decimals = this.#decimalsOf(stream);
    const levels: number[] = [];
    const list = listOf(value, path);
    for (let at = 0; at < list.length; at++) {
      const { price, qty } = fieldsOf(list[at], `${path}[${at}]`);
      levels.push(
        priceOf(price, instrument, `${path}[${at}].price`),
        sizeOf(qty, instrument, `${path}[${at}].qty`),
      );
      decimals.price = Math.max(decimals.price, decimalsIn(price));
      decimals.size = Math.max(decimals.size, decimalsIn(qty));
    }
    return levels;
  }

  #trade(trade: Fields, path: string): void {
    const stream = this.streamOf(trade['symbol'], `${path}.symbol`);
    const { instrument } = stream;
    this.takeTrade(stream, {
      id: String(countOf(trade['trade_id'], `${path}.trade_id`)),
      price: priceOf(trade['price'], instrument, `${path}.price`),
      size: tradeSizeOf(trade['qty'], instrument, `${path}.qty`),
      taker: wordOf(trade['side'], SIDES, `${path}.side`),
      eventUs: timeOf(trade['timestamp'], isoTime, `${path}.timestamp`),
    });
  }

  #decimalsOf(stream: SpotStream): WireDecimals {
    return this.#decimals.get(stream) as WireDecimals;
  }
}

function subscription(method: 'subscribe' | 'unsubscribe', symbol: readonly string[]): string {
  return JSON.stringify({ method, params: { channel: 'book', symbol, depth: DEPTH } });
}

/** The trades of before are not news. */
function tradeSubscription(symbol: readonly string[]): string {
  return JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol, snapshot: false } });
}
