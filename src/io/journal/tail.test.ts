/** Promises that only the tail keeps: what a crash, a damaged byte or a failing disk makes of them. */
import { describe, expect, test } from 'vitest';
import { directoryPaths } from './directory.ts';
import type { OpenOptions } from './open.ts';
import { ROOT, appendOne, openOn, readAll, recordOf } from './testing/fixtures.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import type { LogPoint } from './segment.ts';
import { readTail, TAIL_BLOCK_BYTES, TailFile } from './tail.ts';
import { verifyJournal } from './verify.ts';

const paths = directoryPaths(ROOT);
/** Room for eight groups, each in a copy of one block: the segment is synced when there are five. */
const WITH_TAIL: OpenOptions = {
  tailBytes: 16 * TAIL_BLOCK_BYTES,
  segmentBytes: 65_536,
  batchBytes: 16_384,
};
/** Of one group: more bytes than an entry has. */
const MANY = 200;

/** As many groups of one record each as `count` says, acknowledged one after the other. */
async function prepared(count: number) {
  const disk = new SimulatedDisk();
  const { journal } = await openOn(disk, WITH_TAIL);
  for (let sequence = 1; sequence <= count; sequence++) {
    await appendOne(journal, recordOf(sequence));
    expect(await journal.flush()).toBe(sequence);
  }
  return { disk, journal };
}

function recordsUpTo(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => recordOf(at + 1));
}

/** The platter after a crash that took all that was not synced. */
function crashed(disk: SimulatedDisk): SimulatedDisk {
  return disk.afterCrash('none', () => 0);
}

function flipped(disk: SimulatedDisk, path: string, at: number): void {
  const bytes = disk.bytes(path).slice();
  bytes[at] ^= 1;
  disk.put(path, bytes);
}

test('a small group is promised by one durable write, and the log is not synced for it', async () => {
  const { disk, journal } = await prepared(1);
  const calls: string[] = [];
  disk.fault = ({ name, path }) => void calls.push(`${name} ${path.slice(path.lastIndexOf('.'))}`);
  await appendOne(journal, recordOf(2));
  expect(await journal.flush()).toBe(2);
  expect(calls.sort()).toEqual(['write .log', 'write .tail']);
});

test.each([1, 2, 4, 5, 9, 23, 40])(
  '%d groups survive a crash that took the log behind them',
  async (count) => {
    const { disk } = await prepared(count);
    const platter = crashed(disk);
    const { journal, recovery } = await openOn(platter, WITH_TAIL);
    expect(journal.acknowledged).toBe(count);
    expect(recovery).toMatchObject({ acknowledged: count, last: count });
    expect(await readAll(journal)).toEqual(recordsUpTo(count));
    // And by the log alone from now on.
    platter.drop(paths.tail);
    expect(await verifyJournal(ROOT, null, null, crashed(platter))).toMatchObject({
      acknowledged: count,
      records: count,
      damage: null,
      tornTail: null,
    });
  },
);

test('a journal that was closed needs no tail', async () => {
  const { disk, journal } = await prepared(3);
  await journal.close();
  const platter = crashed(disk);
  platter.drop(paths.tail);
  expect((await openOn(platter, WITH_TAIL)).journal.acknowledged).toBe(3);
});

test('a group too long for the tail is promised by a mark, and what follows by the tail again', async () => {
  const { disk, journal } = await prepared(2);
  const marks: number[] = [];
  disk.fault = ({ name, path }) =>
    void (path === paths.mark && name === 'write' && marks.push(journal.appended));
  for (let sequence = 3; sequence < 3 + MANY; sequence++) await appendOne(journal, recordOf(sequence));
  expect(await journal.flush()).toBe(2 + MANY);
  expect(marks.length).toBeGreaterThan(0);
  const before = marks.length;
  await appendOne(journal, recordOf(3 + MANY));
  expect(await journal.flush()).toBe(3 + MANY);
  expect(marks.length).toBe(before);
  const { journal: next } = await openOn(crashed(disk), WITH_TAIL);
  expect(await readAll(next)).toEqual(recordsUpTo(3 + MANY));
});

