import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { InstrumentRow } from '../../../../core/price/venue-event.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { BadMarketFrame, parseFrame, readFrame, readSnapshot, scanFrame, type Listened } from './frame.ts';

const listen = (symbol: string, row: number, priceScale: number, sizeScale: number): [string, Listened] => [
  symbol,
  {
    row: row as InstrumentRow,
    instrument: { venue: 'binance', symbol, market: symbol, isPerpetual: true, priceScale, sizeScale },
  },
];
const listening = new Map([listen('BTCUSDT', 3, 2, 3), listen('ETHUSDT', 4, 2, 8)]);
const NOW = 1_723_161_255_088_169 as TimeUs;

const quote = `{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256312,"E":1723161256313}}`;
const spotQuote = `{"stream":"ethusdt@bookTicker","data":{"u":50093239212,"s":"ETHUSDT","b":"2683.80000000","B":"3.02920000","a":"2683.81000000","A":"31.43950001"}}`;
const depth = `{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[["58710.20","0.014"],["61496.50","0.000"]],"a":[]}}`;
const spotDepth = `{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"ETHUSDT","U":50093239189,"u":50093239202,"b":[],"a":[["2683.81000000","1.54698000"]]}}`;
const trade = `{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256321,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}`;
const spotTrade = `{"stream":"ethusdt@trade","data":{"e":"trade","E":1723161255343,"s":"ETHUSDT","t":3735683259,"p":"2683.80000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}`;
const scanned = [quote, spotQuote, depth, spotDepth, trade, spotTrade];

const aggTrade = `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1790526539001,"s":"BTCUSDT","a":5933014,"p":"84551.1","q":"0.100","nq":"0.100","f":100,"l":105,"T":1790526538999,"m":true}}`;
const mark = `{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1790526539000,"s":"BTCUSDT","p":"84551.10762319","ap":"84551.10762319","P":"84559.09090930","i":"84590.87504348","r":"0.00000801","T":1790553600000,"st":1}}`;
const contract = `{"stream":"!contractInfo","data":{"e":"contractInfo","E":1669356423908,"s":"BTCUSDT","ps":"BTCUSDT","ct":"PERPETUAL","dt":4133404800000,"ot":1569398400000,"cs":"BREAK","bks":[{"bs":1,"bnf":0,"bnc":5000,"mmr":0.01,"cf":0,"mi":21,"ma":50},{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.025,"cf":75,"mi":11,"ma":20}]}}`;

const read = (frame: string): unknown => readFrame(frame, listening, NOW);
function refused(frame: string): BadFrame {
  try {
    read(frame);
  } catch (error) {
    if (error instanceof BadFrame) return error;
    throw error;
  }
  throw new Error(`accepted: ${frame}`);
}

describe('what the venue writes', () => {
  it('becomes quotes', () => {
    expect(read(quote)).toEqual({
      kind: 'quote',
      instrument: 3,
      eventUs: 1_723_161_256_313_000,
      receivedUs: NOW,
      updateId: 5_123_107_839_020,
      bid: 6_180_020,
      bidSize: 2507,
      ask: 6_180_030,
      askSize: 2510,
    });
    expect(read(spotQuote)).toMatchObject({
      instrument: 4,
      eventUs: NOW,
      bid: 268_380,
      askSize: 3_143_950_001,
    });
    expect(read(quote.replace('"b":"61800.20","B":"2.507"', '"b":"0.00","B":"0"'))).toMatchObject({ bid: 0 });
  });

  it('becomes trades, with the side of the taker', () => {
    expect(read(trade)).toEqual({
      kind: 'trade',
      instrument: 3,
      eventUs: 1_723_161_256_322_000,
      receivedUs: NOW,
      id: '5266583935',
      price: 6_180_030,
      size: 6,
      taker: 'buy',
    });
    expect(read(spotTrade)).toMatchObject({ taker: 'sell', size: 2_000_000 });
    expect(read(aggTrade)).toMatchObject({
      kind: 'trade',
      id: '5933014',
      price: 8_455_110,
      size: 100,
      taker: 'sell',
    });
    expect(read(trade.replace('MARKET', 'INSURANCE_FUND'))).toBeNull();
  });

  it('becomes depth', () => {
    expect(read(depth)).toEqual({
      kind: 'depth',
      instrument: 3,
      eventUs: 1_723_161_256_299_000,
      receivedUs: NOW,
      first: 5_123_107_832_006,
      last: 5_123_107_837_557,
      previous: 5_123_107_831_937,
      bids: [5_871_020, 14, 6_149_650, 0],
      asks: [],
    });
    expect(read(spotDepth)).toMatchObject({ previous: null, bids: [], asks: [268_381, 154_698_000] });
  });

  it('becomes marks, rounded half to even to price units', () => {
    expect(read(mark)).toEqual({
      kind: 'mark',
      instrument: 3,
      eventUs: 1_790_526_539_000_000,
      receivedUs: NOW,
      mark: 8_455_111,
      index: 8_459_088,
      fundingRate: 8_010_000,
      nextFundingUs: 1_790_553_600_000_000,
      openInterest: null,
    });
    expect(read(mark.replace('"0.00000801"', '"-0.00010000"'))).toMatchObject({ fundingRate: -100_000_000 });
    expect(read(mark.replace('"0.00000801"', '""').replace('1790553600000', '0'))).toMatchObject({
      fundingRate: null,
      nextFundingUs: null,
    });
  });

  it('becomes news of contracts, of those that are listened to', () => {
    expect(read(contract)).toEqual({
      kind: 'contract-news',
      instrument: 3,
      eventUs: 1_669_356_423_908_000,
      isTrading: false,
      tiers: [
        { upTo: '5000', rate: '0.01', cut: '0' },
        { upTo: '25000', rate: '0.025', cut: '75' },
      ],
    });
    expect(read(contract.replace('"s":"BTCUSDT"', '"s":"IOTAUSDT"'))).toBeNull();
    expect(read('{"result":null,"id":1}')).toBeNull();
  });
});

