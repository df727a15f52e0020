import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

function bench(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'bench', ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const KEYS: Record<string, string[]> = {
  api: ['reads', 'stream', 'enginePriceP99Us', 'memoryBytes', 'missed'],
  watch: [
    'pricesPerSecond',
    'latencyUs',
    'evaluationsPerPrice',
    'levelChangesPerPrice',
    'holdersPerPrice',
    'usPerEvaluation',
    'bytesPerPosition',
    'sweepMs',
    'gapMs',
    'gap',
    'sweepOfTouchedMarketUs',
    'speedup',
  ],
  sweep: ['positionsPerSecond', 'bucketsPerSecond', 'sweepMs'],
  journal: ['recordsPerSecond', 'bytesPerSecond', 'fdatasyncUs', 'acknowledgeUs', 'readRecordsPerSecond'],
  margin: ['accountsPerSecond', 'valueNsPerPosition', 'accountsCompared'],
  ingest: [
    'multiple',
    'commandsPerSecond',
    'perSecond',
    'kinds',
    'latencyUs',
    'acknowledgeUs',
    'stateHash',
    'replayHash',
  ],
  matching: ['standard', 'deep', 'vast'],
  exchange: ['commandsPerSecond', 'latencyUs', 'journaledPerSecond', 'stateHash'],
  'gate-socket': ['latencyUs', 'decisionUs', 'echoUs', 'sentLateUs', 'answeredPerSecond', 'refusedShare'],
  gate: [
    'decisionsPerSecond',
    'commandsPerSecond',
    'latencyUs',
    'heapBytesPerCommand',
    'redis',
    'timesRedis',
    'stateHash',
  ],
  prices: ['messagesPerSecond', 'quoteUs', 'quoteChangedUs', 'framesPerSecond', 'captures'],
};

describe.each(Object.keys(KEYS))('bench %s --quick', (name) => {
  it('is one JSON document with every key, and right', async () => {
    const { code, out, err } = await bench(name, '--quick', '--json');
    expect(err).toBe('');
    const result = JSON.parse(out) as Record<string, unknown>;
    expect(result).toMatchObject({ bench: name, ok: true, quick: true });
    expect(code).toBe(0);
    for (const key of [...KEYS[name], 'checks', 'workload', 'machine', 'notIncluded'])
      expect(result).toHaveProperty(key);
    expect(result.workload).toHaveProperty('seed');
    for (const key of ['cpu', 'cores', 'memoryBytes', 'node', 'v8', 'os', 'commit'])
      expect(result.machine).toHaveProperty(key);
    // Nothing but null is not a number.
    expect(out).not.toMatch(/NaN|Infinity/);
  });
});

it('compares every way of handling a gap, and counts them in the JSON', async () => {
  const { out } = await bench(
    'watch',
    '--quick',
    '--json',
    '--book',
    'spread',
    '--popularity',
    'zipf',
    '--seed',
    '7',
  );
  const { gap, workload } = JSON.parse(out) as { gap: { sizes: object[] }; workload: object };
  expect(workload).toMatchObject({
    book: 'spread',
    popularity: 'zipf',
    seed: 7,
    accounts: 2000,
    markets: 16,
    stepBp: 1,
  });
  for (const key of ['wiresMs', 'sweepMs', 'autoMs', 'listMs']) {
    expect(gap).toHaveProperty(key);
    for (const size of gap.sizes) expect(size).toHaveProperty(key);
  }
});

it('prints the same for people', async () => {
  const { code, out } = await bench('sweep', '--quick');
  expect(code).toBe(0);
  expect(out).toMatch(/^bench sweep: ok \(quick/);
  expect(out).toMatch(/^ {2}seed +1$/m);
  expect(out).toMatch(/not judged/);
});

describe('in a folder of its own', () => {
  const directory = mkdtempSync(join(os.tmpdir(), 'plimsoll-bench-test-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('leaves nothing behind', async () => {
    expect((await bench('journal', '--quick', '--directory', directory)).code).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const child = spawn(process.execPath, [
      CLI,
      'bench',
      'journal',
      '--records',
      '1000000000',
      '--directory',
      directory,
    ]);
    while (readdirSync(directory).length === 0) await sleep(20);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it('refuses what makes no sense', async () => {
  for (const args of [
    ['watch', '--accounts', '10', '--positions', '900'],
    ['watch', '--book', 'thick'],
    ['sweep', '--seconds', '-1'],
    ['nothing'],
    [],
  ]) {
    const { code, out } = await bench(...args);
    expect([args, code]).toEqual([args, 2]);
    expect(out).toBe('');
  }
});
