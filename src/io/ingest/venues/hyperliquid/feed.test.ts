import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument, VenueEvent } from '../../../../core/price/venue-event.ts';
import type { Problem } from '../../problem.ts';
import { HyperliquidFeed } from './feed.ts';

const INSTRUMENTS: readonly Instrument[] = [
  { venue: 'binance', symbol: 'BTCUSDT', market: 'BTCUSDT', isPerpetual: true, priceScale: 2, sizeScale: 3 },
  { venue: 'hyperliquid', symbol: 'BTC', market: 'BTCUSDT', isPerpetual: true, priceScale: 1, sizeScale: 5 },
];
const SECOND = 1e6;
const START = 1_730_000_000_000_000 as TimeUs;

class Rig {
  readonly events: VenueEvent[] = [];
  readonly problems: { problem: Problem; frame: string }[] = [];
  readonly feed: HyperliquidFeed;
  nowUs = START;

  constructor() {
    this.feed = new HyperliquidFeed(INSTRUMENTS, {
      event: (event) => this.events.push(event),
      problem: (problem, frame) => this.problems.push({ problem, frame }),
    });
    this.feed.opened('public', this.nowUs);
  }

  hear(frame: string): this {
    this.feed.receive('public', frame, this.nowUs);
    return this;
  }

  pass(us: number): this {
    this.nowUs = (this.nowUs + us) as TimeUs;
    return this;
  }

  book(time = 1_729_999_999_900, bid = '80639.0', ask = '80640.0'): this {
    return this.hear(
      `{"channel":"l2Book","data":{"coin":"BTC","time":${time},"levels":[[{"px":"${bid}","sz":"0.02666","n":2},{"px":"80637.0","sz":"0.00028","n":1}],[{"px":"${ask}","sz":"13.74589","n":46}]]}}`,
    );
  }

  bbo(time: number, sides = '{"px":"80639.0","sz":"1","n":2},{"px":"80640.0","sz":"2","n":1}'): this {
    return this.hear(`{"channel":"bbo","data":{"coin":"BTC","time":${time},"bbo":[${sides}]}}`);
  }

  terms(coin: string, context = ''): this {
    const contexts = context === '' ? '' : `{${context}}`;
    const body = `[{"universe":[${coin}],"marginTables":[],"collateralToken":0},[${contexts}]]`;
    this.feed.answer('metaAndAssetCtxs', body, this.nowUs);
    return this;
  }

  get kinds(): string[] {
    return this.events.map((event) => (event.kind === 'lost' ? `lost ${event.why}` : event.kind));
  }

  get codes(): string[] {
    return this.problems.map(({ problem }) => problem.code);
  }
}

const BTC = '{"szDecimals":5,"name":"BTC","maxLeverage":40,"marginTableId":40}';
const CONTEXT =
  '"funding":"-0.0000052974","openInterest":"36295.80812","oraclePx":"80684.75","markPx":"80640.0"';

describe('connection and requests', () => {
  it('subscribe to four channels a coin', () => {
    const [{ hello, ping, url }] = new Rig().feed.connections;
    expect(url).toBe('wss://api.hyperliquid.xyz/ws');
    expect(hello).toEqual(
      ['l2Book', 'bbo', 'trades', 'activeAssetCtx'].map(
        (type) => `{"method":"subscribe","subscription":{"type":"${type}","coin":"BTC"}}`,
      ),
    );
    expect(ping).toEqual({ text: '{"method":"ping"}', everyMs: 50_000 });
  });

  it('ask for terms at the start, after a failure, and every ten minutes', () => {
    const rig = new Rig();
    const ids = (): string[] => rig.feed.requests().map(({ id }) => id);
    expect(rig.feed.requests()).toEqual([
      {
        id: 'metaAndAssetCtxs',
        method: 'POST',
        url: 'https://api.hyperliquid.xyz/info',
        body: '{"type":"metaAndAssetCtxs"}',
        weight: 20,
      },
    ]);
    expect(ids()).toEqual([]);
    rig.feed.answer('metaAndAssetCtxs', null, rig.nowUs);
    expect(ids()).toEqual(['metaAndAssetCtxs']);
    rig.feed.answer('metaAndAssetCtxs', '{"error":"x"}', rig.nowUs);
    expect([ids(), rig.codes]).toEqual([[], ['FEED_ANSWER']]);
    rig.pass(SECOND).hear('{"channel":"pong"}');
    expect(ids()).toEqual(['metaAndAssetCtxs']);
    rig.terms(BTC);
    expect(rig.pass(599 * SECOND).hear('{"channel":"pong"}') && ids()).toEqual([]);
    expect(rig.pass(2 * SECOND).hear('{"channel":"pong"}') && ids()).toEqual(['metaAndAssetCtxs']);
  });
});

