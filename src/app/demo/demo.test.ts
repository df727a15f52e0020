import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DemoOutput } from './output.ts';
import { runDemo } from './run.ts';
import type { Status } from './status.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const SMALL = ['demo', '--terminal', '--accounts', '2000', '--markets', '16', '--seed', '7'];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

/** Runs a command; `during` may send it signals. */
function run(
  file: string,
  args: readonly string[],
  during: (kill: (signal: NodeJS.Signals) => void, output: () => string) => Promise<void> = async () => {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'xterm-256color' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err, ms: performance.now() - start }));
    during(
      (signal) => void child.kill(signal),
      () => out,
    ).catch(reject);
  });
}

describe('plimsoll demo', () => {
  it('prints a plain line a second where there is no terminal, and a summary', async () => {
    const { code, out, err } = await run(process.execPath, [CLI, ...SMALL, '--seconds', '2.5']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).not.toContain('\u001b');
    const lines = out.trimEnd().split('\n');
    expect(
      lines.filter((line) => / prices\/s \(\w+\), .*missed 0 · checked [\d,]+ of [\d,]+ prices/.test(line))
        .length,
    ).toBeGreaterThanOrEqual(1);
    expect(lines.at(-1)).toMatch(/^checker +missed 0 · checked [\d,]+ of [\d,]+ prices$/);
    expect(out).toMatch(/seed 7$/m);
  });

  it('prints nothing but JSON documents with --json, the summary last', async () => {
    const { code, out, err } = await run(process.execPath, [
      CLI,
      ...SMALL,
      '--seconds',
      '2.5',
      '--json',
      '--book',
      'edge',
    ]);
    expect(err).toBe('');
    expect(code).toBe(0);
    const documents = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents.slice(0, -1).every(({ type }) => type === 'progress')).toBe(true);
    expect(documents.length).toBeGreaterThanOrEqual(2);
    const summary = documents.at(-1)!;
    expect(summary).toMatchObject({
      type: 'summary',
      accounts: 2000,
      markets: 16,
      seed: 7,
      book: 'edge',
      checker: 'agrees',
      missed: 0,
      late: 0,
      extra: 0,
      openingChecked: true,
    });
    for (const key of ['prices', 'pricesPerSecond', 'positions', 'evaluations', 'levelChanges', 'checked'])
      expect(summary[key]).toBeGreaterThan(0);
    for (const key of ['p50', 'p99', 'p999', 'max']) expect(summary.latencyUs).toHaveProperty(key);
    expect(summary.checked).toBeLessThanOrEqual(summary.prices as number);
  });

  it('is slowed down by --speed', async () => {
    const { out } = await run(process.execPath, [
      CLI,
      ...SMALL,
      '--seconds',
      '2',
      '--json',
      '--speed',
      '100',
    ]);
    const { prices, checked } = JSON.parse(out.trimEnd().split('\n').at(-1)!) as {
      prices: number;
      checked: number;
    };
    expect(prices).toBeLessThanOrEqual(200);
    expect(checked).toBeGreaterThan(0);
  });

  it('ends with a summary and 0 at Ctrl-C, also when it comes twice', async () => {
    const { code, out } = await run(process.execPath, [CLI, ...SMALL], async (kill, output) => {
      while (!output().includes('prices/s')) await sleep(20);
      kill('SIGINT');
      await sleep(10);
      kill('SIGINT');
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^checker +missed 0 · checked [\d,]+ of [\d,]+ prices$/m);
  });

  it('ends as well while it is loading', async () => {
    const { code, out, ms } = await run(
      process.execPath,
      [CLI, 'demo', '--terminal', '--accounts', '3000000', '--json'],
      async (kill) => {
        await sleep(1500);
        kill('SIGINT');
      },
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'summary', prices: 0, checked: 0 });
    expect(ms).toBeLessThan(60_000);
  });

  it('refuses what makes no sense', async () => {
    for (const args of [
      ['--accounts', '0'],
      ['--book', 'thick'],
      ['--seconds', '-1'],
      ['--json', '--plain'],
    ]) {
      expect((await run(process.execPath, [CLI, 'demo', '--terminal', ...args])).code).toBe(2);
    }
  });
});

/** Of util-linux; not everywhere, and nowhere a dependency. */
const PSEUDO_TERMINAL = 'script';
const hasScript = spawnSync(PSEUDO_TERMINAL, ['--version']).status === 0;
if (!hasScript) console.log('left out: the demo on a pseudo terminal, because there is no `script` here');

