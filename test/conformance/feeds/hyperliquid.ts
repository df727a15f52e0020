import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { HyperliquidFeed } from '../../../src/io/ingest/venues/hyperliquid/feed.ts';
import type { FeedUnderTest } from './play.ts';

const perpetual = { venue: 'hyperliquid', isPerpetual: true } as const;
export const HYPERLIQUID_INSTRUMENTS: readonly Instrument[] = [
  { ...perpetual, symbol: 'BTC', market: 'BTCUSDT', priceScale: 1, sizeScale: 5 },
  { ...perpetual, symbol: 'ETH', market: 'ETHUSDT', priceScale: 2, sizeScale: 4 },
];

export const HYPERLIQUID_META = `[{"universe":[{"szDecimals":5,"name":"BTC","maxLeverage":40,"marginTableId":56},{"szDecimals":1,"name":"MATIC","maxLeverage":20,"marginTableId":20,"isDelisted":true},{"szDecimals":4,"name":"ETH","maxLeverage":25,"marginTableId":55}],"marginTables":[[50,{"description":"","marginTiers":[{"lowerBound":"0.0","maxLeverage":50}]}],[55,{"description":"tiered 25x","marginTiers":[{"lowerBound":"0.0","maxLeverage":25},{"lowerBound":"100000000.0","maxLeverage":15}]}],[56,{"description":"tiered 40x","marginTiers":[{"lowerBound":"0.0","maxLeverage":40},{"lowerBound":"150000000.0","maxLeverage":20}]}]],"collateralToken":0},[{"funding":"0.0000052974","openInterest":"36295.80812","prevDayPx":"77759.0","dayNtlVlm":"4490636699.3287734985","premium":"-0.0005540084","oraclePx":"80684.7","markPx":"80640.0","midPx":"80639.5","impactPxs":["80639.0","80640.0"],"dayBaseVlm":"56000.1"},{"funding":"0.0","openInterest":"0.0","prevDayPx":"0.3","dayNtlVlm":"0.0","premium":null,"oraclePx":"0.37621","markPx":"0.3762","midPx":null,"impactPxs":null,"dayBaseVlm":"0.0"},{"funding":"-0.0000125","openInterest":"500000.1234","prevDayPx":"2400.0","dayNtlVlm":"1.0","premium":"0.0","oraclePx":"2500.5","markPx":"2500.4","midPx":"2500.45","impactPxs":["2500.4","2500.5"],"dayBaseVlm":"1.0"}]]`;

export const HYPERLIQUID_FRAMES = [
  `{"channel":"subscriptionResponse","data":{"method":"subscribe","subscription":{"type":"l2Book","coin":"BTC","nSigFigs":null,"mantissa":null}}}`,
  `{"channel":"l2Book","data":{"coin":"BTC","time":1729999999900,"levels":[[{"px":"80639.0","sz":"0.02666","n":2},{"px":"80637.0","sz":"0.00028","n":1}],[{"px":"80640.0","sz":"13.74589","n":46}]]}}`,
  `{"channel":"l2Book","data":{"coin":"ETH","time":1729999999900,"levels":[[{"px":"2500.4","sz":"12.5","n":3}],[{"px":"2500.5","sz":"3.0001","n":1}]]}}`,
  `{"channel":"trades","data":[{"coin":"BTC","side":"B","px":"80640.0","sz":"0.00123","time":1729999999950,"hash":"0x0000000000000000000000000000000000000000000000000000000000000000","tid":118906512037719,"users":["0x0000000000000000000000000000000000000001","0x0000000000000000000000000000000000000002"]},{"coin":"BTC","side":"A","px":"80639.0","sz":"0.5","time":1729999999950,"hash":"0x01","tid":1018906512037719,"users":["0x01","0x02"]}]}`,
  `{"channel":"bbo","data":{"coin":"BTC","time":1730000000001,"bbo":[{"px":"80639.0","sz":"0.02666","n":2},{"px":"80641.0","sz":"1.5","n":46}]}}`,
  `{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{"funding":"0.0000052974","openInterest":"36295.80812","prevDayPx":"77759.0","dayNtlVlm":"4490636699.3287734985","premium":"-0.0005540084","oraclePx":"80684.7","markPx":"80640.0","midPx":"80639.5","impactPxs":["80639.0","80640.0"],"dayBaseVlm":"56000.1"}}}`,
  `{"channel":"l2Book","data":{"coin":"BTC","time":1730000000400,"levels":[[{"px":"80639.0","sz":"0.5","n":3}],[{"px":"80641.0","sz":"1.5","n":46},{"px":"80650.0","sz":"2","n":1}]]}}`,
  `{"channel":"pong"}`,
  `{"channel":"bbo","data":{"coin":"ETH","time":1730000000400,"bbo":[{"px":"2500.4","sz":"12.5","n":3},null]}}`,
];

export const hyperliquid: FeedUnderTest = {
  instruments: HYPERLIQUID_INSTRUMENTS,
  make: (instruments, sink) => new HyperliquidFeed(instruments, sink),
  conversation: HYPERLIQUID_FRAMES.map((frame) => ({ connection: 'public', frame })),
  // A book that is missing is made good by the next, and each that is passed on was the venue's at that time.
  showsGaps: false,
  answer: () => HYPERLIQUID_META,
};
