import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine, decodeSlowly } from './events.ts';

const TIME = '1723161255088169167';
const ticker = `${TIME} {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256312,"E":1723161256313}}`;
const spotTicker = `${TIME} {"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}`;
const depth = `${TIME} {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[["58710.20","0.014"],["61496.50","0.010"]],"a":[]}}`;
const spotDepth = `${TIME} {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[],"a":[["61837.64000000","1.54698000"]]}}`;
const trade = `${TIME} {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}`;
const snapshot = `${TIME} {"lastUpdateId":5123107852948,"E":1723161256501,"T":1723161256493,"bids":[["61800.20","2.909"]],"asks":[]}`;
const lines = [ticker, spotTicker, depth, spotDepth, trade, snapshot];

describe('decodeLine', () => {
  it('reads what the venue writes', () => {
    expect(decodeLine(ticker)).toEqual({
      type: 'bookTicker',
      localUs: 1723161255088169,
      eventMs: 1723161256313,
      market: 'BTCUSDT',
      updateId: 5123107839020,
      bid: '61800.20',
      ask: '61800.30',
    });
    expect(decodeLine(spotTicker)).toMatchObject({
      eventMs: null,
      bid: '61837.63000000',
      updateId: 50093239212,
    });
    expect(decodeLine(depth)).toEqual({
      type: 'depth',
      market: 'BTCUSDT',
      first: 5123107832006,
      last: 5123107837557,
      previous: 5123107831937,
    });
    expect(decodeLine(spotDepth)).toMatchObject({ type: 'depth', previous: null });
    expect(decodeLine(trade)).toEqual({ type: 'trade' });
    expect(decodeLine(snapshot)).toEqual({ type: 'snapshot' });
  });

  it('does not mind the order of fields, spaces, or a stream without envelope', () => {
    const event = decodeLine(ticker);
    const [time, json] = [ticker.slice(0, 19), ticker.slice(20)];
    const { stream, data } = JSON.parse(json) as { stream: string; data: Record<string, unknown> };
    const turned = Object.fromEntries(Object.entries(data).toReversed());
    expect(decodeLine(`${time} ${JSON.stringify({ data: turned, stream })}`)).toEqual(event);
    expect(decodeLine(`${time} ${JSON.stringify({ stream, data }, null, 1).replaceAll('\n', ' ')}`)).toEqual(
      event,
    );
    expect(decodeLine(`${time} ${JSON.stringify(data)}`)).toEqual(event);
  });

  it.each([
    ['', 'CAPTURE_LINE', null],
    ['garbage', 'CAPTURE_LINE', null],
    [`12 {"e":"trade"}`, 'CAPTURE_LINE', null],
    [`${TIME} `, 'CAPTURE_JSON', null],
    [`${TIME} []`, 'CAPTURE_JSON', null],
    [`${TIME} null`, 'CAPTURE_JSON', null],
    [ticker.slice(0, -1), 'CAPTURE_JSON', null],
    [depth.slice(0, -40), 'CAPTURE_JSON', null],
    [depth.replace('"58710.20",', '"58710.20"'), 'CAPTURE_JSON', null],
    [depth.replace('"],["', '"]["'), 'CAPTURE_JSON', null],
    [depth.replace('"]],', '"],],'), 'CAPTURE_JSON', null],
    [`${ticker}}`, 'CAPTURE_JSON', null],
    [ticker.replace('"b":"61800.20"', '"b":NaN'), 'CAPTURE_JSON', null],
    [ticker.replace('"b":"61800.20"', '"b":61800.20'), 'CAPTURE_FIELD', 'b'],
    [ticker.replace('"b":"61800.20",', ''), 'CAPTURE_FIELD', 'b'],
    [ticker.replace('"u":5123107839020', '"u":9007199254740993'), 'CAPTURE_FIELD', 'u'],
    [ticker.replace('"u":5123107839020', '"u":-1'), 'CAPTURE_FIELD', 'u'],
    [ticker.replace('"u":5123107839020', '"u":"5"'), 'CAPTURE_FIELD', 'u'],
    [ticker.replace('"E":1723161256313', '"E":1e300'), 'CAPTURE_FIELD', 'E'],
    [depth.replace('"pu":5123107831937', '"pu":0.5'), 'CAPTURE_FIELD', 'pu'],
    [ticker.replace('"e":"bookTicker"', '"e":"markPriceUpdate"'), 'CAPTURE_EVENT_UNKNOWN', 'e'],
    [`${TIME} {"result":null,"id":1}`, 'CAPTURE_EVENT_UNKNOWN', 'e'],
    [`${TIME} {"stream":"x","data":[1]}`, 'CAPTURE_FIELD', 'data'],
  ])('says what is wrong with %s', (line, code, field) => {
    expect(decodeLine(line)).toMatchObject({ type: 'malformed', code, field });
  });

  it('takes no line that JSON would not, however it is broken', () => {
    const change = fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.nat(3), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(change, ([line, place, removed, put]) => {
        const at = place % line.length;
        const broken = line.slice(0, at) + put + line.slice(at + removed);
        expect(decodeLine(broken)).toEqual(decodeSlowly(broken));
      }),
      { numRuns: 20_000 },
    );
  });
});
