import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument, VenueEvent } from '../../../../core/price/venue-event.ts';
import type { Problem } from '../../problem.ts';
import { CaptureDriver, timeOfLine } from './capture-feed.ts';
import { BinanceSpotFeed } from './feed.ts';

const spot = { venue: 'binance-spot', isPerpetual: false, priceScale: 2, sizeScale: 8 } as const;
const INSTRUMENTS: readonly Instrument[] = [
  { ...spot, symbol: 'BTCUSDT', market: 'BTCUSDT' },
  { ...spot, symbol: 'ETHUSDT', market: 'ETHUSDT' },
];
const TIME = '1723161255088169167';
const depth = (symbol: string, first: number, last: number): string =>
  `${TIME} {"stream":"${symbol.toLowerCase()}@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"${symbol}","U":${first},"u":${last},"b":[["1.50000000","1.00000000"]],"a":[]}}`;
const snapshot = `${TIME} {"lastUpdateId":4,"bids":[["1.00000000","2.00000000"]],"asks":[["2.00000000","1.00000000"]]}`;

function play(lines: readonly (readonly [file: string, line: string])[]) {
  const events: VenueEvent[] = [];
  const problems: { problem: Problem; frame: string }[] = [];
  const driver = new CaptureDriver((sink) => new BinanceSpotFeed(INSTRUMENTS, sink), {
    event: (event) => events.push(event),
    problem: (problem, frame) => problems.push({ problem, frame }),
  });
  for (const [index, [file, line]] of lines.entries()) driver.line(line, file, index + 1);
  return { driver, problems, events, said: events.map(({ kind, instrument }) => `${kind} ${instrument}`) };
}

describe('a recording', () => {
  it('drives the feed, its depth snapshot going to the symbol of its file', () => {
    const { said, problems, driver, events } = play([
      ['btc', depth('BTCUSDT', 4, 5)],
      ['eth', depth('ETHUSDT', 3, 5)],
      ['btc', ''],
      ['eth', snapshot],
      ['btc', snapshot],
      ['btc', depth('BTCUSDT', 6, 7)],
    ]);
    expect(problems).toEqual([]);
    expect(said).toEqual(['snapshot 1', 'depth 1', 'snapshot 0', 'depth 0', 'depth 0']);
    expect(events[0]).toMatchObject({ receivedUs: 1_723_161_255_088_169 });
    driver.close(1_723_161_255_088_170 as TimeUs);
    expect(events.slice(5)).toMatchObject([
      { kind: 'lost', why: 'disconnected' },
      { kind: 'lost', why: 'disconnected' },
    ]);
  });

  it('names file and line of what cannot be used, and goes on', () => {
    const { problems, said } = play([
      ['a.gz', depth('BTCUSDT', 4, 5)],
      ['a.gz', 'garbage'],
      ['b.gz', `${TIME} {"stream":"btcusdt@depth"`],
      ['a.gz', snapshot],
    ]);
    expect(problems.map(({ problem: { code, file, line } }) => [code, file, line])).toEqual([
      ['CAPTURE_LINE', 'a.gz', 2],
      ['FEED_JSON', 'b.gz', 3],
    ]);
    expect(problems[1].problem.message).toMatch(/^b\.gz:3: is no JSON/);
    expect(problems[1].frame).toBe('{"stream":"btcusdt@depth"');
    expect(said).toEqual(['snapshot 0', 'depth 0']);
  });

  it('of several symbols in one file leaves out a snapshot that may be of either', () => {
    const mixed = play([
      ['a.gz', depth('BTCUSDT', 4, 5)],
      ['a.gz', depth('ETHUSDT', 4, 5)],
      ['a.gz', snapshot],
      ['b.gz', snapshot],
    ]);
    expect(mixed.said).toEqual([]);
    expect(mixed.problems.map(({ problem: { code, line } }) => [code, line])).toEqual([
      ['CAPTURE_SNAPSHOT', 3],
      ['CAPTURE_SNAPSHOT', 4],
    ]);
    expect(mixed.problems[0].problem.message).toContain('several symbols');
    expect(mixed.problems[1].problem.message).toContain('no stream before it');
  });
});

it.each([
  [`${TIME} {}`, 1_723_161_255_088_169],
  ['1723161255088169 {}', 1_723_161_255_088],
  ['172316125508816 {}', null],
  ['17231612550881691670 {}', null],
  ['172316125508816916x {}', null],
  [' {}', null],
  [TIME, null],
  ['', null],
])('the time of %j is %s', (line, us) => expect(timeOfLine(line)).toBe(us));
