import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { KrakenFeed } from '../../../src/io/ingest/venues/kraken/kraken-feed.ts';
import type { FeedUnderTest } from './play.ts';

const spot = { venue: 'kraken', isPerpetual: false, sizeScale: 8 } as const;
export const KRAKEN_INSTRUMENTS: readonly Instrument[] = [
  // Our scale of prices is not the pair's, which is 1.
  { ...spot, symbol: 'BTC/USD', market: 'BTCUSDT', priceScale: 3 },
  { ...spot, symbol: 'ETH/USD', market: 'ETHUSDT', priceScale: 2 },
];

/** The first book is the example of Kraken's documentation with the checksum that it gives; the others are Python's `zlib.crc32`. */
export const KRAKEN_FRAMES = [
  `{"channel":"status","type":"update","data":[{"version":"2.0.9","system":"online","api_version":"v2","connection_id":8628615390848610222}]}`,
  `{"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2024-10-27T03:33:20.000000Z","time_out":"2024-10-27T03:33:20.000100Z"}`,
  `{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":45283.5,"qty":0.10000000},{"price":45283.4,"qty":1.54582015},{"price":45282.1,"qty":0.10000000},{"price":45281.0,"qty":0.10000000},{"price":45280.3,"qty":1.54592586},{"price":45279.0,"qty":0.07990000},{"price":45277.6,"qty":0.03310103},{"price":45277.5,"qty":0.30000000},{"price":45277.3,"qty":1.54602737},{"price":45276.6,"qty":0.15445238}],"asks":[{"price":45285.2,"qty":0.00100000},{"price":45286.4,"qty":1.54571953},{"price":45286.6,"qty":1.54571109},{"price":45289.6,"qty":1.54560911},{"price":45290.2,"qty":0.15890660},{"price":45291.8,"qty":1.54553491},{"price":45294.7,"qty":0.04454749},{"price":45296.1,"qty":0.35380000},{"price":45297.5,"qty":0.09945542},{"price":45299.5,"qty":0.18772827}],"checksum":3310070434}]}`,
  `{"channel":"book","type":"snapshot","data":[{"symbol":"ETH/USD","bids":[{"price":2500.01,"qty":1.00000000},{"price":2500.00,"qty":2.50000000}],"asks":[{"price":2500.02,"qty":0.50000000},{"price":2500.10,"qty":7.00000000}],"checksum":15152248,"timestamp":"2024-10-27T03:33:20.100000Z"}]}`,
  `{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45284.0,"qty":0.25000000}],"asks":[{"price":45285.2,"qty":0.00000000},{"price":45300.0,"qty":1.20000000}],"checksum":3664368508,"timestamp":"2024-10-27T03:33:20.200000Z"}]}`,
  `{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":45285.2,"qty":0.00100000,"ord_type":"market","trade_id":4665906,"timestamp":"2024-10-27T03:33:20.195000Z"}]}`,
  `{"channel":"book","type":"update","data":[{"symbol":"ETH/USD","bids":[],"asks":[{"price":2500.02,"qty":0.40000000}],"checksum":2118091833,"timestamp":"2024-10-27T03:33:20.201000Z"}]}`,
  `{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45284.0,"qty":0.50000000}],"asks":[{"price":45285.9,"qty":0.75000000}],"checksum":633591878,"timestamp":"2024-10-27T03:33:20.300000Z"}]}`,
  `{"channel":"heartbeat"}`,
  `{"method":"pong","time_in":"2024-10-27T03:33:50.000000Z","time_out":"2024-10-27T03:33:50.000010Z"}`,
  `{"channel":"book","type":"update","data":[{"symbol":"ETH/USD","bids":[{"price":2500.01,"qty":0.00000000}],"asks":[],"checksum":1273343062,"timestamp":"2024-10-27T03:33:20.301000Z"}]}`,
  `{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45284.0,"qty":0.00000000},{"price":45276.6,"qty":0.20000000}],"asks":[],"checksum":803269370,"timestamp":"2024-10-27T03:33:20.400000Z"}]}`,
];

export const kraken: FeedUnderTest = {
  instruments: KRAKEN_INSTRUMENTS,
  make: (instruments, sink) => new KrakenFeed(instruments, sink),
  conversation: KRAKEN_FRAMES.map((frame) => ({ connection: 'public', frame })),
  showsGaps: true,
  answer: () => null,
};