describe.skipIf(!hasScript)('on a terminal', () => {
  const inTerminal = (command: string): string[] => [
    '-qefc',
    `stty cols 100 rows 40; exec ${process.execPath} ${CLI} ${command}`,
    '/dev/null',
  ];

  it('draws a screen of its own and leaves the terminal as it was', async () => {
    const { code, out } = await run(PSEUDO_TERMINAL, inTerminal([...SMALL, '--seconds', '2'].join(' ')));
    expect(code).toBe(0);
    expect(out.split('\u001b[?1049h')).toHaveLength(2);
    expect(out.split('\u001b[?1049l')).toHaveLength(2);
    expect(out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(out.lastIndexOf('\u001b[?25l'));
    // The summary stays when the screen is gone.
    const left = out.slice(out.lastIndexOf('\u001b[?1049l'));
    expect(left).toMatch(/missed 0.* · checked [\d,]+ of [\d,]+ prices/);
    const frames = out.split('\u001b[H').slice(1);
    expect(frames.length).toBeGreaterThanOrEqual(3);
    for (const text of [
      'nearest to liquidation',
      'latest liquidatable',
      'open interest',
      'unrealised PnL',
      'liquidatable',
      'missed 0',
    ])
      expect(frames.at(-1)).toContain(text);
    const plain = stripVTControlCharacters(frames.at(-1)!.split('\u001b[J')[0]);
    const lines = plain.split(/\r?\n/).map((line) => line.replaceAll('\r', ''));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('leaves it so at Ctrl-C too', async () => {
    // What is typed into the pseudo terminal, 3 being Ctrl-C, comes as a signal to the demo alone.
    const child = spawn(PSEUDO_TERMINAL, inTerminal(SMALL.join(' ')), { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    while (!out.includes('nearest to liquidation')) await sleep(20);
    child.stdin.write('\u0003');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(out.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(out.lastIndexOf('\u001b[?1049h'));
    expect(out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(out.lastIndexOf('\u001b[?25l'));
    expect(out.slice(out.lastIndexOf('\u001b[?1049l'))).toMatch(/missed 0.* · checked/);
  });
});

describe('runDemo', () => {
  it('finds a level change that was lost on the way to the checker, and says whose', async () => {
    const shown: Status[] = [];
    const output: DemoOutput = {
      everyMs: 200,
      loading: () => {},
      begin: () => {},
      show: (status) => shown.push(status),
      end: () => {},
      close: () => {},
    };
    const status = await runDemo(
      {
        accounts: 500,
        markets: 4,
        book: 'edge',
        popularity: 'uniform',
        seed: 3,
        speed: 2000,
        seconds: 3,
        dropChange: 5,
      },
      output,
      new AbortController().signal,
    );
    expect(status.checker).toMatchObject({ verdict: 'disagrees', missed: 1, extra: 0 });
    expect(status.checker.first).toMatch(/^price \d+: account \d+, /);
    expect(shown.length).toBeGreaterThan(3);
  });

  it('agrees where nothing was lost', async () => {
    const output: DemoOutput = {
      everyMs: 200,
      loading: () => {},
      begin: () => {},
      show: () => {},
      end: () => {},
      close: () => {},
    };
    const status = await runDemo(
      { accounts: 500, markets: 4, book: 'edge', popularity: 'zipf', seed: 3, speed: 2000, seconds: 2 },
      output,
      new AbortController().signal,
    );
    expect(status.checker).toMatchObject({ verdict: 'agrees', missed: 0, late: 0, extra: 0 });
    expect(status.checker.checked).toBeGreaterThan(0);
  });

  it('stays right where the checker cannot follow, and does not call checked what it has not heard of', async () => {
    const output: DemoOutput = {
      everyMs: 200,
      loading: () => {},
      begin: () => {},
      show: () => {},
      end: () => {},
      close: () => {},
    };
    const status = await runDemo(
      {
        accounts: 3000,
        markets: 4,
        book: 'edge',
        popularity: 'uniform',
        seed: 9,
        speed: 0,
        seconds: 3,
        ringWords: 4096,
      },
      output,
      new AbortController().signal,
    );
    expect(status.checker).toMatchObject({ verdict: 'agrees', missed: 0, late: 0, extra: 0, opening: 1 });
    expect(status.checker.left).toBeGreaterThan(0);
    expect(status.checker.checked).toBeGreaterThan(0);
    expect(status.checker.checked).toBeLessThanOrEqual(status.prices - status.checker.left);
  });
});
