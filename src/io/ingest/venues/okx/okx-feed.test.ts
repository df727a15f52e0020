import { describe, expect, it } from 'vitest';
import { okx } from '../../../../../test/conformance/feeds/okx.ts';
import { Play } from '../../../../../test/conformance/feeds/play.ts';

const book = (action: string, seqId: number, prevSeqId: number, ts: number, sides: object) => ({
  connection: 'public',
  frame: JSON.stringify({
    arg: { channel: 'books', instId: 'BTC-USDT' },
    action,
    data: [
      { asks: [], bids: [], ...sides, ts: String(1_730_000_000_000 + ts), checksum: 0, seqId, prevSeqId },
    ],
  }),
});
const snapshot = (seqId: number, ts: number) =>
  book('snapshot', seqId, -1, ts, {
    asks: [['68000.1', '0.5', '0', '1']],
    bids: [
      ['68000', '2', '0', '1'],
      ['67999.5', '1', '0', '1'],
    ],
  });
const bid = (price: string, size: string) => ({ bids: [[price, size, '0', '1']] });
const said = (text: object) => ({ connection: 'public', frame: JSON.stringify(text) });
const BOOK = [{ channel: 'books', instId: 'BTC-USDT' }];
const ANEW = [
  JSON.stringify({ op: 'unsubscribe', args: BOOK }),
  JSON.stringify({ op: 'subscribe', args: BOOK }),
];

