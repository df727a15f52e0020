import { describe, expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { directoryPaths } from './directory.ts';
import { SLOT_BYTES } from './mark.ts';
import { segmentName } from './segment.ts';
import { ROOT, appendOne, openOn, readAll, recordOf } from './testing/fixtures.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import { verifyJournal } from './verify.ts';

const paths = directoryPaths(ROOT);

async function filled(records: number, options = {}): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { journal } = await openOn(disk, options);
  for (let sequence = 1; sequence <= records; sequence++) await appendOne(journal, recordOf(sequence));
  await journal.close();
  return disk;
}

describe('opening', () => {
  test('makes a directory that is valid at once', async () => {
    const disk = await filled(0);
    expect(await verifyJournal(ROOT, null, null, disk)).toMatchObject({
      records: 0,
      acknowledged: 0,
      segments: 1,
      damage: null,
    });
    const { recovery, snapshot } = await openOn(disk, { version: '9.9.9' });
    expect([recovery.created, recovery.tornTail, recovery.warnings, snapshot]).toEqual([
      false,
      null,
      [],
      null,
    ]);
  });

  test('replays what the snapshot does not hold', async () => {
    const disk = await filled(30);
    const { journal } = await openOn(disk);
    await journal.writeSnapshot(22, 'h', []);
    await journal.close();
    const opened = await openOn(disk);
    const seen: number[] = [];
    expect(await opened.replay((sequence) => void seen.push(sequence))).toBe(30);
    expect(seen).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
  });

  test('of an exchange and of an engine are not the same, and stay what they are', async () => {
    const engine = await filled(3);
    const exchange = await filled(3, { holds: 'exchange' });
    expect(await verifyJournal(ROOT, null, null, exchange)).toMatchObject({ records: 3, damage: null });
    await expect(openOn(engine, { holds: 'exchange' })).rejects.toMatchObject({
      code: 'JOURNAL_OTHER',
      message: expect.stringContaining('is the directory of a replay, not of an exchange') as string,
      fields: { field: 'holds', value: 'engine' },
    });
    await expect(openOn(exchange, { readOnly: true })).rejects.toMatchObject({
      code: 'JOURNAL_OTHER',
      message: expect.stringContaining('is the directory of an exchange') as string,
    });
    // The refusals let go of the lock.
    expect(await readAll((await openOn(exchange, { holds: 'exchange' })).journal)).toHaveLength(3);
    expect(await readAll((await openOn(engine)).journal)).toHaveLength(3);
  });

  test.each([
    [0, /Open it with the version that made it/],
    [2, /Use that version or a newer one/],
  ])('refuses format %i, and says what to do', async (format, advice) => {
    const disk = await filled(3);
    const meta = JSON.parse(Buffer.from(disk.bytes(paths.meta)).toString());
    for (const checksum of [
      meta.checksum,
      crc32(JSON.stringify({ ...meta, format, checksum: undefined })).toString(16),
    ]) {
      disk.put(paths.meta, Buffer.from(JSON.stringify({ ...meta, format, checksum })));
      const expected = {
        code: 'JOURNAL_VERSION',
        message: expect.stringMatching(advice),
        fields: { field: 'format', value: format },
      };
      await expect(openOn(disk)).rejects.toMatchObject(expected);
      await expect(openOn(disk, { readOnly: true })).rejects.toMatchObject(expected);
      await expect(verifyJournal(ROOT, null, null, disk)).rejects.toMatchObject(expected);
    }
    expect(disk.paths()).not.toContain(paths.lock);
  });

  test('read-only asks for a journal, makes none, and changes nothing', async () => {
    const none = new SimulatedDisk();
    await expect(openOn(none, { readOnly: true })).rejects.toMatchObject({ code: 'JOURNAL_MISSING' });
    await expect(verifyJournal(ROOT, null, null, none)).rejects.toMatchObject({ code: 'JOURNAL_MISSING' });
    expect(none.paths()).toEqual([]);

    const disk = await filled(12);
    const calls = disk.calls;
    const { journal } = await openOn(disk, { readOnly: true });
    expect(await readAll(journal)).toHaveLength(12);
    expect(() => journal.append(recordOf(1), 0, 1)).toThrow('the journal was opened read-only');
    await journal.close();
    expect(disk.calls).toBe(calls);
  });

  test('read-only beside a writer shows what is acknowledged at the opening', async () => {
    const disk = await filled(5);
    const { journal: writer } = await openOn(disk);
    const { journal: reader } = await openOn(disk, { readOnly: true });
    for (let sequence = 6; sequence <= 60; sequence++) await appendOne(writer, recordOf(sequence));
    await writer.flush();
    expect(await readAll(reader)).toHaveLength(5);
    expect(await verifyJournal(ROOT, null, null, disk)).toMatchObject({ records: 60, damage: null });
    await writer.close();
  });

  test('mends a torn slot of the mark and says so', async () => {
    const disk = await filled(12);
    for (const slot of [0, 1, 2]) {
      const torn = disk.bytes(paths.mark).slice();
      torn.fill(0, slot * SLOT_BYTES + 512, (slot + 1) * SLOT_BYTES);
      disk.put(paths.mark, torn);
      const { journal, recovery } = await openOn(disk);
      expect(recovery.warnings).toMatchObject([{ file: paths.mark, offset: slot * SLOT_BYTES }]);
      expect(await readAll(journal)).toHaveLength(12);
      await journal.close();
      expect((await verifyJournal(ROOT, null, null, disk)).damage).toBeNull();
    }
  });

  test('reports exactly where a torn tail was cut', async () => {
    const disk = await filled(4);
    const path = `${paths.journal}/${segmentName(1)}`;
    const size = disk.bytes(path).length;
    disk.put(path, Buffer.concat([disk.bytes(path), Buffer.alloc(77, 3)]));
    expect(await verifyJournal(ROOT, null, null, disk)).toMatchObject({
      damage: null,
      tornTail: { offset: size, bytes: 77 },
    });
    const { journal, recovery } = await openOn(disk);
    expect(recovery.tornTail).toMatchObject({ file: path, offset: size, bytes: 77, sequence: 5 });
    expect(disk.bytes(path).length).toBe(size);
    await journal.close();
  });

  test('progress of a verification ends at the total', async () => {
    const disk = await filled(50);
    const seen: [number, number][] = [];
    const { bytes } = await verifyJournal(ROOT, null, (done, total) => void seen.push([done, total]), disk);
    expect(seen.at(-1)).toEqual([bytes, bytes]);
  });
});

