import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { OkxFeed } from '../../../src/io/ingest/venues/okx/okx-feed.ts';
import type { FeedUnderTest } from './play.ts';

const spot = { venue: 'okx', isPerpetual: false, sizeScale: 8 } as const;
export const OKX_INSTRUMENTS: readonly Instrument[] = [
  { ...spot, symbol: 'BTC-USDT', market: 'BTCUSDT', priceScale: 1 },
  { ...spot, symbol: 'ETH-USDT', market: 'ETHUSDT', priceScale: 2 },
];

export const OKX_FRAMES = [
  `{"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}`,
  `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"asks":[["68000.1","0.60038921","0","2"],["68000.9","1","0","1"],["68002","0.5","0","3"]],"bids":[["68000","0.5","0","1"],["67999.8","2.25","0","4"]],"ts":"1730000000100","checksum":0,"seqId":10,"prevSeqId":-1}]}`,
  `{"arg":{"channel":"books","instId":"ETH-USDT"},"action":"snapshot","data":[{"asks":[["2500.02","3","0","1"]],"bids":[["2500.01","4.5","0","1"]],"ts":"1730000000101","checksum":0,"seqId":700,"prevSeqId":-1}]}`,
  `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["68000.1","0","0","0"],["68000.5","0.1","0","1"]],"bids":[["67999.8","2","0","3"]],"ts":"1730000000200","checksum":0,"seqId":15,"prevSeqId":10}]}`,
  `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"68000.1","sz":"0.60038921","side":"buy","ts":"1730000000195","count":"3"}]}`,
  `{"arg":{"channel":"books","instId":"ETH-USDT"},"action":"update","data":[{"asks":[],"bids":[["2500.01","4","0","1"],["2499.5","1","0","1"]],"ts":"1730000000201","checksum":0,"seqId":702,"prevSeqId":700}]}`,
  `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],"bids":[],"ts":"1730000060200","checksum":0,"seqId":15,"prevSeqId":15}]}`,
  `pong`,
  `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],"bids":[["68000.2","0.75","0","2"]],"ts":"1730000060300","checksum":0,"seqId":3,"prevSeqId":15}]}`,
  `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["68002","0","0","0"]],"bids":[],"ts":"1730000060400","checksum":0,"seqId":5,"prevSeqId":3}]}`,
];

export const okx: FeedUnderTest = {
  instruments: OKX_INSTRUMENTS,
  make: (instruments, sink) => new OkxFeed(instruments, sink),
  conversation: OKX_FRAMES.map((frame) => ({ connection: 'public', frame })),
  showsGaps: true,
  answer: () => null,
};
