/** Replays of small files: what is counted, what is said of what cannot be used, and how a broken-off run goes on. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  captureLines,
  spotLines,
  depth,
  documentOf,
  errorsOf,
  hasRecordings,
  LINES,
  recording,
  run,
  temporaryFolder,
  ticker,
  write,
} from './run-cli.ts';

const KEYS = [
  'prices',
  'accounts',
  'positions',
  'evaluations',
  'levelChanges',
  'liquidatable',
  'missed',
  'late',
  'extra',
  'checker',
  'stateHash',
  'elapsedMs',
  'pricesPerSecond',
  'source',
  'gaps',
  'problems',
  'duplicates',
  'book',
];

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
  write(folder, 'capture.gz', captureLines(400));
  write(folder, 'plain', captureLines(400));
  write(folder, 'commands.ndjson', LINES);
  write(folder, 'long', captureLines(20_000));
});
const replay = (...args: string[]) => run(['replay', ...args], { cwd: folder });

describe('a capture', () => {
  test('meets a book made for it, and the reference agrees', async () => {
    const ran = await replay('capture.gz', '--accounts', '200', '--seed', '3', '--check', '--json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const summary = documentOf(ran);
    expect(Object.keys(summary)).toEqual(expect.arrayContaining(KEYS));
    expect(summary).toMatchObject({
      prices: 400,
      accounts: 200,
      missed: 0,
      late: 0,
      extra: 0,
      checker: 'agrees',
      gaps: 0,
      problems: 0,
      duplicates: 0,
      complete: true,
    });
    expect(summary['book']).toMatchObject({ accounts: 200, seed: 3, book: 'edge' });
    expect(summary['levelChanges']).toBeGreaterThan(100);
    expect(summary['liquidatable']).toBeGreaterThanOrEqual(0);
    expect(summary['everLiquidatable']).toBeGreaterThan(10);

    const again = documentOf(await replay('plain', '--accounts', '200', '--seed', '3', '--json'));
    expect(again).toMatchObject({
      stateHash: summary['stateHash'],
      missed: null,
      late: null,
      extra: null,
      checker: 'off',
      levelChanges: summary['levelChanges'],
    });
  });

  test('of defaults says which: 1000 accounts, seed 1, edge', async () => {
    const { code, stdout } = await replay('capture.gz', '--check-every', '50');
    expect(code).toBe(0);
    expect(stdout).toContain('1000 accounts in 1 markets, seed 1');
    expect(stdout).toContain('95% of maintenance margin');
    expect(stdout).toContain('agrees: 0 missed, 0 late, 0 extra');
  });

  test('with lines that are none goes on, names each, and ends with 1', async () => {
    const lines = captureLines(20);
    lines.splice(
      5,
      0,
      'garbage',
      ticker(900, '0.00', '1.0'),
      ticker(901, '1e300', '2'),
      ticker(902, 'NaN', '2'),
      ticker(903, '5', '4'),
    );
    write(folder, 'poison', lines);
    const ran = await replay('poison', '--json');
    expect(ran.code).toBe(1);
    expect(documentOf(ran)).toMatchObject({ prices: 20, problems: 5, gaps: 0 });
    expect(errorsOf(ran).map(({ code, line, file }) => [code, line, file])).toEqual([
      ['CAPTURE_LINE', 6, 'poison'],
      ['CAPTURE_PRICE', 7, 'poison'],
      ['CAPTURE_PRICE', 8, 'poison'],
      ['CAPTURE_PRICE', 9, 'poison'],
      ['CAPTURE_CROSSED', 10, 'poison'],
    ]);
    const strict = await replay('poison', '--strict', '--json');
    expect([strict.code, strict.stdout]).toEqual([2, '']);
    expect(errorsOf(strict)).toMatchObject([
      { code: 'CAPTURE_LINE', file: 'poison', line: 6, value: 'garbage' },
    ]);
  });

  test('with a hole in its sequence says so, counts it, and ends with 1', async () => {
    write(folder, 'gap', [
      ...captureLines(5),
      depth(1, 10, 0),
      depth(11, 20, 10),
      depth(31, 40, 30),
      ...captureLines(9).slice(5),
    ]);
    const ran = await replay('gap', '--json');
    expect([ran.code, documentOf(ran)['gaps'], documentOf(ran)['prices']]).toEqual([1, 1, 9]);
    expect(errorsOf(ran)).toMatchObject([{ code: 'CAPTURE_DEPTH_GAP', file: 'gap', line: 8, field: 'pu' }]);
    expect((await replay('gap')).stdout).toContain('Record that time again');
  });

  test('cut short is applied as far as it is whole, and ends with 2', async () => {
    const whole = gzipSync(`${captureLines(4000).join('\n')}\n`);
    writeFileSync(join(folder, 'cut.gz'), whole.subarray(0, Math.floor(whole.length / 2)));
    const ran = await replay('cut.gz', '--json');
    expect(ran.code).toBe(2);
    const summary = documentOf(ran);
    expect(summary).toMatchObject({ complete: false });
    expect(summary['prices']).toBeGreaterThan(100);
    expect(errorsOf(ran)).toMatchObject([
      { code: 'INGEST_TRUNCATED', file: 'cut.gz', line: expect.any(Number) as number },
    ]);
  });

  test('cut short beside its index is applied as far as it is whole, too', async () => {
    const whole = gzipSync(`${captureLines(1000).join('\n')}\n`);
    writeFileSync(join(folder, 'cut.gz'), whole.subarray(0, Math.floor(whole.length / 2)));
    write(folder, 'spot', spotLines(1000));
    const ran = await replay('cut.gz', 'spot', '--min-sources', '1', '--json');
    expect(ran.code).toBe(2);
    expect(documentOf(ran)).toMatchObject({ complete: false, pricing: { minSources: 1 } });
    expect(documentOf(ran)['prices']).toBeGreaterThan(0);
    expect(errorsOf(ran)).toMatchObject([{ code: 'INGEST_TRUNCATED', file: 'cut.gz' }]);
  });

  test('of markets without a book is refused', async () => {
    write(folder, 'other', [ticker(1, '1', '2', 'LUNAUSDT')]);
    const ran = await replay('other', '--json');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(errorsOf(ran)).toMatchObject([{ code: 'INPUT_MARKETS', file: 'other', value: 'LUNAUSDT' }]);
  });

  test('beside one of another market runs side by side, by time', async () => {
    write(
      folder,
      'eth',
      Array.from({ length: 50 }, (_, at) => ticker(100 + at * 8, '2681.62', '2681.63', 'ETHUSDT')),
    );
    const both = documentOf(await replay('capture.gz', 'eth', '--accounts', '50', '--json', '--check'));
    expect(both).toMatchObject({ prices: 450, duplicates: 0, checker: 'agrees' });
    expect(documentOf(await replay('eth', 'capture.gz', '--accounts', '50', '--json'))['prices']).toBe(450);
  });
});

describe('command files', () => {
  test('are told by their content, from a file or standard input', async () => {
    const file = await replay('commands.ndjson', '--json', '--check');
    expect(file.code).toBe(0);
    const summary = documentOf(file);
    expect(summary).toMatchObject({
      prices: 4,
      accounts: 2,
      positions: 2,
      liquidatable: 0,
      everLiquidatable: 1,
      checker: 'agrees',
      book: null,
      sequence: 13,
    });
    const piped = await run(['replay', '-', '--json'], { input: gzipSync(LINES.join('\n')) });
    expect(documentOf(piped)).toMatchObject({
      stateHash: summary['stateHash'],
      source: [{ file: '<stdin>', kind: 'commands', bytes: null }],
    });
  });

  test.each([
    [
      'unknown market',
      '{"kind":"marks","time":1,"marks":[{"market":"BTCUSD","price":"1"}]}',
      'COMMAND_NAME_UNKNOWN',
      'marks[0].market',
    ],
    [
      'unknown field',
      '{"kind":"marks","time":1,"marks":[{"market":"BTCUSDT","price":"1"}],"txt":""}',
      'COMMAND_FIELD_UNKNOWN',
      'txt',
    ],
    ['malformed JSON', '{"kind":"marks","time":1', 'COMMAND_JSON', null],
    [
      'zero',
      '{"kind":"marks","time":1,"marks":[{"market":"BTCUSDT","price":"0"}]}',
      'COMMAND_NUMBER',
      'marks[0].price',
    ],
    [
      'negative',
      '{"kind":"marks","time":1,"marks":[{"market":"BTCUSDT","price":"-5"}]}',
      'COMMAND_NUMBER',
      'marks[0].price',
    ],
    [
      'NaN',
      '{"kind":"marks","time":1,"marks":[{"market":"BTCUSDT","price":"NaN"}]}',
      'COMMAND_NUMBER',
      'marks[0].price',
    ],
    [
      'infinity',
      '{"kind":"collateral","time":1,"account":"long-1","amount":"Infinity"}',
      'COMMAND_NUMBER',
      'amount',
    ],
    [
      '2^53',
      '{"kind":"collateral","time":1,"account":"long-1","amount":9007199254740993}',
      'COMMAND_NUMBER',
      'amount',
    ],
    [
      '2^53 units',
      '{"kind":"collateral","time":1,"account":"long-1","amount":"9007199254.740993"}',
      'COMMAND_NUMBER',
      'amount',
    ],
    [
      'off the tick',
      '{"kind":"order","time":1,"account":"long-1","market":"BTCUSDT","id":1,"size":"0.1","price":"40000.05"}',
      'COMMAND_OFF_GRID',
      'price',
    ],
    [
      'tiers out of order',
      '{"kind":"tiers","time":1,"market":"BTCUSDT","effective":1,"tiers":[{"floor":"0","mmr":"0.01","imr":"0.02"},{"floor":"0","mmr":"0.02","imr":"0.04"}]}',
      'COMMAND_TIERS',
      'tiers[1].floor',
    ],
    [
      'mark tick x lot not whole',
      '{"kind":"market","time":1,"name":"X","tick":"0.1","lot":"0.001","markTick":"0.0001","tiers":[{"floor":"0","mmr":"0.01","imr":"0.02"}]}',
      'COMMAND_GRID',
      'markTick',
    ],
  ])('leave out a line with %s, name it, and end with 1', async (name, line, code, field) => {
    const file = write(folder, `bad ${name}`, [...LINES.slice(0, 9), line, ...LINES.slice(9)]);
    const ran = await replay(file, '--json');
    expect([ran.code, documentOf(ran)['problems'], documentOf(ran)['prices']]).toEqual([1, 1, 4]);
    expect(errorsOf(ran)).toMatchObject([{ code, file, line: 10, field }]);
    const human = await replay(file);
    expect(human.stderr).toContain(`${file}:10`);
    if (field !== null) expect(human.stderr).toContain(field);
  });

  test('with refused commands name them, count them, and end with 0', async () => {
    const line =
      '{"kind":"position","time":1,"account":"long-1","market":"BTCUSDT","size":"0.1","costBasis":"5","isolated":true}';
    const ran = await run(['replay', '-', '--json'], { input: [...LINES, LINES[11], line].join('\n') });
    expect([ran.code, documentOf(ran)['refused'], documentOf(ran)['duplicates']]).toEqual([
      0,
      { duplicate: 1, margin_mode_conflict: 1 },
      1,
    ]);
    expect(errorsOf(ran)).toMatchObject([{ code: 'margin_mode_conflict', file: '<stdin>', line: 15 }]);
  });

  test('with positions missing from a source count a gap and end with 1', async () => {
    const ran = await run(['replay', '-', '--json'], {
      input: [...LINES, LINES[11].replace('"position":7', '"position":9')].join('\n'),
    });
    expect([ran.code, documentOf(ran)['gaps']]).toEqual([1, 1]);
    expect(errorsOf(ran)).toMatchObject([{ code: 'source_gap', line: 14 }]);
  });

  test.each([
    ['empty', '', 'INPUT_EMPTY', null],
    ['prose', 'Dear Sir or Madam,\n', 'INPUT_UNKNOWN', 1],
    ['cut gzip header', '\u001f\u008b', 'INGEST_TRUNCATED', 0],
  ])('that are none are refused: %s', async (name, text, code, line) => {
    writeFileSync(join(folder, name), Buffer.from(text, 'latin1'));
    const ran = await replay(name, '--json');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(errorsOf(ran)).toMatchObject([{ code, file: name, line }]);
  });

  test('that do not exist are named', async () => {
    const ran = await replay('nowhere.gz', '--json');
    expect(ran.code).toBe(2);
    expect(errorsOf(ran)).toMatchObject([{ code: 'INPUT_UNREADABLE', file: 'nowhere.gz' }]);
    expect(errorsOf(await replay('.', '--json'))).toMatchObject([
      { code: 'INPUT_UNREADABLE', errno: 'EISDIR' },
    ]);
  });

  test('bring their accounts: no book beside them, and they come first', async () => {
    expect(errorsOf(await replay('commands.ndjson', '--accounts', '5', '--json'))).toMatchObject([
      { code: 'USAGE_INVALID', field: '--accounts' },
    ]);
    expect(errorsOf(await replay('capture.gz', 'commands.ndjson', '--json'))).toMatchObject([
      { code: 'USAGE_INVALID', value: 'commands.ndjson' },
    ]);
    expect(documentOf(await replay('commands.ndjson', 'capture.gz', '--json', '--check'))).toMatchObject({
      prices: 404,
      accounts: 2,
      checker: 'agrees',
    });
  });
});

describe('with --data', () => {
  test('the same command again adds nothing and has the same state', async () => {
    const first = await replay('capture.gz', '--accounts', '100', '--data', 'twice', '--json');
    const again = await replay('capture.gz', '--data', 'twice', '--json');
    const plain = documentOf(await replay('capture.gz', '--accounts', '100', '--json'));
    expect(documentOf(first)).toMatchObject({
      prices: 400,
      duplicates: 0,
      stateHash: plain['stateHash'],
      data: { resumedAt: 0, acknowledged: 505 },
    });
    expect(documentOf(again)).toMatchObject({
      prices: 0,
      duplicates: 400,
      stateHash: plain['stateHash'],
      data: { resumedAt: 505, acknowledged: 505 },
    });
  });

  test('a longer recording goes on where the shorter ended', async () => {
    write(folder, 'half', captureLines(400).slice(0, 250));
    await replay('half', '--accounts', '60', '--data', 'longer');
    const rest = documentOf(
      await replay('capture.gz', '--accounts', '60', '--data', 'longer', '--json', '--check'),
    );
    expect(rest).toMatchObject({
      prices: 150,
      duplicates: 250,
      checker: 'agrees',
      checked: { commands: 465 },
    });
    expect(rest['stateHash']).toBe(
      documentOf(await replay('capture.gz', '--accounts', '60', '--json'))['stateHash'],
    );
  });

  test('killed at any moment, the same command again comes to the same end', async () => {
    const whole = documentOf(await replay('long', '--accounts', '3000', '--json'));
    for (const [at, ms] of [500, 700, 900, 1200].entries()) {
      const killed = await run(
        ['replay', 'long', '--accounts', '3000', '--data', `killed${at % 2}`, '--snapshot-every', '5000'],
        {
          cwd: folder,
          during: (child) => void setTimeout(() => child.kill('SIGKILL'), ms),
        },
      );
      expect([killed.signal, killed.code]).toSatisfy(([signal, code]) => signal === 'SIGKILL' || code === 0);
    }
    for (const directory of ['killed0', 'killed1']) {
      const ended = await replay('long', '--accounts', '3000', '--data', directory, '--json');
      expect(ended.code).toBe(0);
      expect(documentOf(ended)['stateHash']).toBe(whole['stateHash']);
      expect((await run(['verify-log', directory], { cwd: folder })).code).toBe(0);
    }
  });

  test('Ctrl-C, which comes twice, ends it in good order', async () => {
    const twice = (child: ChildProcess): void => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 3);
    };
    /** Once the directory's log has grown to so many bytes: what is in it was applied. */
    const when = (directory: string, bytes: number, child: ChildProcess): void => {
      const log = join(folder, directory, 'journal', '00000000000000000001.log');
      const poll = setInterval(() => {
        if (!existsSync(log) || statSync(log).size < bytes) return;
        clearInterval(poll);
        twice(child);
      }, 5);
      child.on('close', () => clearInterval(poll));
    };
    const busy = await run(['replay', 'long', '--accounts', '400000', '--data', 'broken-off', '--json'], {
      cwd: folder,
      during: (child) => when('broken-off', 100_000, child),
    });
    expect(busy.code).toBe(130);
    expect(documentOf(busy)).toMatchObject({ complete: false });
    expect((await run(['verify-log', 'broken-off'], { cwd: folder })).code).toBe(0);

    const waiting = await run(['replay', '-', '--data', 'waiting', '--json'], {
      cwd: folder,
      input: null,
      during: (child) => {
        child.stdin!.write(`${LINES.join('\n')}\n`);
        when('waiting', 1000, child);
      },
    });
    expect([waiting.code, waiting.stderr]).toEqual([130, '']);
    expect(documentOf(waiting)).toMatchObject({ sequence: 13, complete: false, data: { acknowledged: 13 } });
  });

  test('other accounts than those in the directory are refused, with what it has', async () => {
    await replay('capture.gz', '--accounts', '10', '--data', 'mine');
    for (const [option, value] of [
      ['--accounts', '11'],
      ['--seed', '2'],
      ['--book', 'spread'],
    ] as const) {
      const ran = await replay('capture.gz', option, value, '--data', 'mine', '--json');
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(errorsOf(ran)).toMatchObject([
        { field: option, message: expect.stringContaining('accounts 10, seed 1, edge, zipf') as string },
      ]);
    }
    expect(
      (await replay('capture.gz', '--accounts', '10', '--seed', '1', '--book', 'edge', '--data', 'mine'))
        .code,
    ).toBe(0);
  });

  test('command files are retraced: the same again, longer, or refused where they differ', async () => {
    write(folder, 'start.ndjson', LINES.slice(0, 8));
    write(folder, 'tail.ndjson', LINES.slice(8));
    await replay('start.ndjson', '--data', 'history');
    const whole = documentOf(await replay('commands.ndjson', '--data', 'history', '--json', '--check'));
    expect(whole).toMatchObject({
      sequence: 13,
      checker: 'agrees',
      data: { resumedAt: 8, acknowledged: 13 },
    });
    expect(documentOf(await replay('commands.ndjson', '--data', 'history', '--json'))).toMatchObject({
      sequence: 13,
      stateHash: whole['stateHash'],
    });
    write(
      folder,
      'changed.ndjson',
      LINES.map((line) => line.replace('"1000"', '"1001"')),
    );
    const changed = await replay('changed.ndjson', '--data', 'history', '--json');
    expect(changed.code).toBe(2);
    expect(errorsOf(changed)).toMatchObject([
      { code: 'REPLAY_DIFFERS', file: 'changed.ndjson', line: 7, sequence: 7 },
    ]);
    await replay('start.ndjson', '--data', 'appended');
    expect(documentOf(await replay('tail.ndjson', '--data', 'appended', '--json'))).toMatchObject({
      sequence: 13,
      stateHash: whole['stateHash'],
    });
  });

  test('a directory in use, of another version or damaged is refused', async () => {
    let release = (): void => {};
    const holding = run(['replay', '-', '--data', 'used', '--json'], {
      cwd: folder,
      input: null,
      during: (child) => {
        child.stdin!.write(`${LINES.join('\n')}\n`);
        release = () => void child.stdin!.end();
      },
    });
    await expect.poll(() => existsSync(join(folder, 'used', 'lock')), { timeout: 10_000 }).toBe(true);
    const held = await replay('commands.ndjson', '--data', 'used', '--json');
    expect([held.code, errorsOf(held)[0].code]).toEqual([2, 'JOURNAL_LOCKED']);
    expect((await run(['verify-log', 'used'], { cwd: folder })).code).toBe(0);
    release();
    expect(documentOf(await holding)).toMatchObject({ sequence: 13 });

    await replay('commands.ndjson', '--data', 'old');
    const meta = join(folder, 'old', 'plimsoll.json');
    writeFileSync(meta, readFileSync(meta, 'utf8').replace('"format": 1', '"format": 2'));
    const old = await replay('commands.ndjson', '--data', 'old', '--json');
    expect([old.code, errorsOf(old)[0]]).toMatchObject([
      2,
      { code: 'JOURNAL_VERSION', field: 'format', value: 2 },
    ]);

    await replay('commands.ndjson', '--data', 'damaged');
    const log = join(folder, 'damaged', 'journal', '00000000000000000001.log');
    const bytes = readFileSync(log);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(log, bytes);
    const damaged = await replay('commands.ndjson', '--data', 'damaged', '--json');
    expect([damaged.code, errorsOf(damaged)[0].code]).toEqual([3, 'JOURNAL_DAMAGED']);
  });
});

