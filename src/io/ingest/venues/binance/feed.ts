/**
 * The public market data of Binance, USD-M futures and spot. One machine for both: they differ in addresses, allowances,
 * how update ids join, and in what only a future has (mark, funding, news of contracts).
 *
 * USD-M has had two doors since 2026: `/public` for depth and best prices, `/market` for trades, marks and contract news. A
 * stream asked of the wrong door is accepted there and stays silent.
 *
 * All that leaves has been checked: numbers on their grid, quotes not crossed, depth without holes (`BookSync`), repeated and
 * late quotes and trades dropped. While a contract does not trade, or its tick or lot is finer than the scales that we keep
 * it in, nothing of it leaves but `contract` and `lost`.
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { DepthBook } from '../../../../core/price/depth-book.ts';
import type {
  ContractEvent,
  DepthEvent,
  Instrument,
  InstrumentRow,
  QuoteEvent,
  TradeEvent,
} from '../../../../core/price/venue-event.ts';
import { problemAt } from '../../problem.ts';
import type { FeedConnection, FeedLimits, FeedRequest, FeedSink, VenueFeed } from '../feed.ts';
import { ContractTerms } from '../contract-terms.ts';
import { DueRequests } from '../due-requests.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { BookSync, SPOT_CHAIN, USDM_CHAIN, type ChainRule, type SyncCounts } from './book-sync.ts';
import { BadMarketFrame, readFrame, readSnapshot, type Listened } from './frame.ts';
import { IdChain } from './id-chain.ts';
import { readExchangeInfo, readFundingInfo, type ContractNews } from './terms.ts';

interface Door {
  readonly name: string;
  readonly url: string;
  /** Per symbol in lower case, and once for all. */
  readonly streams: readonly string[];
  readonly common: readonly string[];
  readonly silenceMs: number;
}

export interface BinanceProfile {
  readonly venue: string;
  readonly limits: FeedLimits;
  /** The first carries depth and quotes. */
  readonly doors: readonly Door[];
  readonly rest: string;
  readonly depthWeight: number;
  readonly exchangeInfoWeight: number;
  readonly chain: ChainRule;
  readonly isFutures: boolean;
}

export const BINANCE_USDM: BinanceProfile = {
  venue: 'binance',
  limits: { weight: 2400, windowMs: 60_000 },
  doors: [
    {
      name: 'public',
      url: 'wss://fstream.binance.com/public/stream',
      streams: ['depth@100ms', 'bookTicker'],
      common: [],
      silenceMs: 30_000,
    },
    {
      name: 'market',
      url: 'wss://fstream.binance.com/market/stream',
      streams: ['aggTrade', 'markPrice@1s'],
      common: ['!contractInfo'],
      silenceMs: 10_000,
    },
  ],
  rest: 'https://fapi.binance.com/fapi/v1',
  depthWeight: 20,
  exchangeInfoWeight: 1,
  chain: USDM_CHAIN,
  isFutures: true,
};

export const BINANCE_SPOT: BinanceProfile = {
  venue: 'binance-spot',
  limits: { weight: 6000, windowMs: 60_000 },
  doors: [
    {
      name: 'stream',
      url: 'wss://stream.binance.com:9443/stream',
      streams: ['depth@100ms', 'bookTicker', 'trade'],
      common: [],
      silenceMs: 30_000,
    },
  ],
  rest: 'https://api.binance.com/api/v3',
  depthWeight: 50,
  exchangeInfoWeight: 20,
  chain: SPOT_CHAIN,
  isFutures: false,
};

/** The deepest snapshot of USD-M; deeper ones of spot cost five times as much. */
const DEPTH_LEVELS = 1000;
/** A connection carries no more. */
const STREAMS_MAX = 1024;
/** Hours between fundings that fundingInfo does not mention. */
const FUNDING_HOURS = 8;

const NONE: readonly FeedRequest[] = [];

export interface BinanceCounts {
  frames: number;
  problems: number;
  /** Repeated and late quotes and trades. */
  duplicates: number;
  /** Frames of contracts that do not trade or do not fit, and of a closed connection. */
  ignored: number;
}

interface Market extends Listened {
  readonly sync: BookSync;
  readonly quotes: IdChain;
  readonly trades: IdChain;
  readonly terms: ContractTerms;
}

export class BinanceFeed implements VenueFeed {
  readonly venue: string;
  readonly limits: FeedLimits;
  readonly connections: readonly FeedConnection[];
  readonly counts: BinanceCounts = { frames: 0, problems: 0, duplicates: 0, ignored: 0 };
  readonly #profile: BinanceProfile;
  readonly #sink: FeedSink;
  readonly #markets = new Map<string, Market>();
  readonly #rows = new Map<InstrumentRow, Market>();
  readonly #due: DueRequests;
  readonly #frames = new Map<string, number>();
  #isDepthOpen = false;
  #fundingHours: ReadonlyMap<string, number> | null = null;

