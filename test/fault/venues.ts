/** The venues whose feeds are tried with faults, and what each says on a book of its own. */
import type { Instrument } from '../../src/core/price/venue-event.ts';
import { BinanceSpotFeed, BinanceUsdmFeed } from '../../src/io/ingest/venues/binance/feed.ts';
import { BybitFeed } from '../../src/io/ingest/venues/bybit/bybit-feed.ts';
import { CoinbaseFeed } from '../../src/io/ingest/venues/coinbase/coinbase-feed.ts';
import type { FeedSink, VenueFeed } from '../../src/io/ingest/venues/feed.ts';
import { HyperliquidFeed } from '../../src/io/ingest/venues/hyperliquid/feed.ts';
import { KrakenFeed } from '../../src/io/ingest/venues/kraken/kraken-feed.ts';
import { OkxFeed } from '../../src/io/ingest/venues/okx/okx-feed.ts';
import type { Scenario, ScenarioOptions } from '../mock-venue/scenario.ts';
import { generateBinance, PRICE_SCALE, SIZE_SCALE } from '../mock-venue/venues/binance.ts';
import { BYBIT as BYBIT_BOOK, generateBybit } from '../mock-venue/venues/bybit.ts';
import { COINBASE as COINBASE_BOOK, generateCoinbase } from '../mock-venue/venues/coinbase.ts';
import { generateHyperliquid, HYPERLIQUID as HYPERLIQUID_BOOK } from '../mock-venue/venues/hyperliquid.ts';
import { generateKraken, KRAKEN as KRAKEN_BOOK } from '../mock-venue/venues/kraken.ts';
import { generateOkx, OKX as OKX_BOOK } from '../mock-venue/venues/okx.ts';

type FeedClass = new (instruments: readonly Instrument[], sink: FeedSink) => VenueFeed;

export interface FaultyVenue {
  readonly name: string;
  readonly instruments: readonly Instrument[];
  /** In src/io/ingest/venues. */
  readonly file: string;
  /** What the file calls it. */
  readonly feed: string;
  /** Mean time between messages of the book. */
  readonly everyMs: number;
  readonly make: (sink: FeedSink) => VenueFeed;
  readonly generate: (seed: number, options: ScenarioOptions) => Scenario;
}

type Book = Pick<Instrument, 'venue' | 'symbol' | 'priceScale' | 'sizeScale'>;

function venueOf(
  name: string,
  { venue, symbol, priceScale, sizeScale }: Book,
  file: string,
  Feed: FeedClass,
  everyMs: number,
  generate: FaultyVenue['generate'],
): FaultyVenue {
  const isPerpetual = venue === 'binance' || venue === 'hyperliquid';
  const instruments = [{ venue, symbol, market: 'BTCUSDT', isPerpetual, priceScale, sizeScale }];
  return {
    name,
    instruments,
    file,
    feed: Feed.name,
    everyMs,
    make: (sink) => new Feed(instruments, sink),
    generate,
  };
}

const BINANCE = { symbol: 'BTCUSDT', priceScale: PRICE_SCALE, sizeScale: SIZE_SCALE } as const;

export const BINANCE_USDM = venueOf(
  'Binance USD-M',
  { ...BINANCE, venue: 'binance' },
  'binance/feed.ts',
  BinanceUsdmFeed,
  250,
  (seed, options) => generateBinance('usdm', BINANCE.symbol, seed, options),
);
export const BINANCE_SPOT = venueOf(
  'Binance spot',
  { ...BINANCE, venue: 'binance-spot' },
  'binance/feed.ts',
  BinanceSpotFeed,
  600,
  (seed, options) => generateBinance('spot', BINANCE.symbol, seed, options),
);
export const HYPERLIQUID = venueOf(
  'Hyperliquid',
  HYPERLIQUID_BOOK,
  'hyperliquid/feed.ts',
  HyperliquidFeed,
  600,
  generateHyperliquid,
);
export const OKX = venueOf('OKX', OKX_BOOK, 'okx/okx-feed.ts', OkxFeed, 600, generateOkx);
export const BYBIT = venueOf('Bybit', BYBIT_BOOK, 'bybit/bybit-feed.ts', BybitFeed, 600, generateBybit);
export const KRAKEN = venueOf(
  'Kraken',
  KRAKEN_BOOK,
  'kraken/kraken-feed.ts',
  KrakenFeed,
  600,
  generateKraken,
);
export const COINBASE = venueOf(
  'Coinbase',
  COINBASE_BOOK,
  'coinbase/coinbase-feed.ts',
  CoinbaseFeed,
  600,
  generateCoinbase,
);