describe('damage', () => {
  /** Blocks 0 and 1 hold the first group, 2 and 3 the second, 4 and 5 the third. */
  test.each([0, 1, 2, 3, 4, 5])('of one copy costs nothing (block %d)', async (block) => {
    const { disk } = await prepared(3);
    const platter = crashed(disk);
    flipped(platter, paths.tail, block * TAIL_BLOCK_BYTES + 70);
    const { journal } = await openOn(platter, WITH_TAIL);
    expect(await readAll(journal)).toEqual(recordsUpTo(3));
  });

  test('of both copies of a group that others follow is told, and nothing is changed', async () => {
    const { disk } = await prepared(3);
    const platter = crashed(disk);
    for (const block of [2, 3]) flipped(platter, paths.tail, block * TAIL_BLOCK_BYTES + 90);
    const files = (): unknown =>
      platter.paths().flatMap((path) => (path.includes('lock') ? [] : [[path, platter.bytes(path)]]));
    const before = files();
    await expect(openOn(platter, WITH_TAIL)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      fields: { file: paths.tail, sequence: 2 },
    });
    expect(files()).toEqual(before);
  });

  test('of the log past the mark is mended from the tail', async () => {
    const { disk, journal } = await prepared(3);
    const segment = disk.paths().find((path) => path.endsWith('.log'))!;
    flipped(disk, segment, disk.bytes(segment).length - 1);
    const { journal: next } = await openOn(crashed(disk), WITH_TAIL);
    expect(await readAll(next)).toEqual(recordsUpTo(3));
    expect(journal.acknowledged).toBe(3);
  });

  test('no block of another directory, or of another place, is taken for an entry', async () => {
    const { disk } = await prepared(3);
    const platter = crashed(disk);
    const bytes = platter.bytes(paths.tail).slice();
    const [one, two] = [0, 2].map((block) =>
      bytes.slice(block * TAIL_BLOCK_BYTES, (block + 2) * TAIL_BLOCK_BYTES),
    );
    bytes.set(two, 0);
    bytes.set(one, 2 * TAIL_BLOCK_BYTES);
    platter.put(paths.tail, bytes);
    await expect(openOn(platter, WITH_TAIL)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });
});

test('whoever only reads sees what the tail promises, beside the writer', async () => {
  const { disk } = await prepared(4);
  const { journal } = await openOn(disk, { ...WITH_TAIL, readOnly: true });
  expect(journal.acknowledged).toBe(4);
  expect(await readAll(journal)).toEqual(recordsUpTo(4));
});

test('verifying counts what the tail promises, beside the writer, after a crash and where the log lost it', async () => {
  const { disk } = await prepared(4);
  const verified = { acknowledged: 4, damage: null };
  expect(await verifyJournal(ROOT, null, null, disk)).toMatchObject({ ...verified, last: 4 });
  const platter = crashed(disk);
  expect((await verifyJournal(ROOT, null, null, platter)).last).toBeLessThan(4);
  expect(await verifyJournal(ROOT, null, null, platter)).toMatchObject(verified);
});

test('verifying says of a tail what opening would refuse it for', async () => {
  const { disk } = await prepared(4);
  const platter = crashed(disk);
  for (const block of [2, 3]) flipped(platter, paths.tail, block * TAIL_BLOCK_BYTES + 90);
  expect(await verifyJournal(ROOT, null, null, platter)).toMatchObject({
    acknowledged: 1,
    damage: { file: paths.tail, sequence: 2 },
  });
});

test('whoever only reads what a crash left sees what the log still has', async () => {
  const { disk } = await prepared(4);
  const { journal } = await openOn(crashed(disk), { ...WITH_TAIL, readOnly: true });
  expect(await readAll(journal)).toEqual(recordsUpTo(journal.acknowledged));
});

describe.each([
  ['writing the tail', 'write', '.tail', 3],
  ['writing the log beside it', 'write', '.log', 3],
  ['syncing the log later', 'sync', '.log', 5],
  ['marking it later', 'sync', '.mark', 5],
] as const)('%s fails', (_, name, suffix, at) => {
  test('the journal stops, and all that was acknowledged is there again', async () => {
    const { disk, journal } = await prepared(2);
    let faults = 0;
    disk.fault = (call) =>
      call.name === name && call.path.endsWith(suffix) && faults++ === 0 ? 'EIO' : undefined;
    const failed = (async () => {
      for (let sequence = 3; ; sequence++) {
        await appendOne(journal, recordOf(sequence));
        await journal.flush();
      }
    })();
    await expect(failed).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      fields: { file: expect.stringContaining(suffix), errno: 'EIO' },
    });
    const { acknowledged } = journal;
    expect(acknowledged).toBeGreaterThanOrEqual(at - 1);
    await journal.close();
    const { journal: next } = await openOn(crashed(disk), WITH_TAIL);
    expect(next.acknowledged).toBeGreaterThanOrEqual(acknowledged);
    expect(await readAll(next)).toEqual(recordsUpTo(next.acknowledged));
  });
});

