/** `plimsoll prices --replay` and `explain price`, on files whose prices can be worked out by hand. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { START_MS, writeCaptures, writeRecordings } from './prices-files.ts';
import {
  CLI,
  documentOf,
  errorsOf,
  hasRecordings,
  recording,
  run,
  spawned,
  temporaryFolder,
  write,
} from './run-cli.ts';

const folder = temporaryFolder();
const { perpetual, spot } = writeCaptures(folder);
const recordings = writeRecordings(folder);

interface Market {
  readonly market: string;
  readonly index: string;
  readonly mark: string;
  readonly last: string | null;
  readonly basis: string;
  readonly quality: string;
  readonly uses: readonly string[];
  readonly rule: string;
  readonly funding: { readonly rate: string; readonly next: string; readonly samples: number } | null;
  readonly sources: readonly Source[];
  readonly time: string;
}
interface Source {
  readonly venue: string;
  readonly price: string;
  readonly say: number;
  readonly weight: number;
  readonly status: string;
}
const marketsOf = (document: Record<string, unknown>): readonly Market[] => document['markets'] as Market[];
const linesIn = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');

/** The lines of a capture as our own recorder would have written them down: of one connection, which is then closed. */
let recordedFiles = 0;
function recordedAs(venue: string, connection: string, lines: readonly string[]): string {
  const timeOf = (line: string): string => line.slice(0, line.indexOf(' '));
  return write(folder, `recorded-${++recordedFiles}.gz`, [
    `${timeOf(lines[0])} #recording ${JSON.stringify({ version: 1, venue, connection })}`,
    `${timeOf(lines[0])} #opened`,
    ...lines,
    `${timeOf(lines.at(-1)!)} #closed stopped`,
  ]);
}
const linesOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('prices --replay', () => {
  test('two captures side by side give the index, mark, last and basis that the hand gives', async () => {
    const ran = await run(['prices', '--replay', perpetual, spot, '--min-sources', '1', '--json']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const document = documentOf(ran);
    expect(document).toMatchObject({ mode: 'replay', sourcesMin: 1, events: 153, problems: 0 });
    const [btc, ...others] = marketsOf(document);
    expect(others).toEqual([]);
    // At the end, of fifty samples: (45 * -9.96 + 5 * -19.96) / 50 = -10.96, between the index and the last trade.
    expect(btc).toMatchObject({
      market: 'BTC',
      venue: 'binance',
      symbol: 'BTCUSDT',
      index: '50010.01',
      mark: '49999.05',
      last: '49995',
      basis: '-10.96',
      quality: 'ok',
      rule: 'binance-60s',
      uses: ['show', 'value', 'open', 'liquidate', 'settle'],
      dayChange: null,
    });
    expect(btc.sources).toEqual([
      expect.objectContaining({
        venue: 'binance-spot',
        price: '50010.01',
        say: 1,
        weight: 1,
        status: 'used',
      }),
    ]);
    // No depth was recorded, and so no premium.
    expect(btc.funding).toMatchObject({ rate: null, samples: 0, next: '2024-08-09T00:00:00.000000Z' });
  });

  test('by default three sources are needed, and that is said', async () => {
    const ran = await run(['prices', '--replay', perpetual, spot]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('index of BTC: binance-spot; 3 are needed (--min-sources)');
    expect(ran.stderr).toContain('--min-sources 1 takes what there is');
    expect(ran.stdout).toMatch(/^BTC +50010\.0 +49999\.\d +49995\.0 +-2\.2 .* single-source$/m);
    expect(ran.stdout).toContain('BTC: single-source, good for show and value only');
    expect(ran.stdout).toContain('1 of 1 fresh sources agree, 3 are needed');
    expect(ran.stdout).not.toContain('\u001b');
    const [btc] = marketsOf(documentOf(await run(['prices', '--replay', perpetual, spot, '--json'])));
    expect([btc.quality, btc.uses]).toEqual(['single-source', ['show', 'value']]);
  });

  test('--every gives a line a market and interval of recorded time, and a summary', async () => {
    const args = ['prices', '--replay', perpetual, spot, '--min-sources', '1', '--every', '10'];
    const documents = linesOf((await run([...args, '--json'])).stdout);
    const prices = documents.filter(({ type }) => type === 'price') as unknown as Market[];
    // Each is as of the whole second: 49995 stands between index and mean basis from thirty samples on.
    expect(prices.map(({ time, index, mark }) => [time.slice(11, 19), index, mark])).toEqual([
      ['23:54:20', '50000.01', '50000.01'],
      ['23:54:30', '50000.01', '50000.01'],
      ['23:54:40', '50000.01', '50000.01'],
      ['23:54:50', '50000.01', '49995'],
      ['23:55:00', '50000.01', '49995'],
    ]);
    expect(documents.at(-1)).toMatchObject({ type: 'summary', mode: 'replay' });
    const plain = (await run(args)).stdout.split('\n');
    expect(plain.filter((line) => line.startsWith('23:54:20.000Z BTC | index 50000.01 '))).toHaveLength(1);
  });

  test('--rule makes the mark by another rule, and replays are alike to the byte', async () => {
    const args = ['prices', '--replay', perpetual, spot, '--min-sources', '1', '--json', '--rule', 'dydx'];
    const [first, again] = [await run(args), await run(args)].map(documentOf);
    expect(marketsOf(first)[0]).toMatchObject({ rule: 'dydx', mark: '50010.01' });
    expect(marketsOf(first)).toEqual(marketsOf(again));
  });

  test('recordings of several venues: one that is wrong by ten has no say, and its end is no loss', async () => {
    const ran = await run(['prices', '--replay', ...recordings, '--min-sources', '2', '--json']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const [btc] = marketsOf(documentOf(ran));
    // The lower of the two that agree.
    expect(btc).toMatchObject({
      index: '50000.01',
      mark: '50000.01',
      quality: 'ok',
      last: null,
      funding: null,
    });
    expect(btc.sources.map(({ venue, price, say, status }) => [venue, price, say, status])).toEqual([
      ['binance-spot', '50000.01', 1, 'used'],
      ['okx', '50001', 1, 'used'],
      ['bybit', '500000.5', 0, 'outlier'],
    ]);
  });

  test('captures and recordings go by the time of receipt, whichever of them has what', async () => {
    const ofCaptures = await run(['prices', '--replay', perpetual, spot, '--min-sources', '1', '--json']);
    const wanted = documentOf(ofCaptures);
    const recordedSpot = recordedAs('binance-spot', 'stream', linesIn(spot));
    const lines = linesIn(perpetual);
    const half = lines.length / 2;
    for (const files of [
      [perpetual, recordedSpot],
      [recordedSpot, perpetual],
      [recordedAs('binance', 'public', lines), spot],
      // One venue: a capture up to the middle and a recording from there on, and the other way round.
      [
        write(folder, 'first.gz', lines.slice(0, half)),
        recordedAs('binance', 'public', lines.slice(half)),
        spot,
      ],
      [
        recordedAs('binance', 'public', lines.slice(0, half)),
        write(folder, 'rest.gz', lines.slice(half)),
        recordedSpot,
      ],
    ]) {
      const ran = await run(['prices', '--replay', ...files, '--min-sources', '1', '--json']);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      const document = documentOf(ran);
      expect(marketsOf(document)).toEqual(marketsOf(wanted));
    }
    const explained = await run([
      'explain',
      'price',
      'BTC',
      '--replay',
      perpetual,
      recordedSpot,
      '--min-sources',
      '1',
      '--json',
    ]);
    expect(documentOf(explained)).toMatchObject({ mark: '49999.05', index: '50010.01' });
  });

  test('what cannot be used is told by file and line of a capture, and by connection of a recording', async () => {
    const bad = (ms: number): string =>
      `${ms}000000 {"stream":"btcusdt@bookTicker","data":{"u":9,"s":"BTCUSDT","b":"NaN","B":"1","a":"1","A":"1"}}`;
    const lines = linesIn(spot);
    const capture = write(folder, 'bad.gz', [...lines.slice(0, 3), bad(START_MS + 2500)]);
    const recorded = recordedAs('binance-spot', 'stream', [lines[3], bad(START_MS + 3500)]);
    const ran = await run(['prices', '--replay', recorded, capture, perpetual, '--json']);
    expect(ran.code).toBe(1);
    expect(documentOf(ran)['latestProblems']).toMatchObject([
      {
        file: capture,
        line: 4,
        venue: 'binance-spot',
        connection: null,
        time: '2024-08-08T23:54:18.500000Z',
      },
      {
        file: 'binance-spot/stream',
        venue: 'binance-spot',
        connection: 'stream',
        time: '2024-08-08T23:54:19.500000Z',
      },
    ]);
  });

  test('lines that cannot be used are named, and the exit code says so', async () => {
    const broken = write(folder, 'broken', [
      `${START_MS}000000 {"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"1.0","B":"1","a":"1.1","A":"1"}}`,
      `${START_MS + 1}000000 {"stream":"btcusdt@bookTicker","data":{"u":2,"s":"BTCUSDT","b":"NaN"`,
    ]);
    const ran = await run(['prices', '--replay', broken, '--json']);
    expect(ran.code).toBe(1);
    expect(errorsOf(ran)).toEqual([expect.objectContaining({ code: 'FEED_JSON', file: broken, line: 2 })]);
    expect(documentOf(ran)).toMatchObject({ problems: 1, problemsByCode: [{ code: 'FEED_JSON', count: 1 }] });
  });

  test('--quarantine keeps what cannot be used as it came, and nothing is written without it', async () => {
    const cwd = temporaryFolder();
    const long = `{"stream":"btcusdt@bookTicker","data":{"u":3,"s":"BTCUSDT","b":"${'ä'.repeat(40_000)}"`;
    const capture = write(cwd, 'broken', [
      `${START_MS}000000 {"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"1.0","B":"1","a":"1.1","A":"1"}}`,
      `${START_MS + 1}000000 {"stream":"btcusdt@bookTicker","data":{"u":2,"s":"BTCUSDT","b":"NaN","B":"1","a":"2","A":"1"}}`,
      `${START_MS + 2}000000 ${long}`,
      'no time',
    ]);
    const plain = await run(['prices', '--replay', capture, '--json'], { cwd });
    expect(readdirSync(cwd)).toEqual(['broken']);
    const args = ['prices', '--replay', capture, '--json', '--quarantine', 'kept.ndjson'];
    const ran = await run(args, { cwd });
    expect([ran.code, ran.stderr]).toEqual([plain.code, plain.stderr]);
    const lines = readFileSync(join(cwd, 'kept.ndjson'), 'utf8').trimEnd().split('\n');
    const [number, cut, line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(number).toMatchObject({
      time: '2024-08-08T23:54:16.001000Z',
      venue: 'binance-spot',
      connection: null,
      file: capture,
      line: 2,
      code: 'FEED_NUMBER',
      field: 'b',
      value: 'NaN',
      frame: '{"stream":"btcusdt@bookTicker","data":{"u":2,"s":"BTCUSDT","b":"NaN","B":"1","a":"2","A":"1"}}',
      isCut: false,
    });
    // The quotes and braces are one byte each, an ä two.
    expect(cut).toMatchObject({ line: 3, frameBytes: Buffer.byteLength(long), isCut: true });
    expect(long.startsWith(cut['frame'] as string)).toBe(true);
    expect(65_536 - Buffer.byteLength(cut['frame'] as string)).toBeLessThan(2);
    expect(line).toMatchObject({ code: 'CAPTURE_LINE', line: 4, frame: 'no time', venue: 'binance-spot' });
    const document = documentOf(ran);
    expect(document).toMatchObject({ problems: 3, quarantinedIn: 'kept.ndjson' });
    const latest = document['latestProblems'] as Record<string, unknown>[];
    expect(latest.map(({ code }) => code)).toEqual(
      lines.map((text) => (JSON.parse(text) as { code: string }).code),
    );
    expect(latest[1]).toMatchObject({ frame: long.slice(0, 400), frameLength: long.length });
    const twice = await run(args, { cwd });
    expect([twice.code, errorsOf(twice)[0].code]).toEqual([2, 'QUARANTINE_FAILED']);
    expect(readFileSync(join(cwd, 'kept.ndjson'), 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  test('a symbol that is not in the catalogue is left out with a word', async () => {
    const other = write(folder, 'other', [
      `${START_MS}000000 {"stream":"foousdt@bookTicker","data":{"u":1,"s":"FOOUSDT","b":"1.0","B":"1","a":"1.1","A":"1"}}`,
    ]);
    const { code, stderr } = await run(['prices', '--replay', spot, other]);
    expect([code, stderr.includes('FOOUSDT: not known, left out')]).toEqual([0, true]);
    const alone = await run(['prices', '--replay', other]);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('not known: FOOUSDT')]);
  });
});

describe('wrong usage', () => {
  const nowhere = `${folder}/nowhere.gz`;
  test.each([
    [[], 'say where prices come from'],
    [['--venue', 'binanc', '--markets', 'BTC'], 'unknown venue binanc, did you mean "binance"?'],
    [['--venue', 'nonsense'], 'there are binance, hyperliquid'],
    [['--venue', 'binance', '--markets', 'BTV'], 'unknown market BTV, did you mean "BTC"?'],
    [['--venue', 'binance', '--index', 'hyperliquid'], 'an index is made of spot'],
    [['--venue', 'binance', '--rule', 'binanse'], 'unknown mark rule binanse, did you mean "binance"?'],
    [['--venue', 'binance', '--base-url', 'binance=localhost:1'], '--base-url is VENUE=URL'],
    [['--venue', 'binance', '--seconds', '0'], '--seconds is a number above 0'],
    [['--venue', 'binance', '--min-sources', '0'], 'a whole number from 1 to 32'],
    [['--replay', spot, '--record', 'x'], '--record is for live venues'],
    [['--replay', spot, '--venue', 'okx'], '--venue is for live venues'],
    [
      ['--replay', spot, '--markets', 'ETH'],
      'there is nothing of ETH in the files: the markets in them are BTC',
    ],
    [['--replay', '-'], 'standard input cannot be replayed here'],
    [['--replay', nowhere], 'nowhere.gz'],
    [['--replay', CLI], 'neither a capture of Binance'],
  ])('%j', async (args, message) => {
    const ran = await run(['prices', ...args, '--json']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    const [{ message: said }] = errorsOf(ran);
    expect(said).toContain(message);
  });
});

describe('explain price', () => {
  const files = ['--replay', perpetual, spot, '--min-sources', '1'];

  test('says what the mark was made of, and rounds as it does', async () => {
    const ran = await run(['explain', 'price', 'BTC', '--at', '2024-08-08T23:55:00Z', ...files, '--json']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const document = documentOf(ran);
    expect(document).toMatchObject({
      at: '2024-08-08T23:55:00.000000Z',
      market: 'BTC',
      mark: '49995',
      index: '50000.01',
      quality: 'ok',
      decision: { fresh: 1, agreeing: 1, needed: 1, median: '50000.01' },
      rule: {
        name: 'binance-60s',
        bid: '49990',
        ask: '49990.1',
        parts: [
          { part: 'funding-basis', state: 'index instead', value: '50000.01', isChosen: false },
          { part: 'mean-basis', state: 'there', value: '49990.05', isChosen: false },
          { part: 'last', state: 'there', value: '49995', isChosen: true },
        ],
      },
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    const { stdout } = await run(['explain', 'price', 'btcusdt', '--at', '1723161300000000', ...files]);
    expect(stdout).toContain('BTC  mark 49995  at 2024-08-08T23:55:00.000000Z');
    expect(stdout).toMatch(/binance-spot BTCUSDT mid +50000\.01 +0 .* 1 of 1 +used/);
    expect(stdout).toMatch(/\* +last +49995 +there/);
    expect(stdout).toContain('49995 rounded half to even to a multiple of 0.001: 49995');
    expect(stdout).toContain(String(document['hash']));
  });

  test('without --at it is the price at the end, and a moment is not another', async () => {
    const end = documentOf(await run(['explain', 'price', 'BTC', ...files, '--json']));
    expect([end['index'], end['at']]).toEqual(['50010.01', '2024-08-08T23:55:06.200000Z']);
    // One microsecond before the spot price changed.
    const before = await run([
      'explain',
      'price',
      'BTC',
      '--at',
      '2024-08-08T23:55:00.999999Z',
      ...files,
      '--json',
    ]);
    expect(documentOf(before)['index']).toBe('50000.01');
    const at = await run(['explain', 'price', 'BTC', '--at', '2024-08-08T23:55:01Z', ...files, '--json']);
    expect(documentOf(at)['index']).toBe('50010.01');
  });

  test('names the source that was refused', async () => {
    const { code, stdout } = await run(['explain', 'price', 'BTC', '--replay', ...recordings]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/bybit BTCUSDT mid +500000\.5 +8999\d{3} .* 0 of 1 +outlier/);
    expect(stdout).toMatch(/2 of 3 fresh sources agree, 3 needed/);
  });

  test.each([
    [['BTX', '--replay', spot], 'unknown market BTX, did you mean "BTC"?'],
    [['BTC@hyperliquid', '--replay', spot], 'BTC@hyperliquid is not one market of the files: they have BTC'],
    [['BTC', '--replay', spot, '--at', '2020-01-01T00:00:00Z'], 'the files begin at 2024-08-08T23:54:16'],
    [['BTC', '--replay', spot, '--at', '2030-01-01T00:00:00Z'], 'the files end at 2024-08-08T23:55:06'],
    [['BTC'], 'give what was recorded of the venues with --replay FILE'],
    [['BTC', '--seq', '3', '--replay', spot], '--seq is a sequence of a journal'],
  ])('%j is refused', async (args, message) => {
    const ran = await run(['explain', 'price', ...args, '--json']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(errorsOf(ran)[0].message).toContain(message);
  });
});

describe.skipIf(!hasRecordings)('over the recorded captures', () => {
  const names = ['usdm-btcusdt', 'spot-btcusdt', 'usdm-ethusdt', 'spot-ethusdt'];

  test(
    'both markets are good for everything with one source, funded and banded',
    { timeout: 60_000 },
    async () => {
      const files = names.map(recording);
      const ran = await run(['prices', '--replay', ...files, '--min-sources', '1', '--json']);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      const document = documentOf(ran);
      expect(document).toMatchObject({ problems: 0, alerts: 0 });
      expect(marketsOf(document).map(({ market, quality, rule }) => [market, quality, rule])).toEqual([
        ['BTC', 'ok', 'binance-60s'],
        ['ETH', 'ok', 'binance-60s'],
      ]);
      for (const market of marketsOf(document)) {
        const { mark, index, last, funding } = market;
        // A perpetual that trades within a percent of its index, marked between the two.
        expect(Math.abs(Number(mark) / Number(index) - 1)).toBeLessThan(0.01);
        expect(Math.abs(Number(mark) / Number(last) - 1)).toBeLessThan(0.001);
        expect(Math.abs(Number(funding!.rate))).toBeLessThan(0.003);
        expect(funding!.samples).toBeGreaterThan(60);
        // What is explained at the end is what was shown.
        const explained = await run([
          'explain',
          'price',
          market.market,
          '--replay',
          ...files,
          '--min-sources',
          '1',
          '--json',
        ]);
        expect(documentOf(explained)).toMatchObject({ mark, index, last, quality: 'ok' });
      }
    },
  );
});

/** Of util-linux; not everywhere, and nowhere a dependency. */
const hasScript = spawnSync('script', ['--version']).status === 0;
if (!hasScript) console.log('left out: prices on a pseudo terminal, because there is no `script` here');

test.skipIf(!hasScript)('on a terminal it draws a screen, and leaves the terminal as it was', async () => {
  const command = `${process.execPath} ${CLI} prices --replay ${perpetual} ${spot} --min-sources 1`;
  const { code, stdout } = await spawned(
    'script',
    ['-qefc', `stty cols 80 rows 24; exec ${command}`, '/dev/null'],
    { input: null, during: (child) => child.stdout!.on('end', () => child.stdin!.end()) },
  );
  expect(code).toBe(0);
  expect(stdout.split('\u001b[?1049h')).toHaveLength(2);
  expect(stdout.split('\u001b[?1049l')).toHaveLength(2);
  const [screen, left] = stdout.split('\u001b[?1049l');
  expect(stripVTControlCharacters(left)).toMatch(/^BTC +50010\.0 +49999\.\d +49995\.0/m);
  const frame = stripVTControlCharacters(screen.split('\u001b[H').at(-1)!);
  expect(frame).toContain('Ctrl-C ends it');
  expect(
    Math.max(...frame.split(/\r?\n/).map((line) => line.replaceAll('\r', '').length)),
  ).toBeLessThanOrEqual(80);
});
