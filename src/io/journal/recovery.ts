/**
 * What a data directory holds after whatever happened to it, and the few changes recovery makes.
 *
 *     segments   |======================|==========A=====......x....|
 *                ^ first                           ^      ^    ^
 *                                  acknowledged mark      |    end of file
 *                                            last good record
 *
 * Up to A every byte must be as written, else the directory is damaged and is left alone. Past A, good records are kept
 * (they may or may not have been promised to nobody) and the rest is a torn tail: cut, and the cut reported.
 */
import type { Damage } from './damage.ts';
import type { DirectoryPaths } from './directory.ts';
import { type Disk, readFully, readSmallFile, syncPath, writeFullySync } from './disk.ts';
import type { JournalSnapshot, RecordVisitor } from './journal.ts';
import { type LogWalk, type WalkEnd, walkLog } from './log-walk.ts';
import type { LogStart } from './log-writer.ts';
import { type Mark, MarkFile, SLOTS, SLOT_BYTES, readMark } from './mark.ts';
import { readTail } from './tail.ts';
import {
  type LogPoint,
  SEGMENT_HEADER_BYTES,
  readSegmentHeader,
  segmentName,
  segmentsIn,
} from './segment.ts';
import { isDamage, openSnapshotFile, snapshotsIn } from './snapshot-file.ts';

export interface TornTail extends Damage {
  /** How many bytes were cut (or, when only looked at, would be). */
  readonly bytes: number;
}

export interface Recovery {
  readonly created: boolean;
  /** Pid of the dead owner whose lock was taken over, or null. */
  readonly lockTakenFrom: number | null;
  /** What the mark promised. */
  readonly acknowledged: number;
  /** The last record there is now; above `acknowledged` by the records that were good but not promised. */
  readonly last: number;
  readonly tornTail: TornTail | null;
  /** Damage that cost nothing: a torn slot of the mark, a snapshot passed over for an older one. */
  readonly warnings: readonly Damage[];
}

export interface Found {
  readonly damage: Damage | null;
  readonly start: LogStart;
  readonly snapshot: JournalSnapshot | null;
  readonly recovery: Recovery;
}

/** Read-only: up to the mark, and nothing past it, where a writer may be at work. */
export async function inspectLog(disk: Disk, paths: DirectoryPaths, directoryId: Uint8Array): Promise<Found> {
  return (await examine(disk, paths, directoryId, false)).found;
}

export async function recoverLog(
  disk: Disk,
  paths: DirectoryPaths,
  directoryId: Uint8Array,
  created: boolean,
  lockTakenFrom: number | null,
): Promise<Found> {
  const gap = putBack(disk, paths, directoryId);
  const { found, mark, leftovers } = await examine(disk, paths, directoryId, true);
  if (gap !== null && found.damage === null) return { ...found, damage: gap };
  if (found.damage !== null || mark === null) return found;
  const { start, recovery } = found;
  const { point } = start;

  for (const first of leftovers) disk.remove(`${paths.journal}/${segmentName(first)}`);
  for (const name of disk.list(paths.snapshots))
    if (name.endsWith('.tmp')) disk.remove(`${paths.snapshots}/${name}`);
  let { segments } = start;
  if (recovery.tornTail !== null) {
    const last = segments.at(-1)!;
    if (point.segment === last) {
      const file = disk.open(`${paths.journal}/${segmentName(last)}`, 'write');
      try {
        disk.truncate(file, point.position);
        disk.syncSync(file);
      } finally {
        disk.close(file);
      }
    } else {
      disk.remove(`${paths.journal}/${segmentName(last)}`);
      segments = segments.slice(0, -1);
    }
  }
  if (point.sequence > mark.sequence) await rewrite(disk, paths, segments, mark, point);
  if (point.sequence > mark.sequence || recovery.tornTail !== null || leftovers.length > 0)
    syncPath(disk, paths.journal);
  if (point.sequence > mark.sequence || recovery.warnings.some(({ file }) => file === paths.mark)) {
    const file = new MarkFile(disk, paths.mark, directoryId, start.slot);
    try {
      file.writeAllSync({ ...point, first: mark.first });
    } finally {
      file.close();
    }
  }
  return { ...found, start: { ...start, segments }, recovery: { ...recovery, created, lockTakenFrom } };
}

