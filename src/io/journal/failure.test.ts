/** The disk fails, and what the journal then says and never says again. */
import { describe, expect, test } from 'vitest';
import type { OperationalError } from '../operational-error.ts';
import { directoryPaths } from './directory.ts';
import { ROOT, appendOne, openOn, readAll, recordOf } from './testing/fixtures.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import { verifyJournal } from './verify.ts';

const paths = directoryPaths(ROOT);

/** A journal with ten acknowledged records, whose disk is about to fail. */
async function prepared() {
  const disk = new SimulatedDisk();
  const opened = await openOn(disk);
  const { journal } = opened;
  for (let sequence = 1; sequence <= 10; sequence++) await appendOne(journal, recordOf(sequence));
  await journal.flush();
  return { disk, journal, snapshot: opened.snapshot };
}

describe.each([
  ['EIO when syncing records', 'sync', '.log', 'EIO', 'JOURNAL_FAILED'],
  ['EIO when syncing the mark', 'sync', '.mark', 'EIO', 'JOURNAL_FAILED'],
  ['EIO when writing records', 'write', '.log', 'EIO', 'JOURNAL_FAILED'],
  ['no space for records', 'write', '.log', 'ENOSPC', 'JOURNAL_FULL'],
  ['no space found when syncing', 'sync', '.log', 'ENOSPC', 'JOURNAL_FULL'],
  ['no space for the mark', 'write', '.mark', 'ENOSPC', 'JOURNAL_FULL'],
] as const)('%s', (_, name, suffix, errno, code) => {
  test.each(['flush', 'flushSync'] as const)('stops the journal for good (%s)', async (way) => {
    const { disk, journal } = await prepared();
    let faults = 0;
    // Once only: a second try would succeed, and must not be made.
    disk.fault = (call) =>
      call.name === name && call.path.endsWith(suffix) && faults++ === 0 ? errno : undefined;
    const failures: OperationalError[] = [];
    const acknowledged: number[] = [];
    journal.onFailure = (failure) => failures.push(failure);
    journal.onAcknowledged = (sequence) => acknowledged.push(sequence);
    await appendOne(journal, recordOf(11));
    const flushed = (async () => (way === 'flush' ? journal.flush() : journal.flushSync()))();
    await expect(flushed).rejects.toMatchObject({
      code,
      fields: { file: expect.stringContaining(suffix), position: expect.any(Number), errno, sequence: 10 },
    });
    const { failure } = journal;
    expect(failures).toEqual([failure]);
    expect(failure!.message).toContain(
      'Everything up to sequence 10 is safe. Records 11 to 11 were never acknowledged',
    );
    expect(failure!.message).toContain(
      errno === 'ENOSPC' ? 'Free disk space and start again' : 'Look at the device',
    );

    const calls = disk.calls;
    expect(() => journal.append(recordOf(12), 0, 8)).toThrow(failure!);
    await expect(journal.flush()).rejects.toBe(failure);
    await expect(journal.ready()).rejects.toBe(failure);
    expect(() => journal.flushSync()).toThrow(failure!);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([disk.calls, journal.acknowledged, acknowledged]).toEqual([calls, 10, []]);
    expect((await readAll(journal)).length).toBe(10);
    await journal.close();
  });

  test('and a new opening goes on from what is safe, on the platter too', async () => {
    const { disk, journal } = await prepared();
    let faults = 0;
    disk.fault = (call) =>
      call.name === name && call.path.endsWith(suffix) && faults++ === 0 ? errno : undefined;
    await appendOne(journal, recordOf(11));
    await expect(journal.flush()).rejects.toMatchObject({ code });
    await journal.close();
    // The page cache may hold record 11 as clean although the platter never got it: recovery must not promise it so.
    const second = (await openOn(disk)).journal;
    const kept = second.acknowledged;
    expect(kept).toBeGreaterThanOrEqual(10);
    const platter = disk.afterCrash('none', () => 0);
    const third = (await openOn(platter)).journal;
    expect(third.acknowledged).toBeGreaterThanOrEqual(kept);
    expect(await readAll(third)).toEqual(
      Array.from({ length: third.acknowledged }, (_, at) => recordOf(at + 1)),
    );
  });
});

