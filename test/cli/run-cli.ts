/** The real command line as a child process, and the small files that its tests feed it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';

const root = dirname(dirname(import.meta.dirname));
export const CLI = join(root, 'src/app/cli.ts');

export interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Null leaves standard input open, for `during` to write to. */
  readonly input?: string | Uint8Array | null;
  /** Called with the running process, to send it signals. */
  readonly during?: (child: ChildProcess) => void;
}

export function run(args: readonly string[], { cwd, input, during }: RunOptions = {}): Promise<Ran> {
  return spawned(process.execPath, [CLI, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
    ...(during === undefined ? {} : { during }),
  });
}

export function spawned(
  file: string,
  args: readonly string[],
  { cwd, input, during }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    // A command that does not read its input closes it early.
    child.stdin.on('error', () => {});
    if (input !== null) child.stdin.end(input ?? '');
    during?.(child);
  });
}

/** Stdout as the one JSON document that it must be. */
export function documentOf({ stdout, stderr }: Ran): Record<string, unknown> {
  try {
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch {
    throw new Error(`stdout is no JSON document: ${stdout.slice(0, 300)}\nstderr: ${stderr.slice(0, 600)}`);
  }
}

export interface CliError {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly field: string | null;
  readonly value: unknown;
}

/** Every line of stderr as an error document. */
export function errorsOf({ stderr }: Ran): CliError[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { error: CliError }).error);
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
  folders.push(folder);
  return folder;
}

export function write(folder: string, name: string, lines: readonly string[] | string): string {
  const path = join(folder, name);
  const text = typeof lines === 'string' ? lines : `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

/** Recorded market data, where it lies beside the repository. */
export const recordings = join(root, '..', 'shared', 'data');
export const hasRecordings = existsSync(join(recordings, 'binance-usdm-btcusdt_20240808.gz'));
if (!hasRecordings) console.log('left out: recorded captures, which are looked for in ../shared/data');
export const recording = (name: string): string => join(recordings, `binance-${name}_20240808.gz`);

/** A long and a short of 0.1 BTC from 50000 with 1000 each: the long is open at 40161.0 and liquidatable at 40160.0. */
export const LINES: readonly string[] = [
  '{"kind":"settings","time":"2024-08-08T23:54:00Z","asset":"USDT","decimals":6}',
  '{"kind":"source","time":"2024-08-08T23:54:00Z","name":"ledger"}',
  '{"kind":"market","time":"2024-08-08T23:54:00Z","name":"BTCUSDT","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"},{"floor":"50000","mmr":"0.005","imr":"0.01"}]}',
  '{"kind":"marks","time":"2024-08-08T23:54:01Z","marks":[{"market":"BTCUSDT","price":"50000"}]}',
  '{"kind":"account","time":"2024-08-08T23:54:02Z","name":"long-1"}',
  '{"kind":"account","time":"2024-08-08T23:54:02Z","name":"short-1"}',
  '{"kind":"collateral","time":"2024-08-08T23:54:02Z","account":"long-1","amount":"1000"}',
  '{"kind":"collateral","time":"2024-08-08T23:54:02Z","account":"short-1","amount":"1000"}',
  '{"kind":"fill","time":"2024-08-08T23:54:03Z","account":"long-1","market":"BTCUSDT","size":"0.1","price":"50000"}',
  '{"kind":"fill","time":"2024-08-08T23:54:03Z","account":"short-1","market":"BTCUSDT","size":"-0.1","price":"50000"}',
  '{"kind":"marks","time":"2024-08-08T23:54:04Z","marks":[{"market":"BTCUSDT","price":"40161.0"}]}',
  '{"kind":"marks","time":"2024-08-08T23:54:05Z","origin":{"source":"ledger","position":7},"marks":[{"market":"BTCUSDT","price":"40160.0"}],"text":"mid of 40159.9 and 40160.1"}',
  '{"kind":"marks","time":"2024-08-08T23:54:06Z","marks":[{"market":"BTCUSDT","price":"41000.0"}]}',
];

export function ticker(id: number, bid: string, ask: string, market = 'BTCUSDT'): string {
  const ms = 1723161256000 + id;
  return `${ms}000000 {"stream":"${market.toLowerCase()}@bookTicker","data":{"e":"bookTicker","u":${id},"s":"${market}","b":"${bid}","B":"2.507","a":"${ask}","A":"2.510","T":${ms},"E":${ms}}}`;
}

export function depth(first: number, last: number, previous: number): string {
  return `1723161256000000000 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":${first},"u":${last},"pu":${previous},"b":[["61800.20","1.000"]],"a":[]}}`;
}

/** Falls by up to a fifth and comes back, so that levels change. */
export function captureLines(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const bid = (61800 - 12000 * Math.sin((at / count) * Math.PI)).toFixed(1);
    return ticker(100 + at, bid, (Number(bid) + 0.1).toFixed(1));
  });
}

/** The same of the spot market, which gives no times. */
export function spotLines(count: number): string[] {
  return captureLines(count).map((line) => line.replace(/,"T":\d+,"E":\d+/, ''));
}

export const ACCOUNT =
  '{"markets":{"BTCUSDT":{"mark":"30000","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"},{"floor":"50000","mmr":"0.005","imr":"0.01"}]}},"account":{"collateral":"1000","positions":[{"market":"BTCUSDT","size":"0.1","entryPrice":"50000","isolated":null}]}}';
