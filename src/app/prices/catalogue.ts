/**
 * The venues and markets that prices can be asked for by name, and how each venue writes them. Scales are fine enough for
 * every venue's ticks and lots, and coarse enough for its largest level to stay below 2^53.
 *
 * A market is its base asset, against USDT where the venue has it: an index compares like with like. Hyperliquid's perpetuals
 * are margined in USDC and quoted in USD.
 */
import type { Instrument } from '../../core/price/venue-event.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { BinanceSpotFeed, BinanceUsdmFeed } from '../../io/ingest/venues/binance/feed.ts';
import { BINANCE_MARKETS } from '../../io/ingest/venues/binance/markets.ts';
import { BybitFeed } from '../../io/ingest/venues/bybit/bybit-feed.ts';
import { CoinbaseFeed } from '../../io/ingest/venues/coinbase/coinbase-feed.ts';
import type { FeedSink, VenueFeed } from '../../io/ingest/venues/feed.ts';
import { HyperliquidFeed } from '../../io/ingest/venues/hyperliquid/feed.ts';
import { KrakenFeed } from '../../io/ingest/venues/kraken/kraken-feed.ts';
import { OkxFeed } from '../../io/ingest/venues/okx/okx-feed.ts';
import type { MarginRates } from '../../core/price/funding.ts';
import { usageError } from '../cli/errors.ts';

export interface CatalogueMarket {
  readonly base: string;
  /** Of the mark: tick and lot of Binance's USD-M contract. */
  readonly tick: string;
  readonly lot: string;
  readonly priceScale: number;
  /** Of spot books; Kraken counts eight decimals of everything. */
  readonly sizeScale: number;
  /** First margin tier of the USD-M contract, which limits its funding; null: not known to us, and no limit is put on it. */
  readonly margin: MarginRates | null;
  /** What the impact price is measured with, in whole units of the quote currency. */
  readonly impact: Readonly<Record<string, number>>;
}

export interface CatalogueVenue {
  readonly name: string;
  readonly isPerpetual: boolean;
  symbolOf(base: string): string;
  /** What a frame about the symbol has in it, by which a recording is known to be about it. */
  markerOf(symbol: string): string;
  make(instruments: readonly Instrument[], sink: FeedSink): VenueFeed;
}

/** Of perpetuals: Hyperliquid has lots of 0.00001 BTC. */
const PERPETUAL_SIZE_SCALE = 5;
const KRAKEN_SIZE_SCALE = 8;

/** Binance measures with 200 USDT at the most leverage; Hyperliquid with 20,000 for BTC and ETH and 6,000 otherwise. */
const IMPACT_MAJOR = { binance: 25_000, hyperliquid: 20_000 };
const IMPACT_MINOR = { binance: 10_000, hyperliquid: 6_000 };

const market = (
  base: string,
  tick: string,
  lot: string,
  priceScale: number,
  sizeScale: number,
  impact: CatalogueMarket['impact'] = IMPACT_MINOR,
): CatalogueMarket => ({ base, tick, lot, priceScale, sizeScale, margin: marginOf(`${base}USDT`), impact });

export const MARKETS: readonly CatalogueMarket[] = [
  market('BTC', '0.1', '0.001', 4, 8, IMPACT_MAJOR),
  market('ETH', '0.01', '0.001', 4, 8, IMPACT_MAJOR),
  market('SOL', '0.01', '0.01', 6, 8),
  market('XRP', '0.0001', '0.1', 8, 6),
  market('DOGE', '0.00001', '1', 8, 6),
  market('ADA', '0.0001', '1', 8, 6),
  market('AVAX', '0.001', '1', 8, 8),
  market('LINK', '0.001', '0.01', 8, 8),
  market('LTC', '0.01', '0.001', 6, 8),
  market('BCH', '0.01', '0.001', 6, 8),
  market('DOT', '0.001', '0.1', 8, 8),
  market('SUI', '0.0001', '0.1', 8, 6),
];