/**
 * Gives the log back what the tail promises and no mark covers, and marks it. What is there already is written once more: it may be in the page cache
 * alone. Answers what is wrong where the tail has records and not those before them.
 */
function putBack(disk: Disk, paths: DirectoryPaths, directoryId: Uint8Array): Damage | null {
  const { mark, slot } = findMark(disk, paths, directoryId, []);
  if (mark === null) return null;
  const { entries, isBroken } = readTail(disk, paths.tail, directoryId, mark);
  const last = entries.at(-1)?.to ?? mark;
  if (isBroken) return tailDamage(paths, last.sequence);
  const there = segmentsIn(disk.list(paths.journal));
  if (entries.length === 0 || entries.some(({ to }) => !there.includes(to.segment))) return null;
  for (const segment of new Set(entries.map(({ to }) => to.segment))) {
    const file = disk.open(`${paths.journal}/${segmentName(segment)}`, 'write');
    try {
      for (const { from, to, records } of entries)
        if (to.segment === segment) writeFullySync(disk, file, records, records.length, from.position);
      disk.syncSync(file);
    } finally {
      disk.close(file);
    }
  }
  const file = new MarkFile(disk, paths.mark, directoryId, slot);
  try {
    file.writeAllSync({ ...last, first: mark.first });
  } finally {
    file.close();
  }
  return null;
}

/** The tail has records, and not those before them that follow `sequence`. */
export function tailDamage(paths: DirectoryPaths, sequence: number): Damage {
  const what = `records after sequence ${sequence} were promised, and the entry that has them is damaged`;
  return { file: paths.tail, offset: 0, sequence: sequence + 1, what };
}

interface Examined {
  readonly found: Found;
  readonly mark: Mark | null;
  /** Segments older than the first record, which pruning had not removed yet. */
  readonly leftovers: readonly number[];
}

async function examine(
  disk: Disk,
  paths: DirectoryPaths,
  directoryId: Uint8Array,
  beyond: boolean,
): Promise<Examined> {
  const warnings: Damage[] = [];
  const { mark, slot, damage: markDamage } = findMark(disk, paths, directoryId, warnings);
  const all = segmentsIn(disk.list(paths.journal));
  const oldest = Math.max(
    0,
    all.findLastIndex((first) => first <= (mark?.first ?? 1)),
  );
  const segments = all.slice(oldest);
  let damage: Damage | null = markDamage;
  let snapshot: JournalSnapshot | null = null;
  let tornTail: TornTail | null = null;
  let point: LogPoint = mark ?? { segment: 1, position: 0, sequence: 0, chain: 0 };
  if (mark !== null) {
    snapshot = await newestSnapshot(disk, paths, directoryId, beyond ? Infinity : mark.sequence, warnings);
    const replayFrom = (snapshot?.sequence ?? 0) + 1;
    if (replayFrom < mark.first) {
      const what = `no valid snapshot is left, and the records before sequence ${mark.first} were pruned`;
      damage = { file: paths.snapshots, offset: 0, sequence: 1, what };
    } else {
      const walk: LogWalk = { disk, path: paths.journal, directoryId, segments };
      const end = await checkLog(walk, mark, Math.min(replayFrom, mark.sequence + 1), beyond);
      damage = end.damage;
      tornTail = end.tornTail;
      point = end.point;
      if (!beyond && damage === null) point = await promisedByTail(walk, paths, mark, point);
      if (damage === null && snapshot !== null && snapshot.sequence > point.sequence) {
        const what = `the log ends before the snapshot at sequence ${snapshot.sequence}`;
        damage = {
          file: `${paths.journal}/${segmentName(point.segment)}`,
          offset: point.position,
          sequence: point.sequence + 1,
          what,
        };
      }
    }
  }
  const recovery: Recovery = {
    created: false,
    lockTakenFrom: null,
    acknowledged: mark?.sequence ?? 0,
    last: point.sequence,
    tornTail,
    warnings,
  };
  const first = mark?.first ?? 1;
  return {
    found: { damage, start: { first, segments, point, slot }, snapshot, recovery },
    mark,
    leftovers: all.slice(0, oldest),
  };
}