describe('what the venue writes', () => {
  it('becomes books of twenty levels', () => {
    expect(new Rig().book().events).toEqual([
      {
        kind: 'snapshot',
        instrument: 1,
        eventUs: 1_729_999_999_900_000,
        receivedUs: START,
        last: 1_729_999_999_900,
        levelsMax: 20,
        bids: [806_390, 2666, 806_370, 28],
        asks: [806_400, 1_374_589],
      },
    ]);
  });

  it('becomes quotes, a side of which may be empty', () => {
    const { events } = new Rig()
      .bbo(1_729_999_999_900)
      .bbo(1_729_999_999_901, 'null,{"px":"80640.0","sz":"2","n":1}');
    expect(events).toMatchObject([
      { kind: 'quote', updateId: null, bid: 806_390, bidSize: 100_000, ask: 806_400, askSize: 200_000 },
      { bid: 0, bidSize: 0, ask: 806_400 },
    ]);
  });

  it('becomes marks, from the stream and from the answer', () => {
    const rig = new Rig().hear(`{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{${CONTEXT}}}}`);
    rig.terms(BTC, CONTEXT);
    const mark = {
      kind: 'mark',
      instrument: 1,
      eventUs: START,
      receivedUs: START,
      mark: 806_400,
      index: 806_848,
      fundingRate: -5_297_400,
      nextFundingUs: null,
      openInterest: 3_629_580_812,
    };
    expect(rig.events).toEqual([mark, expect.objectContaining({ kind: 'contract' }), mark]);
  });

  it('becomes trades, each once', () => {
    const trade = (tid: number, side: string): string =>
      `{"coin":"BTC","side":"${side}","px":"80640.0","sz":"0.00123","time":1729999999950,"hash":"0x0","tid":${tid},"users":["0x1","0x2"]}`;
    const rig = new Rig().hear(`{"channel":"trades","data":[${trade(7, 'B')},${trade(3, 'A')}]}`);
    rig.hear(`{"channel":"trades","data":[${trade(7, 'B')},${trade(9, 'A')}]}`);
    expect(rig.events).toMatchObject([
      { kind: 'trade', id: '7', price: 806_400, size: 123, taker: 'buy' },
      { id: '3', taker: 'sell' },
      { id: '9' },
    ]);
  });
});

describe('books and quotes', () => {
  it('that are late or repeated are dropped, until the venue itself goes back', () => {
    const rig = new Rig()
      .book(1_730_000_000_000)
      .book(1_730_000_000_000)
      .book(1_729_999_999_999)
      .bbo(1_730_000_000_000)
      .bbo(1_729_999_999_999);
    expect([rig.kinds, rig.feed.counts.duplicates]).toEqual([['snapshot', 'quote'], 3]);
    rig.pass(11 * SECOND);
    for (let ms = 0; ms < 4; ms++) rig.book(1_720_000_000_000 + ms).bbo(1_720_000_000_000 + ms);
    // Two books in a row were old already, and one quote: after three it is believed.
    expect(rig.kinds.slice(2)).toEqual(['snapshot', 'snapshot', 'quote', 'snapshot', 'quote']);
  });

  it('that are late are dropped after our own clock has jumped, too', () => {
    const rig = new Rig().book(1_730_000_000_000).pass(3600 * SECOND);
    rig.book(1_729_999_999_999).book(1_730_000_000_100).book(1_730_000_000_050).book(1_730_000_000_200);
    expect(rig.kinds).toEqual(['snapshot', 'snapshot', 'snapshot']);
  });

  it('that are crossed are not passed on', () => {
    const rig = new Rig().book().book(1_729_999_999_901, '80641.0', '80640.0');
    rig.bbo(1_729_999_999_901, '{"px":"5","sz":"1","n":1},{"px":"4","sz":"1","n":1}');
    expect([rig.kinds, rig.codes]).toEqual([
      ['snapshot', 'lost crossed'],
      ['FEED_CROSSED', 'FEED_CROSSED'],
    ]);
    expect(rig.book(1_729_999_999_902).kinds.at(-1)).toBe('snapshot');
  });

  it('are lost when the connection closes, once', () => {
    const rig = new Rig().book();
    rig.feed.closed('public', rig.nowUs);
    rig.feed.closed('public', rig.nowUs);
    expect(rig.kinds).toEqual(['snapshot', 'lost disconnected']);
  });

  it('that cannot be read are not the books of before', () => {
    const rig = new Rig().book().book(1_729_999_999_901, '-1');
    rig.book(1_729_999_999_902).book(1_729_999_999_903, '80639.01').book(1_729_999_999_904, '80636.0');
    rig
      .bbo(1_729_999_999_900, '{"px":"NaN","sz":"1","n":1},null')
      .hear('{"channel":"trades","data":[{"coin":"BTC"}]}');
    expect(rig.kinds).toEqual(['snapshot', 'lost gap', 'snapshot', 'lost contract-changed']);
    expect(rig.codes).toEqual(['FEED_NUMBER', 'FEED_GRID', 'FEED_FIELD', 'FEED_NUMBER', 'FEED_FIELD']);
  });
});

