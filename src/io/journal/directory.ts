/**
 * The data directory and who it is: `plimsoll.json`, written last when a directory is made, so that where it exists all
 * the rest must.
 *
 *     <data>/plimsoll.json     format, directory id
 *     <data>/lock              the one writer
 *     <data>/journal/          segments, the acknowledged mark and the tail
 *     <data>/snapshots/
 *
 * The random id is in every header and under every checksum: a file copied in from elsewhere is a stranger.
 */
import { crc32 } from 'node:zlib';
import { OperationalError } from '../operational-error.ts';
import { damaged } from './damage.ts';
import { type Disk, readSmallFile, syncPath, writeFullySync } from './disk.ts';
import { MARK_FILE, SLOTS, SLOT_BYTES, encodeMark, readMark } from './mark.ts';
import {
  DIRECTORY_ID_BYTES,
  FORMAT_VERSION,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentsIn,
  writeSegmentHeader,
} from './segment.ts';
import { TAIL_FILE } from './tail.ts';

export const META_FILE = 'plimsoll.json';

/** Whose commands the journal has: an engine's alone, or those of an exchange or of a gate as well. */
export type Holds = 'engine' | 'exchange' | 'gate';

export interface DirectoryMeta {
  readonly format: number;
  readonly directoryId: string;
  /** ISO 8601 UTC. */
  readonly created: string;
  /** The version of Plimsoll that made the directory. */
  readonly createdBy: string;
  readonly holds: Holds;
}

export interface DirectoryPaths {
  readonly root: string;
  readonly meta: string;
  readonly lock: string;
  readonly journal: string;
  readonly mark: string;
  readonly tail: string;
  readonly snapshots: string;
}

export function directoryPaths(root: string): DirectoryPaths {
  const journal = `${root}/journal`;
  return {
    root,
    meta: `${root}/${META_FILE}`,
    lock: `${root}/lock`,
    journal,
    mark: `${journal}/${MARK_FILE}`,
    tail: `${journal}/${TAIL_FILE}`,
    snapshots: `${root}/snapshots`,
  };
}

export function directoryIdBytes(meta: DirectoryMeta): Uint8Array {
  return Uint8Array.from(Buffer.from(meta.directoryId, 'hex'));
}

/** The meta file, or null when the directory was never made (or its making was cut short). */
export function readMeta(disk: Disk, paths: DirectoryPaths): DirectoryMeta | null {
  const bytes = readSmallFile(disk, paths.meta);
  if (bytes === null) {
    refuseOrphans(disk, paths);
    return null;
  }
  const text = Buffer.from(bytes).toString('utf8');
  let meta: DirectoryMeta;
  try {
    meta = JSON.parse(text) as DirectoryMeta;
  } catch {
    throw damaged({ file: paths.meta, offset: 0, sequence: 0, what: 'the file is not JSON' });
  }
  // Before the checksum: another version may well have another one.
  if (Number.isSafeInteger(meta?.format) && meta.format !== FORMAT_VERSION) {
    const older = meta.format < FORMAT_VERSION;
    throw new OperationalError(
      'JOURNAL_VERSION',
      `${paths.root} has journal format ${meta.format} (made by plimsoll ${meta.createdBy}); this plimsoll reads ` +
        `format ${FORMAT_VERSION}. ${older ? 'Open it with the version that made it, or' : 'Use that version or a newer one, or'} ` +
        'give another data directory.',
      { file: paths.meta, field: 'format', value: meta.format },
    );
  }
  const whole: DirectoryMeta = { ...meta, holds: meta?.holds ?? 'engine' };
  if (text !== metaText(whole)) {
    throw damaged({
      file: paths.meta,
      offset: 0,
      sequence: 0,
      what: 'the file was changed, or has a wrong checksum',
    });
  }
  return whole;
}

/** Makes an empty journal. Each step is durable before the next, and only the last makes it a data directory. */
export function createDirectory(disk: Disk, paths: DirectoryPaths, meta: DirectoryMeta): void {
  const directoryId = directoryIdBytes(meta);
  disk.makeDirectory(paths.journal);
  disk.makeDirectory(paths.snapshots);
  for (const name of disk.list(paths.journal)) disk.remove(`${paths.journal}/${name}`);

  const header = new Uint8Array(SEGMENT_HEADER_BYTES);
  const chain = writeSegmentHeader(header, directoryId, 1, 0, 0);
  writeNewFile(disk, `${paths.journal}/${segmentName(1)}`, header);

  const slots = new Uint8Array(SLOTS * SLOT_BYTES);
  const mark = { first: 1, segment: 1, position: SEGMENT_HEADER_BYTES, sequence: 0, chain };
  for (let slot = 0; slot < SLOTS; slot++)
    encodeMark(slots.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), directoryId, mark);
  writeNewFile(disk, paths.mark, slots);
  syncPath(disk, paths.journal);

  const temporary = `${paths.meta}.tmp`;
  if (disk.list(paths.root).includes(`${META_FILE}.tmp`)) disk.remove(temporary);
  writeNewFile(disk, temporary, new TextEncoder().encode(metaText(meta)));
  disk.rename(temporary, paths.meta);
  syncPath(disk, paths.root);
  syncPath(disk, parentOf(paths.root));
}

export function newMeta(
  directoryId: Uint8Array,
  created: Date,
  createdBy: string,
  holds: Holds = 'engine',
): DirectoryMeta {
  return {
    format: FORMAT_VERSION,
    directoryId: Buffer.from(directoryId).toString('hex'),
    created: created.toISOString(),
    createdBy,
    holds,
  };
}

/** The one text a meta has: a byte that differs is damage, blanks included. */
function metaText({ format, directoryId, created, createdBy, holds }: DirectoryMeta): string {
  const checked = {
    format,
    directoryId,
    created,
    createdBy,
    ...(holds === 'engine' ? {} : { holds }),
  };
  const checksum = crc32(JSON.stringify(checked)).toString(16).padStart(8, '0');
  return `${JSON.stringify({ ...checked, checksum }, null, 2)}\n`;
}

/** Without a meta file there may be what a cut-short creation leaves, and nothing that ever held a record. */
function refuseOrphans(disk: Disk, paths: DirectoryPaths): void {
  const names = disk.list(paths.journal);
  const held = segmentsIn(names).some(
    (first) =>
      first > 1 ||
      (readSmallFile(disk, `${paths.journal}/${segmentName(first)}`)?.length ?? 0) > SEGMENT_HEADER_BYTES,
  );
  const snapshots = disk.list(paths.snapshots).some((name) => name.endsWith('.snap'));
  const marked = names.includes(MARK_FILE) && markedRecords(readSmallFile(disk, paths.mark));
  if (!held && !snapshots && !marked) return;
  throw damaged({
    file: paths.meta,
    offset: 0,
    sequence: 1,
    what: 'the file is missing, though the directory holds a journal',
  });
}

function markedRecords(bytes: Uint8Array | null): boolean {
  if (bytes === null || bytes.length < SLOTS * SLOT_BYTES) return false;
  const { mark } = readMark(bytes, bytes.subarray(16, 16 + DIRECTORY_ID_BYTES));
  return mark !== null && mark.sequence > 0;
}

function writeNewFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const file = disk.open(path, 'create');
  try {
    writeFullySync(disk, file, bytes, bytes.length, 0);
    disk.syncSync(file);
  } finally {
    disk.close(file);
  }
}

function parentOf(path: string): string {
  return `${path}/..`;
}
