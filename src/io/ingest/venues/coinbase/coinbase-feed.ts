/**
 * Coinbase Exchange: wss://ws-feed.exchange.coinbase.com, channels `level2_batch` (changes every 50 ms), `matches` and
 * `heartbeat`.
 *
 * Why these. `level2` and `full` want a key since August 2023; `level2_batch` has the same messages and wants none. Advanced
 * Trade gives its `level2` without a key too, but advises one "for the most reliable connection" and calls the unsigned
 * use a beta. `ticker` says best bid and ask only when there is a trade.
 *
 * Book changes carry a time and **no number**, so nothing in them shows that one is missing. What shows it:
 * - trade ids rise by one, in `matches` and in the heartbeat of every second: where a trade is missing, so may be a change;
 * - a time that goes back;
 * - a frame that cannot be read at all: it may have been a change, of any instrument;
 * - a crossed book.
 * Each of them loses the book and subscribes anew. What is left is a change that was lost alone, in a second without trades.
 *
 * `side` of a match is the maker's. Source: Coinbase Exchange, "WebSocket channels" and its change log of 2023-08-01.
 */
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { excerpt } from '../../problem.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import {
  countOf,
  type Fields,
  levelsOf,
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

const VENUE = 'coinbase';
const URL = 'wss://ws-feed.exchange.coinbase.com';
const BOOK = 'level2_batch';
const CHANGE_SIDES = { buy: 'bid', sell: 'ask' } as const;
const TAKER_OF_MAKER = { buy: 'sell', sell: 'buy' } as const;

/** Trade ids of one instrument; null for none yet. */
interface TradeChain {
  last: number | null;
  /** What the last heartbeat said; by the next one that trade has to have come. */
  promised: number | null;
}

export class CoinbaseFeed extends SpotFeed {
  protected override readonly unread = 'any';
  readonly #chains = new Map<SpotStream, TradeChain>();

  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    const streams = streamsOf(VENUE, instruments);
    const product_ids = streams.map(({ instrument }) => instrument.symbol);
    const connection = {
      name: 'public',
      url: URL,
      hello: [JSON.stringify({ type: 'subscribe', product_ids, channels: [BOOK, 'matches', 'heartbeat'] })],
      ping: null,
      // Every instrument has a heartbeat a second.
      silenceMs: 10_000,
    };
    super({ venue: VENUE, connection, limits: { weight: 10, windowMs: 1000 }, depth: null }, streams, sink);
    for (const stream of streams) this.#chains.set(stream, { last: null, promised: null });
  }

  override opened(connection: string, now: Parameters<SpotFeed['opened']>[1]): void {
    super.opened(connection, now);
    for (const chain of this.#chains.values()) chain.last = chain.promised = null;
  }

  protected override subscribeAnew({ instrument: { symbol } }: SpotStream): readonly string[] {
    const book = { product_ids: [symbol], channels: [BOOK] };
    return [JSON.stringify({ type: 'unsubscribe', ...book }), JSON.stringify({ type: 'subscribe', ...book })];
  }

  protected override decode(message: Fields): void {
    const { type } = message;
    switch (type) {
      case 'l2update':
        this.#update(message);
        return;
      case 'snapshot':
        this.#snapshot(message);
        return;
      case 'match':
      case 'last_match':
        this.#match(message, type === 'match');
        return;
      case 'heartbeat':
        this.#heartbeat(message);
        return;
      case 'subscriptions':
        return;
      case 'error':
        throw new BadFrame(
          'FEED_VENUE_ERROR',
          `the venue says ${excerpt(message['message'])}`,
          'reason',
          message['reason'],
        );
      default:
        // The venue may add types, which are no concern of ours. This one may have been an update.
        if (typeof type !== 'string' || message['changes'] !== undefined) this.reading = 'any';
        throw new BadFrame('FEED_EVENT_UNKNOWN', 'is a type that was not subscribed to', 'type', type);
    }
  }

  #snapshot(message: Fields): void {
    const stream = this.streamOf(message['product_id'], 'product_id');
    this.reading = stream;
    const { instrument } = stream;
    const bids = levelsOf(message['bids'], instrument, 'bids');
    const asks = levelsOf(message['asks'], instrument, 'asks');
    const eventUs = message['time'] === undefined ? null : timeOf(message['time'], isoTime, 'time');
    this.takeSnapshot({ stream, number: null, eventUs, bids, asks, checksum: null });
  }

  #update(message: Fields): void {
    this.reading = 'any';
    const stream = this.streamOf(message['product_id'], 'product_id');
    this.reading = stream;
    const { instrument } = stream;
    const bids: number[] = [];
    const asks: number[] = [];
    const changes = listOf(message['changes'], 'changes');
    for (let at = 0; at < changes.length; at++) {
      const change = listOf(changes[at], `changes[${at}]`);
      const levels = wordOf(change[0], CHANGE_SIDES, `changes[${at}][0]`) === 'bid' ? bids : asks;
      levels.push(
        priceOf(change[1], instrument, `changes[${at}][1]`),
        sizeOf(change[2], instrument, `changes[${at}][2]`),
      );
    }
    const eventUs = timeOf(message['time'], isoTime, 'time');
    const book = { stream, number: null, eventUs, bids, asks, checksum: null };
    this.takeUpdate({ ...book, previous: null, follows: null });
  }

  /** `isNew` is false for the last one before the subscription, which says only where the ids stand. */
  #match(message: Fields, isNew: boolean): void {
    const stream = this.streamOf(message['product_id'], 'product_id');
    const { instrument } = stream;
    const id = countOf(message['trade_id'], 'trade_id');
    const price = priceOf(message['price'], instrument, 'price');
    const size = tradeSizeOf(message['size'], instrument, 'size');
    const taker = wordOf(message['side'], TAKER_OF_MAKER, 'side');
    const eventUs = timeOf(message['time'], isoTime, 'time');
    const chain = this.#chains.get(stream) as TradeChain;
    const last = chain.last ?? id;
    chain.last = last;
    if (!isNew) return;
    const isUnheard = this.takeTrade(stream, { id: String(id), price, size, taker, eventUs });
    if (isUnheard || id > last) chain.last = id;
    if (id > last + 1) this.#missed(stream, `trade ${id} came after ${last}`);
  }

  #heartbeat(message: Fields): void {
    const stream = this.streamOf(message['product_id'], 'product_id');
    const promise = countOf(message['last_trade_id'], 'last_trade_id');
    const chain = this.#chains.get(stream) as TradeChain;
    const { promised } = chain;
    chain.last ??= promise;
    const isMissing = promised !== null && promised > chain.last;
    if (isMissing) chain.last = promised;
    chain.promised = promise;
    if (isMissing)
      this.#missed(stream, `trade ${promised} was said to be the last a heartbeat ago and did not come`);
  }

  #missed(stream: SpotStream, what: string): void {
    this.lose(stream, 'gap', 'FEED_GAP', `${what}: as trades are missing, changes may be`);
  }
}
