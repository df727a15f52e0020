import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument, InstrumentRow, VenueEvent } from '../../../../core/price/venue-event.ts';
import type { Problem } from '../../problem.ts';
import { BinanceSpotFeed, BinanceUsdmFeed, type BinanceFeed } from './feed.ts';

const INSTRUMENTS: readonly Instrument[] = [
  { venue: 'okx', symbol: 'BTC-USDT', market: 'BTCUSDT', isPerpetual: false, priceScale: 1, sizeScale: 8 },
  { venue: 'binance', symbol: 'BTCUSDT', market: 'BTCUSDT', isPerpetual: true, priceScale: 2, sizeScale: 3 },
  {
    venue: 'binance-spot',
    symbol: 'BTCUSDT',
    market: 'BTCUSDT',
    isPerpetual: false,
    priceScale: 2,
    sizeScale: 8,
  },
];
const USDM = 1 as InstrumentRow;
const SECOND = 1e6;

class Rig {
  readonly events: VenueEvent[] = [];
  readonly problems: { problem: Problem; frame: string }[] = [];
  readonly feed: BinanceFeed;
  nowUs = 1_730_000_000_000_000 as TimeUs;
  #id = 10;

  constructor(Feed: typeof BinanceUsdmFeed | typeof BinanceSpotFeed = BinanceUsdmFeed) {
    this.feed = new Feed(INSTRUMENTS, {
      event: (event) => this.events.push(event),
      problem: (problem, frame) => this.problems.push({ problem, frame }),
    });
    for (const { name } of this.feed.connections) this.feed.opened(name, this.nowUs);
  }

  hear(frame: string): this {
    this.feed.receive('public', frame, this.nowUs);
    return this;
  }

  pass(us: number): this {
    this.nowUs = (this.nowUs + us) as TimeUs;
    return this;
  }

  /** The next update of BTCUSDT. */
  depth(bids = '[]'): this {
    const previous = this.#id;
    this.#id += 10;
    const E = Math.floor(this.nowUs / 1000) + this.#id;
    return this.hear(
      `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${E},"T":${E},"s":"BTCUSDT","U":${previous + 1},"u":${this.#id},"pu":${previous},"b":${bids},"a":[]}}`,
    );
  }

  quote(u: number, bid = '60000.10'): this {
    return this.hear(
      `{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":${u},"s":"BTCUSDT","b":"${bid}","B":"1.000","a":"60000.20","A":"1.000","T":1730000000000,"E":1730000000000}}`,
    );
  }

  answer(id: string, body: string | null): this {
    this.feed.answer(id, body, this.nowUs);
    return this;
  }

  /** With a usable book. */
  live(): this {
    this.depth().ids();
    const body = `{"lastUpdateId":${this.#id},"bids":[["60000.10","1.000"]],"asks":[["60000.20","1.000"]]}`;
    this.answer('depth:BTCUSDT', body);
    expect(this.feed.bookOf(USDM)?.bid).toBe(6_000_010);
    return this;
  }

  ids(): string[] {
    return this.feed.requests().map(({ id }) => id);
  }

  said(kind: VenueEvent['kind']): VenueEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }

  get lost(): string[] {
    return this.events.flatMap((event) => (event.kind === 'lost' ? event.why : []));
  }

  get codes(): string[] {
    return this.problems.map(({ problem }) => problem.code);
  }
}

const symbolInfo = (tickSize = '0.10', status = 'TRADING', symbol = 'BTCUSDT', stepSize = '0.001'): string =>
  JSON.stringify({
    symbols: [
      {
        symbol,
        status,
        filters: [
          { filterType: 'LOT_SIZE', stepSize },
          { filterType: 'PRICE_FILTER', tickSize },
        ],
      },
    ],
  });

