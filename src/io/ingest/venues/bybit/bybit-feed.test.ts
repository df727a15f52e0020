import { describe, expect, it } from 'vitest';
import { bybit, BYBIT_INSTRUMENTS } from '../../../../../test/conformance/feeds/bybit.ts';
import { Listener } from '../../../../../test/conformance/feeds/listener.ts';
import { Play } from '../../../../../test/conformance/feeds/play.ts';
import { BybitFeed } from './bybit-feed.ts';

const book = (type: string, u: number, ts: number, b: readonly (readonly [string, string])[]) => ({
  connection: 'public',
  frame: JSON.stringify({
    topic: 'orderbook.50.BTCUSDT',
    ts: 1_730_000_000_000 + ts,
    type,
    data: { s: 'BTCUSDT', b, a: [], u, seq: 7_961_638_724 },
    cts: 1_730_000_000_000 + ts,
  }),
});
const said = (text: object) => ({ connection: 'public', frame: JSON.stringify(text) });

describe('BybitFeed', () => {
  it('makes a snapshot, changes and trades of what the venue says', () => {
    const { listener } = new Play(bybit).open().say(...bybit.conversation.slice(0, 5));
    expect(listener.of('snapshot')[0]).toMatchObject({
      instrument: 0,
      eventUs: 1_730_000_000_100_000,
      last: 18_521_288,
      bids: [6_800_000, 500_000, 6_799_980, 2_250_000],
      asks: [6_800_010, 600_389, 6_800_090, 1_000_000, 6_800_200, 500_000],
    });
    expect(listener.of('depth')[0]).toMatchObject({
      first: 18_521_289,
      last: 18_521_289,
      previous: null,
      bids: [6_799_980, 2_000_000],
      asks: [6_800_010, 0, 6_800_050, 100_000],
    });
    expect(listener.of('quote').at(-1)).toMatchObject({ bid: 6_800_000, ask: 6_800_050 });
    expect(listener.of('trade')).toMatchObject([
      { id: '2290000000521395000', price: 6_800_010, size: 600_389, taker: 'buy' },
    ]);
  });

  it('takes u = 1 for a snapshot, whatever the message calls itself', () => {
    const { listener } = new Play(bybit)
      .open()
      .say(
        book('snapshot', 500, 0, [['68000.00', '1']]),
        book('delta', 1, 100, [['67000.00', '2']]),
        book('delta', 2, 200, [['67000.50', '3']]),
      );
    expect(listener.problems).toEqual([]);
    expect(listener.known()[0].bids).toEqual([
      [6_700_000, 2_000_000],
      [6_700_050, 3_000_000],
    ]);
  });

  it('does not take an old snapshot for a new one', () => {
    const { listener, feed } = new Play(bybit)
      .open()
      .say(
        book('snapshot', 1, 0, [['68000.00', '1']]),
        book('delta', 2, 100, [['68000.00', '2']]),
        book('snapshot', 1, 0, [['68000.00', '1']]),
      );
    expect(listener.known()[0].bids).toEqual([[6_800_000, 2_000_000]]);
    expect(feed).toHaveProperty('counts.duplicates', 1);
  });

  it('loses the book on a gap and subscribes to it anew', () => {
    const { listener, sent } = new Play(bybit)
      .open()
      .say(book('snapshot', 500, 0, [['68000.00', '1']]), book('delta', 502, 100, [['68000.00', '2']]));
    expect(listener.of('lost')).toMatchObject([{ instrument: 0, why: 'gap' }]);
    expect(sent).toEqual([
      '{"op":"unsubscribe","args":["orderbook.50.BTCUSDT"]}',
      '{"op":"subscribe","args":["orderbook.50.BTCUSDT"]}',
    ]);
  });

  it('takes away what falls out of the fifty levels that are shown', () => {
    const levels = Array.from({ length: 50 }, (_, at) => [`${68_000 - at}.00`, '1'] as const);
    const { listener } = new Play(bybit)
      .open()
      .say(book('snapshot', 500, 0, levels), book('delta', 501, 100, [['68001.00', '2']]));
    expect(listener.of('depth')[0].bids).toEqual([6_800_100, 2_000_000, 6_795_100, 0]);
  });

  it('subscribes to ten topics at a time', () => {
    const many = Array.from({ length: 12 }, (_, at) => ({
      ...BYBIT_INSTRUMENTS[0],
      symbol: `COIN${at}USDT`,
    }));
    const [{ hello }] = new BybitFeed(many, new Listener()).connections;
    const topics = hello.map((text) => (JSON.parse(text) as { args: string[] }).args);
    expect(topics.map(({ length }) => length)).toEqual([10, 10, 4]);
    expect(new Set(topics.flat()).size).toBe(24);
  });

  it('names what the venue complains of', () => {
    const { listener } = new Play(bybit)
      .open()
      .say(
        said({ success: false, ret_msg: 'args size >10', conn_id: '2324d924', op: 'subscribe' }),
        said({ topic: 'tickers.BTCUSDT', data: {} }),
        said({ topic: 'orderbook.50.DOGEUSDT', type: 'snapshot', data: {} }),
      );
    expect(listener.problems.map(({ problem: { code, field, value } }) => [code, field, value])).toEqual([
      ['FEED_VENUE_ERROR', 'ret_msg', 'args size >10'],
      ['FEED_EVENT_UNKNOWN', 'topic', 'tickers.BTCUSDT'],
      ['FEED_SYMBOL_UNKNOWN', 'topic', 'DOGEUSDT'],
    ]);
  });
});
