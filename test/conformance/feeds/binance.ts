import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { BinanceSpotFeed, BinanceUsdmFeed } from '../../../src/io/ingest/venues/binance/feed.ts';
import type { FeedRequest } from '../../../src/io/ingest/venues/feed.ts';
import type { FeedUnderTest } from './play.ts';

const usdm = { venue: 'binance', isPerpetual: true, priceScale: 2, sizeScale: 3 } as const;
const spot = { venue: 'binance-spot', isPerpetual: false, priceScale: 2, sizeScale: 8 } as const;
const both = (shape: typeof usdm | typeof spot): Instrument[] => [
  { ...shape, symbol: 'BTCUSDT', market: 'BTCUSDT' },
  { ...shape, symbol: 'ETHUSDT', market: 'ETHUSDT' },
];

const USDM_PUBLIC = [
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1729999999990,"T":1729999999989,"s":"BTCUSDT","U":90,"u":105,"pu":80,"b":[["68000.00","0.100"]],"a":[]}}`,
  `{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1729999999991,"T":1729999999989,"s":"ETHUSDT","U":700,"u":702,"pu":699,"b":[],"a":[["2500.02","3.000"]]}}`,
  `{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":109,"s":"BTCUSDT","b":"68000.00","B":"0.500","a":"68000.10","A":"0.600","T":1729999999995,"E":1729999999995}}`,
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000090,"T":1730000000089,"s":"BTCUSDT","U":107,"u":110,"pu":105,"b":[["68000.00","0.500"],["67999.80","0.000"]],"a":[["68000.10","0.600"]]}}`,
  `{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000091,"T":1730000000089,"s":"ETHUSDT","U":705,"u":706,"pu":702,"b":[["2500.01","4.500"]],"a":[]}}`,
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000190,"T":1730000000189,"s":"BTCUSDT","U":115,"u":118,"pu":110,"b":[],"a":[["68000.10","0.000"],["68000.40","2.000"]]}}`,
  `{"stream":"ethusdt@bookTicker","data":{"e":"bookTicker","u":706,"s":"ETHUSDT","b":"2500.01","B":"4.500","a":"2500.02","A":"3.000","T":1730000000089,"E":1730000000091}}`,
];
const USDM_MARKET = [
  `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1730000000090,"s":"BTCUSDT","a":5933014,"p":"68000.10","q":"0.100","nq":"0.100","f":100,"l":105,"T":1730000000089,"m":false}}`,
  `{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1730000000000,"s":"BTCUSDT","p":"68000.10762319","ap":"68000.10762319","P":"68001.09090930","i":"68010.87304348","r":"0.00000801","T":1730016000000,"st":1}}`,
  `{"stream":"ethusdt@aggTrade","data":{"e":"aggTrade","E":1730000000091,"s":"ETHUSDT","a":77,"p":"2500.01","q":"1.000","nq":"1.000","f":8,"l":8,"T":1730000000090,"m":true}}`,
  `{"stream":"!contractInfo","data":{"e":"contractInfo","E":1730000000092,"s":"BTCUSDT","ps":"BTCUSDT","ct":"PERPETUAL","dt":4133404800000,"ot":1569398400000,"cs":"TRADING","bks":[{"bs":1,"bnf":0,"bnc":50000,"mmr":0.004,"cf":0,"mi":101,"ma":125}]}}`,
];
const SPOT_STREAM = [
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1729999999990,"s":"BTCUSDT","U":90,"u":105,"b":[["68000.00000000","0.10000000"]],"a":[]}}`,
  `{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1729999999991,"s":"ETHUSDT","U":700,"u":702,"b":[],"a":[["2500.02000000","3.00000000"]]}}`,
  `{"stream":"btcusdt@bookTicker","data":{"u":109,"s":"BTCUSDT","b":"68000.00000000","B":"0.50000000","a":"68000.10000000","A":"0.60000000"}}`,
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000090,"s":"BTCUSDT","U":106,"u":110,"b":[["68000.00000000","0.50000000"],["67999.80000000","0.00000000"]],"a":[["68000.10000000","0.60000000"]]}}`,
  `{"stream":"btcusdt@trade","data":{"e":"trade","E":1730000000095,"s":"BTCUSDT","t":3735683259,"p":"68000.10000000","q":"0.10000000","T":1730000000094,"m":false,"M":true}}`,
  `{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000091,"s":"ETHUSDT","U":703,"u":706,"b":[["2500.01000000","4.50000000"]],"a":[]}}`,
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1730000000190,"s":"BTCUSDT","U":111,"u":118,"b":[],"a":[["68000.10000000","0.00000000"],["68000.40000000","2.00000000"]]}}`,
];

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'].map((symbol) => ({
  symbol,
  contractType: 'PERPETUAL',
  status: 'TRADING',
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '4529764', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  ],
}));

function answer({ id }: FeedRequest): string | null {
  switch (id) {
    case 'exchangeInfo':
      return JSON.stringify({ timezone: 'UTC', symbols: SYMBOLS });
    case 'fundingInfo':
      return `[{"symbol":"ETHUSDT","adjustedFundingRateCap":"0.02500000","adjustedFundingRateFloor":"-0.02500000","fundingIntervalHours":4,"disclaimer":false}]`;
    case 'depth:BTCUSDT':
      return `{"lastUpdateId":104,"E":1729999999985,"T":1729999999984,"bids":[["68000.00","0.200"],["67999.80","2.250"]],"asks":[["68000.10","0.300"],["68000.90","1.000"]]}`;
    case 'depth:ETHUSDT':
      return `{"lastUpdateId":701,"E":1729999999986,"T":1729999999985,"bids":[["2500.01","4.000"],["2499.50","1.000"]],"asks":[["2500.02","2.000"]]}`;
    default:
      return null;
  }
}

export const binanceUsdm: FeedUnderTest = {
  instruments: both(usdm),
  make: (instruments, sink) => new BinanceUsdmFeed(instruments, sink),
  conversation: [
    ...USDM_PUBLIC.map((frame) => ({ connection: 'public', frame })),
    ...USDM_MARKET.map((frame) => ({ connection: 'market', frame })),
  ],
  showsGaps: true,
  answer,
};

export const binanceSpot: FeedUnderTest = {
  instruments: both(spot),
  make: (instruments, sink) => new BinanceSpotFeed(instruments, sink),
  conversation: SPOT_STREAM.map((frame) => ({ connection: 'stream', frame })),
  showsGaps: true,
  answer,
};
