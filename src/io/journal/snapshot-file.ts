/**
 * A snapshot: an opaque image of the state after one record, so that recovery need not start at the first.
 *
 *     snapshots/<sequence, 20 digits>.snap
 *
 *     0       8         12      16            32         40       48       52       56          312    508      512
 *     +-------+---------+-------+-------------+----------+--------+--------+--------+-----------+- - -+--------+--- - -
 *     | magic | version | zeros |directory id | sequence | length | crc-32 | length | state hash|zeros|checksum| payload
 *     |       |   u32   |       |             |   u64    |  u64   |payload | of hash|   UTF-8   |     | header |
 *     +-------+---------+-------+-------------+----------+--------+--------+--------+-----------+- - -+--------+--- - -
 *
 * Written aside, synced, renamed: a `.snap` is whole or damaged, never unfinished. The payload is checksummed by
 * zlib.crc32, which runs at several GB/s on long pieces.
 */
import { crc32 } from 'node:zlib';
import { OperationalError, errnoOf } from '../operational-error.ts';
import { crc32c } from './crc32c.ts';
import { type Damage, damaged } from './damage.ts';
import { type Disk, openIfThere, readFully, syncPath, writeFully } from './disk.ts';
import type { JournalSnapshot, SnapshotChunks } from './journal.ts';
import { readI32, readU64, writeU32, writeU64 } from './record.ts';
import { DIRECTORY_ID_BYTES, FORMAT_VERSION } from './segment.ts';

export const SNAPSHOT_HEADER_BYTES = 512;
export const STATE_HASH_BYTES_MAX = 256;

const MAGIC = new TextEncoder().encode('plimsnap');
const CHECKSUM_AT = SNAPSHOT_HEADER_BYTES - 4;
const CHUNK_BYTES = 1 << 20;
const NAME = /^(\d{20})\.snap$/;

interface SnapshotHeader {
  readonly sequence: number;
  readonly length: number;
  readonly payloadCrc: number;
  readonly stateHash: string;
}

export function snapshotName(sequence: number): string {
  return `${String(sequence).padStart(20, '0')}.snap`;
}

/** Sequences of the snapshots among these names, newest first. */
export function snapshotsIn(names: readonly string[]): number[] {
  return names.flatMap((name) => (NAME.test(name) ? [Number(name.slice(0, 20))] : [])).sort((a, b) => b - a);
}

export async function writeSnapshotFile(
  disk: Disk,
  folder: string,
  directoryId: Uint8Array,
  sequence: number,
  stateHash: string,
  chunks: SnapshotChunks,
): Promise<void> {
  const path = `${folder}/${snapshotName(sequence)}`;
  const aside = `${path}.tmp`;
  let file = -1;
  let position = SNAPSHOT_HEADER_BYTES;
  try {
    if (disk.list(folder).includes(`${snapshotName(sequence)}.tmp`)) disk.remove(aside);
    file = disk.open(aside, 'create');
    let payloadCrc = 0;
    for await (const chunk of chunks) {
      payloadCrc = crc32(chunk, payloadCrc);
      await writeFully(disk, file, chunk, chunk.length, position);
      position += chunk.length;
    }
    const header = encodeHeader(directoryId, {
      sequence,
      length: position - SNAPSHOT_HEADER_BYTES,
      payloadCrc,
      stateHash,
    });
    await writeFully(disk, file, header, header.length, 0);
    await disk.sync(file);
    disk.close(file);
    file = -1;
    disk.rename(aside, path);
    syncPath(disk, folder);
  } catch (cause) {
    tidy(disk, file, aside);
    throw new OperationalError(
      'SNAPSHOT_FAILED',
      `The snapshot at sequence ${sequence} could not be written (${aside}, byte ${position}: ${errnoOf(cause)}). Older ` +
        'snapshots are untouched and no record is lost; recovery will replay more. Free disk space or look at the device.',
      { file: aside, position, sequence, errno: errnoOf(cause) },
      cause,
    );
  }
}

