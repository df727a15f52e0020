/**
 * A process to be killed: opens the journal in argv[2], appends records that follow from their sequence, and tells on
 * stdout, blocking, each sequence that was acknowledged, right when it was.
 */
import fs from 'node:fs';
import { openJournal } from '../open.ts';
import { SMALL, recordOf } from './fixtures.ts';

const { journal } = await openJournal(process.argv[2], {
  ...SMALL,
  segmentBytes: 20_000,
  batchBytes: 4000,
  prune: false,
});
const told = Buffer.alloc(24);
journal.onAcknowledged = (sequence) => {
  fs.writeSync(1, told, 0, told.write(`${sequence}\n`));
};
fs.writeSync(1, `${journal.acknowledged}\n`);

let nextSnapshot = journal.appended + 500;
let snapshotting = false;
function turn(): void {
  for (let count = 0; count < 25; count++) {
    const record = recordOf(journal.appended + 1);
    if (journal.append(record, 0, record.length) === 0) break;
  }
  if (journal.appended >= nextSnapshot && !snapshotting) {
    snapshotting = true;
    const sequence = journal.appended;
    void journal.writeSnapshot(sequence, `hash ${sequence}`, [recordOf(sequence)]).then(() => {
      snapshotting = false;
      nextSnapshot = journal.appended + 500;
    });
  }
  setImmediate(turn);
}
turn();
