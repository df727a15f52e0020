import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { CoinbaseFeed } from '../../../src/io/ingest/venues/coinbase/coinbase-feed.ts';
import type { FeedUnderTest } from './play.ts';

const spot = { venue: 'coinbase', isPerpetual: false, priceScale: 2, sizeScale: 8 } as const;
export const COINBASE_INSTRUMENTS: readonly Instrument[] = [
  { ...spot, symbol: 'BTC-USD', market: 'BTCUSDT' },
  { ...spot, symbol: 'ETH-USD', market: 'ETHUSDT' },
];

/** What it says of a channel, the numbers of the connection in order. */
const said = (channel: string, sequence_num: number, timestamp: string, event: string): string =>
  `{"channel":"${channel}","client_id":"","timestamp":"2024-10-27T03:33:${timestamp}Z","sequence_num":${sequence_num},"events":[${event}]}`;
const level = (side: string, price: string, size: string): string =>
  `{"side":"${side}","event_time":"2024-10-27T03:33:20.195000Z","price_level":"${price}","new_quantity":"${size}"}`;
const book = (type: string, product: string, ...levels: readonly string[]): string =>
  `{"type":"${type}","product_id":"${product}","updates":[${levels.join(',')}]}`;
const trade = (id: number, side: string, size: string, price: string, time: string): string =>
  `{"trade_id":"${id}","product_id":"BTC-USD","price":"${price}","size":"${size}","side":"${side}","time":"2024-10-27T03:33:${time}Z"}`;

export const COINBASE_FRAMES = [
  said(
    'l2_data',
    0,
    '19.951000000',
    book(
      'snapshot',
      'BTC-USD',
      level('bid', '68000.00', '0.50000000'),
      level('bid', '67999.80', '2.25000000'),
      level('offer', '68000.10', '0.60038921'),
      level('offer', '68000.90', '1.00000000'),
      level('offer', '68002.00', '0.50000000'),
    ),
  ),
  said(
    'l2_data',
    1,
    '19.952714965',
    book(
      'snapshot',
      'ETH-USD',
      level('bid', '2500.01', '4.50000000'),
      level('offer', '2500.02', '3.00000000'),
    ),
  ),
  said('subscriptions', 2, '19.953', '{"subscriptions":{"level2":["BTC-USD","ETH-USD"]}}'),
  said(
    'market_trades',
    3,
    '19.960',
    `{"type":"snapshot","trades":[${trade(717_000_001, 'SELL', '0.01', '68000.10', '19.900000')}]}`,
  ),
  said('heartbeats', 4, '20.000001', '{"current_time":"2024-10-27 03:33:20.000001","heartbeat_counter":1}'),
  said(
    'l2_data',
    5,
    '20.200000',
    book(
      'update',
      'BTC-USD',
      level('offer', '68000.10', '0'),
      level('offer', '68000.50', '0.10000000'),
      level('bid', '67999.80', '2.00000000'),
    ),
  ),
  said(
    'l2_data',
    6,
    '20.201000',
    book('update', 'ETH-USD', level('bid', '2500.01', '4.00000000'), level('bid', '2499.50', '1.00000000')),
  ),
  said(
    'market_trades',
    7,
    '20.240',
    `{"type":"update","trades":[${trade(717_000_002, 'SELL', '0.60038921', '68000.10', '20.195000')},${trade(717_000_003, 'BUY', '0.00000001', '68000.20', '20.231000')}]}`,
  ),
  said('l2_data', 8, '20.250003', book('update', 'BTC-USD', level('bid', '68000.05', '0.75000000'))),
  said('heartbeats', 9, '21.000001', '{"current_time":"2024-10-27 03:33:21.000001","heartbeat_counter":2}'),
];

export const coinbase: FeedUnderTest = {
  instruments: COINBASE_INSTRUMENTS,
  make: (instruments, sink) => new CoinbaseFeed(instruments, sink),
  conversation: COINBASE_FRAMES.map((frame) => ({ connection: 'public', frame })),
  showsGaps: true,
  answer: () => null,
};