describe('OkxFeed', () => {
  it('makes a snapshot, best bid and ask, changes and trades of what the venue says', () => {
    const { listener } = new Play(okx).open().say(...okx.conversation.slice(0, 5));
    const at = { instrument: 0, eventUs: 1_730_000_000_100_000 };
    const [, , , , , depth, , trade] = [null, ...listener.events];
    expect(listener.of('snapshot')[0]).toMatchObject({
      ...at,
      last: 10,
      bids: [680_000, 50_000_000, 679_998, 225_000_000],
      asks: [680_001, 60_038_921, 680_009, 100_000_000, 680_020, 50_000_000],
    });
    expect(listener.of('quote')[0]).toMatchObject({
      ...at,
      updateId: 10,
      bid: 680_000,
      bidSize: 50_000_000,
      ask: 680_001,
      askSize: 60_038_921,
    });
    expect(depth).toMatchObject({
      kind: 'depth',
      first: 11,
      last: 15,
      previous: 10,
      bids: [679_998, 200_000_000],
      asks: [680_001, 0, 680_005, 10_000_000],
    });
    expect(trade).toMatchObject({
      kind: 'trade',
      id: '130639474',
      price: 680_001,
      size: 60_038_921,
      taker: 'buy',
      eventUs: 1_730_000_000_195_000,
    });
  });

  it('takes a reset of the numbers as documented, as a new book with the same levels', () => {
    const { listener, sent } = new Play(okx)
      .open()
      .say(
        snapshot(10, 0),
        book('update', 15, 10, 100, bid('68000', '3')),
        book('update', 15, 15, 60_100, {}),
        book('update', 3, 15, 60_200, bid('67999.5', '0')),
        book('update', 5, 3, 60_300, bid('67998', '1')),
      );
    expect(listener.problems).toEqual([]);
    expect(sent).toEqual([]);
    expect(listener.of('snapshot')[1]).toMatchObject({ last: 3, bids: [680_000, 300_000_000] });
    expect(listener.of('depth').map(({ last }) => last)).toEqual([15, 5]);
    // A minute without a change is still news of the best prices.
    expect(listener.of('quote').map(({ updateId }) => updateId)).toEqual([10, 15, 15, 3, 5]);
  });

  it('does not take changes under a number that it had for no change', () => {
    const { listener } = new Play(okx)
      .open()
      .say(snapshot(10, 0), book('update', 10, 10, 100, bid('68000', '3')));
    expect(listener.of('lost').length).toBe(1);
    expect(listener.of('depth')).toEqual([]);
  });

  it('loses the book on a gap, subscribes anew, and takes nothing before the next snapshot', () => {
    const play = new Play(okx).open().say(snapshot(10, 0), book('update', 17, 16, 100, bid('68000', '3')));
    expect(play.listener.of('lost')).toMatchObject([{ instrument: 0, why: 'gap' }]);
    expect(play.listener.problems[0].problem).toMatchObject({
      code: 'FEED_GAP',
      message:
        'okx public:2: BTC-USDT: updates are missing or out of order: the last was 10, this is 17 after 16. The book is asked for anew',
    });
    expect(play.sent).toEqual(ANEW);
    play.say(book('update', 19, 17, 200, bid('68000', '4')));
    expect(play.listener.books.get(play.listener.events[0].instrument)?.isLive).toBe(false);
    play.say(snapshot(19, 210), book('update', 20, 19, 300, bid('68000', '4')));
    expect(play.listener.of('quote').at(-1)).toMatchObject({ updateId: 20, bidSize: 400_000_000 });
    expect(play.sent).toEqual(ANEW);
  });

  it('does not believe a clock that runs an hour ahead', () => {
    const play = new Play(okx)
      .open()
      .say(snapshot(10, 0), book('update', 11, 10, 7_200_000, bid('68000', '3')));
    expect(play.listener.problems[0].problem).toMatchObject({ code: 'FEED_CLOCK', field: 'time' });
    expect(play.listener.of('lost').length).toBe(1);
    play.say(snapshot(11, 100), book('update', 12, 11, 200, bid('68000', '4')));
    expect(play.listener.of('quote').at(-1)).toMatchObject({ updateId: 12 });
  });

  it('is not held up by a number and a time that are far ahead', () => {
    const play = new Play(okx)
      .open()
      .say(snapshot(10, 0), book('update', 9_007_199_254_740_991, 10, 3_000_000, bid('68000', '3')));
    const quotes = play.listener.of('quote').length;
    // To such a number and time all that follows is from the past. It is not for long.
    for (let at = 0; at < 100; at++) play.say(book('update', 12 + at, 11 + at, 100 + at, bid('68000', '5')));
    expect(play.listener.of('lost')).toMatchObject([{ why: 'gap' }]);
    expect(play.sent).toEqual(ANEW);
    play.say(snapshot(112, 300));
    expect(play.listener.of('quote').length).toBe(quotes + 1);
  });

  it('asks again where no snapshot comes, with pauses of up to a minute', () => {
    const play = new Play(okx).open();
    const waits: number[] = [];
    for (let seconds = 1, before = 0; seconds <= 300; seconds++) {
      if (play.wait(1_000_000).sent.length > 4 * waits.length) {
        waits.push(seconds - before);
        before = seconds;
      }
    }
    // Both instruments are asked for, each in two messages.
    expect(waits).toEqual([10, 10, 10, 10, 10, 10, 16, 32, 60, 60, 60].slice(0, waits.length));
    expect(waits.length).toBeGreaterThan(8);
    const { length } = play.sent;
    play.close().wait(600_000_000);
    expect(play.sent.length).toBe(length);
  });

  it('refuses a snapshot from the past when it is late, and takes it when it was asked for twice', () => {
    const play = new Play(okx)
      .open()
      .say(snapshot(10, 1000), book('update', 12, 11, 1100, {}), snapshot(9, 900));
    expect(play.listener.of('snapshot').length).toBe(1);
    play.wait(10_000_000).say(snapshot(9, 900));
    expect(play.listener.of('snapshot').length).toBe(2);
  });

  it('names what the venue complains of', () => {
    const { listener } = new Play(okx).open().say(
      said({ event: 'error', code: '60018', msg: 'Invalid instrument ID', connId: 'a4d3ae55' }),
      said({
        event: 'notice',
        code: '64008',
        msg: 'The connection will soon be closed',
        connId: 'a4d3ae55',
      }),
      said({ event: 'login' }),
      said({ arg: { channel: 'tickers', instId: 'BTC-USDT' }, data: [] }),
      said({ arg: { channel: 'books', instId: 'DOGE-USDT' }, action: 'snapshot', data: [] }),
    );
    expect(listener.problems.map(({ problem: { code, field, value } }) => [code, field, value])).toEqual([
      ['FEED_VENUE_ERROR', 'msg', 'Invalid instrument ID'],
      ['FEED_VENUE_ERROR', 'msg', 'The connection will soon be closed'],
      ['FEED_EVENT_UNKNOWN', 'event', 'login'],
      ['FEED_EVENT_UNKNOWN', 'arg.channel', 'tickers'],
      ['FEED_SYMBOL_UNKNOWN', 'arg.instId', 'DOGE-USDT'],
    ]);
  });

  it('takes nothing of before the venue began to count anew, whatever its number', () => {
    const before = [snapshot(100, 0), book('update', 110, 100, 100, bid('67999', '1'))];
    const reset = book('update', 3, 110, 200, bid('67998', '1'));
    const play = new Play(okx).open().say(...before, reset);
    const known = play.listener.known();
    play.say(...before, book('update', 120, 115, 150, bid('67990', '1')));
    expect(play.listener.known()).toEqual(known);
    expect([play.listener.of('lost'), play.sent]).toEqual([[], []]);
    play.say(book('update', 5, 3, 300, bid('67997', '1')));
    expect(play.listener.known()[0].bids.map(([price]) => price)).toContain(679_970);
  });
});
