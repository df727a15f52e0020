import { describe, expect, it } from 'vitest';
import { coinbase } from '../../../../../test/conformance/feeds/coinbase.ts';
import { Play } from '../../../../../test/conformance/feeds/play.ts';

const said = (text: object) => ({ connection: 'public', frame: JSON.stringify(text) });
const time = (ms: number) => new Date(1_730_000_000_000 + ms).toISOString();
const product_id = 'BTC-USD';
const snapshot = (bid = '68000.00') =>
  said({ type: 'snapshot', product_id, bids: [[bid, '1']], asks: [['68000.10', '2']] });
const update = (ms: number, ...changes: (readonly [string, string, string])[]) =>
  said({ type: 'l2update', product_id, changes, time: time(ms) });
const match = (trade_id: number, ms: number) =>
  said({ type: 'match', trade_id, side: 'sell', size: '0.5', price: '68000.10', product_id, time: time(ms) });
const heartbeat = (last_trade_id: number, ms: number) =>
  said({ type: 'heartbeat', sequence: 90, last_trade_id, product_id, time: time(ms) });
const ANEW = ['unsubscribe', 'subscribe'].map((type) =>
  JSON.stringify({ type, product_ids: [product_id], channels: ['level2_batch'] }),
);

describe('CoinbaseFeed', () => {
  it('makes a snapshot, changes and trades of what the venue says', () => {
    const { listener } = new Play(coinbase).open().say(...coinbase.conversation.slice(0, 7));
    const [first] = listener.of('snapshot');
    expect(first).toMatchObject({
      instrument: 0,
      last: 0,
      bids: [6_800_000, 50_000_000, 6_799_980, 225_000_000],
    });
    // The snapshot has no time of its own.
    expect(first.eventUs).toBe(first.receivedUs);
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
    expect(listener.of('quote').at(-1)).toMatchObject({ updateId: null, bid: 6_800_000, ask: 6_800_050 });
  });

  it('turns the side of a match, which is the maker’s, and leaves out the one before the subscription', () => {
    const { listener } = new Play(coinbase).open().say(...coinbase.conversation);
    expect(listener.of('trade')).toMatchObject([
      { id: '717000002', price: 6_800_010, size: 60_038_921, taker: 'buy' },
      { id: '717000003', price: 6_800_020, size: 1, taker: 'sell' },
    ]);
  });

  const start = () => new Play(coinbase).open().say(snapshot(), heartbeat(10, 0));

  it.each([
    ['a trade is missing', [match(11, 100), match(13, 200)], 'trade 13 came after 11'],
    [
      'a trade that a heartbeat told of does not come until the next',
      [match(11, 100), heartbeat(12, 1000), heartbeat(12, 2000)],
      'trade 12 was said to be the last',
    ],
    [
      'time goes back',
      [update(200, ['buy', '68000.00', '3']), update(100, ['buy', '67999.00', '1'])],
      'out of order',
    ],
    ['a frame cannot be read', [{ connection: 'public', frame: '{"type":"l2up' }], 'could not be read'],
    ['a change cannot be read', [update(100, ['buy', 'NaN', '1'])], 'could not be read'],
    ['the book is crossed', [update(100, ['buy', '68000.10', '1'])], 'is not below best ask'],
    ['a snapshot comes unasked', [snapshot('67000.00')], 'not asked for'],
  ])('loses the book and subscribes anew where %s', (_, frames, why) => {
    const { listener, sent } = start().say(...frames);
    expect(listener.of('lost').filter(({ instrument }) => instrument === 0).length).toBe(1);
    expect(listener.problems.map(({ problem }) => problem.message).join('\n')).toContain(why);
    expect(sent).toEqual(ANEW);
  });

  it('asks for a snapshot when the market has moved past all that was kept of a deep one', () => {
    const prices = Array.from({ length: 6000 }, (_, at) => `${60_000 - at}.00`);
    const deep = said({
      type: 'snapshot',
      product_id,
      bids: prices.map((price) => [price, '1']),
      asks: [['68000.10', '2']],
    });
    const play = new Play(coinbase).open().say(deep);
    expect(play.listener.of('snapshot')[0].bids.length).toBe(12_000);
    // As long as the book stands, its best bid is the venue's.
    let at = 0;
    for (; play.sent.length === 0; at++) {
      play.say(update(at, ['buy', prices[at], '0']));
      const last = play.listener.events.at(-1);
      if (last?.kind === 'quote') expect(last.bid).toBe(Number(prices[at + 1]) * 100);
    }
    expect(at).toBeGreaterThan(3000);
    expect(play.listener.of('lost').length).toBe(1);
    expect(play.sent).toEqual(ANEW);
  });

  it('waits for a trade that a heartbeat told of before it came', () => {
    const { listener } = start().say(heartbeat(11, 1000), match(11, 1001), heartbeat(11, 2000));
    expect(listener.problems).toEqual([]);
  });

  it('drops what it is told twice', () => {
    const again = [update(100, ['buy', '68000.00', '3']), update(200, ['buy', '68000.00', '4'])];
    const { listener, feed } = start().say(...again, ...again, match(11, 300), match(11, 300));
    expect(listener.of('depth').length).toBe(2);
    expect(listener.of('trade').length).toBe(1);
    expect(listener.problems).toEqual([]);
    expect(feed).toHaveProperty('counts.duplicates', 3);
  });

  it('names what the venue complains of, and lets new kinds of messages be', () => {
    const { listener } = start().say(
      said({ type: 'error', message: 'Failed to subscribe', reason: 'level2 requires authentication' }),
      said({ type: 'auction', product_id }),
      said({ type: 'match', product_id: 'DOGE-USD' }),
    );
    expect(listener.problems.map(({ problem: { code, field, value } }) => [code, field, value])).toEqual([
      ['FEED_VENUE_ERROR', 'reason', 'level2 requires authentication'],
      ['FEED_EVENT_UNKNOWN', 'type', 'auction'],
      ['FEED_SYMBOL_UNKNOWN', 'product_id', 'DOGE-USD'],
    ]);
    expect(listener.of('lost')).toEqual([]);
  });
});
