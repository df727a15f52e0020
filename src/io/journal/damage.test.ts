/** Every byte of a small data directory is cut away and turned over once. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { OperationalError } from '../operational-error.ts';
import { directoryPaths } from './directory.ts';
import { SLOT_BYTES } from './mark.ts';
import { segmentName } from './segment.ts';
import { ROOT, appendOne, openOn, readAll, recordOf } from './testing/fixtures.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import { verifyJournal } from './verify.ts';

const paths = directoryPaths(ROOT);
const ACKNOWLEDGED = 30;
const UNACKNOWLEDGED = 4;

/** Segments, snapshots at 5 and 20, 30 acknowledged records and 4 in the tail that were never promised. */
let disk: SimulatedDisk;
let segments: string[];
let markBytes: Uint8Array;

beforeAll(async () => {
  disk = new SimulatedDisk();
  const { journal } = await openOn(disk);
  for (let sequence = 1; sequence <= ACKNOWLEDGED; sequence++) {
    await appendOne(journal, recordOf(sequence));
    if (sequence === 5 || sequence === 20)
      await journal.writeSnapshot(sequence, `hash ${sequence}`, [recordOf(sequence), recordOf(99)]);
    if (sequence % 4 === 0) await journal.flush();
  }
  await journal.flush();
  markBytes = disk.bytes(paths.mark).slice();
  for (let sequence = ACKNOWLEDGED + 1; sequence <= ACKNOWLEDGED + UNACKNOWLEDGED; sequence++)
    await appendOne(journal, recordOf(sequence));
  await journal.close();
  // As if the process had died between syncing the last records and marking them.
  disk.put(paths.mark, markBytes);
  segments = disk.paths().filter((path) => path.endsWith('.log'));
  expect(segments.length).toBeGreaterThan(2);
});

/** A copy of the disk with one file changed (null removes it). */
function damagedCopy(path: string, change: (bytes: Uint8Array) => Uint8Array | null): SimulatedDisk {
  const copy = new SimulatedDisk();
  for (const each of disk.paths()) {
    const bytes = each === path ? change(disk.bytes(each).slice()) : disk.bytes(each);
    if (bytes !== null) copy.put(each, bytes);
  }
  return copy;
}

/** What came of opening: the error's code, or the number of records, all of which must be the ones that were appended. */
async function outcome(
  copy: SimulatedDisk,
): Promise<
  { code: string } | { records: number; warnings: number; cut: number; position: number | undefined }
> {
  try {
    const { journal, recovery } = await openOn(copy);
    const records = await readAll(journal);
    expect(records).toEqual(Array.from(records, (_, at) => recordOf(at + 1)));
    await journal.close();
    expect(
      (await verifyJournal(ROOT, null, null, copy)).damages.filter(({ file }) => !file.endsWith('.snap')),
    ).toEqual([]);
    const { tornTail, warnings } = recovery;
    return {
      records: records.length,
      warnings: warnings.length,
      cut: tornTail?.bytes ?? 0,
      position: tornTail?.offset,
    };
  } catch (error) {
    const { code } = error as OperationalError;
    if (code === undefined) throw error;
    return { code };
  }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] ^= 1 << (at % 8);
  return bytes;
}

/** Where in the last segment the promised records end. */
async function promisedEnd(): Promise<number> {
  const mark = markBytes.subarray(0, SLOT_BYTES);
  let position = 0;
  let newest = 0;
  for (let slot = 0; slot < 3; slot++) {
    const view = new DataView(markBytes.buffer, markBytes.byteOffset + slot * mark.length);
    const sequence = Number(view.getBigUint64(40, true));
    if (sequence > newest) [newest, position] = [sequence, Number(view.getBigUint64(56, true))];
  }
  expect(newest).toBe(ACKNOWLEDGED);
  return position;
}

test('without damage all is there, the tail that was never promised too', async () => {
  expect(await outcome(damagedCopy('', (bytes) => bytes))).toEqual({
    records: 34,
    warnings: 0,
    cut: 0,
    position: undefined,
  });
  const verdict = await verifyJournal(ROOT, null, null, disk);
  expect(verdict).toMatchObject({ records: 34, acknowledged: 30, damage: null, tornTail: null });
  expect(verdict.snapshots.map(({ sequence }) => sequence)).toEqual([5, 20]);
});

