/** Opening a data directory: make or check it, take the lock, recover, and hand out the journal. */
import { randomBytes } from 'node:crypto';
import { OperationalError } from '../operational-error.ts';
import { damaged, explained } from './damage.ts';
import {
  createDirectory,
  directoryIdBytes,
  directoryPaths,
  META_FILE,
  newMeta,
  readMeta,
  type DirectoryMeta,
  type Holds,
} from './directory.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { EmbeddedJournal } from './embedded-journal.ts';
import type { JournalSnapshot, RecordVisitor } from './journal.ts';
import { type Processes, Lock, thisMachine } from './lock.ts';
import { type JournalOptions, journalSettings } from './options.ts';
import { type Recovery, inspectLog, recoverLog } from './recovery.ts';

export interface OpenOptions extends Partial<JournalOptions> {
  /** Reads what is acknowledged and changes nothing; needs no lock, so a writer may be at work. Default false. */
  readonly readOnly?: boolean;
  /** Stored in a directory that is made new. Default 'unknown'. */
  readonly version?: string;
  /** What the directory must hold, or holds from now on. Default 'engine'. */
  readonly holds?: Holds;
  readonly disk?: Disk;
  readonly processes?: Processes;
  readonly now?: () => Date;
  readonly random?: (length: number) => Uint8Array;
}

export interface OpenedJournal {
  readonly journal: EmbeddedJournal;
  /** The newest valid snapshot, or null: start from nothing. */
  readonly snapshot: JournalSnapshot | null;
  /** Visits the records after the snapshot; resolves to the last sequence. Meant to be called once, before appending. */
  replay(visit: RecordVisitor): Promise<number>;
  /** What was found and done while opening, for the log. */
  readonly recovery: Recovery;
}

/**
 * Opens the journal in a directory, making it if there is none (unless read-only). Every record that a replay will show
 * is checked first. Throws JOURNAL_LOCKED, JOURNAL_VERSION, JOURNAL_DAMAGED, JOURNAL_MISSING, JOURNAL_UNREADABLE.
 */
export function openJournal(directory: string, options: OpenOptions = {}): Promise<OpenedJournal> {
  return explained(directory, () => open(directory, options));
}

async function open(directory: string, options: OpenOptions): Promise<OpenedJournal> {
  const disk = options.disk ?? nodeDisk;
  const settings = journalSettings(options);
  const paths = directoryPaths(directory);
  const readOnly = options.readOnly ?? false;
  if (!readOnly) disk.makeDirectory(paths.root);
  const lock = readOnly ? null : Lock.acquire(disk, paths.lock, options.processes ?? thisMachine);
  try {
    let meta = readMeta(disk, paths);
    const created = meta === null;
    if (meta === null) {
      if (readOnly) {
        throw new OperationalError(
          'JOURNAL_MISSING',
          `There is no journal in ${directory}. Check the path.`,
          { file: paths.meta },
        );
      }
      const random = options.random ?? randomBytes;
      const created = (options.now ?? (() => new Date()))();
      meta = newMeta(random(16), created, options.version ?? 'unknown', options.holds);
      createDirectory(disk, paths, meta);
    }
    refuseOther(directory, meta, options.holds ?? 'engine');
    const directoryId = directoryIdBytes(meta);
    const recover = readOnly ? inspectLog : recoverLog;
    const found = await recover(disk, paths, directoryId, created, lock?.takenFrom ?? null);
    if (found.damage !== null) throw damaged(found.damage);
    const journal = new EmbeddedJournal({ disk, paths, directoryId, settings, lock, start: found.start });
    const { snapshot } = found;
    return {
      journal,
      snapshot,
      replay: (visit) => journal.read((snapshot?.sequence ?? 0) + 1, visit),
      recovery: found.recovery,
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

const WHOSE: Readonly<Record<Holds, readonly [is: string, does: string]>> = {
  engine: ['a replay', 'plimsoll replay goes on with it'],
  exchange: ['an exchange', 'plimsoll exchange goes on with it; verify-log and explain read it'],
  gate: ['a gate', 'plimsoll gate goes on with it; verify-log and explain order read it'],
};

/** The commands of an exchange or a gate are none for an engine, and an engine's facts none for an exchange. */
function refuseOther(directory: string, meta: DirectoryMeta, wanted: Holds): void {
  if (meta.holds === wanted) return;
  const [is, does] = WHOSE[meta.holds];
  throw new OperationalError(
    'JOURNAL_OTHER',
    `${directory} is the directory of ${is}, not of ${WHOSE[wanted][0]}: ${does}. Give another directory`,
    { file: `${directory}/${META_FILE}`, field: 'holds', value: meta.holds },
  );
}