/** How far the log has what the tail promises: what a writer at work has not written yet, or a crash took, is left to the next opening. */
async function promisedByTail(
  walk: LogWalk,
  paths: DirectoryPaths,
  mark: Mark,
  point: LogPoint,
): Promise<LogPoint> {
  const promised = readTail(walk.disk, paths.tail, walk.directoryId, mark).entries.at(-1)?.to ?? mark;
  if (promised.sequence <= point.sequence) return point;
  return (await walkLog(walk, point, promised.sequence)).point;
}

/** Reads the mark; slots that are torn or damaged go to the warnings. */
export function findMark(
  disk: Disk,
  paths: DirectoryPaths,
  directoryId: Uint8Array,
  warnings: Damage[],
): { mark: Mark | null; slot: number; damage: Damage | null } {
  // A writer may be in the middle of a slot when we read it, and has finished when we read it again.
  let bytes = readSmallFile(disk, paths.mark);
  for (
    let retry = 0;
    retry < 3 && bytes !== null && readMark(bytes, directoryId).damaged.length > 0;
    retry++
  ) {
    bytes = readSmallFile(disk, paths.mark);
  }
  const missing = (offset: number, what: string) => ({
    mark: null,
    slot: 0,
    damage: { file: paths.mark, offset, sequence: 1, what },
  });
  if (bytes === null)
    return missing(0, 'the acknowledged mark is missing, so that nobody can tell where the log should end');
  const reading = readMark(bytes, directoryId);
  if (reading.mark === null)
    return missing(
      0,
      'no slot of the acknowledged mark is readable, so that nobody can tell where the log should end',
    );
  for (const slot of reading.damaged) {
    const what = `slot ${slot} of the acknowledged mark is torn or damaged; another slot was used`;
    warnings.push({ file: paths.mark, offset: slot * SLOT_BYTES, sequence: reading.mark.sequence, what });
  }
  if (bytes.length > SLOTS * SLOT_BYTES) {
    const what = 'the acknowledged mark is longer than it was written';
    warnings.push({ file: paths.mark, offset: SLOTS * SLOT_BYTES, sequence: reading.mark.sequence, what });
  }
  return { mark: reading.mark, slot: reading.newest, damage: null };
}

export interface LogCheck {
  readonly point: LogPoint;
  readonly damage: Damage | null;
  readonly tornTail: TornTail | null;
}

/**
 * Walks from the segment that holds record `from`: strictly up to the mark, and, if `beyond`, for as long as it is good
 * past it. Segments before are checked by header and size. Visits records from `from` on.
 */
export async function checkLog(
  walk: LogWalk,
  mark: Mark,
  from: number,
  beyond: boolean,
  visit: RecordVisitor | null = null,
): Promise<LogCheck> {
  const { segments } = walk;
  const fail = (end: WalkEnd, damage: Damage): LogCheck => ({ point: end.point, damage, tornTail: null });
  const at = Math.max(
    0,
    segments.findLastIndex((first) => first <= Math.min(from, mark.segment)),
  );
  const old = await checkClosed(walk, mark.first, at);
  if (old !== null) return { point: mark, damage: old, tornTail: null };

  const promised = await walkLog(walk, segments[at] ?? mark.first, mark.sequence, visit, from);
  if (promised.stopped) return { point: promised.point, damage: null, tornTail: null };
  if (promised.damage !== null) return fail(promised, promised.damage);
  const mismatch = markMismatch(walk, promised.point, mark);
  if (mismatch !== null) return fail(promised, mismatch);
  if (!beyond) return { point: promised.point, damage: null, tornTail: null };

  const end = await walkLog(walk, promised.point, Infinity, visit);
  if (end.damage === null) return { point: end.point, damage: null, tornTail: null };
  const last = `${walk.path}/${segmentName(segments.at(-1)!)}`;
  // Only the last segment is ever being written: one before it was synced before the next was made.
  if (!end.damage.tear || end.damage.file !== last) return fail(end, end.damage);
  const { file, offset, sequence, what } = end.damage;
  return {
    point: end.point,
    damage: null,
    tornTail: { file, offset, sequence, what, bytes: sizeOf(walk.disk, file) - offset },
  };
}

