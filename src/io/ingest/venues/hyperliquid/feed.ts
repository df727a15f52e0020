/**
 * The public market data of Hyperliquid's perpetuals, over one connection.
 *
 *   l2Book           snapshot   the best 20 levels a side, whole every time: there is nothing to join, and a frame that was
 *                               missed is made good by the next
 *   bbo              quote      not numbered; the time of its block says whether it is late
 *   trades           trade      side B: the taker bought. Repeated after each subscription
 *   activeAssetCtx   mark       markPx, oraclePx as index, hourly funding, open interest. Without a time
 *
 * Terms come from `metaAndAssetCtxs`, with the state of every coin at once.
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument, InstrumentRow, LostEvent } from '../../../../core/price/venue-event.ts';
import { problemAt } from '../../problem.ts';
import { ContractTerms } from '../contract-terms.ts';
import { DueRequests } from '../due-requests.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { rateOf, roundedOf } from '../decode/computed.ts';
import {
  countOf,
  fieldsOf,
  isFields,
  listOf,
  priceOf,
  textOf,
  timeOf,
  tradeSizeOf,
  wordOf,
  type Fields,
} from '../decode/fields.ts';
import { parseJson } from '../decode/json.ts';
import { requireBestFirst } from '../decode/levels.ts';
import { Recent } from '../decode/recent.ts';
import { msTime } from '../decode/time.ts';
import type { FeedConnection, FeedLimits, FeedRequest, FeedSink, VenueFeed } from '../feed.ts';
import { readMeta } from './meta.ts';

export interface HyperliquidCounts {
  frames: number;
  problems: number;
  /** Repeated trades, late books and quotes. */
  duplicates: number;
  /** Of contracts that do not trade or do not fit. */
  ignored: number;
}

interface Coin {
  readonly row: InstrumentRow;
  readonly instrument: Instrument;
  readonly terms: ContractTerms;
  readonly trades: Recent;
  readonly bookTime: BlockTime;
  readonly quoteTime: BlockTime;
  isLive: boolean;
}

const VENUE = 'hyperliquid';
const CONNECTION = 'public';
const CHANNELS = ['l2Book', 'bbo', 'trades', 'activeAssetCtx'];
/** Of one address at the venue. */
const SUBSCRIPTIONS_MAX = 1000;
const LEVELS = 20;
const TAKERS = { A: 'sell', B: 'buy' } as const;
const FUNDING_HOURS = 1;
const META = 'metaAndAssetCtxs';
const META_WEIGHT = 20;
/** More than are sent at once after a subscription. */
const TRADES_KEPT = 1000;
const NONE: readonly FeedRequest[] = [];

export class HyperliquidFeed implements VenueFeed {
  readonly venue = VENUE;
  readonly limits: FeedLimits = { weight: 1200, windowMs: 60_000 };
  readonly connections: readonly FeedConnection[];
  readonly counts: HyperliquidCounts = { frames: 0, problems: 0, duplicates: 0, ignored: 0 };
  readonly #sink: FeedSink;
  readonly #coins = new Map<string, Coin>();
  readonly #due = new DueRequests([META]);
  #nowUs = 0 as TimeUs;
  /** Whose book is being read. */
  #reading: Coin | null = null;