describe('connections and requests', () => {
  it('of USD-M go through two doors', () => {
    const { feed } = new Rig();
    expect(feed.connections.map(({ name, url }) => [name, url])).toEqual([
      ['public', 'wss://fstream.binance.com/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker'],
      [
        'market',
        'wss://fstream.binance.com/market/stream?streams=btcusdt@aggTrade/btcusdt@markPrice@1s/!contractInfo',
      ],
    ]);
    expect(feed.limits).toEqual({ weight: 2400, windowMs: 60_000 });
    expect(feed.requests().map(({ id, url, weight }) => [id, url, weight])).toEqual([
      ['exchangeInfo', 'https://fapi.binance.com/fapi/v1/exchangeInfo', 1],
      ['fundingInfo', 'https://fapi.binance.com/fapi/v1/fundingInfo', 1],
    ]);
  });

  it('of spot go through one', () => {
    const { feed } = new Rig(BinanceSpotFeed);
    expect(feed.connections.map(({ url }) => url)).toEqual([
      'wss://stream.binance.com:9443/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker/btcusdt@trade',
    ]);
    expect(feed.limits).toEqual({ weight: 6000, windowMs: 60_000 });
    expect(feed.requests().map(({ id, url, weight }) => [id, url, weight])).toEqual([
      ['exchangeInfo', 'https://api.binance.com/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D', 20],
    ]);
  });

  it('ask for a snapshot when an update waits for it, once', () => {
    const rig = new Rig();
    rig.ids();
    const [request] = rig.depth().feed.requests();
    expect(request).toEqual({
      id: 'depth:BTCUSDT',
      method: 'GET',
      url: 'https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000',
      body: null,
      weight: 20,
    });
    expect(rig.depth().ids()).toEqual([]);
    expect(rig.answer('depth:BTCUSDT', null).ids()).toEqual(['depth:BTCUSDT']);
  });

  it.each([
    ['too old', '{"lastUpdateId":3,"bids":[],"asks":[]}', []],
    ['an error', '{"code":-1003,"msg":"Too many requests"}', ['FEED_ANSWER']],
    ['cut', '{"lastUpdateId":20,"bids":[["600', ['FEED_JSON']],
    ['crossed', '{"lastUpdateId":20,"bids":[["2","1"]],"asks":[["1","1"]]}', []],
  ])('ask again a second after an answer that is %s', (_what, body, codes) => {
    const rig = new Rig();
    rig.depth().ids();
    expect(rig.answer('depth:BTCUSDT', body).ids()).toEqual([]);
    expect(rig.codes).toEqual(codes);
    expect(
      rig
        .pass(SECOND - 1)
        .depth()
        .ids(),
    ).toEqual([]);
    expect(rig.pass(1).depth().ids()).toEqual(['depth:BTCUSDT']);
  });

  it('are not put off by a clock that is set back', () => {
    const rig = new Rig();
    rig.depth().ids();
    rig.answer('depth:BTCUSDT', '{}');
    expect(
      rig
        .pass(-3600 * SECOND)
        .depth()
        .ids(),
    ).toContain('depth:BTCUSDT');
  });

  it('ask for terms again after ten minutes', () => {
    const rig = new Rig();
    rig.ids();
    expect(
      rig
        .pass(599 * SECOND)
        .quote(1)
        .ids(),
    ).toEqual([]);
    expect(
      rig
        .pass(2 * SECOND)
        .quote(2)
        .ids(),
    ).toEqual(['exchangeInfo', 'fundingInfo']);
  });
});

describe('a connection that closes', () => {
  it('takes the book with it if it carried that', () => {
    const rig = new Rig().live();
    rig.feed.closed('market', rig.nowUs);
    expect([rig.lost, rig.feed.bookOf(USDM)?.bid]).toEqual([[], 6_000_010]);
    rig.feed.closed('public', rig.nowUs);
    rig.feed.closed('public', rig.nowUs);
    expect([rig.lost, rig.feed.bookOf(USDM)]).toEqual([['disconnected'], null]);
  });

  it('leaves no way for a late answer to make a book', () => {
    const rig = new Rig();
    rig.depth().feed.closed('public', rig.nowUs);
    rig.answer('depth:BTCUSDT', '{"lastUpdateId":20,"bids":[["1","1"]],"asks":[["2","1"]]}');
    rig.depth();
    expect([rig.feed.bookOf(USDM), rig.said('snapshot'), rig.feed.counts.ignored]).toEqual([null, [], 1]);
  });
});