/** The snapshot if every byte is as written, else the damage. Null when it is gone: pruned since it was listed. */
export async function openSnapshotFile(
  disk: Disk,
  folder: string,
  directoryId: Uint8Array,
  sequence: number,
  onBytes?: (bytes: number) => void,
): Promise<JournalSnapshot | Damage | null> {
  const path = `${folder}/${snapshotName(sequence)}`;
  const bad = (offset: number, what: string): Damage => ({ file: path, offset, sequence, what });
  const file = openIfThere(disk, path);
  if (file === null) return null;
  try {
    const size = disk.size(file);
    const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES);
    const filled = await readFully(disk, file, bytes, 0, SNAPSHOT_HEADER_BYTES, 0);
    const header = decodeHeader(bytes, filled, directoryId, sequence);
    if (typeof header === 'string') return bad(0, header);
    if (size !== SNAPSHOT_HEADER_BYTES + header.length) {
      const what = `the snapshot has ${size - SNAPSHOT_HEADER_BYTES} payload bytes and was written with ${header.length}`;
      return bad(Math.min(size, SNAPSHOT_HEADER_BYTES + header.length), what);
    }
    let crc = 0;
    for await (const chunk of pieces(disk, file, header.length)) {
      crc = crc32(chunk, crc);
      onBytes?.(chunk.length);
    }
    if (crc !== header.payloadCrc) return bad(SNAPSHOT_HEADER_BYTES, 'the snapshot has a wrong checksum');
    return {
      sequence,
      stateHash: header.stateHash,
      length: header.length,
      chunks: () => chunksOf(disk, path, header),
    };
  } finally {
    disk.close(file);
  }
}

export function isDamage(found: JournalSnapshot | Damage): found is Damage {
  return 'what' in found;
}

/** Reads again what was checked before, and checks again: it may be minutes later. */
async function* chunksOf(disk: Disk, path: string, header: SnapshotHeader): AsyncGenerator<Uint8Array> {
  const file = disk.open(path, 'read');
  try {
    let crc = 0;
    for await (const chunk of pieces(disk, file, header.length)) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (crc === header.payloadCrc) return;
  } finally {
    disk.close(file);
  }
  const what = 'the snapshot changed while it was read';
  throw damaged({ file: path, offset: SNAPSHOT_HEADER_BYTES, sequence: header.sequence, what });
}

async function* pieces(disk: Disk, file: number, length: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, length));
  for (let done = 0; done < length;) {
    const count = await readFully(
      disk,
      file,
      buffer,
      0,
      Math.min(buffer.length, length - done),
      SNAPSHOT_HEADER_BYTES + done,
    );
    if (count === 0) return;
    done += count;
    yield buffer.subarray(0, count);
  }
}

function encodeHeader(directoryId: Uint8Array, header: SnapshotHeader): Uint8Array {
  const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES);
  const hash = new TextEncoder().encode(header.stateHash);
  bytes.set(MAGIC, 0);
  writeU32(bytes, 8, FORMAT_VERSION);
  bytes.set(directoryId, 16);
  writeU64(bytes, 32, header.sequence);
  writeU64(bytes, 40, header.length);
  writeU32(bytes, 48, header.payloadCrc);
  writeU32(bytes, 52, hash.length);
  bytes.set(hash, 56);
  writeU32(bytes, CHECKSUM_AT, crc32c(bytes, 0, CHECKSUM_AT));
  return bytes;
}

function decodeHeader(
  bytes: Uint8Array,
  filled: number,
  directoryId: Uint8Array,
  sequence: number,
): SnapshotHeader | string {
  if (filled < SNAPSHOT_HEADER_BYTES)
    return `the snapshot header is cut short: ${filled} bytes of ${SNAPSHOT_HEADER_BYTES}`;
  if (readI32(bytes, CHECKSUM_AT) !== (crc32c(bytes, 0, CHECKSUM_AT) | 0))
    return 'the snapshot header has a wrong checksum';
  if (MAGIC.some((byte, at) => bytes[at] !== byte) || readI32(bytes, 8) !== FORMAT_VERSION)
    return 'this is no snapshot of this format';
  for (let at = 0; at < DIRECTORY_ID_BYTES; at++) {
    if (bytes[16 + at] !== directoryId[at]) return 'the snapshot belongs to another directory';
  }
  const named = readU64(bytes, 32);
  if (named !== sequence) return `the snapshot is named for sequence ${sequence} and was taken at ${named}`;
  return {
    sequence,
    length: readU64(bytes, 40),
    payloadCrc: readI32(bytes, 48) >>> 0,
    stateHash: Buffer.from(bytes.subarray(56, 56 + readI32(bytes, 52))).toString('utf8'),
  };
}

/** Best effort after a failure that is being reported anyway; what stays is removed at the next open. */
function tidy(disk: Disk, file: number, path: string): void {
  try {
    if (file >= 0) disk.close(file);
    disk.remove(path);
  } catch {
    // The first error is the one worth telling.
  }
}