describe('frames that cannot be used', () => {
  it.each([
    ['{"channel":"error","data":"Already subscribed"}', 'FEED_VENUE_ERROR'],
    ['{"channel":"candle","data":{}}', 'FEED_EVENT_UNKNOWN'],
    [
      '{"channel":"l2Book","data":{"coin":"DOGE","time":1729999999900,"levels":[[],[]]}}',
      'FEED_SYMBOL_UNKNOWN',
    ],
    ['{"channel":"l2Book","data":{"coin":"BTC","time":1729999999900,"levels":[[]]}}', 'FEED_FIELD'],
    ['{"channel":"l2Book","data":{"coin":"BTC","time":1.5,"levels":[[],[]]}}', 'FEED_FIELD'],
    [
      '{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{"markPx":"0","oraclePx":"1","funding":"0","openInterest":"0"}}}',
      'FEED_NUMBER',
    ],
    [
      '{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{"markPx":"1","oraclePx":"1","funding":"1e300","openInterest":"0"}}}',
      'FEED_NUMBER',
    ],
    ['{"channel":"l2Book"', 'FEED_JSON'],
    ['"Pong"', 'FEED_JSON'],
  ])('%s: %s', (frame, code) => {
    const rig = new Rig().hear(frame);
    expect([rig.codes, rig.events, rig.problems[0].frame]).toEqual([[code], [], frame]);
    expect(rig.problems[0].problem.message).toContain('hyperliquid/public:1: ');
  });
});

describe('terms of a contract', () => {
  it('are told when first heard of and when they change', () => {
    const rig = new Rig()
      .terms(BTC)
      .terms(BTC)
      .terms(BTC.replace('"marginTableId":40', '"marginTableId":25'));
    expect(rig.events).toMatchObject([
      {
        kind: 'contract',
        tick: '0.1',
        lot: '0.00001',
        isTrading: true,
        fundingIntervalHours: 1,
        tiers: [{ upTo: null, rate: '0.0125', cut: '0' }],
      },
      { kind: 'contract', tiers: [{ upTo: null, rate: '0.02', cut: '0' }] },
    ]);
  });

  it.each([
    ['a lot finer than we count', BTC.replace('"szDecimals":5', '"szDecimals":6')],
    ['a tick finer than we count', BTC.replace('"szDecimals":5', '"szDecimals":4')],
    ['delisted', BTC.replace('}', ',"isDelisted":true}')],
    ['not listed any more', BTC.replace('BTC', 'XYZ')],
  ])('that become %s end all of it, until they fit again', (_what, changed) => {
    const rig = new Rig().terms(BTC).book().terms(changed, CONTEXT);
    expect(rig.kinds).toEqual(['contract', 'snapshot', 'contract', 'lost contract-changed']);
    rig.book(1_729_999_999_950).bbo(1_729_999_999_950);
    expect([rig.events.length, rig.feed.counts.ignored]).toEqual([4, 2]);
    expect(rig.terms(BTC).book(1_729_999_999_960).kinds.slice(4)).toEqual(['contract', 'snapshot']);
  });
});