describe.skipIf(!hasRecordings)('recorded captures', () => {
  test.each([
    ['usdm-btcusdt', 66_089],
    ['usdm-ethusdt', 53_992],
  ] as const)('%s: every price, none left out', async (name, prices) => {
    const ran = await run([
      'replay',
      recording(name),
      '--json',
      '--check-every',
      '1000',
      '--accounts',
      '100',
    ]);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf(ran)).toMatchObject({
      prices,
      problems: 0,
      gaps: 0,
      duplicates: 0,
      missed: 0,
      late: 0,
      extra: 0,
      checker: 'agrees',
    });
  });

  test.each([
    ['1', 'ok'],
    ['3', 'single-source'],
  ])('the spot market is the index: with %s sources needed the price is %s', async (needed, quality) => {
    const ran = await run([
      'replay',
      recording('usdm-btcusdt'),
      recording('spot-btcusdt'),
      '--min-sources',
      needed,
      '--check',
      '--json',
    ]);
    const document = documentOf(ran);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(document).toMatchObject({
      gaps: 0,
      problems: 0,
      missed: 0,
      late: 0,
      extra: 0,
      pricing: { rule: 'binance-60s', minSources: Number(needed), quality: { BTCUSDT: quality } },
    });
    expect(document['prices']).toBeGreaterThan(1000);
  });

  test('its marks are those that explain price explains', async () => {
    const cwd = temporaryFolder();
    const files = [recording('usdm-btcusdt'), recording('spot-btcusdt')];
    await run(['replay', ...files, '--min-sources', '1', '--data', 'data'], { cwd });
    for (const at of ['2024-08-08T23:57:00Z', '2024-08-08T23:58:30.5Z', '2024-08-08T23:59:59Z']) {
      const account = await run(['explain', 'account', '17', '--data', 'data', '--at', at, '--json'], {
        cwd,
      });
      const price = await run(
        ['explain', 'price', 'BTCUSDT', '--at', at, '--replay', ...files, '--min-sources', '1', '--json'],
        { cwd },
      );
      const [{ price: mark }] = documentOf(account)['marks'] as { price: string }[];
      expect(JSON.stringify(documentOf(price))).toContain(`"${mark}"`);
    }
  });

  test('spot markets alone are books like any other', async () => {
    const ran = await run(['replay', recording('spot-btcusdt'), recording('spot-ethusdt'), '--json']);
    expect(ran.code).toBe(0);
    expect(documentOf(ran)['pricing']).toMatchObject({ rule: 'mid' });
  });
});