describe('one flipped byte', () => {
  test('anywhere in a promised record or header is found by verify, at or before the byte', async () => {
    const end = await promisedEnd();
    for (const path of segments) {
      const size = path === segments.at(-1) ? end : disk.bytes(path).length;
      for (let at = 0; at < size; at++) {
        const { damage } = await verifyJournal(
          ROOT,
          null,
          null,
          damagedCopy(path, (bytes) => flipped(bytes, at)),
        );
        expect(damage, `${path} byte ${at}`).not.toBeNull();
        expect(damage!.file).toBe(path);
        expect(damage!.offset).toBeLessThanOrEqual(at);
        expect(damage!.offset).toBeGreaterThan(at - 120);
      }
    }
  });

  test('in what a replay would show stops the opening', async () => {
    const end = await promisedEnd();
    // The snapshot at 20 is used: the segment that holds 21 and all after it are walked.
    const replayed = segments.filter(
      (_, at) => at === segments.length - 1 || Number(segments[at + 1].slice(-24, -4)) > 21,
    );
    for (const path of replayed) {
      const size = path === segments.at(-1) ? end : disk.bytes(path).length;
      for (let at = 0; at < size; at++) {
        expect(await outcome(damagedCopy(path, (bytes) => flipped(bytes, at))), `${path} byte ${at}`).toEqual(
          { code: 'JOURNAL_DAMAGED' },
        );
      }
    }
  });

  test('past the mark is cut there, and the cut reported', async () => {
    const end = await promisedEnd();
    const path = segments.at(-1)!;
    const size = disk.bytes(path).length;
    for (let at = end; at < size; at++) {
      const result = await outcome(damagedCopy(path, (bytes) => flipped(bytes, at)));
      if (!('records' in result)) return expect.unreachable(`byte ${at}: ${result.code}`);
      expect(result.records).toBeGreaterThanOrEqual(ACKNOWLEDGED);
      expect(result.records).toBeLessThan(ACKNOWLEDGED + UNACKNOWLEDGED);
      expect(result.position).toBeLessThanOrEqual(at);
      expect(result.cut).toBe(size - result.position!);
    }
  });

  test('in the mark is found by verify, and costs no record', async () => {
    for (
      let at = 0;
      at < markBytes.length;
      at += at % SLOT_BYTES < 80 || at % SLOT_BYTES > SLOT_BYTES - 10 ? 1 : 61
    ) {
      const copy = damagedCopy(paths.mark, (bytes) => flipped(bytes, at));
      const { damage } = await verifyJournal(ROOT, null, null, copy);
      expect(damage).toMatchObject({ file: paths.mark, offset: at - (at % SLOT_BYTES) });
      expect(await outcome(copy)).toMatchObject({ records: 34, warnings: 1 });
    }
  });

  test('in a snapshot is found, and the older one used', async () => {
    const newest = disk.paths().findLast((path) => path.endsWith('.snap'))!;
    for (let at = 0; at < disk.bytes(newest).length; at++) {
      const copy = damagedCopy(newest, (bytes) => flipped(bytes, at));
      expect((await verifyJournal(ROOT, null, null, copy)).damage).toMatchObject({
        file: newest,
        sequence: 20,
      });
      const { journal, snapshot, recovery } = await openOn(copy);
      expect(snapshot!.stateHash).toBe('hash 5');
      expect(recovery.warnings).toHaveLength(1);
      await journal.close();
    }
  });

  test('in plimsoll.json is found', async () => {
    for (let at = 0; at < disk.bytes(paths.meta).length; at++) {
      const result = await outcome(damagedCopy(paths.meta, (bytes) => flipped(bytes, at)));
      expect(['JOURNAL_DAMAGED', 'JOURNAL_VERSION']).toContain('code' in result ? result.code : 'none');
    }
  });
});

