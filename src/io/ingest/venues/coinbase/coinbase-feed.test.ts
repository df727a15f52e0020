import { describe, expect, it } from 'vitest';
import { coinbase } from '../../../../../test/conformance/feeds/coinbase.ts';
import { Play } from '../../../../../test/conformance/feeds/play.ts';

type Level = readonly [side: string, price: string, size: string];
type Said = readonly [channel: string, event: object];

const time = (ms: number) => new Date(1_730_000_000_000 + ms).toISOString();
const frame = (text: object) => ({ connection: 'public', frame: JSON.stringify(text) });
/** Numbered from `first`, a millisecond apart. */
const numbered = (first: number, ...said: readonly Said[]) =>
  said.map(([channel, event], at) =>
    frame({ channel, timestamp: time(first + at), sequence_num: first + at, events: [event] }),
  );
const levels = (list: readonly Level[]) =>
  list.map(([side, price_level, new_quantity]) => ({ side, price_level, new_quantity }));
const book = (type: string, product_id: string, ...list: readonly Level[]): Said => [
  'l2_data',
  { type, product_id, updates: levels(list) },
];
const snapshot = (product: string, bid = '68000.00'): Said =>
  book('snapshot', product, ['bid', bid, '1'], ['offer', '68000.10', '2']);
const update = (...list: readonly Level[]): Said => book('update', 'BTC-USD', ...list);
const heartbeat: Said = ['heartbeats', { heartbeat_counter: 1 }];
const BTC = 'BTC-USD';
const ETH = 'ETH-USD';
const anew = (...products: readonly string[]) =>
  products.flatMap((product_id) =>
    ['unsubscribe', 'subscribe'].map((type) =>
      JSON.stringify({ type, product_ids: [product_id], channel: 'level2' }),
    ),
  );