describe('pruning', () => {
  const PRUNING = { prune: true, snapshotsKept: 2 };

  test('removes segments that no kept snapshot needs, and nothing by default', async () => {
    for (const prune of [false, true]) {
      const disk = await filled(0);
      const { journal } = await openOn(disk, { ...PRUNING, prune });
      for (let sequence = 1; sequence <= 100; sequence++) {
        await appendOne(journal, recordOf(sequence));
        if (sequence % 20 === 0) await journal.writeSnapshot(sequence, `${sequence}`, []);
      }
      expect(disk.paths().filter((path) => path.endsWith('.snap'))).toHaveLength(2);
      expect(journal.first > 1).toBe(prune);
      expect(journal.first).toBeLessThanOrEqual(81);
      const first = journal.first;
      expect(await readAll(journal)).toEqual(
        Array.from({ length: 101 - first }, (_, at) => recordOf(first + at)),
      );
      if (prune)
        await expect(journal.read(first - 1, () => {})).rejects.toMatchObject({ code: 'JOURNAL_PRUNED' });
      await journal.close();
      expect(await verifyJournal(ROOT, null, null, disk)).toMatchObject({
        first,
        records: 101 - first,
        damage: null,
      });
      const again = await openOn(disk);
      expect(again.journal.first).toBe(first);
      expect(again.snapshot!.sequence).toBe(100);
    }
  });

  test('a pruned log without its snapshots is damage', async () => {
    const disk = await filled(0);
    const { journal } = await openOn(disk, PRUNING);
    for (let sequence = 1; sequence <= 60; sequence++) {
      await appendOne(journal, recordOf(sequence));
      if (sequence % 20 === 0) await journal.writeSnapshot(sequence, '', []);
    }
    await journal.close();
    for (const path of disk.paths()) if (path.endsWith('.snap')) disk.drop(path);
    await expect(openOn(disk)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      message: expect.stringContaining('were pruned'),
    });
    expect((await verifyJournal(ROOT, null, null, disk)).damage).toMatchObject({ file: paths.snapshots });
  });
});
