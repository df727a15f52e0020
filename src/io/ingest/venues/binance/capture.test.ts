import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MarketRow, SourceRow } from '../../../../core/num/units.ts';
import type { MarksCommand } from '../../../../core/schema/commands.ts';
import { gridOfSpec } from '../../market-spec.ts';
import { linesOf, readLines } from '../../lines.ts';
import type { Problem } from '../../problem.ts';
import { CaptureDecoder, readCapture } from './capture.ts';
import { decodeLine, decodeSlowly } from './events.ts';
import { BINANCE_MARKETS } from './markets.ts';

const markets = BINANCE_MARKETS.map((spec, row) => ({
  name: spec.name,
  market: row as MarketRow,
  source: row as SourceRow,
  grid: gridOfSpec(spec, 6),
}));

function decode(
  lines: readonly string[],
  last: number | null = null,
): { commands: MarksCommand[]; problems: Problem[]; decoder: CaptureDecoder } {
  const problems: Problem[] = [];
  const decoder = new CaptureDecoder(
    markets.map((market) => ({ ...market, last })),
    (problem) => problems.push(problem),
  );
  const commands = lines.flatMap((line, index) => decoder.decode(line, 'btc.gz', index + 1) ?? []);
  return { commands, problems, decoder };
}
const ticker = (
  u: number,
  bid = '61800.20',
  ask = '61800.30',
  market = 'BTCUSDT',
  event = ',"T":1723161256313,"E":1723161256313',
): string =>
  `1723161255088169167 {"stream":"x@bookTicker","data":{"e":"bookTicker","u":${u},"s":"${market}","b":"${bid}","B":"2.507","a":"${ask}","A":"2.510"${event}}}`;
const depth = (U: number, u: number, pu?: number): string =>
  `1723161255088169167 {"stream":"x@depth","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":${U},"u":${u},${pu === undefined ? '' : `"pu":${pu},`}"b":[],"a":[]}}`;

describe('marks', () => {
  it('are the middle of best bid and ask, in the order of the venue', () => {
    const { commands, problems } = decode([
      ticker(100),
      ticker(107, '61800.30', '61800.40'),
      ticker(7, '2681.62', '2681.63', 'ETHUSDT'),
    ]);
    expect(problems).toEqual([]);
    expect(commands[0]).toEqual({
      kind: 6,
      timeUs: 1723161256313000,
      origin: { source: 0, position: 100, previous: null },
      marks: [{ market: 0, price: 61800250 }],
      text: 'mid of 61800.20 and 61800.30',
    });
    expect(commands[1]).toMatchObject({
      origin: { position: 107, previous: 100 },
      marks: [{ price: 61800350 }],
    });
    expect(commands[2]).toMatchObject({
      origin: { source: 1, position: 7, previous: null },
      marks: [{ market: 1, price: 2681625 }],
    });
  });

  it('take the time of receipt where the venue gives none', () => {
    expect(decode([ticker(1, '1', '2', 'BTCUSDT', '')]).commands[0].timeUs).toBe(1723161255088169);
  });

  it('leave repeated ids to the engine, and go on behind the greatest', () => {
    const { commands } = decode([ticker(100), ticker(100), ticker(90), ticker(101)]);
    expect(commands.map(({ origin }) => [origin!.position, origin!.previous])).toEqual([
      [100, null],
      [100, 100],
      [90, 100],
      [101, 100],
    ]);
    expect(decode([ticker(100)], 80).commands[0].origin).toEqual({ source: 0, position: 100, previous: 80 });
  });

  it.each([
    ['0.00', '61800.30', 'CAPTURE_PRICE', 'b', 'price "0.00" is not above zero'],
    ['-1', '61800.30', 'CAPTURE_PRICE', 'b', 'price "-1" is not above zero'],
    ['-0', '61800.30', 'CAPTURE_PRICE', 'b', 'is not above zero'],
    ['61800.20', '0', 'CAPTURE_PRICE', 'a', 'is not above zero'],
    ['NaN', '61800.30', 'CAPTURE_PRICE', 'b', 'price "NaN" is not a decimal number'],
    ['61800.20', 'Infinity', 'CAPTURE_PRICE', 'a', 'is not a decimal number'],
    ['61800.20', '1e300', 'CAPTURE_PRICE', 'a', 'is not a decimal number'],
    ['61800.20', '1e30', 'CAPTURE_PRICE', 'a', 'is above the largest mark'],
    ['5e-324', '61800.30', 'CAPTURE_PRICE', 'b', 'is not a decimal number'],
    ['0.0000001', '0.0000002', 'CAPTURE_PRICE', 'b', 'rounds to zero on the mark grid of 0.001'],
    ['', '61800.30', 'CAPTURE_PRICE', 'b', 'is not a decimal number'],
    ['61800.31', '61800.30', 'CAPTURE_CROSSED', 'b', 'bid 61800.31 is above ask 61800.30'],
  ])('are not made of %s and %s', (bid, ask, code, field, what) => {
    const { commands, problems, decoder } = decode([ticker(1), ticker(2, bid, ask), ticker(3)]);
    expect(commands.map(({ origin }) => [origin!.position, origin!.previous])).toEqual([
      [1, null],
      [3, 1],
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, file: 'btc.gz', line: 2, field });
    expect(problems[0].message).toContain('btc.gz:2: ');
    expect(problems[0].message).toContain(what);
    expect(decoder.counts).toMatchObject({ lines: 3, marks: 2, quarantined: 1 });
  });

  it('are not made of lines that are malformed', () => {
    const { commands, problems, decoder } = decode(['garbage', ticker(1).slice(0, -9), '', ticker(2)]);
    expect(commands).toHaveLength(1);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['CAPTURE_LINE', 1],
      ['CAPTURE_JSON', 2],
    ]);
    expect(decoder.counts.quarantined).toBe(2);
  });

  it('say once that a market is unknown', () => {
    const { problems, decoder } = decode([
      ticker(1, '1', '2', 'DOGEUSDT'),
      ticker(2, '1', '2', 'DOGEUSDT'),
      ticker(3),
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toBe(
      'btc.gz:1: s: market "DOGEUSDT" is not one of BTCUSDT, ETHUSDT. Its lines are left out and this is said once; define the market to use them',
    );
    expect(decoder.counts).toMatchObject({ quarantined: 2, marks: 1 });
  });
});