/** The log and its mark must tell the same story: same place, same checksum of the last promised record. */
function markMismatch(walk: LogWalk, point: LogPoint, mark: Mark): Damage | null {
  const place = {
    file: `${walk.path}/${segmentName(point.segment)}`,
    offset: point.position,
    sequence: point.sequence + 1,
  };
  if (point.sequence < mark.sequence) {
    return {
      ...place,
      what: `the log ends at sequence ${point.sequence}, before the acknowledged ${mark.sequence}`,
    };
  }
  if (point.segment === mark.segment && point.position === mark.position && point.chain === mark.chain)
    return null;
  return {
    ...place,
    sequence: point.sequence,
    what: 'the log is not the one that was acknowledged: an older version of its end came back',
  };
}

/** The first `count` segments by header and size only: their records are verify-log's business. */
async function checkClosed(walk: LogWalk, first: number, count: number): Promise<Damage | null> {
  const { disk, segments, directoryId } = walk;
  const header = new Uint8Array(SEGMENT_HEADER_BYTES);
  const path = (at: number) => `${walk.path}/${segmentName(segments[at])}`;
  if (segments.length === 0 || segments[0] > first) {
    const what = 'the segment is missing';
    return { file: `${walk.path}/${segmentName(first)}`, offset: 0, sequence: first, what };
  }
  let sizeBefore = -1;
  for (let at = 0; at <= count && count > 0; at++) {
    const file = disk.open(path(at), 'read');
    try {
      const length = await readFully(disk, file, header, 0, SEGMENT_HEADER_BYTES, 0);
      const { fault, previousBytes } = readSegmentHeader(header, length, directoryId, segments[at]);
      if (fault !== null) return { file: path(at), offset: 0, sequence: segments[at], what: fault };
      if (at > 0 && previousBytes !== sizeBefore) {
        const what = `the segment before ${segmentName(segments[at])} has ${sizeBefore} bytes and was closed with ${previousBytes}, or one between is missing`;
        return {
          file: path(at - 1),
          offset: Math.min(sizeBefore, previousBytes),
          sequence: segments[at - 1],
          what,
        };
      }
      sizeBefore = disk.size(file);
    } finally {
      disk.close(file);
    }
  }
  return null;
}

async function newestSnapshot(
  disk: Disk,
  paths: DirectoryPaths,
  directoryId: Uint8Array,
  until: number,
  warnings: Damage[],
): Promise<JournalSnapshot | null> {
  for (const sequence of snapshotsIn(disk.list(paths.snapshots))) {
    if (sequence > until) continue;
    const found = await openSnapshotFile(disk, paths.snapshots, directoryId, sequence);
    if (found === null) continue;
    if (!isDamage(found)) return found;
    warnings.push(found);
  }
  return null;
}

/**
 * Writes what lies between two points once more, and syncs it. Syncing alone would not do: after a failed sync the page
 * cache can hold records as clean that the disk never got, and we are about to promise them.
 */
async function rewrite(
  disk: Disk,
  paths: DirectoryPaths,
  segments: readonly number[],
  from: LogPoint,
  to: LogPoint,
): Promise<void> {
  const bytes = new Uint8Array(1 << 20);
  for (const first of segments.filter((segment) => segment >= from.segment)) {
    const file = disk.open(`${paths.journal}/${segmentName(first)}`, 'write');
    try {
      const end = first === to.segment ? to.position : disk.size(file);
      for (let at = first === from.segment ? from.position : 0; at < end;) {
        const count = await readFully(disk, file, bytes, 0, Math.min(bytes.length, end - at), at);
        writeFullySync(disk, file, bytes, count, at);
        at += count;
      }
      disk.syncSync(file);
    } finally {
      disk.close(file);
    }
  }
}

function sizeOf(disk: Disk, path: string): number {
  const file = disk.open(path, 'read');
  try {
    return disk.size(file);
  } finally {
    disk.close(file);
  }
}