  /** `instruments` are all that are listened to; those of other venues are left alone. */
  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    this.#sink = sink;
    for (const [row, instrument] of instruments.entries()) {
      if (instrument.venue !== VENUE) continue;
      this.#coins.set(instrument.symbol, {
        row: row as InstrumentRow,
        instrument,
        terms: new ContractTerms(instrument),
        trades: new Recent(TRADES_KEPT),
        bookTime: new BlockTime(),
        quoteTime: new BlockTime(),
        isLive: false,
      });
    }
    this.connections = [connectionOf([...this.#coins.keys()])];
    if (this.#coins.size > 0) this.#due.askTerms();
  }

  requests(): readonly FeedRequest[] {
    if (this.#due.take().length === 0) return NONE;
    const body = JSON.stringify({ type: META });
    return [{ id: META, method: 'POST', url: 'https://api.hyperliquid.xyz/info', body, weight: META_WEIGHT }];
  }

  opened(_connection: string, now: TimeUs): void {
    this.#pass(now);
  }

  closed(_connection: string, now: TimeUs): void {
    this.#pass(now);
    for (const coin of this.#coins.values()) {
      this.#lose(coin, 'disconnected');
      coin.bookTime.forget();
      coin.quoteTime.forget();
    }
  }

  receive(connection: string, frame: string, receivedUs: TimeUs): void {
    this.#nowUs = receivedUs;
    this.counts.frames++;
    this.#due.hear(receivedUs);
    this.#attempt(connection, this.counts.frames, frame, () => this.#read(frame));
  }

  answer(id: string, body: string | null, receivedUs: TimeUs): void {
    this.#pass(receivedUs);
    this.#due.answered(id);
    if (body === null) this.#due.ask(id);
    else if (!this.#attempt(id, 1, body, () => this.#terms(body))) this.#due.askAgain(id);
  }

  #pass(now: TimeUs): void {
    this.#nowUs = now;
    this.#due.pass(now);
  }

  #read(frame: string): void {
    const message = parseJson(frame);
    if (!isFields(message)) throw new BadFrame('FEED_JSON', 'the JSON is no object', null, message);
    const channel = message['channel'];
    switch (channel) {
      case 'l2Book':
        return this.#book(fieldsOf(message['data'], 'data'));
      case 'bbo':
        return this.#quote(fieldsOf(message['data'], 'data'));
      case 'trades':
        return this.#trades(listOf(message['data'], 'data'));
      case 'activeAssetCtx': {
        const data = fieldsOf(message['data'], 'data');
        const coin = this.#coinOf(data);
        if (coin !== null) this.#mark(coin, fieldsOf(data['ctx'], 'ctx'));
        return;
      }
      case 'pong':
      case 'subscriptionResponse':
        return;
      case 'error':
        throw new BadFrame('FEED_VENUE_ERROR', 'the venue refuses what we sent', 'data', message['data']);
      default:
        throw new BadFrame(
          'FEED_EVENT_UNKNOWN',
          `unknown channel: ${CHANNELS.join(', ')} are known`,
          'channel',
          channel,
        );
    }
  }

  #book(data: Fields): void {
    const coin = this.#coinOf(data);
    if (coin === null) return;
    this.#reading = coin;
    const eventUs = timeOf(data['time'], msTime, 'time');
    const { row: instrument } = coin;
    const receivedUs = this.#nowUs;
    const sides = listOf(data['levels'], 'levels');
    const bids = levelsOf(sides[0], coin.instrument, 'levels[0]');
    const asks = levelsOf(sides[1], coin.instrument, 'levels[1]');
    requireBestFirst(bids, -1, 'levels[0]');
    requireBestFirst(asks, 1, 'levels[1]');
    if (!coin.bookTime.isNew(eventUs, receivedUs)) {
      this.counts.duplicates++;
      return;
    }
    if (bids.length > 0 && asks.length > 0 && bids[0] >= asks[0]) {
      this.#lose(coin, 'crossed');
      throw new BadFrame('FEED_CROSSED', 'best bid is not below best ask', 'levels', [sides[0], sides[1]]);
    }
    coin.isLive = true;
    const last = eventUs / 1000;
    this.#sink.event({
      kind: 'snapshot',
      instrument,
      eventUs,
      receivedUs,
      last,
      levelsMax: LEVELS,
      bids,
      asks,
    });
  }

  #quote(data: Fields): void {
    const coin = this.#coinOf(data);
    if (coin === null) return;
    const eventUs = timeOf(data['time'], msTime, 'time');
    const [best, worst] = listOf(data['bbo'], 'bbo');
    const [bid = 0, bidSize = 0] = best === null ? [] : levelOf(best, coin.instrument, 'bbo[0]');
    const [ask = 0, askSize = 0] = worst === null ? [] : levelOf(worst, coin.instrument, 'bbo[1]');
    if (bid >= ask && ask > 0)
      throw new BadFrame('FEED_CROSSED', 'best bid is not below best ask', 'bbo', data['bbo']);
    const receivedUs = this.#nowUs;
    if (!coin.quoteTime.isNew(eventUs, receivedUs)) {
      this.counts.duplicates++;
      return;
    }
    const { row: instrument } = coin;
    this.#sink.event({
      kind: 'quote',
      instrument,
      eventUs,
      receivedUs,
      updateId: null,
      bid,
      bidSize,
      ask,
      askSize,
    });
  }

  #trades(trades: readonly unknown[]): void {
    for (const [at, entry] of trades.entries()) {
      const trade = fieldsOf(entry, `data[${at}]`);
      const coin = this.#coinOf(trade);
      if (coin === null) continue;
      const taker = wordOf(trade['side'], TAKERS, 'side');
      const id = String(countOf(trade['tid'], 'tid'));
      const eventUs = timeOf(trade['time'], msTime, 'time');
      const price = priceOf(trade['px'], coin.instrument, 'px');
      const size = tradeSizeOf(trade['sz'], coin.instrument, 'sz');
      if (coin.trades.has(id)) {
        this.counts.duplicates++;
        continue;
      }
      coin.trades.add(id);
      const { row: instrument } = coin;
      this.#sink.event({
        kind: 'trade',
        instrument,
        eventUs,
        receivedUs: this.#nowUs,
        id,
        price,
        size,
        taker,
      });
    }
  }

  /** Prices are rounded half to even to price units: an oracle price may be finer than the tick. */
  #mark({ row, instrument }: Coin, context: Fields): void {
    const { priceScale, sizeScale } = instrument;
    const mark = roundedOf(context['markPx'], priceScale, 'markPx');
    if (mark === 0) throw new BadFrame('FEED_NUMBER', 'a mark is above zero', 'markPx', context['markPx']);
    this.#sink.event({
      kind: 'mark',
      instrument: row,
      eventUs: this.#nowUs,
      receivedUs: this.#nowUs,
      mark,
      index: roundedOf(context['oraclePx'], priceScale, 'oraclePx'),
      fundingRate: rateOf(context['funding'], 'funding'),
      nextFundingUs: null,
      openInterest: roundedOf(context['openInterest'], sizeScale, 'openInterest'),
    });
  }

  #terms(body: string): void {
    const listed = readMeta(body, new Set(this.#coins.keys()));
    const receivedUs = this.#nowUs;
    for (const [symbol, coin] of this.#coins) {
      const terms = listed.get(symbol);
      const before = coin.terms.last;
      if (terms === undefined && before === null) {
        const what = `the venue does not list ${symbol}. Correct the symbol, or leave it out`;
        this.#refuse(new BadFrame('FEED_SYMBOL_UNKNOWN', what, 'universe', symbol), META, 1, symbol);
        continue;
      }
      const { tick, lot, isTrading, tiers } = terms ?? { ...before!, isTrading: false };
      const { row: instrument } = coin;
      const isNewlyBlocked = coin.terms.agree(
        {
          kind: 'contract',
          instrument,
          eventUs: receivedUs,
          receivedUs,
          tick,
          lot,
          isTrading,
          fundingIntervalHours: FUNDING_HOURS,
          tiers,
        },
        (event) => this.#sink.event(event),
      );
      if (isNewlyBlocked) {
        coin.isLive = true;
        this.#lose(coin, 'contract-changed');
      }
      const context = terms?.context ?? null;
      if (context !== null && !coin.terms.isBlocked)
        this.#attempt(META, 1, JSON.stringify(context), () => this.#mark(coin, context));
    }
  }

  /** Null where nothing of it is to be used. */
  #coinOf(data: Fields): Coin | null {
    const symbol = textOf(data['coin'], 'coin');
    const coin = this.#coins.get(symbol);
    if (coin === undefined) {
      const what = `${JSON.stringify(symbol)} is not one of the coins that are listened to`;
      throw new BadFrame('FEED_SYMBOL_UNKNOWN', what, 'coin', symbol);
    }
    if (coin.terms.isBlocked) {
      this.counts.ignored++;
      return null;
    }
    return coin;
  }

  /** Runs what reads a frame or an answer. False where it could not be used, which is reported with its text. */
  #attempt(place: string, number: number, text: string, read: () => void): boolean {
    this.#reading = null;
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#refuse(error, place, number, text);
      this.#suspect(error);
      return false;
    }
  }

  /** A book that cannot be read is not the book of before, and a number off the grid may mean new terms. */
  #suspect(bad: BadFrame): void {
    const isOffGrid = bad.code === 'FEED_GRID';
    if (isOffGrid) this.#due.doubtTerms();
    if (this.#reading !== null) this.#lose(this.#reading, isOffGrid ? 'contract-changed' : 'gap');
  }

  #lose(coin: Coin, why: LostEvent['why']): void {
    if (!coin.isLive) return;
    coin.isLive = false;
    const { row: instrument } = coin;
    this.#sink.event({ kind: 'lost', instrument, eventUs: this.#nowUs, receivedUs: this.#nowUs, why });
  }

  #refuse({ code, message, field, value }: BadFrame, place: string, number: number, text: string): void {
    this.counts.problems++;
    this.#sink.problem(problemAt(code, `${VENUE}/${place}`, number, message, field, value), text);
  }
}