test('nothing is promised by the tail that follows what a mark has yet to promise', async () => {
  const { disk, journal } = await prepared(2);
  const sync = disk.sync.bind(disk);
  const held = Promise.withResolvers<void>();
  let marks = 0;
  let isMark = false;
  disk.fault = ({ name, path }) => void (isMark = name === 'write' && path === paths.mark);
  disk.sync = async (file) => {
    if (isMark && marks++ === 0) await held.promise;
    return sync(file);
  };
  for (let sequence = 3; sequence <= 2 + MANY; sequence++) await appendOne(journal, recordOf(sequence));
  while (marks === 0) await new Promise((resolve) => setImmediate(resolve));
  await appendOne(journal, recordOf(3 + MANY));
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(journal.acknowledged).toBe(2);
  held.resolve();
  expect(await journal.flush()).toBe(3 + MANY);
  const { journal: next } = await openOn(crashed(disk), WITH_TAIL);
  expect(await readAll(next)).toEqual(recordsUpTo(3 + MANY));
});

test.each(Array.from({ length: 16 }, (_, step) => 500 + 71 * step))(
  'flushSync promises what is on its way to the tail, in segments of %d bytes',
  async (segmentBytes) => {
    const disk = new SimulatedDisk();
    const options = { ...WITH_TAIL, segmentBytes, batchBytes: 512 };
    const { journal } = await openOn(disk, options);
    for (let sequence = 1; sequence <= 90; sequence++) {
      await appendOne(journal, recordOf(sequence));
      for (let turn = 0; turn < sequence % 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (sequence % 3 !== 0) continue;
      expect(journal.flushSync()).toBe(sequence);
      const { journal: next } = await openOn(crashed(disk), options);
      expect(next.acknowledged).toBe(sequence);
      expect(await readAll(next)).toEqual(recordsUpTo(sequence));
    }
    await journal.close();
  },
);

describe('the ring', () => {
  const ID = new Uint8Array(16).fill(7);
  const at = (sequence: number): LogPoint => ({
    segment: 1,
    position: 64 + 10 * sequence,
    sequence,
    chain: 3 * sequence,
  });
  const records = new Uint8Array(20_000).fill(5);

  async function ring(blocks: number): Promise<{ disk: SimulatedDisk; tail: TailFile }> {
    const disk = new SimulatedDisk();
    const directory = disk.open('/ring', 'directory');
    return { disk, tail: new TailFile(disk, '/ring/tail', directory, ID, blocks * TAIL_BLOCK_BYTES) };
  }

  function sequencesIn(disk: SimulatedDisk, mark: LogPoint): number[] {
    return readTail(disk, '/ring/tail', ID, mark).entries.map(({ to }) => to.sequence);
  }

  test('has no room for what would overwrite an entry that no mark covers', async () => {
    const { disk, tail } = await ring(16);
    for (let sequence = 0; sequence < 8; sequence++) {
      expect([tail.takes(10), tail.isHalfFull]).toEqual([true, sequence > 4]);
      tail.write(at(sequence), at(sequence + 1), records, 10);
    }
    expect(tail.takes(10)).toBe(false);
    expect(sequencesIn(disk, at(0))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    tail.release(2);
    expect([tail.takes(10), tail.takes(5000)]).toEqual([true, true]);
    tail.write(at(8), at(9), records, 5000);
    expect(tail.takes(10)).toBe(false);
    expect(sequencesIn(disk, at(2))).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(sequencesIn(disk, at(5))).toEqual([6, 7, 8, 9]);
  });

  test('passes over blocks at its end that are too few', async () => {
    const { disk, tail } = await ring(18);
    for (let sequence = 0; sequence < 8; sequence++) tail.write(at(sequence), at(sequence + 1), records, 10);
    tail.release(2);
    // Two blocks are left at the end, four at the beginning, and the entry wants four.
    expect(tail.takes(5000)).toBe(true);
    tail.write(at(8), at(9), records, 5000);
    expect([tail.takes(10), sequencesIn(disk, at(2))]).toEqual([false, [3, 4, 5, 6, 7, 8, 9]]);
    tail.release(9);
    expect(tail.takes(10)).toBe(true);
  });

  test('goes on from the very record that the mark promises', async () => {
    const { disk, tail } = await ring(16);
    tail.write(at(1), at(2), records, 10);
    expect(readTail(disk, '/ring/tail', ID, at(1)).entries).toHaveLength(1);
    expect(readTail(disk, '/ring/tail', ID, { ...at(1), chain: 4 }).entries).toEqual([]);
    expect(readTail(disk, '/ring/tail', new Uint8Array(16), at(1)).entries).toEqual([]);
  });
});