describe('CoinbaseFeed', () => {
  it('makes a snapshot, changes and trades of what the venue says', () => {
    const { listener } = new Play(coinbase).open().say(...coinbase.conversation.slice(0, 6));
    expect(listener.of('snapshot')[0]).toMatchObject({
      instrument: 0,
      last: 0,
      eventUs: Date.parse('2024-10-27T03:33:19.951Z') * 1000,
      bids: [6_800_000, 50_000_000, 6_799_980, 225_000_000],
    });
    expect(listener.of('depth')).toMatchObject([
      {
        first: 1,
        last: 1,
        previous: null,
        eventUs: Date.parse('2024-10-27T03:33:20.200Z') * 1000,
        bids: [6_799_980, 200_000_000],
        asks: [6_800_010, 0, 6_800_050, 10_000_000],
      },
    ]);
    expect(listener.of('quote').at(-1)).toMatchObject({ bid: 6_800_000, ask: 6_800_050 });
  });

  it('turns the side of a trade, which is the maker’s, and leaves out those before the subscription', () => {
    const { listener } = new Play(coinbase).open().say(...coinbase.conversation);
    expect(listener.of('trade')).toMatchObject([
      { id: '717000002', price: 6_800_010, size: 60_038_921, taker: 'buy' },
      { id: '717000003', price: 6_800_020, size: 1, taker: 'sell' },
    ]);
  });

  const start = () => new Play(coinbase).open().say(...numbered(0, snapshot(BTC), snapshot(ETH)));
  const all = { lost: [0, 1], asked: anew(BTC, ETH) };
  const own = { lost: [0], asked: anew(BTC) };

  it.each([
    ['a message is missing, seen by a heartbeat', numbered(3, heartbeat), all, 'message 3 of the connection'],
    ['one came early', numbered(3, update(['bid', '67999.00', '1'])), all, 'came after 1'],
    [
      'the venue begins to count anew',
      [frame({ channel: 'heartbeats', timestamp: time(9), sequence_num: 0, events: [] })],
      all,
      'message 0 of the connection came after 1',
    ],
    ['a change cannot be read', numbered(2, update(['bid', 'NaN', '1'])), own, 'could not be read'],
    [
      'changes of several products cannot be read',
      [
        frame({
          channel: 'l2_data',
          timestamp: time(2),
          sequence_num: 2,
          events: [update(['bid', '67999.00', '1'])[1], update(['bid', 'NaN', '1'])[1], snapshot(ETH)[1]],
        }),
      ],
      all,
      'could not be read',
    ],
    [
      'changes come on a channel of another name',
      numbered(2, ['l3_data', update(['bid', '67999.00', '1'])[1]]),
      all,
      'could not be read',
    ],
    ['what is changed is no product', numbered(2, ['l2_data', { updates: [] }]), all, 'could not be read'],
    ['the book is crossed', numbered(2, update(['bid', '68000.10', '1'])), own, 'is not below best ask'],
  ])('loses what may be wrong and subscribes anew where %s', (_, frames, { lost, asked }, why) => {
    const { listener, sent } = start().say(...frames);
    expect(listener.of('lost').map(({ instrument }) => instrument)).toEqual(lost);
    expect(listener.problems.map(({ problem }) => problem.message).join('\n')).toContain(why);
    expect(sent).toEqual(asked);
  });

  it('sees by the next message that one could not be read at all, and takes a snapshot that comes then', () => {
    const play = start().say({ connection: 'public', frame: '{"channel":"l2_da' });
    expect(play.listener.of('lost')).toEqual([]);
    play.say(...numbered(3, heartbeat));
    expect(play.listener.of('lost').length).toBe(2);
    play.say(...numbered(4, snapshot(BTC, '67000.00'), snapshot(ETH)));
    expect(play.listener.known().map(({ isLive }) => isLive)).toEqual([true, true]);
    expect(play.listener.of('quote').at(-2)).toMatchObject({ instrument: 0, bid: 6_700_000 });
  });

  it('takes a snapshot whenever it comes in its place: it is the book from then on', () => {
    const { listener, sent } = start().say(...numbered(2, snapshot(BTC, '67000.00')));
    expect(listener.of('quote').at(-1)).toMatchObject({ bid: 6_700_000 });
    expect([listener.of('lost'), sent]).toEqual([[], []]);
  });

  it('takes two changes of a product in one message', () => {
    const events = ['67999.00', '67998.00'].map((price) => update(['bid', price, '1'])[1]);
    const { listener } = start().say(
      frame({ channel: 'l2_data', timestamp: time(2), sequence_num: 2, events }),
    );
    expect(listener.known()[0].bids.map(([price]) => price)).toEqual([6_799_800, 6_799_900, 6_800_000]);
  });

  it('counts from what comes first on a new connection', () => {
    const play = start().close().open();
    play.say(...numbered(70, snapshot(BTC), snapshot(ETH), heartbeat));
    expect(play.listener.known().map(({ isLive }) => isLive)).toEqual([true, true]);
    expect(play.listener.problems).toEqual([]);
  });

  it('asks for a snapshot when the market has moved past all that was kept of a deep one', () => {
    const prices = Array.from({ length: 6000 }, (_, at) => `${60_000 - at}.00`);
    const bids = prices.map((price): Level => ['bid', price, '1']);
    const deep = book('snapshot', BTC, ...bids, ['offer', '68000.10', '2']);
    const play = new Play(coinbase).open().say(...numbered(0, deep));
    expect(play.listener.of('snapshot')[0].bids.length).toBe(12_000);
    // As long as the book stands, its best bid is the venue's.
    let at = 0;
    for (; play.sent.length === 0; at++) {
      play.say(...numbered(at + 1, update(['bid', prices[at], '0'])));
      const last = play.listener.events.at(-1);
      if (last?.kind === 'quote') expect(last.bid).toBe(Number(prices[at + 1]) * 100);
    }
    expect(at).toBeGreaterThan(3000);
    expect(play.listener.of('lost').length).toBe(1);
    expect(play.sent).toEqual(anew(BTC));
  });

  it('drops what it is told twice, and gives up when that goes on', () => {
    const again = numbered(2, update(['bid', '68000.00', '3']), update(['bid', '68000.00', '4']));
    const play = start().say(...again, ...again);
    expect(play.listener.of('depth').length).toBe(2);
    expect(play.listener.problems).toEqual([]);
    expect(play.feed).toHaveProperty('counts.duplicates', 2);
    // A counter that begins anew under a clock that went back, too.
    for (let times = 0; times < 98; times++) play.say(...numbered(1, heartbeat));
    expect(play.listener.of('lost').length).toBe(2);
  });

  it('names what the venue complains of, and lets new channels be', () => {
    const { listener } = start().say(
      frame({ type: 'error', message: 'level2 requires authentication' }),
      ...numbered(2, ['auctions', {}]),
      ...numbered(3, [
        'market_trades',
        { type: 'update', trades: [{ trade_id: '1', product_id: 'DOGE-USD' }] },
      ]),
    );
    expect(listener.problems.map(({ problem: { code, field, value } }) => [code, field, value])).toEqual([
      ['FEED_VENUE_ERROR', 'message', 'level2 requires authentication'],
      ['FEED_EVENT_UNKNOWN', 'channel', 'auctions'],
      ['FEED_SYMBOL_UNKNOWN', 'events[0].trades[0].product_id', 'DOGE-USD'],
    ]);
    expect(listener.of('lost')).toEqual([]);
  });
});
