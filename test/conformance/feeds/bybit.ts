import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { BybitFeed } from '../../../src/io/ingest/venues/bybit/bybit-feed.ts';
import type { FeedUnderTest } from './play.ts';

const spot = { venue: 'bybit', isPerpetual: false, sizeScale: 6 } as const;
export const BYBIT_INSTRUMENTS: readonly Instrument[] = [
  { ...spot, symbol: 'BTCUSDT', market: 'BTCUSDT', priceScale: 2 },
  { ...spot, symbol: 'ETHUSDT', market: 'ETHUSDT', priceScale: 2 },
];

export const BYBIT_FRAMES = [
  `{"success":true,"ret_msg":"subscribe","conn_id":"2324d924-aa4d-45b0-a858-7b8be29ab52b","req_id":"","op":"subscribe"}`,
  `{"topic":"orderbook.50.BTCUSDT","ts":1730000000103,"type":"snapshot","data":{"s":"BTCUSDT","b":[["68000.00","0.5"],["67999.80","2.25"]],"a":[["68000.10","0.600389"],["68000.90","1"],["68002.00","0.5"]],"u":18521288,"seq":7961638724},"cts":1730000000100}`,
  `{"topic":"orderbook.50.ETHUSDT","ts":1730000000104,"type":"snapshot","data":{"s":"ETHUSDT","b":[["2500.01","4.5"]],"a":[["2500.02","3"]],"u":400,"seq":7961638725},"cts":1730000000101}`,
  `{"topic":"orderbook.50.BTCUSDT","ts":1730000000123,"type":"delta","data":{"s":"BTCUSDT","b":[["67999.80","2"]],"a":[["68000.10","0"],["68000.50","0.1"]],"u":18521289,"seq":7961638726},"cts":1730000000120}`,
  `{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1730000000124,"data":[{"i":"2290000000521395000","T":1730000000119,"p":"68000.10","v":"0.600389","S":"Buy","seq":7961638726,"s":"BTCUSDT","BT":false,"RPI":false}]}`,
  `{"topic":"orderbook.50.ETHUSDT","ts":1730000000125,"type":"delta","data":{"s":"ETHUSDT","b":[["2500.01","4"],["2499.50","1"]],"a":[],"u":401,"seq":7961638727},"cts":1730000000121}`,
  `{"success":true,"ret_msg":"pong","conn_id":"2324d924-aa4d-45b0-a858-7b8be29ab52b","req_id":"","op":"ping"}`,
  `{"topic":"orderbook.50.BTCUSDT","ts":1730000000143,"type":"snapshot","data":{"s":"BTCUSDT","b":[["68000.20","0.75"],["68000.00","0.5"]],"a":[["68000.50","0.1"]],"u":1,"seq":7961638730},"cts":1730000000140}`,
  `{"topic":"orderbook.50.BTCUSDT","ts":1730000000163,"type":"delta","data":{"s":"BTCUSDT","b":[],"a":[["68001.00","0.25"]],"u":2,"seq":7961638731},"cts":1730000000160}`,
];

export const bybit: FeedUnderTest = {
  instruments: BYBIT_INSTRUMENTS,
  make: (instruments, sink) => new BybitFeed(instruments, sink),
  conversation: BYBIT_FRAMES.map((frame) => ({ connection: 'public', frame })),
  showsGaps: true,
  answer: () => null,
};
