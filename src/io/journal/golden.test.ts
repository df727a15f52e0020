/**
 * A data directory as version 1 wrote it, captured once. It must be readable for good; and while version 1 is what we
 * write, today's code must write these very bytes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from './open.ts';
import { SMALL, appendOne, lonelyProcess, readAll, recordOf } from './testing/fixtures.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import { verifyJournal } from './verify.ts';

const GOLDEN = path.join(import.meta.dirname, '../../../test/golden/journal-v1');
const RECORDS = 25;

async function written(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { journal } = await openJournal('', {
    ...SMALL,
    disk,
    version: '0.1.0',
    processes: lonelyProcess(1),
    now: () => new Date(Date.UTC(2026, 0, 1)),
    random: (length) => Uint8Array.from({ length }, (_, at) => 16 * at + 15),
  });
  for (let sequence = 1; sequence <= RECORDS; sequence++) {
    await appendOne(journal, recordOf(sequence));
    await journal.flush();
  }
  await journal.writeSnapshot(20, 'state hash of record 20', [recordOf(20), recordOf(20, 1)]);
  await journal.close();
  return disk;
}

test('a directory of version 1 is read', async () => {
  const { journal, snapshot } = await openJournal(GOLDEN, { readOnly: true });
  expect(await readAll(journal)).toEqual(Array.from({ length: RECORDS }, (_, at) => recordOf(at + 1)));
  expect(snapshot).toMatchObject({ sequence: 20, stateHash: 'state hash of record 20' });
  await journal.close();
  expect(await verifyJournal(GOLDEN)).toMatchObject({ records: RECORDS, damage: null, tornTail: null });
});

test('what we write is version 1, to the byte', async () => {
  const disk = await written();
  const files = fs
    .readdirSync(GOLDEN, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  const names = files.map((file) => `/${path.relative(GOLDEN, path.join(file.parentPath, file.name))}`);
  expect(disk.paths()).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  for (const name of names) {
    expect(Buffer.from(disk.bytes(name)).equals(fs.readFileSync(`${GOLDEN}${name}`))).toBe(true);
  }
});