export const VENUES: readonly CatalogueVenue[] = [
  {
    name: 'binance',
    isPerpetual: true,
    symbolOf: (base) => `${base}USDT`,
    markerOf: streamMarker,
    make: (instruments, sink) => new BinanceUsdmFeed(instruments, sink),
  },
  {
    name: 'hyperliquid',
    isPerpetual: true,
    symbolOf: (base) => base,
    markerOf: (symbol) => `"coin":"${symbol}"`,
    make: (instruments, sink) => new HyperliquidFeed(instruments, sink),
  },
  {
    name: 'binance-spot',
    isPerpetual: false,
    symbolOf: (base) => `${base}USDT`,
    markerOf: streamMarker,
    make: (instruments, sink) => new BinanceSpotFeed(instruments, sink),
  },
  {
    name: 'okx',
    isPerpetual: false,
    symbolOf: (base) => `${base}-USDT`,
    markerOf: (symbol) => `"instId":"${symbol}"`,
    make: (instruments, sink) => new OkxFeed(instruments, sink),
  },
  {
    name: 'bybit',
    isPerpetual: false,
    symbolOf: (base) => `${base}USDT`,
    markerOf: (symbol) => `.${symbol}"`,
    make: (instruments, sink) => new BybitFeed(instruments, sink),
  },
  {
    name: 'coinbase',
    isPerpetual: false,
    symbolOf: (base) => `${base}-USDT`,
    markerOf: (symbol) => `"${symbol}"`,
    make: (instruments, sink) => new CoinbaseFeed(instruments, sink),
  },
  {
    name: 'kraken',
    isPerpetual: false,
    symbolOf: (base) => `${base}/USDT`,
    markerOf: (symbol) => `"symbol":"${symbol}"`,
    make: (instruments, sink) => new KrakenFeed(instruments, sink),
  },
];

export const SPOT_VENUES: readonly string[] = VENUES.filter((venue) => !venue.isPerpetual).map(
  ({ name }) => name,
);

/** By name, or by how a venue writes it: BTC, btc, BTCUSDT. */
export function marketNamed(name: string, option: string): CatalogueMarket {
  const found = marketOf(name);
  if (found !== null) return found;
  const bases = MARKETS.map(({ base }) => base);
  const hint = didYouMean(name.toUpperCase(), bases) || `; there are ${bases.join(', ')}`;
  throw usageError(`unknown market ${name}${hint}`, { field: option, value: name });
}

export function marketOf(name: string): CatalogueMarket | null {
  const wanted = name.toUpperCase();
  return (
    MARKETS.find(({ base }) => wanted === base || VENUES.some((venue) => venue.symbolOf(base) === wanted)) ??
    null
  );
}

export function venueNamed(name: string, option: string): CatalogueVenue {
  const found = VENUES.find((venue) => venue.name === name);
  if (found !== undefined) return found;
  const names = VENUES.map((venue) => venue.name);
  const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
  throw usageError(`unknown venue ${name}${hint}`, { field: option, value: name });
}

export function instrumentOf(
  venue: CatalogueVenue,
  { base, priceScale, sizeScale }: CatalogueMarket,
): Instrument {
  return {
    venue: venue.name,
    symbol: venue.symbolOf(base),
    market: base,
    isPerpetual: venue.isPerpetual,
    priceScale,
    sizeScale: venue.isPerpetual
      ? PERPETUAL_SIZE_SCALE
      : venue.name === 'kraken'
        ? KRAKEN_SIZE_SCALE
        : sizeScale,
  };
}

function streamMarker(symbol: string): string {
  return `{"stream":"${symbol.toLowerCase()}@`;
}

function marginOf(symbol: string): MarginRates | null {
  const spec = BINANCE_MARKETS.find(({ name }) => name === symbol);
  if (spec === undefined) return null;
  const [, [maintenanceNum, maintenanceDen], [initialNum, initialDen]] = spec.tiers[0];
  return {
    maintenance: { num: maintenanceNum, den: maintenanceDen },
    initial: { num: initialNum, den: initialDen },
  };
}