test('a failed directory sync for a new segment is a failure like any other', async () => {
  const { disk, journal } = await prepared();
  disk.fault = (call) => (call.name === 'syncDirectory' ? 'EIO' : undefined);
  await expect(
    (async () => {
      for (let sequence = 11; ; sequence++) {
        await appendOne(journal, recordOf(sequence));
        await journal.flush();
      }
    })(),
  ).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  const { acknowledged } = journal;
  await journal.close();
  const { journal: next } = await openOn(disk.afterCrash('none', () => 0));
  expect(next.acknowledged).toBe(acknowledged);
});

test('short writes are completed', async () => {
  const disk = new SimulatedDisk();
  disk.fault = (call) => (call.name === 'write' ? { short: 1 + (call.index % 7) } : undefined);
  const { journal } = await openOn(disk);
  for (let sequence = 1; sequence <= 40; sequence++) await appendOne(journal, recordOf(sequence));
  await journal.writeSnapshot(40, 'short', [recordOf(40)]);
  await journal.close();
  const platter = disk.afterCrash('none', () => 0);
  expect(await verifyJournal(ROOT, null, null, platter)).toMatchObject({
    records: 40,
    damage: null,
    snapshots: [{ sequence: 40 }],
  });
});

test('a device that accepts nothing does not hang the journal', async () => {
  const { disk, journal } = await prepared();
  disk.fault = (call) => (call.name === 'write' ? { short: 0 } : undefined);
  await appendOne(journal, recordOf(11));
  await expect(journal.flush()).rejects.toMatchObject({ code: 'JOURNAL_FAILED', fields: { errno: 'EIO' } });
});

test.each(['open', 'write', 'sync', 'rename', 'syncDirectory'] as const)(
  'a snapshot that fails to %s fails alone',
  async (name) => {
    const { disk, journal } = await prepared();
    await journal.writeSnapshot(5, 'older', [recordOf(5)]);
    disk.fault = (call) => (call.name === name && call.path.includes('snapshots') ? 'ENOSPC' : undefined);
    await expect(journal.writeSnapshot(9, 'newer', [recordOf(9)])).rejects.toMatchObject({
      code: 'SNAPSHOT_FAILED',
      fields: { errno: 'ENOSPC' },
    });
    disk.fault = () => undefined;
    expect(disk.paths().filter((path) => path.endsWith('.tmp'))).toEqual([]);
    await appendOne(journal, recordOf(11));
    expect(await journal.flush()).toBe(11);
    await journal.close();
    const { snapshot } = await openOn(disk.afterCrash('none', () => 0));
    expect(snapshot!.sequence).toBe(5);
  },
);

test('a system error on opening says what could not be read', async () => {
  const { disk, journal } = await prepared();
  await journal.close();
  disk.list = () => {
    throw Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      syscall: 'scandir',
      path: paths.journal,
    });
  };
  await expect(openOn(disk)).rejects.toMatchObject({
    code: 'JOURNAL_UNREADABLE',
    fields: { file: paths.journal, errno: 'EACCES' },
  });
});

describe('flushSync', () => {
  test('while a batch and a mark are on their way in the pool', async () => {
    const { disk, journal } = await prepared();
    for (let sequence = 11; sequence <= 200; sequence++) {
      await appendOne(journal, recordOf(sequence));
      if (sequence % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (sequence % 5 !== 0) continue;
      expect(journal.flushSync()).toBe(sequence);
      expect(journal.acknowledged).toBe(sequence);
      // What the platter holds this moment, with the pool's writes unfinished.
      const platter = disk.afterCrash('none', () => 0);
      expect(await verifyJournal(ROOT, null, null, platter)).toMatchObject({
        records: sequence,
        acknowledged: sequence,
        damage: null,
      });
    }
    await journal.close();
    expect((await verifyJournal(ROOT, null, null, disk)).records).toBe(200);
  });

  test('frees room without the event loop', async () => {
    const { journal } = await prepared();
    for (let sequence = 11; sequence <= 300; sequence++) {
      const record = recordOf(sequence);
      if (journal.append(record, 0, record.length) !== 0) continue;
      journal.flushSync();
      expect(journal.append(record, 0, record.length)).toBe(sequence);
    }
    journal.flushSync();
    expect(await readAll(journal)).toEqual(Array.from({ length: 300 }, (_, at) => recordOf(at + 1)));
    await journal.close();
  });
});
