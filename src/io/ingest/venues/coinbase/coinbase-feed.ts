/**
 * Coinbase Advanced Trade: wss://advanced-trade-ws.coinbase.com, channels `level2`, `market_trades` and `heartbeats`. None of
 * them wants a key.
 *
 * Why these. Book changes carry a time and no number of their own, in every feed that Coinbase gives without a key. Exchange's
 * (`level2_batch`, `matches`, `heartbeat`) show a change that is missing only where a trade is missing with it. Here every
 * message has a `sequence_num` that counts **the connection**, over all channels and products, answers to subscriptions too:
 * one that is missing shows in the next, whatever that is about, and with the heartbeat of every second there is a next.
 *
 *   snapshot BTC 0, trades 1, subscriptions 2, update BTC 3, heartbeat 4, update ETH 6       one of the two books has missed 5
 *
 * What is missing may be of any product, so it loses every book. A message of a number that is not above the last and of a
 * time that is not after it is repeated or late; of a later time, the venue has begun to count anew.
 *
 * `side` of a trade is the maker's. Products against USDC are given as those against USD, so they cannot be listened to.
 * Source: Coinbase, "Advanced Trade WebSocket": overview, channels.
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import {
  countOf,
  type Fields,
  fieldsOf,
  isFields,
  listOf,
  priceOf,
  sizeOf,
  textOf,
  timeOf,
  tradeSizeOf,
  wordOf,
} from '../decode/fields.ts';
import { SpotFeed } from '../decode/spot-feed.ts';
import { type SpotStream, streamsOf } from '../decode/spot-stream.ts';
import { isoTime } from '../decode/time.ts';
import type { FeedSink } from '../feed.ts';
import { MessageChain } from './message-chain.ts';

const VENUE = 'coinbase';
const URL = 'wss://advanced-trade-ws.coinbase.com';
const BOOK = 'level2';
const TYPES = { snapshot: 'snapshot', update: 'update' } as const;
const SIDES = { bid: 'bid', offer: 'ask' } as const;
const TAKER_OF_MAKER = { BUY: 'sell', SELL: 'buy' } as const;

export class CoinbaseFeed extends SpotFeed {
  readonly #streams: readonly SpotStream[];
  readonly #chain = new MessageChain();

  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    const streams = streamsOf(VENUE, instruments);
    const product_ids = streams.map(({ instrument }) => instrument.symbol);
    const connection = {
      name: 'public',
      url: URL,
      hello: [
        JSON.stringify({ type: 'subscribe', product_ids, channel: BOOK }),
        JSON.stringify({ type: 'subscribe', product_ids, channel: 'market_trades' }),
        JSON.stringify({ type: 'subscribe', channel: 'heartbeats' }),
      ],
      ping: null,
      // There is a heartbeat a second.
      silenceMs: 10_000,
    };
    super({ venue: VENUE, connection, limits: { weight: 8, windowMs: 1000 }, depth: null }, streams, sink);
    this.#streams = streams;
  }

  override opened(connection: string, now: TimeUs): void {
    super.opened(connection, now);
    this.#chain.restart();
  }

  protected override subscribeAnew({ instrument: { symbol } }: SpotStream): readonly string[] {
    const book = { product_ids: [symbol], channel: BOOK };
    return [JSON.stringify({ type: 'unsubscribe', ...book }), JSON.stringify({ type: 'subscribe', ...book })];
  }

  protected override decode(message: Fields): void {
    if (message['type'] === 'error')
      throw new BadFrame('FEED_VENUE_ERROR', 'the venue refuses what we sent', 'message', message['message']);
    const number = countOf(message['sequence_num'], 'sequence_num');
    const eventUs = timeOf(message['timestamp'], isoTime, 'timestamp');
    const { last } = this.#chain;
    const place = this.#chain.place(number, eventUs);
    if (place === 'repeated') {
      this.counts.duplicates++;
      return;
    }
    if (place === 'gap') this.#missed(`message ${number} of the connection came after ${last}`);
    const { channel } = message;
    switch (channel) {
      case 'l2_data':
        this.#books(message, eventUs);
        return;
      case 'market_trades':
        this.each(listOf(message['events'], 'events'), 'events', (event, path) => this.#trades(event, path));
        return;
      case 'heartbeats':
      case 'subscriptions':
        return;
      default:
        // The venue may add channels, which are no concern of ours. This one may have been the book's.
        if (typeof channel !== 'string' || isOfBooks(message['events'])) this.reading = 'any';
        throw new BadFrame(
          'FEED_EVENT_UNKNOWN',
          'is a channel that was not subscribed to',
          'channel',
          channel,
        );
    }
  }

  /** What cannot be read was counted, so no later message shows it: it loses the book that it is of, or all. */
  #books(message: Fields, eventUs: TimeUs): void {
    this.reading = 'any';
    const events = listOf(message['events'], 'events');
    for (let at = 0; at < events.length; at++) {
      const path = `events[${at}]`;
      const event = fieldsOf(events[at], path);
      const stream = this.streamOf(event['product_id'], `${path}.product_id`);
      if (events.length === 1) this.reading = stream;
      this.#book(stream, event, eventUs, path);
    }
  }

  /** Its own count stands in for a number: the connection's skips, and is one for all that a message says. */
  #book(stream: SpotStream, event: Fields, eventUs: TimeUs, path: string): void {
    const { instrument, last } = stream;
    const type = wordOf(event['type'], TYPES, `${path}.type`);
    const bids: number[] = [];
    const asks: number[] = [];
    const updates = listOf(event['updates'], `${path}.updates`);
    for (let at = 0; at < updates.length; at++) {
      const update = fieldsOf(updates[at], `${path}.updates[${at}]`);
      const levels = wordOf(update['side'], SIDES, `${path}.updates[${at}].side`) === 'bid' ? bids : asks;
      levels.push(
        priceOf(update['price_level'], instrument, `${path}.updates[${at}].price_level`),
        sizeOf(update['new_quantity'], instrument, `${path}.updates[${at}].new_quantity`),
      );
    }
    const book = { stream, number: last + 1, eventUs, bids, asks, checksum: null };
    if (type === 'snapshot') this.takeSnapshot(book);
    else this.takeUpdate({ ...book, previous: null, follows: true });
  }

  /** A snapshot is of trades before the subscription, which are not news. */
  #trades(event: Fields, path: string): void {
    if (wordOf(event['type'], TYPES, `${path}.type`) === 'snapshot') return;
    this.each(listOf(event['trades'], `${path}.trades`), `${path}.trades`, (trade, at) =>
      this.#trade(trade, at),
    );
  }

  #trade(trade: Fields, path: string): void {
    const stream = this.streamOf(trade['product_id'], `${path}.product_id`);
    const { instrument } = stream;
    this.takeTrade(stream, {
      id: textOf(trade['trade_id'], `${path}.trade_id`),
      price: priceOf(trade['price'], instrument, `${path}.price`),
      size: tradeSizeOf(trade['size'], instrument, `${path}.size`),
      taker: wordOf(trade['side'], TAKER_OF_MAKER, `${path}.side`),
      eventUs: timeOf(trade['time'], isoTime, `${path}.time`),
    });
  }

  #missed(what: string): void {
    for (const stream of this.#streams) if (stream.isLive) this.lose(stream, 'gap', 'FEED_GAP', what);
  }
}

function isOfBooks(events: unknown): boolean {
  return Array.isArray(events) && events.some((event) => isFields(event) && event['updates'] !== undefined);
}