describe('depth', () => {
  it.each([
    ['USD-M whole', [depth(1, 5, 0), depth(9, 12, 5), depth(20, 22, 12)], []],
    ['USD-M with one missing', [depth(1, 5, 0), depth(20, 22, 12), depth(30, 31, 22)], [2]],
    ['USD-M repeated', [depth(1, 5, 0), depth(1, 5, 0), depth(9, 12, 5)], []],
    ['spot whole', [depth(1, 5), depth(6, 6), depth(7, 9)], []],
    ['spot overlapping', [depth(1, 5), depth(4, 8)], []],
    ['spot with one missing', [depth(1, 5), depth(7, 9), depth(10, 10)], [2]],
  ])('%s', (_name, lines, gaps) => {
    const { problems, decoder } = decode([...lines, ticker(50)]);
    expect(problems.map(({ line }) => line)).toEqual(gaps);
    expect(problems.every(({ code }) => code === 'CAPTURE_DEPTH_GAP')).toBe(true);
    expect(decoder.counts).toMatchObject({ depthGaps: gaps.length, marks: 1, quarantined: 0 });
  });
});

it('delivers what a file held before it broke off', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${ticker(1)}\n${ticker(2)}\n${ticker(3).slice(0, 50)}`);
    throw Object.assign(new Error('read failed'), { code: 'EIO' });
  }
  const problems: Problem[] = [];
  const decoder = new CaptureDecoder(markets, (problem) => problems.push(problem));
  let marks = 0;
  await expect(async () => {
    for await (const { first, lines } of linesOf(broken(), 'x'))
      for (const line of lines) if (decoder.decode(line, 'x', first) !== null) marks++;
  }).rejects.toThrow('x cannot be read (EIO) after 2 whole lines');
  expect(marks).toBe(2);
});

const data = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const there = existsSync(data);
if (!there) console.log('left out: recorded captures, which are looked for in ../shared/data');

describe.skipIf(!there)('recorded captures', () => {
  it.each([
    [
      'binance-usdm-btcusdt_20240808.gz',
      0,
      { lines: 93_954, marks: 66_089, depth: 6_551, trades: 21_313 },
      61_000_000,
      62_500_000,
    ],
    [
      'binance-usdm-ethusdt_20240808.gz',
      1,
      { lines: 74_655, marks: 53_992, depth: 6_586, trades: 14_076 },
      2_600_000,
      2_750_000,
    ],
    [
      'binance-spot-btcusdt_20240808.gz',
      0,
      { lines: 41_249, marks: 28_040, depth: 3_451, trades: 9_757 },
      61_000_000,
      62_500_000,
    ],
    [
      'binance-spot-ethusdt_20240808.gz',
      1,
      { lines: 33_618, marks: 24_077, depth: 3_434, trades: 6_106 },
      2_600_000,
      2_750_000,
    ],
  ])('%s', async (file, market, counts, low, high) => {
    const problems: Problem[] = [];
    const decoder = new CaptureDecoder(markets, (problem) => problems.push(problem));
    let last = 0;
    for await (const commands of readCapture(data + file, decoder)) {
      for (const { marks, origin } of commands) {
        if (
          marks[0].market !== market ||
          marks[0].price < low ||
          marks[0].price > high ||
          origin!.position <= last
        )
          throw new Error(`${JSON.stringify(marks)} at ${origin!.position}`);
        last = origin!.position;
      }
    }
    expect(problems).toEqual([]);
    expect(decoder.counts).toEqual({ ...counts, snapshots: 1, quarantined: 0, depthGaps: 0 });
  });

  it('are read the same by pattern and by JSON', async () => {
    for await (const { lines } of readLines(`${data}binance-spot-ethusdt_20240808.gz`)) {
      for (const line of lines)
        expect(JSON.stringify(decodeLine(line))).toBe(JSON.stringify(decodeSlowly(line)));
    }
  });
});
