import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { CoinbaseFeed } from '../../../src/io/ingest/venues/coinbase/coinbase-feed.ts';
import type { FeedUnderTest } from './play.ts';

const spot = { venue: 'coinbase', isPerpetual: false, priceScale: 2, sizeScale: 8 } as const;
export const COINBASE_INSTRUMENTS: readonly Instrument[] = [
  { ...spot, symbol: 'BTC-USD', market: 'BTCUSDT' },
  { ...spot, symbol: 'ETH-USD', market: 'ETHUSDT' },
];

export const COINBASE_FRAMES = [
  `{"type":"last_match","trade_id":717000001,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","side":"sell","size":"0.01","price":"68000.10","product_id":"BTC-USD","sequence":90000000001,"time":"2024-10-27T03:33:19.900000Z"}`,
  `{"type":"snapshot","product_id":"BTC-USD","bids":[["68000.00","0.50000000"],["67999.80","2.25000000"]],"asks":[["68000.10","0.60038921"],["68000.90","1.00000000"],["68002.00","0.50000000"]]}`,
  `{"type":"snapshot","product_id":"ETH-USD","bids":[["2500.01","4.50000000"]],"asks":[["2500.02","3.00000000"]]}`,
  `{"type":"subscriptions","channels":[{"name":"level2_batch","product_ids":["BTC-USD","ETH-USD"]},{"name":"matches","product_ids":["BTC-USD","ETH-USD"]},{"name":"heartbeat","product_ids":["BTC-USD","ETH-USD"]}]}`,
  `{"type":"heartbeat","last_trade_id":717000001,"product_id":"BTC-USD","sequence":90000000002,"time":"2024-10-27T03:33:20.000001Z"}`,
  `{"type":"match","trade_id":717000002,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","side":"sell","size":"0.60038921","price":"68000.10","product_id":"BTC-USD","sequence":90000000050,"time":"2024-10-27T03:33:20.195000Z"}`,
  `{"type":"l2update","product_id":"BTC-USD","changes":[["sell","68000.10","0.00000000"],["sell","68000.50","0.10000000"],["buy","67999.80","2.00000000"]],"time":"2024-10-27T03:33:20.200000Z"}`,
  `{"type":"l2update","product_id":"ETH-USD","changes":[["buy","2500.01","4.00000000"],["buy","2499.50","1.00000000"]],"time":"2024-10-27T03:33:20.201000Z"}`,
  `{"type":"l2update","product_id":"BTC-USD","changes":[["buy","68000.05","0.75000000"]],"time":"2024-10-27T03:33:20.250003Z"}`,
  `{"type":"heartbeat","last_trade_id":717000002,"product_id":"BTC-USD","sequence":90000000060,"time":"2024-10-27T03:33:21.000001Z"}`,
  `{"type":"match","trade_id":717000003,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","side":"buy","size":"0.00000001","price":"68000.20","product_id":"BTC-USD","sequence":90000000070,"time":"2024-10-27T03:33:21.100000Z"}`,
];

export const coinbase: FeedUnderTest = {
  instruments: COINBASE_INSTRUMENTS,
  make: (instruments, sink) => new CoinbaseFeed(instruments, sink),
  conversation: COINBASE_FRAMES.map((frame) => ({ connection: 'public', frame })),
  showsGaps: false,
  answer: () => null,
};
