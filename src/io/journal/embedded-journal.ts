/** The journal on local disk: a log writer, the walk over what it wrote, and the snapshots beside it. */
import { assert } from '../../core/num/assert.ts';
import { OperationalError } from '../operational-error.ts';
import { damaged, explained } from './damage.ts';
import type { DirectoryPaths } from './directory.ts';
import type { Disk } from './disk.ts';
import type { Journal, JournalSnapshot, RecordVisitor, SnapshotChunks } from './journal.ts';
import type { Lock } from './lock.ts';
import { walkLog } from './log-walk.ts';
import { type LogStart, LogWriter } from './log-writer.ts';
import type { JournalOptions } from './options.ts';
import { segmentName } from './segment.ts';
import {
  STATE_HASH_BYTES_MAX,
  isDamage,
  openSnapshotFile,
  snapshotName,
  snapshotsIn,
  writeSnapshotFile,
} from './snapshot-file.ts';

export interface EmbeddedParts {
  readonly disk: Disk;
  readonly paths: DirectoryPaths;
  readonly directoryId: Uint8Array;
  readonly settings: JournalOptions;
  /** Null opens read-only. */
  readonly lock: Lock | null;
  readonly start: LogStart;
}

export class EmbeddedJournal implements Journal {
  readonly #parts: EmbeddedParts;
  readonly #segments: number[];
  readonly #writer: LogWriter | null;
  #first: number;
  #reading = 0;
  #snapshotting = false;
  #closed: Promise<void> | null = null;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#segments = parts.start.segments;
    this.#first = parts.start.first;
    const { disk, paths, directoryId, settings, lock, start } = parts;
    this.#writer = lock === null ? null : new LogWriter(disk, paths, directoryId, settings, start);
  }

  get readOnly(): boolean {
    return this.#writer === null;
  }

  get appended(): number {
    return this.#writer?.appended ?? this.#parts.start.point.sequence;
  }

  get acknowledged(): number {
    return this.#writer?.acknowledged ?? this.#parts.start.point.sequence;
  }

  get first(): number {
    return this.#first;
  }

  get failure(): OperationalError | null {
    return this.#writer?.failure ?? null;
  }

  get onAcknowledged(): ((sequence: number) => void) | null {
    return this.#writing().onAcknowledged;
  }

  set onAcknowledged(callback: ((sequence: number) => void) | null) {
    this.#writing().onAcknowledged = callback;
  }

  get onFailure(): ((failure: OperationalError) => void) | null {
    return this.#writing().onFailure;
  }

  set onFailure(callback: ((failure: OperationalError) => void) | null) {
    this.#writing().onFailure = callback;
  }

  append(bytes: Uint8Array, offset: number, length: number): number {
    return this.#writing().append(bytes, offset, length);
  }

  appendMany(bytes: Uint8Array, offset: number, lengths: ArrayLike<number>, count: number): number {
    const writer = this.#writing();
    for (let index = 0, at = offset; index < count; at += lengths[index++]) {
      if (writer.append(bytes, at, lengths[index]) === 0) return index;
    }
    return count;
  }

  ready(): Promise<void> {
    return this.#writing().ready();
  }

  flush(): Promise<number> {
    return this.#writing().flush();
  }

  /** As `flush`, blocking: for the last words of a process, where no event loop turns any more. */
  flushSync(): number {
    return this.#writing().flushSync();
  }

  async read(from: number, visit: RecordVisitor): Promise<number> {
    const until = this.acknowledged;
    if (from < this.#first) {
      throw new OperationalError(
        'JOURNAL_PRUNED',
        `Records before sequence ${this.#first} were pruned; ${from} was asked for. Start from a snapshot, or from a copy that keeps history.`,
        { file: this.#parts.paths.journal, field: 'from', value: from },
      );
    }
    if (from > until) return from - 1;
    const { disk, paths, directoryId } = this.#parts;
    const segments = this.#segments;
    let at = segments.length - 1;
    while (at > 0 && segments[at] > from) at--;
    this.#reading++;
    try {
      const walk = { disk, path: paths.journal, directoryId, segments };
      const end = await explained(paths.root, () => walkLog(walk, segments[at], until, visit, from));
      if (end.damage !== null) throw damaged(end.damage);
      if (end.point.sequence < until && !end.stopped) {
        const { segment, position, sequence } = end.point;
        const what = `the log ends before the acknowledged sequence ${until}`;
        throw damaged({
          file: `${paths.journal}/${segmentName(segment)}`,
          offset: position,
          sequence: sequence + 1,
          what,
        });
      }
      return end.point.sequence;
    } finally {
      this.#reading--;
    }
  }

  async writeSnapshot(sequence: number, stateHash: string, chunks: SnapshotChunks): Promise<void> {
    const writer = this.#writing();
    assert(!this.#snapshotting, 'one snapshot is written at a time');
    assert(
      Number.isSafeInteger(sequence) && sequence >= 0 && sequence <= writer.appended,
      'a snapshot is of a state that was reached',
    );
    assert(
      Buffer.byteLength(stateHash) <= STATE_HASH_BYTES_MAX,
      `a state hash is at most ${STATE_HASH_BYTES_MAX} bytes`,
    );
    this.#snapshotting = true;
    try {
      // A snapshot ahead of the log would, after a crash, hold records that never happened.
      if (sequence > writer.acknowledged) await writer.flush();
      const { disk, paths, directoryId } = this.#parts;
      await writeSnapshotFile(disk, paths.snapshots, directoryId, sequence, stateHash, chunks);
      await this.#discard(writer);
    } finally {
      this.#snapshotting = false;
    }
  }

  async readSnapshot(): Promise<JournalSnapshot | null> {
    const { disk, paths, directoryId } = this.#parts;
    for (const sequence of snapshotsIn(disk.list(paths.snapshots))) {
      if (sequence > this.acknowledged) continue;
      const found = await openSnapshotFile(disk, paths.snapshots, directoryId, sequence);
      if (found !== null && !isDamage(found)) return found;
    }
    return null;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      await this.#writer?.close();
    } finally {
      this.#parts.lock?.release();
    }
  }

  /** Older snapshots, and the segments that none of the kept ones needs. */
  async #discard(writer: LogWriter): Promise<void> {
    const { disk, paths, settings } = this.#parts;
    const snapshots = snapshotsIn(disk.list(paths.snapshots));
    for (const sequence of snapshots.slice(settings.snapshotsKept))
      disk.remove(`${paths.snapshots}/${snapshotName(sequence)}`);
    if (!settings.prune || this.#reading > 0) return;
    const oldest = snapshots.slice(0, settings.snapshotsKept).at(-1)!;
    const kept = this.#segments.findLastIndex((first) => first <= oldest + 1);
    if (kept <= 0) return;
    // The mark first: from then on their absence is no damage.
    await writer.retain(this.#segments[kept]);
    this.#first = this.#segments[kept];
    for (const first of this.#segments.splice(0, kept)) disk.remove(`${paths.journal}/${segmentName(first)}`);
  }

  #writing(): LogWriter {
    assert(this.#writer !== null, 'the journal was opened read-only');
    return this.#writer;
  }
}
