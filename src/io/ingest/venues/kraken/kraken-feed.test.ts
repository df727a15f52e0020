import { describe, expect, it } from 'vitest';
import { kraken } from '../../../../../test/conformance/feeds/kraken.ts';
import { Play } from '../../../../../test/conformance/feeds/play.ts';
import { DepthBook } from '../../../../core/price/depth-book.ts';
import { bookChecksum, decimalsIn } from './checksum.ts';

/** The example of Kraken's documentation, best first: "Book checksum (WebSocket v2)". */
const BIDS = `45283.5 0.10000000, 45283.4 1.54582015, 45282.1 0.10000000, 45281.0 0.10000000, 45280.3 1.54592586,
  45279.0 0.07990000, 45277.6 0.03310103, 45277.5 0.30000000, 45277.3 1.54602737, 45276.6 0.15445238`;
const ASKS = `45285.2 0.00100000, 45286.4 1.54571953, 45286.6 1.54571109, 45289.6 1.54560911, 45290.2 0.15890660,
  45291.8 1.54553491, 45294.7 0.04454749, 45296.1 0.35380000, 45297.5 0.09945542, 45299.5 0.18772827`;
const CHECKSUM = 3_310_070_434;

const [, , SNAPSHOT, , UPDATE] = kraken.conversation;
const said = (text: object) => ({ connection: 'public', frame: JSON.stringify(text) });
const changed = (from: string, to: string) => ({ ...UPDATE, frame: UPDATE.frame.replace(from, to) });

describe('bookChecksum', () => {
  it.each([
    [1, 8],
    [3, 8],
    [4, 10],
  ])('is the documented one, whatever our scales: %i and %i', (priceScale, sizeScale) => {
    const levels = (text: string) =>
      text.split(',').flatMap((level) => {
        const [price, size] = level.trim().split(' ');
        // Exact: both products are whole and small.
        return [Math.round(Number(price) * 10 ** priceScale), Math.round(Number(size) * 10 ** sizeScale)];
      });
    const book = new DepthBook();
    book.replace(levels(BIDS), levels(ASKS), null);
    const instrument = { ...kraken.instruments[0], priceScale, sizeScale };
    expect(bookChecksum(book, instrument, { price: 1, size: 8 })).toBe(CHECKSUM);
    expect(bookChecksum(book, instrument, { price: 1, size: 7 })).not.toBe(CHECKSUM);
  });

  it('knows how many decimals are printed', () => {
    expect(['45283.5', '0.10000000', '7', 7, undefined].map(decimalsIn)).toEqual([1, 8, 0, 0, 0]);
  });
});

describe('KrakenFeed', () => {
  it('passes on only what its checksum covers', () => {
    const { listener } = new Play(kraken).open().say(SNAPSHOT, UPDATE);
    expect(listener.problems).toEqual([]);
    expect(listener.of('snapshot')[0]).toMatchObject({ instrument: 0, last: 0 });
    // The eleventh bid is out of view.
    expect(listener.of('depth')[0]).toMatchObject({
      first: 1,
      last: 1,
      eventUs: Date.parse('2024-10-27T03:33:20.200Z') * 1000,
      bids: [45_284_000, 25_000_000, 45_276_600, 0],
      asks: [45_285_200, 0, 45_300_000, 120_000_000],
    });
    expect(listener.known()[0].bids.length).toBe(10);
    expect(listener.of('quote').at(-1)).toMatchObject({ bid: 45_284_000, ask: 45_286_400, updateId: null });
  });

  it.each([
    ['a size is another', changed('0.25000000', '0.25000001')],
    ['a price is another', changed('45284.0', '45284.1')],
    ['a level is missing', changed(',{"price":45300.0,"qty":1.20000000}', '')],
    ['the checksum is another', changed('3664368508', '3664368509')],
  ])('loses the book and subscribes anew where %s', (_, update) => {
    const { listener, sent } = new Play(kraken).open().say(SNAPSHOT, update);
    expect(listener.of('lost')).toMatchObject([{ instrument: 0, why: 'gap' }]);
    expect(listener.problems[0].problem.code).toBe('FEED_CHECKSUM');
    expect(sent).toEqual([
      '{"method":"unsubscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":10}}',
      '{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":10}}',
    ]);
  });

  it('is not thrown off for good by decimals that the pair does not have', () => {
    const { listener } = new Play(kraken).open().say(SNAPSHOT, changed('0.25000000', '0.2500000000'), {
      ...SNAPSHOT,
      frame: SNAPSHOT.frame.replace('3310070434', '3310070434,"timestamp":"2024-10-27T03:33:21.000000Z"'),
    });
    expect(listener.of('lost').length).toBe(1);
    expect(listener.known()[0].isLive).toBe(true);
  });

  it('refuses a snapshot that does not add up, and never serves it', () => {
    const frame = SNAPSHOT.frame.replace('3310070434', '1');
    const { listener } = new Play(kraken).open().say({ ...SNAPSHOT, frame });
    expect(listener.events).toEqual([]);
    expect(listener.problems[0].problem.code).toBe('FEED_CHECKSUM');
  });

  it('reads numbers without a detour over doubles', () => {
    const trade = `{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":90071992547.409,"qty":90071992.54740991,"ord_type":"limit","trade_id":1,"timestamp":"2024-10-27T03:33:20.195000Z"}]}`;
    const { listener } = new Play(kraken).open().say({ connection: 'public', frame: trade });
    expect(listener.of('trade')).toMatchObject([
      { price: 90_071_992_547_409, size: 9_007_199_254_740_991, taker: 'sell' },
    ]);
  });

  it('names what the venue complains of', () => {
    const { listener } = new Play(kraken)
      .open()
      .say(
        said({ error: 'Currency pair not supported BTC/USX', method: 'subscribe', success: false }),
        said({ channel: 'status', type: 'update', data: [{ system: 'maintenance' }] }),
        said({ channel: 'ohlc', type: 'update', data: [] }),
        said({ channel: 'trade', type: 'update', data: [{ symbol: 'DOGE/USD' }] }),
      );
    expect(listener.problems.map(({ problem: { code, field, value } }) => [code, field, value])).toEqual([
      ['FEED_VENUE_ERROR', 'error', 'Currency pair not supported BTC/USX'],
      ['FEED_VENUE_ERROR', 'data[0].system', 'maintenance'],
      ['FEED_EVENT_UNKNOWN', 'channel', 'ohlc'],
      ['FEED_SYMBOL_UNKNOWN', 'data[0].symbol', 'DOGE/USD'],
    ]);
  });
});
