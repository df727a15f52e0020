import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { journalConformance } from '../../../test/conformance/journal.ts';
import { openJournal } from './open.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';
import { openOn } from './testing/fixtures.ts';

const BOUNDED = { batchBytes: 32_768, batches: 3, segmentBytes: 200_000, recordBytesMax: 256 };

journalConformance('embedded', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-journal-'));
  return {
    open: async () => (await openJournal(directory, BOUNDED)).journal,
    destroy: async () => fs.rmSync(directory, { recursive: true }),
  };
});

journalConformance('embedded, many small segments, simulated disk', async () => {
  const disk = new SimulatedDisk();
  return {
    open: async () =>
      (await openOn(disk, { batchBytes: 1024, batches: 40, segmentBytes: 4000, recordBytesMax: 256 }))
        .journal,
    destroy: async () => {},
  };
});
