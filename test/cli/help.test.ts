/** Help has an example for each command, and the examples run as they are printed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  captureLines,
  spotLines,
  CLI,
  documentOf,
  errorsOf,
  LINES,
  run,
  spawned,
  temporaryFolder,
  write,
} from './run-cli.ts';

const COMMANDS = [
  'demo',
  'replay',
  'exchange',
  'gate',
  'prices',
  'explain',
  'margin',
  'scenario',
  'key',
  'verify-log',
  'bench',
];

describe('plimsoll', () => {
  test('lists its commands, with and without --help', async () => {
    for (const args of [[], ['--help'], ['help']]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, '']);
      for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `);
    }
  });

  test('says its version', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [['replya'], 'did you mean "replay"?'],
    [['help', 'margn'], 'did you mean "margin"?'],
    [['nonsense', '--json'], 'commands are demo, replay'],
    [['replay', 'x', '--chek'], 'Did you mean --check?'],
    [['verify-log'], "missing required argument 'dir'"],
    [['replay', 'x', '--accounts', '-5'], 'It must be a whole number'],
    [['replay', 'x', '--accounts', '1.5'], 'It must be a whole number'],
    [['replay', 'x', '--accounts', 'many'], 'It must be a whole number'],
    [['replay', 'x', '--book', 'flat'], 'Allowed choices are spread, edge'],
    [['explain', 'account', 'x'], "required option '--data <dir>' not specified"],
    [['explain', 'account', 'x', '--data', 'd', '--at', 'noon'], 'It must be a UTC time'],
    [['explain', 'acount', 'x'], 'Did you mean account?'],
    [['margin', 'a', 'b'], 'too many arguments'],
  ])('%j is wrong usage', async (args, message) => {
    const human = await run(args);
    expect([human.code, human.stdout]).toEqual([2, '']);
    expect(human.stderr).toContain(message);
    const json = await run([...args, '--json']);
    expect([json.code, json.stdout]).toEqual([2, '']);
    expect(errorsOf(json)).toEqual([
      expect.objectContaining({
        code: 'USAGE_INVALID',
        message: expect.stringContaining(message) as string,
        file: null,
        line: null,
      }),
    ]);
  });

  test('a reader that has seen enough is no error', async () => {
    const folder = temporaryFolder();
    write(folder, 'account.json', ACCOUNT);
    const { code, stdout, stderr } = await spawned(
      'sh',
      ['-c', `"${process.execPath}" "${CLI}" margin account.json | head -1`],
      { cwd: folder },
    );
    expect([code, stdout, stderr]).toEqual([0, '{\n', '']);
  });
});

/** The directory of an exchange, for the examples that explain one. */
async function makeVenue(folder: string): Promise<void> {
  const examples = join(import.meta.dirname, '../../examples');
  const args = ['exchange', '--data', 'venue', '--market-file', join(examples, 'exchange-market.ndjson')];
  const input = readFileSync(join(examples, 'exchange-session.ndjson'), 'utf8');
  expect((await run(args, { cwd: folder, input })).code).toBe(0);
}

/** The directory of a gate, for the same. */
async function makeGate(folder: string): Promise<void> {
  const examples = join(import.meta.dirname, '../../examples');
  const files = ['--definitions', 'gate-definitions.ndjson', '--limits', 'gate-limits.json'].map((word, at) =>
    at % 2 === 0 ? word : join(examples, word),
  );
  const input = readFileSync(join(examples, 'gate-session.ndjson'), 'utf8');
  expect((await run(['gate', ...files, '--data', 'gate'], { cwd: folder, input })).code).toBe(0);
}

test.each(COMMANDS)('%s --help has an example', async (command) => {
  const { code, stdout } = await run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples?:/);
  expect(stdout).toContain(`plimsoll ${command}`);
});

describe('the examples run as they are printed', () => {
  test.each([
    ['replay', ['replay', '--help']],
    ['explain', ['explain', '--help']],
    ['explain account', ['explain', 'account', '--help']],
    ['margin', ['margin', '--help']],
    ['scenario', ['scenario', '--help']],
    ['verify-log', ['verify-log', '--help']],
  ])('%s', async (_, help) => {
    const folder = temporaryFolder();
    write(folder, 'account.json', ACCOUNT);
    write(
      folder,
      'liquidation.scenario',
      '# A-1  An account has what it was given.\ndeposit a 5 | a equity 5\n',
    );
    write(folder, 'capture.gz', captureLines(50));
    write(folder, 'usdm.gz', captureLines(50));
    write(folder, 'spot.gz', spotLines(50));
    // Row 17 of the examples wants more than two accounts.
    const more = Array.from(
      { length: 20 },
      (_, at) => `{"kind":"account","time":"2024-08-08T23:54:00Z","name":"more-${at}"}`,
    );
    write(folder, 'commands.ndjson', [
      ...LINES.slice(0, 3),
      ...more.slice(0, 1),
      ...LINES.slice(3),
      ...more.slice(1),
    ]);
    if (help[0] === 'explain') {
      await makeVenue(folder);
      await makeGate(folder);
    }
    if (help[0] !== 'replay')
      expect((await run(['replay', 'commands.ndjson', '--data', 'data'], { cwd: folder })).code).toBe(0);
    const { stdout } = await run(help);
    const examples = stdout
      .slice(stdout.indexOf('Examples:'))
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      // Rows are opened in the course of the journal: the example's row is not there at its sequence in ours.
      const line = example.replace('account 17 ', 'account 1 ');
      const ran = await spawned(
        'sh',
        ['-c', `plimsoll() { "${process.execPath}" "${CLI}" "$@"; }\n${line}`],
        { cwd: folder },
      );
      expect([line, ran.code, ran.stderr]).toEqual([line, 0, '']);
      if (line.includes('--json')) expect(documentOf(ran)).toBeTypeOf('object');
    }
  });
});
