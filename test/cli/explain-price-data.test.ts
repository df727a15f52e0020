/** `plimsoll explain price --data`: the mark that a journal has, and the same mark made again from its captures. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { writeCaptures } from './prices-files.ts';
import {
  captureLines,
  documentOf,
  errorsOf,
  hasRecordings,
  LINES,
  recording,
  run,
  temporaryFolder,
  write,
} from './run-cli.ts';

let folder: string;
let files: string[];
const explain = (...args: string[]) => run(['explain', 'price', ...args], { cwd: folder });

beforeAll(async () => {
  folder = temporaryFolder();
  const { perpetual, spot } = writeCaptures(folder);
  files = [perpetual, spot];
  await run(['replay', ...files, '--min-sources', '1', '--accounts', '20', '--data', 'data'], {
    cwd: folder,
  });
});

interface Document {
  readonly cut: { readonly sequence: number };
  readonly mark: { readonly price: string; readonly by: { readonly sequence: number } };
  readonly made: {
    readonly explanation: { readonly mark: string };
    readonly comparison: Record<string, unknown>;
  } | null;
  readonly hash: string;
}
const ask = async (...args: string[]): Promise<Document> =>
  documentOf(await explain(...args, '--json')) as unknown as Document;

describe('from the journal alone', () => {
  test('the mark in force, its quality, who said both, and what is not there', async () => {
    const ran = await explain('BTC', '--data', 'data', '--json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    // Worked out by hand in prices-files.ts: the mean of fifty samples of the basis.
    expect(documentOf(ran)).toMatchObject({
      market: 'BTCUSDT',
      mark: {
        price: '49999.05',
        by: {
          kind: 'marks',
          origin: { source: 'prices:BTCUSDT', position: 1_723_161_306_000_000 },
          text: 'binance-60s: index 50010.01000, last 49995.00000, basis -10.96000',
        },
      },
      quality: {
        quality: 'ok',
        allows: ['show', 'value', 'open', 'liquidate', 'settle'],
        verdict: 'actionable',
        held: false,
        breaker: false,
        reference: '50000.01',
        by: { kind: 'quality', text: 'ok: 1 of 1 fresh sources agree' },
        breakerBy: null,
      },
      made: null,
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    const { stdout } = await explain('btcusdt', '--data', 'data');
    expect(stdout).toMatch(/^BTCUSDT {2}mark 49999\.05 {2}at sequence \d+ of \d+/);
    expect(stdout).toContain('not in the journal');
    expect(stdout).toContain(String(documentOf(ran)['hash']));
  });

  test('a moment is the same by time and by sequence, and not another', async () => {
    const end = await ask('BTC', '--data', 'data');
    const before = await ask('BTC', '--data', 'data', '--seq', String(end.mark.by.sequence - 1));
    expect(before.cut.sequence).toBe(end.mark.by.sequence - 1);
    expect(before.mark.price).not.toBe(end.mark.price);
    const at = await ask('BTC', '--data', 'data', '--at', '2024-08-08T23:55:05.999999Z');
    expect(at.mark).toEqual(before.mark);
    expect(at.hash).not.toBe(before.hash);
  });

  test('a held market says why, and which command tripped the breaker', async () => {
    const cwd = temporaryFolder();
    write(cwd, 'commands.ndjson', [
      ...LINES.slice(0, 10),
      '{"kind":"breaker","time":"2024-08-08T23:54:04Z","share":"0.1","least":1}',
      '{"kind":"marks","time":"2024-08-08T23:54:05Z","origin":{"source":"ledger","position":7},"marks":[{"market":"BTCUSDT","price":"40160.0"}],"text":"mid of 40159.9 and 40160.1"}',
      '{"kind":"quality","time":"2024-08-08T23:54:06Z","market":"BTCUSDT","quality":"divergent","allows":["show"],"reference":"50000","text":"far from the index"}',
      '{"kind":"lift","time":"2024-08-08T23:54:07Z","market":"BTCUSDT"}',
    ]);
    await run(['replay', 'commands.ndjson', '--data', 'data'], { cwd });
    const at = async (sequence: number): Promise<Record<string, unknown>> =>
      documentOf(
        await run(['explain', 'price', 'BTCUSDT', '--data', 'data', '--seq', String(sequence), '--json'], {
          cwd,
        }),
      );
    expect(await at(12)).toMatchObject({
      mark: { price: '40160.0', before: '50000.0', by: { origin: { source: 'ledger', position: 7 } } },
      quality: { quality: 'ok', verdict: 'held', breaker: true, breakerBy: { sequence: 12 }, by: null },
    });
    expect(await at(13)).toMatchObject({
      mark: { price: '40160.0', by: { sequence: 12 } },
      quality: {
        quality: 'divergent',
        allows: ['show'],
        held: true,
        breaker: true,
        reference: '50000.0',
        by: { sequence: 13, text: 'far from the index' },
      },
    });
    expect(await at(14)).toMatchObject({ quality: { held: true, breaker: false, breakerBy: null } });
    const { stdout } = await run(['explain', 'price', 'BTC', '--data', 'data', '--seq', '13'], { cwd });
    expect(stdout).toContain('held: nothing is liquidated by it; the breaker is tripped');
    expect(stdout).toContain('1 of 2 accounts with positions would be liquidatable at once');
    const refused = await run(['explain', 'price', 'BTC', '--data', 'data', '--replay', ...files, '--json'], {
      cwd,
    });
    expect([refused.code, errorsOf(refused)[0].message]).toEqual([
      2,
      expect.stringContaining('it came from ledger (mid of 40159.9 and 40160.1)'),
    ]);
  });
});

describe('with the captures beside it', () => {
  const ofData = ['BTC', '--data', 'data'];
  let withFiles: string[];
  beforeAll(() => {
    withFiles = [...ofData, '--min-sources', '1', '--replay', ...files];
  });

  test('the mark is made again, explained in full, and is the same at every sequence', async () => {
    const end = await ask('BTC', '--data', 'data');
    for (let sequence = end.cut.sequence; sequence > end.cut.sequence - 8; sequence--) {
      const made = await ask(...withFiles, '--seq', String(sequence));
      expect(made.made!.comparison).toMatchObject({ agrees: true, differences: [], parts: null });
      expect(Number(made.made!.explanation.mark)).toBe(Number(made.mark.price));
    }
    const ran = await explain(...withFiles);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('the same: mark and quality are those of the journal, as are 9 commands');
    expect(ran.stdout).toMatch(/\* +mean-basis +49999\.05 +there/);
    expect(ran.stdout).toMatch(/binance-spot BTCUSDT mid +50010\.01 +0 .* 1 of 1 +used/);
  });

  test('captures that are others: the first command that differs is named, and the exit code says so', async () => {
    const lines = gunzipSync(readFileSync(files[1])).toString('utf8');
    // A tenth of a dollar, from the moment at which the spot price moved.
    const other = write(folder, 'other.gz', lines.replaceAll('50010.02', '50010.22'));
    const ran = await explain(...ofData, '--min-sources', '1', '--json', '--replay', files[0], other);
    expect(ran.code).toBe(1);
    const { made } = documentOf(ran) as unknown as Document;
    expect(made!.comparison).toMatchObject({
      agrees: false,
      // (45 * -9.96 + 5 * -20.06) / 50 = -10.97, from 50010.11.
      differences: [{ what: 'mark', journal: '49999.05', files: '49999.14' }],
      parts: {
        time: '2024-08-08T23:55:01.000000Z',
        // The basis of 45 samples, the index of now: 50010.01 - 9.96, and a tenth more.
        journal: 'mark 50000.05 at position 1723161301000000',
        files: 'mark 50000.15 at position 1723161301000000',
      },
    });
  });

  test('another number of sources is told by the quality', async () => {
    const ran = await explain('BTC', '--data', 'data', '--replay', ...files);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('quality: journal ok, files single-source');
    expect(ran.stdout).toContain('3 were needed here: give --min-sources as the run had it');
  });

  test.each([
    [['ETH', '--data', 'data'], 'there is no market "ETH" at sequence'],
    [['BTC', '--data', 'data', '--seq', '5', '--at', '5'], 'give one of them'],
    [['BTC', '--data', 'data', '--seq', '9999999'], 'there is no state at sequence 9999999'],
    [['BTC', '--data', 'data', '--at', '2020-01-01T00:00:00Z'], 'its markets are none yet'],
    [['BTC', '--data', 'nowhere'], 'There is no journal in nowhere'],
    [['BTC', '--data', 'data', '--replay', 'perpetual.gz'], 'give both with --replay'],
    [['BTC', '--data', 'data', '--seq', '23', '--replay', 'spot.gz'], 'generated book'],
  ])('%j is refused', async (args, message) => {
    const ran = await explain(...args, '--json');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(errorsOf(ran)[0].message).toContain(message);
  });

  test('the middle of one book has its text and no more', async () => {
    const cwd = temporaryFolder();
    write(cwd, 'capture', captureLines(40));
    await run(['replay', 'capture', '--accounts', '20', '--data', 'data'], { cwd });
    const { stdout } = await run(['explain', 'price', 'BTC', '--data', 'data'], { cwd });
    expect(stdout).toMatch(/mid of \d+\.\d and \d+\.\d/);
    expect(stdout).toContain('quality own-book-only');
    expect(stdout).toContain('verdict    held');
    const again = (file: string) =>
      run(['explain', 'price', 'BTC', '--data', 'data', '--json', '--replay', file], { cwd });
    const same = await again('capture');
    expect(same.code).toBe(0);
    expect(documentOf(same)['made']).toMatchObject({
      rule: 'mid',
      sourcesMin: null,
      explanation: null,
      comparison: { agrees: true, commands: 40, parts: null },
    });
    // One price of the twentieth line is another.
    const lines = captureLines(40);
    const [, bid] = /"b":"([\d.]+)"/.exec(lines[19])!;
    lines[19] = lines[19].replace(bid, (Number(bid) - 1).toFixed(1));
    write(cwd, 'other', lines);
    const other = await again('other');
    expect(documentOf(other)['made']).toMatchObject({
      // The mark at the end is the same: what differs before it is named all the same.
      comparison: { agrees: true, commands: 19, parts: { journal: expect.anything() as string } },
    });
    expect(other.code).toBe(0);
    write(cwd, 'short', lines.slice(0, 10));
    const short = await again('short');
    expect([short.code, documentOf(short)['made']]).toMatchObject([
      1,
      { comparison: { agrees: false, commands: 10, parts: { files: null } } },
    ]);
  });
});

describe.skipIf(!hasRecordings)('over the recorded captures', () => {
  test('marks of both markets are made again to the tick', { timeout: 120_000 }, async () => {
    const cwd = temporaryFolder();
    const captures = ['usdm-btcusdt', 'spot-btcusdt', 'usdm-ethusdt', 'spot-ethusdt'].map(recording);
    await run(['replay', ...captures, '--min-sources', '1', '--data', 'data'], { cwd });
    for (const [market, at] of [
      ['BTC', '2024-08-08T23:57:00Z'],
      ['ETH', '2024-08-08T23:58:30.5Z'],
      ['BTC', null],
    ] as const) {
      const ran = await run(
        ['explain', 'price', market, '--data', 'data', '--min-sources', '1', '--json']
          .concat(at === null ? [] : ['--at', at])
          .concat('--replay', captures),
        { cwd },
      );
      expect(ran.code).toBe(0);
      const { made, mark } = documentOf(ran) as unknown as Document;
      expect(made!.comparison).toMatchObject({ agrees: true, differences: [], parts: null });
      expect(made!.comparison['commands']).toBeGreaterThan(1000);
      expect(Number(made!.explanation.mark)).toBe(Number(mark.price));
    }
  });
});