describe('a venue that counts anew', () => {
  const quote = (u: number): string =>
    `{"stream":"btcusdt@bookTicker","data":{"u":${u},"s":"BTCUSDT","b":"1.00000000","B":"1.00000000","a":"2.00000000","A":"1.00000000"}}`;
  const depth = (first: number, last: number, E: number): string =>
    `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${E},"s":"BTCUSDT","U":${first},"u":${last},"b":[],"a":[]}}`;
  const E = 1_730_000_000_000;

  it('is believed after a new connection', () => {
    const rig = new Rig(BinanceSpotFeed).hear(quote(900)).hear(quote(3));
    rig.feed.closed('stream', rig.nowUs);
    rig.feed.opened('stream', rig.nowUs);
    rig.hear(quote(4)).hear(quote(2));
    expect(rig.said('quote').map((event) => 'updateId' in event && event.updateId)).toEqual([900, 4]);
  });

  it('is believed of quotes without a time when its depth says so', () => {
    const rig = new Rig(BinanceSpotFeed).hear(depth(890, 900, E)).hear(quote(900));
    rig
      .hear(quote(3))
      .hear(depth(1, 2, E + 1))
      .hear(quote(4));
    expect(rig.said('quote').map((event) => 'updateId' in event && event.updateId)).toEqual([900, 4]);
  });
});

it('drops repeated and late quotes and trades', () => {
  const trade = (t: number): string =>
    `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1730000000000,"s":"BTCUSDT","a":${t},"p":"60000.10","q":"0.001","f":1,"l":1,"T":1730000000000,"m":true}}`;
  const rig = new Rig().quote(5).quote(5).quote(4).quote(6);
  rig.hear(trade(8)).hear(trade(8)).hear(trade(7)).hear(trade(9));
  expect(rig.said('quote').map((event) => 'updateId' in event && event.updateId)).toEqual([5, 6]);
  expect(rig.said('trade').map((event) => 'id' in event && event.id)).toEqual(['8', '9']);
  expect(rig.feed.counts.duplicates).toBe(4);
});