/**
 * Times of blocks only rise. When none was new for long it is the venue's clock that went back, unless it is ours that jumped: so
 * there have to be some of them in a row.
 */
class BlockTime {
  #lastUs = -1;
  #receivedUs = 0;
  #oldInRow = 0;

  isNew(eventUs: number, receivedUs: number): boolean {
    const isLater = eventUs > this.#lastUs;
    const hasWaited = Math.abs(receivedUs - this.#receivedUs) > BACK_US;
    if (!isLater && !(hasWaited && this.#oldInRow >= BACK_OLD)) {
      this.#oldInRow += 1;
      return false;
    }
    this.#lastUs = eventUs;
    this.#receivedUs = receivedUs;
    this.#oldInRow = 0;
    return true;
  }

  forget(): void {
    this.#lastUs = -1;
  }
}

const BACK_US = 10e6;
const BACK_OLD = 3;

function connectionOf(coins: readonly string[]): FeedConnection {
  const hello = coins.flatMap((coin) =>
    CHANNELS.map((type) => JSON.stringify({ method: 'subscribe', subscription: { type, coin } })),
  );
  if (hello.length > SUBSCRIPTIONS_MAX)
    throw new RangeError(
      `the venue allows ${SUBSCRIPTIONS_MAX} subscriptions, not ${hello.length}: listen to fewer coins`,
    );
  return {
    name: CONNECTION,
    url: 'wss://api.hyperliquid.xyz/ws',
    hello,
    // It closes what says nothing for a minute.
    ping: { text: JSON.stringify({ method: 'ping' }), everyMs: 50_000 },
    silenceMs: 20_000,
  };
}

/** `[{ px, sz, n }, ...]` to price, size, price, size... */
function levelsOf(side: unknown, instrument: Instrument, path: string): number[] {
  return listOf(side, path).flatMap((level, at) => levelOf(level, instrument, `${path}[${at}]`));
}

function levelOf(level: unknown, instrument: Instrument, path: string): [number, number] {
  const { px, sz } = fieldsOf(level, path);
  return [priceOf(px, instrument, `${path}.px`), tradeSizeOf(sz, instrument, `${path}.sz`)];
}