describe('a file cut at every byte', () => {
  test('before its promised end is damage', async () => {
    const end = await promisedEnd();
    for (const path of segments) {
      const size = path === segments.at(-1) ? end : disk.bytes(path).length;
      for (let length = 0; length < size; length++) {
        const copy = damagedCopy(path, (bytes) => bytes.slice(0, length));
        expect((await verifyJournal(ROOT, null, null, copy)).damage, `${path} at ${length}`).toMatchObject({
          file: path,
        });
        expect(await outcome(copy), `${path} at ${length}`).toEqual({ code: 'JOURNAL_DAMAGED' });
      }
    }
  });

  test('stops the opening, though a snapshot makes its records needless', async () => {
    const path = segments[0];
    for (let length = 0; length < disk.bytes(path).length; length += 13) {
      const copy = damagedCopy(path, (bytes) => bytes.slice(0, length));
      await expect(openOn(copy)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED', fields: { file: path } });
    }
  });

  test('past the mark loses only what was never promised', async () => {
    const end = await promisedEnd();
    const path = segments.at(-1)!;
    for (let length = end; length < disk.bytes(path).length; length++) {
      const result = await outcome(damagedCopy(path, (bytes) => bytes.slice(0, length)));
      expect('records' in result && result.records).toBeGreaterThanOrEqual(ACKNOWLEDGED);
    }
  });

  test('or ending in zeros, past the mark, is a torn tail; before it, damage', async () => {
    const end = await promisedEnd();
    const path = segments.at(-1)!;
    for (const from of [end - 40, end - 1, end, end + 1, end + 20]) {
      const result = await outcome(
        damagedCopy(path, (bytes) => Uint8Array.from([...bytes.fill(0, from), ...new Uint8Array(600)])),
      );
      if (from < end) expect(result).toEqual({ code: 'JOURNAL_DAMAGED' });
      else expect('records' in result && result.records).toBeGreaterThanOrEqual(ACKNOWLEDGED);
    }
  });

  test('the mark: a whole slot left is enough, less is damage', async () => {
    for (const length of [0, 1, 60, SLOT_BYTES - 1, SLOT_BYTES, 2 * SLOT_BYTES, 3 * SLOT_BYTES - 1]) {
      const copy = damagedCopy(paths.mark, (bytes) => bytes.slice(0, length));
      expect((await verifyJournal(ROOT, null, null, copy)).damage).toMatchObject({ file: paths.mark });
      expect(await outcome(copy)).toMatchObject(
        length < SLOT_BYTES ? { code: 'JOURNAL_DAMAGED' } : { records: 34 },
      );
    }
  });

  test('a snapshot: never used', async () => {
    const newest = disk.paths().findLast((path) => path.endsWith('.snap'))!;
    for (let length = 0; length < disk.bytes(newest).length; length++) {
      const copy = damagedCopy(newest, (bytes) => bytes.slice(0, length));
      const { journal, snapshot } = await openOn(copy);
      expect(snapshot!.sequence).toBe(5);
      await journal.close();
    }
  });
});

describe('a file that is gone', () => {
  test('is damage, whichever it is, unless it is a snapshot', async () => {
    for (const path of [paths.meta, paths.mark, ...segments]) {
      const copy = damagedCopy(path, () => null);
      expect({ path, ...(await outcome(copy)) }).toEqual({ path, code: 'JOURNAL_DAMAGED' });
      expect((await verifyJournal(ROOT, null, null, copy)).damages).not.toEqual([]);
    }
  });
});

describe('a good block in the wrong place', () => {
  test('two records of one segment swapped', async () => {
    // Equal lengths, so that only place and neighbours are wrong.
    const other = new SimulatedDisk();
    const { journal } = await openOn(other);
    for (let sequence = 1; sequence <= 8; sequence++)
      journal.append(Uint8Array.of(...Buffer.from(`record ${sequence}`)), 0, 8);
    await journal.close();
    const path = `${paths.journal}/${segmentName(1)}`;
    const bytes = other.bytes(path);
    const [a, b, length] = [64 + 2 * 24, 64 + 5 * 24, 24];
    const held = bytes.slice(a, a + length);
    bytes.copyWithin(a, b, b + length);
    bytes.set(held, b);
    const { damage } = await verifyJournal(ROOT, null, null, other);
    expect(damage).toMatchObject({ file: path, offset: a, sequence: 3 });
  });

  test('the same segment of another directory with the same history', async () => {
    const stranger = new SimulatedDisk();
    const { journal } = await openOn(stranger);
    for (let sequence = 1; sequence <= ACKNOWLEDGED; sequence++) {
      await appendOne(journal, recordOf(sequence));
      if (sequence % 4 === 0) await journal.flush();
    }
    await journal.close();
    for (const path of segments) {
      const copy = damagedCopy(path, () => stranger.bytes(path).slice());
      const { damage } = await verifyJournal(ROOT, null, null, copy);
      expect(damage).toMatchObject({
        file: path,
        offset: 0,
        what: 'the segment belongs to another directory',
      });
    }
  });

  test('the same segment of a copy of the directory that went on differently', async () => {
    const lives = await Promise.all(
      [1, 2].map(async (life) => {
        const copy = damagedCopy('', (bytes) => bytes);
        const { journal } = await openOn(copy);
        for (let sequence = 35; sequence <= 80; sequence++) {
          const record = recordOf(sequence).map((byte) => byte ^ life);
          await appendOne(journal, record);
        }
        await journal.close();
        return copy;
      }),
    );
    const [ours, theirs] = lives;
    const added = ours.paths().filter((path) => path.endsWith('.log') && !segments.includes(path));
    expect(added.length).toBeGreaterThan(1);
    for (const path of added) {
      const held = ours.bytes(path).slice();
      ours.put(path, theirs.bytes(path));
      expect((await verifyJournal(ROOT, null, null, ours)).damage).toMatchObject({ file: path, offset: 0 });
      ours.put(path, held);
    }
    expect((await verifyJournal(ROOT, null, null, ours)).damage).toBeNull();
  });

  test('a segment copied over another, or in after the last', async () => {
    for (const from of segments) {
      for (const to of [
        ...segments,
        `${paths.journal}/${segmentName(35)}`,
        `${paths.journal}/${segmentName(900)}`,
      ]) {
        if (from === to) continue;
        const copy = damagedCopy(to, () => disk.bytes(from).slice());
        if (!segments.includes(to)) copy.put(to, disk.bytes(from).slice());
        expect((await verifyJournal(ROOT, null, null, copy)).damage, `${from} as ${to}`).toMatchObject({
          offset: expect.any(Number),
        });
        expect(await outcome(copy)).toEqual({ code: 'JOURNAL_DAMAGED' });
      }
    }
  });

  test('an older life of the same bytes: the tail was cut, written anew, and the old tail comes back', async () => {
    const copy = damagedCopy('', (bytes) => bytes);
    const path = segments.at(-1)!;
    const end = await promisedEnd();
    const oldTail = copy.bytes(path).slice();
    const cut = damagedCopy(path, (bytes) => bytes.slice(0, end));
    const { journal } = await openOn(cut);
    for (let sequence = 31; sequence <= 34; sequence++) {
      const record = recordOf(sequence).map((byte) => byte ^ 1);
      await appendOne(journal, record);
    }
    await journal.close();
    expect(cut.bytes(path).length).toBe(oldTail.length);
    cut.put(path, oldTail);
    const { damage } = await verifyJournal(ROOT, null, null, cut);
    expect(damage).toMatchObject({ file: path, what: expect.stringContaining('an older version') });
    expect(await outcome(cut)).toEqual({ code: 'JOURNAL_DAMAGED' });
  });

  test('a snapshot under another name, or of another directory', async () => {
    const [older, newest] = disk.paths().filter((path) => path.endsWith('.snap'));
    const copy = damagedCopy(newest, () => disk.bytes(older).slice());
    expect((await verifyJournal(ROOT, null, null, copy)).damage).toMatchObject({
      file: newest,
      what: expect.stringContaining('taken at 5'),
    });
    const { snapshot, journal } = await openOn(copy);
    expect(snapshot!.sequence).toBe(5);
    await journal.close();
  });

  test('a snapshot ahead of the log means that the log lost its end', async () => {
    const copy = damagedCopy('', (bytes) => bytes);
    const { journal } = await openOn(copy);
    await journal.writeSnapshot(34, 'ahead', []);
    await journal.close();
    const ahead = `${paths.snapshots}/${'34'.padStart(20, '0')}.snap`;
    const end = await promisedEnd();
    copy.put(segments.at(-1)!, disk.bytes(segments.at(-1)!).slice(0, end));
    copy.put(paths.mark, markBytes);
    expect(await outcome(copy)).toEqual({ code: 'JOURNAL_DAMAGED' });
    expect((await verifyJournal(ROOT, null, null, copy)).damage).toMatchObject({ file: ahead });
  });
});