  /** `instruments` are all that are listened to; those of other venues are left alone. */
  constructor(profile: BinanceProfile, instruments: readonly Instrument[], sink: FeedSink) {
    this.#profile = profile;
    this.#sink = sink;
    this.venue = profile.venue;
    this.limits = profile.limits;
    const emit = sink.event.bind(sink);
    for (const [index, instrument] of instruments.entries()) {
      if (instrument.venue !== profile.venue) continue;
      const row = index as InstrumentRow;
      const market: Market = {
        row,
        instrument,
        sync: new BookSync(row, profile.chain, emit),
        quotes: new IdChain(),
        trades: new IdChain(),
        terms: new ContractTerms(instrument),
      };
      this.#markets.set(instrument.symbol, market);
      this.#rows.set(row, market);
    }
    this.connections = profile.doors.map((door) => connectionOf(door, [...this.#markets.keys()]));
    this.#due = new DueRequests(profile.isFutures ? ['exchangeInfo', 'fundingInfo'] : ['exchangeInfo']);
    if (this.#markets.size > 0) this.#due.askTerms();
  }

  /** Null while it is not to be used. */
  bookOf(instrument: InstrumentRow): DepthBook | null {
    const sync = this.#rows.get(instrument)?.sync;
    return sync?.isUsable === true ? sync.book : null;
  }

  syncCountsOf(instrument: InstrumentRow): Readonly<SyncCounts> | null {
    return this.#rows.get(instrument)?.sync.counts ?? null;
  }

  requests(): readonly FeedRequest[] {
    const taken = this.#due.take();
    return taken.length === 0 ? NONE : taken.map((id) => this.#requestOf(id));
  }

  opened(connection: string, now: TimeUs): void {
    this.#due.pass(now);
    if (connection === this.connections[0].name) this.#isDepthOpen = true;
  }

  closed(connection: string, now: TimeUs): void {
    this.#due.pass(now);
    for (const { trades } of this.#markets.values()) trades.restart();
    if (connection !== this.connections[0].name) return;
    this.#isDepthOpen = false;
    for (const { sync, quotes } of this.#markets.values()) {
      sync.reset('disconnected', now);
      quotes.restart();
    }
  }

  receive(connection: string, frame: string, receivedUs: TimeUs): void {
    this.#due.hear(receivedUs);
    this.counts.frames++;
    const number = (this.#frames.get(connection) ?? 0) + 1;
    this.#frames.set(connection, number);
    try {
      const said = readFrame(frame, this.#markets, receivedUs);
      if (said === null) return;
      const market = this.#rows.get(said.instrument)!;
      if (said.kind === 'contract-news') this.#news(market, said, receivedUs);
      else if (market.terms.isBlocked) this.counts.ignored++;
      else if (said.kind === 'quote') this.#quote(market, said);
      else if (said.kind === 'trade') this.#trade(market, said);
      else if (said.kind === 'depth') this.#depth(market, said);
      else this.#sink.event(said);
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#refuse(error, connection, number, frame);
      this.#suspect(error, receivedUs);
    }
  }

  answer(id: string, body: string | null, receivedUs: TimeUs): void {
    this.#due.pass(receivedUs);
    this.#due.answered(id);
    const [what, symbol] = id.split(':', 2);
    const market = symbol === undefined ? undefined : this.#markets.get(symbol);
    if (body === null) {
      if (market === undefined) this.#due.ask(id);
      else this.#askSnapshot(market);
      return;
    }
    try {
      if (what === 'exchangeInfo') this.#terms(body, receivedUs);
      else if (what === 'fundingInfo') this.#funding(body, receivedUs);
      else if (market !== undefined) {
        if (
          !market.terms.isBlocked &&
          !market.sync.snapshot(readSnapshot(body, market, DEPTH_LEVELS, receivedUs))
        )
          this.#askAgain(id, market);
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#refuse(error, id, 1, body);
      this.#askAgain(id, market);
    }
  }

  #quote(market: Market, quote: QuoteEvent): void {
    if (market.quotes.isNew(quote.updateId!, quote)) this.#sink.event(quote);
    else this.counts.duplicates++;
  }

  #trade(market: Market, trade: TradeEvent): void {
    if (market.trades.isNew(Number(trade.id), trade)) this.#sink.event(trade);
    else this.counts.duplicates++;
  }

  #depth(market: Market, update: DepthEvent): void {
    if (!this.#isDepthOpen) {
      this.counts.ignored++;
      return;
    }
    // Quotes share their ids with depth, and those of spot have no time to tell a new count by.
    if (market.sync.depth(update) === 'restarted') market.quotes.restart();
    this.#askSnapshot(market);
  }

  #askSnapshot(market: Market): void {
    if (!market.sync.wantsSnapshot) return;
    const id = `depth:${market.instrument.symbol}`;
    if (!this.#due.isAsked(id)) this.#due.ask(id);
  }

  #askAgain(id: string, market: Market | undefined): void {
    if (market === undefined || market.sync.wantsSnapshot) this.#due.askAgain(id);
  }

  #requestOf(id: string): FeedRequest {
    const { rest, isFutures, depthWeight, exchangeInfoWeight } = this.#profile;
    const get = (path: string, weight: number): FeedRequest => ({
      id,
      method: 'GET',
      url: `${rest}/${path}`,
      body: null,
      weight,
    });
    if (id.startsWith('depth:'))
      return get(`depth?symbol=${id.slice('depth:'.length)}&limit=${DEPTH_LEVELS}`, depthWeight);
    if (id === 'fundingInfo') return get(id, 1);
    const symbols = JSON.stringify([...this.#markets.keys()]);
    return get(isFutures ? id : `${id}?symbols=${encodeURIComponent(symbols)}`, exchangeInfoWeight);
  }

  #terms(body: string, receivedUs: TimeUs): void {
    const listed = readExchangeInfo(body, new Set(this.#markets.keys()));
    for (const [symbol, market] of this.#markets) {
      const terms = listed.get(symbol);
      const before = market.terms.last;
      if (terms === undefined && before === null) {
        const what = `the venue does not list ${symbol}. Correct the symbol, or leave it out`;
        this.#refuse(new BadFrame('FEED_SYMBOL_UNKNOWN', what, 'symbol', symbol), 'exchangeInfo', 1, symbol);
        continue;
      }
      this.#agree(market, {
        ...this.#contractOf(market, receivedUs),
        ...(terms ?? { tick: before!.tick, lot: before!.lot, isTrading: false }),
      });
    }
  }

  #funding(body: string, receivedUs: TimeUs): void {
    this.#fundingHours = readFundingInfo(body);
    for (const market of this.#markets.values())
      if (market.terms.last !== null) this.#agree(market, this.#contractOf(market, receivedUs));
  }

  /** Tick and lot are not among the news, so they are asked for as well. */
  #news(market: Market, news: ContractNews, receivedUs: TimeUs): void {
    this.#due.askTerms();
    const { isTrading, eventUs } = news;
    const contract = this.#contractOf(market, receivedUs);
    this.#agree(market, { ...contract, eventUs, isTrading, tiers: news.tiers ?? contract.tiers });
  }

  /** What is known of its terms, as of now. */
  #contractOf(market: Market, receivedUs: TimeUs): ContractEvent {
    const { symbol } = market.instrument;
    const hours = this.#fundingHours;
    const { tick = '', lot = '', isTrading = true, tiers = null } = market.terms.last ?? {};
    return {
      kind: 'contract',
      instrument: market.row,
      eventUs: receivedUs,
      receivedUs,
      tick,
      lot,
      isTrading,
      fundingIntervalHours: hours === null ? null : (hours.get(symbol) ?? FUNDING_HOURS),
      tiers,
    };
  }

  #agree(market: Market, contract: ContractEvent): void {
    const isNewlyBlocked = market.terms.agree(contract, (event) => this.#sink.event(event));
    if (isNewlyBlocked) this.#lose(market, contract.receivedUs);
  }

  /** Said even where there is no book yet: the reason is news. */
  #lose(market: Market, now: TimeUs): void {
    const why = 'contract-changed';
    const wasUsable = market.sync.isUsable;
    market.sync.reset(why, now);
    if (!wasUsable)
      this.#sink.event({ kind: 'lost', instrument: market.row, eventUs: now, receivedUs: now, why });
  }

  /** A depth update that cannot be read is one that is missing, and a number off the grid may mean new terms. */
  #suspect(bad: BadFrame, receivedUs: TimeUs): void {
    if (!(bad instanceof BadMarketFrame)) return;
    const { terms, sync } = this.#rows.get(bad.instrument)!;
    if (terms.isBlocked) return;
    const isOffGrid = bad.code === 'FEED_GRID';
    if (isOffGrid) this.#due.doubtTerms();
    if (bad.isOfBook) sync.reset(isOffGrid ? 'contract-changed' : 'gap', receivedUs);
  }

  #refuse(bad: BadFrame, place: string, number: number, text: string): void {
    this.counts.problems++;
    const { code, message, field, value } = bad;
    this.#sink.problem(problemAt(code, `${this.venue}/${place}`, number, message, field, value), text);
  }
}

export class BinanceUsdmFeed extends BinanceFeed {
  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    super(BINANCE_USDM, instruments, sink);
  }
}

export class BinanceSpotFeed extends BinanceFeed {
  constructor(instruments: readonly Instrument[], sink: FeedSink) {
    super(BINANCE_SPOT, instruments, sink);
  }
}

function connectionOf(door: Door, symbols: readonly string[]): FeedConnection {
  const streams = [
    ...symbols.flatMap((symbol) => door.streams.map((stream) => `${symbol.toLowerCase()}@${stream}`)),
    ...door.common,
  ];
  if (streams.length > STREAMS_MAX)
    throw new RangeError(
      `a connection carries ${STREAMS_MAX} streams, not ${streams.length}: listen to fewer symbols`,
    );
  const { name, silenceMs } = door;
  return { name, url: `${door.url}?streams=${streams.join('/')}`, hello: [], ping: null, silenceMs };
}