describe('terms of a contract', () => {
  it('are told when first heard of, and when they change', () => {
    const rig = new Rig();
    rig.answer('exchangeInfo', symbolInfo('0.10000000'));
    rig.answer('exchangeInfo', symbolInfo('0.10'));
    rig.answer('fundingInfo', '[{"symbol":"BTCUSDT","fundingIntervalHours":4}]');
    rig.answer('exchangeInfo', symbolInfo('0.01'));
    rig.answer('fundingInfo', '[]');
    const base = { instrument: USDM, lot: '0.001', isTrading: true, tiers: null };
    expect(rig.said('contract')).toMatchObject([
      { ...base, tick: '0.1', fundingIntervalHours: null },
      { ...base, tick: '0.1', fundingIntervalHours: 4 },
      { ...base, tick: '0.01', fundingIntervalHours: 4 },
      { ...base, tick: '0.01', fundingIntervalHours: 8 },
    ]);
    expect(rig.lost).toEqual([]);
  });

  it('come with tiers from the stream of news, which also make it ask for the rest', () => {
    const news = (status: string, bks: string): string =>
      `{"stream":"!contractInfo","data":{"e":"contractInfo","E":1730000000000,"s":"BTCUSDT","ps":"BTCUSDT","ct":"PERPETUAL","dt":4133404800000,"ot":1569398400000,"cs":"${status}"${bks}}}`;
    const rig = new Rig();
    rig.ids();
    rig.hear(news('TRADING', ',"bks":[{"bs":1,"bnf":0,"bnc":50000,"mmr":0.004,"cf":0,"mi":101,"ma":125}]'));
    expect([rig.said('contract'), rig.ids()]).toEqual([[], ['exchangeInfo', 'fundingInfo']]);
    rig.answer('exchangeInfo', symbolInfo());
    rig.hear(news('TRADING', ''));
    expect(rig.said('contract')).toMatchObject([{ tiers: [{ upTo: '50000', rate: '0.004', cut: '0' }] }]);
    rig.live().hear(news('SETTLING', ''));
    expect(rig.said('contract').at(-1)).toMatchObject({ isTrading: false });
    expect(rig.lost).toEqual(['contract-changed']);
  });

  it.each([
    ['a tick finer than we count', symbolInfo('0.001')],
    ['a tick of nothing', symbolInfo('0')],
    ['a lot finer than we count', symbolInfo('0.10', 'TRADING', 'BTCUSDT', '0.0001')],
    ['a break', symbolInfo('0.10', 'BREAK')],
    ['a delisting', symbolInfo('0.10', 'TRADING', 'ETHUSDT')],
  ])('that change to %s end all of it, until they fit again', (_what, changed) => {
    const rig = new Rig();
    rig.answer('exchangeInfo', symbolInfo()).live();
    rig.answer('exchangeInfo', changed);
    expect([rig.said('contract').length, rig.lost, rig.feed.bookOf(USDM)]).toEqual([
      2,
      ['contract-changed'],
      null,
    ]);
    const before = rig.events.length;
    rig.depth().quote(1000).answer('exchangeInfo', changed);
    expect([rig.events.length, rig.feed.counts.ignored, rig.ids()]).toEqual([before, 2, []]);
    rig.answer('exchangeInfo', symbolInfo()).quote(1001).live();
    expect(rig.events.slice(before).map(({ kind }) => kind)).toEqual([
      'contract',
      'quote',
      'snapshot',
      'depth',
    ]);
  });

  it('are said to have changed even before there is a book', () => {
    const rig = new Rig().answer('exchangeInfo', symbolInfo('0.10', 'BREAK'));
    expect([rig.said('contract').length, rig.lost]).toEqual([1, ['contract-changed']]);
  });

  it('that the venue does not have are a problem', () => {
    const rig = new Rig().answer('exchangeInfo', '{"symbols":[]}');
    expect([rig.codes, rig.events]).toEqual([['FEED_SYMBOL_UNKNOWN'], []]);
    rig.answer('exchangeInfo', '{"symbols":[{"symbol":"BTCUSDT","status":"TRADING","filters":[]}]}');
    expect(rig.codes.at(-1)).toBe('FEED_FIELD');
  });
});

describe('a frame that cannot be used', () => {
  it('is kept with its text and place, and the feed goes on', () => {
    const rig = new Rig().live().quote(7, '60000.201').quote(8, 'NaN').hear('{').quote(9);
    expect(rig.problems.map(({ problem, frame }) => [problem.code, problem.line, frame.length > 0])).toEqual([
      ['FEED_GRID', 2, true],
      ['FEED_NUMBER', 3, true],
      ['FEED_JSON', 4, true],
    ]);
    expect(rig.problems[0].problem.message).toMatch(/^binance\/public:2: b: has more than the 2 decimals/);
    expect([rig.said('quote').length, rig.lost]).toEqual([1, []]);
  });

  it('of depth loses the book at once, and it comes back', () => {
    const rig = new Rig().live().depth('[["60000.00","-1"]]');
    expect([rig.lost, rig.feed.bookOf(USDM)]).toEqual([['gap'], null]);
    rig.live();
  });

  it('off the grid makes it ask for the terms, not more than every ten seconds', () => {
    const rig = new Rig().live();
    rig.ids();
    rig
      .pass(11 * SECOND)
      .depth('[["60000.001","1"]]')
      .quote(1, '0.001')
      .quote(2, '0.001');
    expect(rig.lost).toEqual(['contract-changed']);
    expect(rig.ids()).toEqual(['exchangeInfo', 'fundingInfo']);
    expect(
      rig
        .pass(9 * SECOND)
        .quote(3, '0.001')
        .ids(),
    ).toEqual([]);
    expect(
      rig
        .pass(2 * SECOND)
        .quote(4, '0.001')
        .ids(),
    ).toEqual(['exchangeInfo', 'fundingInfo']);
  });
});