describe('scanning', () => {
  it.each(scanned)('takes %s, and gives what JSON gives', (frame) => {
    const event = scanFrame(frame, listening, NOW);
    expect(event).not.toBeNull();
    expect(event).toEqual(parseFrame(frame, listening, NOW));
  });

  it('takes no frame that JSON would not, however it is broken', () => {
    const change = fc.tuple(
      fc.constantFrom(...scanned),
      fc.nat(),
      fc.nat(4),
      fc.oneof(
        fc.string({ maxLength: 2 }),
        fc.constantFrom('0', '9', '00', '.', '-', 'e3', '"', ',', '[]', '],[', '}}'),
      ),
    );
    fc.assert(
      fc.property(change, ([frame, place, removed, put]) => {
        const at = place % frame.length;
        const broken = frame.slice(0, at) + put + frame.slice(at + removed);
        const event = scanFrame(broken, listening, NOW);
        if (event !== null) expect(event).toEqual(parseFrame(broken, listening, NOW));
      }),
      { numRuns: 30_000 },
    );
  });

  it('does not mind what JSON does not mind', () => {
    const { stream, data } = JSON.parse(depth) as { stream: string; data: Record<string, unknown> };
    const turned = Object.fromEntries(Object.entries(data).toReversed());
    expect(read(JSON.stringify({ data: turned, stream }, null, 1))).toEqual(read(depth));
    expect(read(JSON.stringify(data))).toEqual(read(depth));
  });
});

