/** Runs whose engine or whose disk is not what it should be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { EngineDecision } from '../../core/engine/decision.ts';
import { Engine } from '../../core/engine/engine.ts';
import type { Command } from '../../core/schema/commands.ts';
import { lonelyProcess } from '../../io/journal/testing/fixtures.ts';
import { SimulatedDisk } from '../../io/journal/testing/simulated-disk.ts';
import { DurableEngine } from '../runtime/durable-engine.ts';
import { replayExitCode } from './report.ts';
import { replay, type ReplayHooks, type ReplayOptions } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINES = [
  '{"kind":"settings","time":1,"asset":"USDT","decimals":6}',
  '{"kind":"market","time":1,"name":"BTCUSDT","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"}]}',
  '{"kind":"marks","time":1,"marks":[{"market":"BTCUSDT","price":"50000"}]}',
  '{"kind":"account","time":1,"name":"long-1"}',
  '{"kind":"collateral","time":1,"account":"long-1","amount":"1000"}',
  '{"kind":"position","time":1,"account":"long-1","market":"BTCUSDT","size":"0.1","entryPrice":"50000"}',
  '{"kind":"marks","time":2,"marks":[{"market":"BTCUSDT","price":"40160"}]}',
  '{"kind":"marks","time":3,"marks":[{"market":"BTCUSDT","price":"50000"}]}',
];
const file = join(folder, 'commands');
writeFileSync(file, LINES.join('\n'));

/** Says nothing about level changes at one command. */
class Forgetful extends Engine {
  override apply(command: Command): EngineDecision {
    const decision = super.apply(command);
    if (decision.sequence === 7) decision.changes.clear();
    return decision;
  }
}

const options: ReplayOptions = {
  files: [file],
  accounts: null,
  seed: null,
  book: null,
  data: null,
  checkEvery: 1,
  snapshotEvery: 1000,
  minSources: 3,
  strict: false,
  version: '0',
};
const hooks: ReplayHooks = {
  signal: new AbortController().signal,
  problem: () => {},
  note: () => {},
  progress: () => {},
};

test('a missed level change stops the run at its command, with the account that it is about', async () => {
  const result = await replay(options, { ...hooks, createEngine: () => new Forgetful() });
  expect(result.check).toMatchObject({ checker: 'disagrees', missed: 1, late: 0, extra: 0 });
  expect(result.difference).toMatchObject({ sequence: 7, account: 0 });
  expect(result.difference!.text).toContain('long-1');
  expect(result.difference!.text).toContain('equity 16');
  expect(result.engine.sequence).toBe(7);
  expect(replayExitCode(result)).toBe(1);
  expect(replayExitCode(await replay(options, hooks))).toBe(0);
});

describe('a disk that fails', () => {
  test.each([
    ['ENOSPC', 'JOURNAL_FULL'],
    ['EIO', 'JOURNAL_FAILED'],
  ])('%s: no more is acknowledged, and what was is there again', async (errno, code) => {
    const disk = new SimulatedDisk();
    const open = (pid: number) => DurableEngine.open('/data', { disk, processes: lonelyProcess(pid) });
    const first = await open(1);
    const reader = new Engine();
    const commands: Command[] = [];
    await replay({ ...options, checkEvery: null }, { ...hooks, createEngine: () => new Recorder(commands) });
    for (const command of commands.slice(0, 6)) {
      first.apply(command);
      reader.apply(command);
    }
    await first.flush();
    disk.fault = (call) => (call.name === 'write' && call.path.endsWith('.log') ? errno : undefined);
    first.apply(commands[6]);
    await expect(first.flush()).rejects.toMatchObject({ code });
    expect(() => first.apply(commands[7])).toThrow(expect.objectContaining({ code }) as Error);
    expect(first.acknowledged).toBe(6);
    await first.close().catch(() => {});
    disk.fault = () => undefined;
    const second = await open(2);
    expect([second.engine.sequence, second.engine.digest()]).toEqual([6, reader.digest()]);
    await second.close();
  });

  test('without room for a snapshot loses none: the records are there', async () => {
    const disk = new SimulatedDisk();
    const durable = await DurableEngine.open('/data', { disk, processes: lonelyProcess(1) });
    const commands: Command[] = [];
    await replay({ ...options, checkEvery: null }, { ...hooks, createEngine: () => new Recorder(commands) });
    for (const command of commands) durable.apply(command);
    disk.fault = (call) => (call.path.includes('.snap') ? 'ENOSPC' : undefined);
    await expect(durable.snapshot()).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED' });
    const { acknowledged } = durable;
    await durable.close();
    disk.fault = () => undefined;
    const again = await DurableEngine.open('/data', { disk, processes: lonelyProcess(2) });
    expect([acknowledged, again.engine.sequence, again.recovered]).toEqual([
      8,
      8,
      { snapshot: 0, records: 8 },
    ]);
    await again.snapshot();
    await again.close();
    const third = await DurableEngine.open('/data', { disk, processes: lonelyProcess(3) });
    expect([third.recovered, third.engine.digest()]).toEqual([
      { snapshot: 8, records: 0 },
      again.engine.digest(),
    ]);
    await third.close();
  });
});

class Recorder extends Engine {
  readonly #commands: Command[];
  constructor(commands: Command[]) {
    super();
    this.#commands = commands;
  }
  override apply(command: Command): EngineDecision {
    this.#commands.push(structuredClone(command));
    return super.apply(command);
  }
}

test('a snapshot that cannot be used is passed over and replaced: the records are the truth', async () => {
  const disk = new SimulatedDisk();
  const open = (pid: number) => DurableEngine.open('/data', { disk, processes: lonelyProcess(pid) });
  const commands: Command[] = [];
  await replay({ ...options, checkEvery: null }, { ...hooks, createEngine: () => new Recorder(commands) });
  const first = await open(1);
  for (const command of commands) first.apply(command);
  await first.flush();
  await first.journal.writeSnapshot(8, first.engine.digest(), [new TextEncoder().encode('no state at all')]);
  await first.close();
  const second = await open(2);
  expect(second.notes).toEqual([expect.stringContaining('the snapshot at sequence 8 cannot be used')]);
  expect([second.recovered, second.engine.digest()]).toEqual([
    { snapshot: 0, records: 8 },
    first.engine.digest(),
  ]);
  await second.snapshot();
  await second.close();
  const third = await open(3);
  expect([third.notes, third.recovered]).toEqual([[], { snapshot: 8, records: 0 }]);
  await third.close();
});
