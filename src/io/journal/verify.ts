/**
 * Checks every byte of a data directory: meta, mark, segment headers, records, seams, snapshots; of the tail what no mark covers. Changes nothing, needs no
 * lock, and may run beside a writer. Stricter than opening: what recovery survives (a torn slot of the mark, a snapshot
 * with an older one behind it) is damage here all the same.
 */
import { OperationalError } from '../operational-error.ts';
import { type Damage, damageOf, explained } from './damage.ts';
import { type DirectoryPaths, directoryIdBytes, directoryPaths, readMeta } from './directory.ts';
import { type Disk, nodeDisk, openIfThere } from './disk.ts';
import type { RecordVisitor } from './journal.ts';
import type { Mark } from './mark.ts';
import { type TornTail, checkLog, findMark, tailDamage } from './recovery.ts';
import { segmentName, segmentsIn } from './segment.ts';
import { isDamage, openSnapshotFile, snapshotName, snapshotsIn } from './snapshot-file.ts';
import { readTail } from './tail.ts';

export interface Verdict {
  /** Hex; empty when plimsoll.json is damaged. */
  readonly directoryId: string;
  /** The oldest record held; above 1 when history was pruned. */
  readonly first: number;
  /** The last good record. */
  readonly last: number;
  /** Good records: from first to last. */
  readonly records: number;
  /** What mark and tail promise. Above `last` where the tail has records that the log lost: the next opening puts them back. */
  readonly acknowledged: number;
  readonly segments: number;
  /** Snapshots that are as written, oldest first. */
  readonly snapshots: readonly { readonly sequence: number; readonly stateHash: string }[];
  readonly bytes: number;
  /** The first place that is not as it was written, in the order meta, mark, log, tail, snapshots; null when all is well. */
  readonly damage: Damage | null;
  /** All of them, though the log is only walked up to its first. */
  readonly damages: readonly Damage[];
  /** What an interrupted write left past the mark; not damage, and cut when the journal is next opened. */
  readonly tornTail: TornTail | null;
}

/** Visits every good record from the oldest, so that a caller can check more than bytes. Progress is in bytes. */
export function verifyJournal(
  directory: string,
  visit: RecordVisitor | null = null,
  onProgress: ((done: number, total: number) => void) | null = null,
  disk: Disk = nodeDisk,
): Promise<Verdict> {
  return explained(directory, () => verify(directory, visit, onProgress, disk));
}

async function verify(
  directory: string,
  visit: RecordVisitor | null,
  onProgress: ((done: number, total: number) => void) | null,
  disk: Disk,
): Promise<Verdict> {
  const paths = directoryPaths(directory);
  const damages: Damage[] = [];
  const verdict = {
    directoryId: '',
    first: 1,
    last: 0,
    records: 0,
    acknowledged: 0,
    segments: 0,
    snapshots: [],
    bytes: 0,
    damages,
    tornTail: null,
  };
  let meta;
  try {
    meta = readMeta(disk, paths);
  } catch (error) {
    const damage = damageOf(error);
    if (damage === null) throw error;
    damages.push(damage);
    return { ...verdict, damage };
  }
  if (meta === null) {
    throw new OperationalError('JOURNAL_MISSING', `There is no journal in ${directory}. Check the path.`, {
      file: paths.meta,
    });
  }
  const directoryId = directoryIdBytes(meta);
  // The mark before the lists: beside a writer, the log may then only be longer than promised, never shorter.
  const { mark, damage: markDamage } = findMark(disk, paths, directoryId, damages);
  const promised = mark === null ? null : promisedBy(disk, paths, directoryId, mark);
  const all = segmentsIn(disk.list(paths.journal));
  const segments = all.slice(
    Math.max(
      0,
      all.findLastIndex((first) => first <= (mark?.first ?? 1)),
    ),
  );
  const snapshotsFound = snapshotsIn(disk.list(paths.snapshots)).reverse();

  let done = 0;
  const bytes =
    segments.reduce((sum, first) => sum + sizeOf(disk, `${paths.journal}/${segmentName(first)}`), 0) +
    snapshotsFound.reduce(
      (sum, sequence) => sum + sizeOf(disk, `${paths.snapshots}/${snapshotName(sequence)}`),
      0,
    );
  const onBytes = (count: number): void => {
    done += count;
    onProgress?.(Math.min(done, bytes), bytes);
  };

  if (markDamage !== null) damages.push(markDamage);
  const first = mark?.first ?? 1;
  let last = first - 1;
  let tornTail: TornTail | null = null;
  let logDamaged = mark === null;
  if (mark !== null) {
    const check = await checkLog(
      { disk, path: paths.journal, directoryId, segments, onBytes },
      mark,
      first,
      true,
      visit,
    );
    last = check.point.sequence;
    tornTail = check.tornTail;
    if (check.damage !== null) {
      damages.push(check.damage);
      logDamaged = true;
    }
  }
  if (promised !== null && promised.damage !== null) damages.push(promised.damage);

  const snapshots: { sequence: number; stateHash: string }[] = [];
  for (const sequence of snapshotsFound) {
    const found = await openSnapshotFile(disk, paths.snapshots, directoryId, sequence, onBytes);
    if (found === null) continue;
    if (isDamage(found)) damages.push(found);
    else {
      snapshots.push({ sequence, stateHash: found.stateHash });
      const file = `${paths.snapshots}/${snapshotName(sequence)}`;
      if (
        !logDamaged &&
        sequence > Math.max(last, findMark(disk, paths, directoryId, []).mark?.sequence ?? 0)
      ) {
        damages.push({
          file,
          offset: 0,
          sequence,
          what: `the snapshot is of sequence ${sequence}, and the log ends at ${last}`,
        });
      }
    }
  }
  if (mark !== null && first > 1 && !snapshots.some(({ sequence }) => sequence >= first - 1)) {
    const what = `the records before sequence ${first} were pruned, and no valid snapshot stands for them`;
    damages.push({ file: paths.snapshots, offset: 0, sequence: 1, what });
  }
  // Headers, and what lies past a damage, were not counted.
  onProgress?.(bytes, bytes);
  return {
    directoryId: meta.directoryId,
    first,
    last,
    records: last - first + 1,
    acknowledged: promised?.sequence ?? 0,
    segments: segments.length,
    snapshots,
    bytes,
    damage: damages[0] ?? null,
    damages,
    tornTail,
  };
}

/** Up to where mark and tail promise. A writer may move the mark on between the readings of the two: then they are read again. */
function promisedBy(
  disk: Disk,
  paths: DirectoryPaths,
  directoryId: Uint8Array,
  mark: Mark,
): { readonly sequence: number; readonly damage: Damage | null } {
  const { entries, isBroken } = readTail(disk, paths.tail, directoryId, mark);
  const sequence = entries.at(-1)?.to.sequence ?? mark.sequence;
  if (!isBroken) return { sequence, damage: null };
  const later = findMark(disk, paths, directoryId, []).mark;
  if (later !== null && later.sequence > mark.sequence) return promisedBy(disk, paths, directoryId, later);
  return { sequence, damage: tailDamage(paths, sequence) };
}

/** 0 for a file that a writer removed since it was listed. */
function sizeOf(disk: Disk, path: string): number {
  const file = openIfThere(disk, path);
  if (file === null) return 0;
  const size = disk.size(file);
  disk.close(file);
  return size;
}