describe('what cannot be used', () => {
  const SPECIAL = ['NaN', 'Infinity', '-Infinity', '1e300', '5e-324', '', ' ', '0x10', '1,000', '+1', 'null'];
  it.each([
    ...SPECIAL.map((text): [string, string, string] => [quote.replace('61800.20', text), 'FEED_NUMBER', 'b']),
    ...SPECIAL.map((text): [string, string, string] => [
      depth.replace('61496.50', text),
      'FEED_NUMBER',
      'b[1][0]',
    ]),
    ...SPECIAL.map((text): [string, string, string] => [trade.replace('0.006', text), 'FEED_NUMBER', 'q']),
    ...SPECIAL.slice(0, 5).map((text): [string, string, string] => [
      mark.replace('0.00000801', text),
      'FEED_NUMBER',
      'r',
    ]),
    [mark.replace('84551.10762319', '0'), 'FEED_NUMBER', 'p'],
    [mark.replace('84551.10762319', '-1'), 'FEED_NUMBER', 'p'],
    [mark.replace('0.00000801', '1.1'), 'FEED_NUMBER', 'r'],
    [quote.replace('61800.20', '-0.01'), 'FEED_NUMBER', 'b'],
    [quote.replace('61800.20', '90071992547409930'), 'FEED_NUMBER', 'b'],
    [quote.replace('61800.20', '61800.201'), 'FEED_GRID', 'b'],
    [depth.replace('0.014', '0.0141'), 'FEED_GRID', 'b[0][1]'],
    [depth.replace('61496.50', '0.00'), 'FEED_NUMBER', 'b[1][0]'],
    [depth.replace('"0.014"', '0.014'), 'FEED_FIELD', 'b[0][1]'],
    [depth.replace('["58710.20","0.014"]', '["58710.20"]'), 'FEED_FIELD', 'b[0]'],
    [depth.replace('"a":[]', '"a":{}'), 'FEED_FIELD', 'a'],
    [depth.replace(',"a":[]', ''), 'FEED_FIELD', 'a'],
    [depth.replace('5123107837557', '5123107832005'), 'FEED_FIELD', 'u'],
    [depth.replace('5123107837557', '9007199254740993'), 'FEED_FIELD', 'u'],
    [depth.replace('5123107831937', '-1'), 'FEED_FIELD', 'pu'],
    [depth.replace('1723161256299', '1e300'), 'FEED_FIELD', 'E'],
    [depth.replace('1723161256299', '9007199254740991'), 'FEED_FIELD', 'E'],
    [trade.replace('61800.30', '0'), 'FEED_NUMBER', 'p'],
    [trade.replace('0.006', '0.000'), 'FEED_NUMBER', 'q'],
    [trade.replace('"m":false', '"m":0'), 'FEED_FIELD', 'm'],
    [quote.replace('61800.20', '61800.30'), 'FEED_CROSSED', 'b'],
    [quote.replace('"s":"BTCUSDT"', '"s":"DOGEUSDT"'), 'FEED_SYMBOL_UNKNOWN', 's'],
    [quote.replace('"s":"BTCUSDT"', '"s":"__proto__"'), 'FEED_SYMBOL_UNKNOWN', 's'],
    [quote.replace('"s":"BTCUSDT",', ''), 'FEED_FIELD', 's'],
    [quote.replace('"e":"bookTicker"', '"e":"kline"'), 'FEED_EVENT_UNKNOWN', 'e'],
    [quote.replace('"e":"bookTicker"', '"e":"constructor"'), 'FEED_EVENT_UNKNOWN', 'e'],
    ['{"error":{"code":2,"msg":"Invalid request"},"id":3}', 'FEED_EVENT_UNKNOWN', 'e'],
    ['{"stream":"x","data":[1]}', 'FEED_FIELD', 'data'],
    ['[]', 'FEED_JSON', null],
    ['null', 'FEED_JSON', null],
    ['', 'FEED_JSON', null],
    ['garbage', 'FEED_JSON', null],
    [contract.replace('0.025', '-0.025'), 'FEED_FIELD', 'bks.mmr'],
  ])('%s is refused: %s %s', (frame, code, field) => {
    expect(refused(frame)).toMatchObject({ code, field });
  });

  it('is every beginning of a frame', () => {
    for (const frame of scanned)
      for (let length = 0; length < frame.length; length++)
        expect(refused(frame.slice(0, length)).code).toBe('FEED_JSON');
  });

  it('says whose book is not whole without it', () => {
    expect(refused(depth.replace('0.014', '-1'))).toMatchObject({ instrument: 3, isOfBook: true });
    expect(refused(quote.replace('2.507', '-1'))).toMatchObject({ instrument: 3, isOfBook: false });
    expect(refused(depth.slice(0, -1))).not.toBeInstanceOf(BadMarketFrame);
  });
});

describe('depth snapshots', () => {
  const body =
    '{"lastUpdateId":7,"E":1723161256501,"T":1723161256493,"bids":[["1.50","2"],["1.40","1"]],"asks":[["1.60","3"]]}';
  const take = (text: string): unknown => readSnapshot(text, listening.get('BTCUSDT')!, 2, NOW);

  it('are read whole', () => {
    expect(take(body)).toEqual({
      kind: 'snapshot',
      instrument: 3,
      eventUs: 1_723_161_256_501_000,
      receivedUs: NOW,
      last: 7,
      levelsMax: 2,
      bids: [150, 2000, 140, 1000],
      asks: [160, 3000],
    });
    expect(take(body.replace(/"E":\d+,"T":\d+,/, ''))).toMatchObject({ eventUs: NOW });
  });

  it.each([
    ['{"code":-1003,"msg":"Too many requests"}', 'FEED_ANSWER', null],
    ['<html>', 'FEED_JSON', null],
    [body.replace('"lastUpdateId":7,', ''), 'FEED_FIELD', 'lastUpdateId'],
    [body.replace('1.40', '1.50'), 'FEED_FIELD', 'bids[1]'],
    [body.replace('1.40', '1.55'), 'FEED_FIELD', 'bids[1]'],
    [body.replace('1.60', '0'), 'FEED_NUMBER', 'asks[0][0]'],
    [body.replace('1.60', '1.605'), 'FEED_GRID', 'asks[0][0]'],
  ])('%s is refused: %s %s', (text, code, field) => {
    expect(() => take(text)).toThrow(expect.objectContaining({ code, field }) as Error);
  });
});
