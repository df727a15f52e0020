/**
 * Binance, USD-M and spot: a best bid and ask with every change of either, and every so often the levels that changed since
 * (`U` first id, `u` last id; USD-M's `pu` names the last id of the message before, for its ids skip; those of spot do not).
 * A snapshot over HTTP may fall in the middle of a message.
 *
 * As documented: combined streams named in the address, `depth`, `exchangeInfo`, `fundingInfo`.
 */
import type { HttpRequest } from '../../../src/io/ingest/venues/live/world.ts';
import type { QuoteEvent } from '../../../src/core/price/venue-event.ts';
import { BookWalk, decimalText, START_MS, type Batch, type Teller } from '../book-walk.ts';
import type { ClientProtocol, VenueProtocol } from '../protocol.ts';
import { newestAt } from '../protocol.ts';
import type { Quote, Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { bestFirst, type Levels } from '../true-book.ts';

/** Of the text: prices in 0.01, on a grid of 0.10; sizes in 0.001. */
export const PRICE_SCALE = 2;
export const SIZE_SCALE = 3;

export type BinanceKind = 'usdm' | 'spot';

export function generateBinance(
  kind: BinanceKind,
  symbol: string,
  seed: number,
  options: ScenarioOptions,
): Scenario {
  const walk = new BookWalk(seed, { ...options, isContiguous: kind === 'spot' });
  const teller = new BinanceTeller(kind, symbol, walk.middle);
  walk.play(teller);
  const { truth, moments } = walk;
  const { frames, quotes } = teller;
  const books = truth.walk();
  return {
    durationMs: options.durationMs,
    frames,
    truth,
    lastId: moments.at(-1)!.id,
    depth: null,
    idOf: ({ last }) => last,
    quoteOf: quoteBy(quotes),
    protocol: binanceProtocol(kind, symbol, (atMs, limit) => {
      const { id } = newestAt(moments, atMs) ?? moments[0];
      return snapshotText(kind, id, Math.floor(START_MS + atMs), books.at(id)!, limit);
    }),
  };
}

export function quoteBy(quotes: ReadonlyMap<number, Quote>): (quote: QuoteEvent) => Quote | null {
  return ({ updateId }) => quotes.get(updateId!) ?? null;
}

class BinanceTeller implements Teller {
  readonly frames: ScenarioFrame[] = [];
  readonly quotes = new Map<number, Quote>();
  readonly #kind: BinanceKind;
  readonly #symbol: string;
  readonly #middle: () => number;
  #best = '';
  #nextMarkMs = 0;

  constructor(kind: BinanceKind, symbol: string, middle: () => number) {
    this.#kind = kind;
    this.#symbol = symbol;
    this.#middle = middle;
  }

  changed(atMs: number, id: number, { bids, asks }: Levels): void {
    if (bids.size === 0 || asks.size === 0) return;
    const bid = Math.max(...bids.keys());
    const ask = Math.min(...asks.keys());
    const quote: Quote = [bid, bids.get(bid)!, ask, asks.get(ask)!];
    const best = `"b":"${priceText(bid)}","B":"${sizeText(quote[1])}","a":"${priceText(ask)}","A":"${sizeText(quote[3])}"`;
    if (best === this.#best) return;
    this.#best = best;
    this.quotes.set(id, quote);
    const time = Math.floor(START_MS + atMs);
    const said = `"u":${id},"s":"${this.#symbol}",${best}`;
    const isSpot = this.#kind === 'spot';
    this.#say(
      atMs,
      'bookTicker',
      isSpot ? `{${said}}` : `{"e":"bookTicker",${said},"T":${time},"E":${time}}`,
    );
  }

  told({ atMs, first, last, previous, changed: { bids, asks } }: Batch): void {
    const time = Math.floor(START_MS + atMs);
    const isSpot = this.#kind === 'spot';
    const ids = isSpot ? `"U":${first},"u":${last}` : `"U":${first},"u":${last},"pu":${previous}`;
    const times = isSpot ? `"E":${time}` : `"E":${time},"T":${time}`;
    const levels = `"b":${levelsText(bestFirst(bids, 'asks'))},"a":${levelsText(bestFirst(asks, 'asks'))}`;
    this.#say(atMs, 'depth@100ms', `{"e":"depthUpdate",${times},"s":"${this.#symbol}",${ids},${levels}}`);
    if (isSpot || atMs < this.#nextMarkMs) return;
    this.#nextMarkMs += 1_000;
    const mark = priceText(this.#middle());
    this.#say(
      atMs,
      'markPrice@1s',
      `{"e":"markPriceUpdate","E":${time},"s":"${this.#symbol}","p":"${mark}","i":"${mark}","P":"${mark}","r":"0.00010000","T":${time + 3_600_000}}`,
    );
  }

  #say(atMs: number, kind: string, data: string): void {
    const stream = `${this.#symbol.toLowerCase()}@${kind}`;
    this.frames.push({ atMs, stream, text: `{"stream":"${stream}","data":${data}}` });
  }
}

/** `snapshot` is a depth snapshot of the book at that time, with so many levels a side at most. */
export function binanceProtocol(
  kind: BinanceKind,
  symbol: string,
  snapshot: (atMs: number, limit: number) => string,
): VenueProtocol {
  const base = kind === 'spot' ? '/api/v3' : '/fapi/v1';
  return {
    connect: (url) => new BinanceClient(url),
    answer: ({ url }, atMs) => {
      const { pathname, searchParams } = new URL(url);
      switch (pathname) {
        case `${base}/depth`:
          if (searchParams.get('symbol') !== symbol) return null;
          return snapshot(atMs, Number(searchParams.get('limit') ?? 500));
        case `${base}/exchangeInfo`:
          return exchangeInfo(symbol);
        case '/fapi/v1/fundingInfo':
          return kind === 'spot' ? null : JSON.stringify([{ symbol, fundingIntervalHours: 8 }]);
        default:
          return null;
      }
    },
    weightOf: (request) => weightOf(kind, request),
    refusal: () => null,
    spoilers: [],
  };
}

/** At whatever pace a stream was subscribed to, it comes at the scenario's. */
class BinanceClient implements ClientProtocol {
  readonly #streams: ReadonlySet<string>;

  constructor(url: string) {
    const streams = new URL(url).searchParams.get('streams')?.split('/') ?? [];
    this.#streams = new Set(streams.map(withoutPace));
  }

  hears(stream: string): boolean {
    return this.#streams.has(withoutPace(stream));
  }

  received(): readonly string[] {
    return [];
  }

  dress(text: string): string {
    return text;
  }
}

const withoutPace = (stream: string): string => stream.replace(/@\d+m?s$/, '');

function exchangeInfo(symbol: string): string {
  return JSON.stringify({
    symbols: [
      {
        symbol,
        pair: symbol,
        contractType: 'PERPETUAL',
        status: 'TRADING',
        baseAsset: symbol.slice(0, -4),
        quoteAsset: 'USDT',
        marginAsset: 'USDT',
        filters: [
          { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '100000000', tickSize: '0.10' },
          { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
        ],
      },
    ],
  });
}

/** A depth snapshot costs by its levels, the rest as documented. */
function weightOf(kind: BinanceKind, { url }: HttpRequest): number {
  const { pathname, searchParams } = new URL(url);
  const isDepth = pathname.endsWith('/depth');
  const limit = Number(searchParams.get('limit') ?? (kind === 'spot' ? 100 : 500));
  if (kind === 'spot') {
    if (!isDepth) return 20;
    if (limit <= 100) return 5;
    return limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
  }
  if (!isDepth) return 1;
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}

export function snapshotText(
  kind: BinanceKind,
  id: number,
  time: number,
  levels: Levels,
  limit: number,
): string {
  const bids = levelsText(bestFirst(levels.bids, 'bids', limit));
  const asks = levelsText(bestFirst(levels.asks, 'asks', limit));
  const times = kind === 'spot' ? '' : `"E":${time},"T":${time},`;
  return `{"lastUpdateId":${id},${times}"bids":${bids},"asks":${asks}}`;
}

function levelsText(levels: readonly [number, number][]): string {
  return `[${levels.map(([price, size]) => `["${priceText(price)}","${sizeText(size)}"]`).join(',')}]`;
}

const priceText = (price: number): string => decimalText(price, PRICE_SCALE);
const sizeText = (size: number): string => decimalText(size, SIZE_SCALE);
