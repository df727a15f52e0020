/**
 * The tail: the last groups of the log once more, in a file whose length never changes. A small group is promised when it is durable here, in one
 * write that waits for the disk once; the log has it too, and is synced now and then, for many groups together. After a crash the log gets back from here
 * what it lost.
 *
 *     acknowledged.tail = a ring of blocks of 4096 bytes
 *
 *     | entry 7 | entry 7 | entry 8 | entry 8 |   free   | entry 5 | entry 5 | entry 6 | entry 6 |
 *       twice, one behind the other: a damaged byte costs a copy and never the entry
 *
 *     0       8         12       16           32     40    48        56         64           68         72      76         80
 *     +-------+---------+--------+------------+------+-----+---------+----------+------------+----------+-------+----------+--- - -
 *     | magic | version | length |directory id| from | to  | segment | position | from chain | to chain | block | checksum | records
 *     +-------+---------+--------+------------+------+-----+---------+----------+------------+----------+-------+----------+--- - -
 *
 * The records are bytes of a segment as they stand there from `position` on; they follow record `from`, whose checksum is `from chain`, and end with
 * record `to`. An entry is overwritten only when a mark covers it.
 */
import { assert } from '../../core/num/assert.ts';
import { crc32cContinue } from './crc32c.ts';
import { type Disk, openIfThere, readSmallFile, writeFullySync } from './disk.ts';
import { readI32, readU64, writeU32, writeU64 } from './record.ts';
import { DIRECTORY_ID_BYTES, FORMAT_VERSION, type LogPoint } from './segment.ts';

export const TAIL_FILE = 'acknowledged.tail';
export const TAIL_BLOCK_BYTES = 4096;
const HEADER_BYTES = 80;
const CHECKSUM_AT = 76;
const MAGIC = new TextEncoder().encode('plimtail');
const COPIES = 2;
/** Longer groups leave a ring no room for others, and are better written once than three times. */
const ENTRIES_MIN = 4;
const ENTRY_BLOCKS_MAX = 16;

export interface TailEntry {
  /** Where the log stands before and after it. */
  readonly from: LogPoint;
  readonly to: LogPoint;
  readonly records: Uint8Array;
}

/** The most bytes of records that an entry takes in a ring of so many bytes. */
export function entryBytesMax(tailBytes: number): number {
  const blocks = Math.min(ENTRY_BLOCKS_MAX, Math.floor(tailBytes / TAIL_BLOCK_BYTES / COPIES / ENTRIES_MIN));
  return blocks * TAIL_BLOCK_BYTES - HEADER_BYTES;
}

/** The ring as its one writer has it. */
export class TailFile {
  readonly #disk: Disk;
  readonly #file: number;
  readonly #directoryId: Uint8Array;
  readonly #blocks: number;
  readonly #bytes: Uint8Array;
  /** Where the next entry goes, and how many blocks from there on are free. */
  #next = 0;
  #free: number;
  /** Entries that no mark covers, oldest first: what they end with and how many blocks they gave up. */
  readonly #held: { readonly sequence: number; readonly blocks: number }[] = [];

  /** Everything in it is covered by a mark. Makes it where there is none, or one that was not finished. */
  constructor(disk: Disk, path: string, directory: number, directoryId: Uint8Array, tailBytes: number) {
    this.#disk = disk;
    this.#directoryId = directoryId;
    this.#blocks = Math.floor(tailBytes / TAIL_BLOCK_BYTES);
    this.#free = this.#blocks;
    this.#bytes = new Uint8Array(COPIES * (entryBytesMax(tailBytes) + HEADER_BYTES));
    makeRing(disk, path, directory, this.#blocks * TAIL_BLOCK_BYTES);
    this.#file = disk.open(path, 'durable');
  }

  /** Whether so many bytes of records find room. */
  takes(length: number): boolean {
    const blocks = this.#blocksOf(length);
    return blocks <= this.#bytes.length / TAIL_BLOCK_BYTES && this.#lost(blocks) + blocks <= this.#free;
  }

  /** It is time to have the log synced and marked. */
  get isHalfFull(): boolean {
    return 2 * this.#free < this.#blocks;
  }

  /** Durable when it returns. */
  write(from: LogPoint, to: LogPoint, records: Uint8Array, length: number): void {
    const blocks = this.#blocksOf(length);
    const lost = this.#lost(blocks);
    assert(lost + blocks <= this.#free, 'an entry is written where there is room');
    const at = (this.#next + lost) % this.#blocks;
    this.#free -= lost + blocks;
    this.#next = (at + blocks) % this.#blocks;
    this.#held.push({ sequence: to.sequence, blocks: lost + blocks });
    const half = (blocks / COPIES) * TAIL_BLOCK_BYTES;
    encodeEntry(this.#bytes, this.#directoryId, at, from, to, records, length);
    this.#bytes.fill(0, HEADER_BYTES + length, half);
    this.#bytes.copyWithin(half, 0, half);
    writeFullySync(this.#disk, this.#file, this.#bytes, COPIES * half, at * TAIL_BLOCK_BYTES);
  }

  /** A durable mark covers all up to `sequence`. */
  release(sequence: number): void {
    const held = this.#held;
    let count = 0;
    for (; count < held.length && held[count].sequence <= sequence; count++) this.#free += held[count].blocks;
    held.splice(0, count);
  }

  close(): void {
    this.#disk.close(this.#file);
  }

  #blocksOf(length: number): number {
    return COPIES * Math.ceil((HEADER_BYTES + length) / TAIL_BLOCK_BYTES);
  }

  /** An entry lies in one piece: blocks at the end of the ring that are too few for it are passed over. */
  #lost(blocks: number): number {
    const left = this.#blocks - this.#next;
    return left < blocks ? left : 0;
  }
}

/** Entries that go on from the mark, in order; and whether there are others after a gap. */
export function readTail(
  disk: Disk,
  path: string,
  directoryId: Uint8Array,
  mark: LogPoint,
): { readonly entries: readonly TailEntry[]; readonly isBroken: boolean } {
  const bytes = readSmallFile(disk, path);
  const found = new Map<number, TailEntry>();
  const blocks = bytes === null ? 0 : Math.floor(bytes.length / TAIL_BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) {
    const entry = decodeEntry(bytes!, block, directoryId);
    if (entry !== null && entry.to.sequence > mark.sequence) found.set(entry.from.sequence, entry);
  }
  const entries: TailEntry[] = [];
  let point = mark;
  for (;;) {
    const entry = found.get(point.sequence);
    if (entry === undefined || entry.from.chain !== point.chain) break;
    found.delete(point.sequence);
    entries.push(entry);
    point = entry.to;
  }
  return { entries, isBroken: found.size > 0 };
}

/** At the beginning of `target`. */
function encodeEntry(
  target: Uint8Array,
  directoryId: Uint8Array,
  block: number,
  from: LogPoint,
  to: LogPoint,
  records: Uint8Array,
  length: number,
): void {
  target.set(MAGIC, 0);
  writeU32(target, 8, FORMAT_VERSION);
  writeU32(target, 12, length);
  target.set(directoryId, 16);
  writeU64(target, 32, from.sequence);
  writeU64(target, 40, to.sequence);
  writeU64(target, 48, from.segment);
  writeU64(target, 56, from.position);
  writeU32(target, 64, from.chain);
  writeU32(target, 68, to.chain);
  writeU32(target, 72, block);
  target.set(records.subarray(0, length), HEADER_BYTES);
  writeU32(target, CHECKSUM_AT, checksumOf(target, 0, length));
}

/** The copy that begins at `block`; null where none does, or it is damaged. */
function decodeEntry(bytes: Uint8Array, block: number, directoryId: Uint8Array): TailEntry | null {
  const at = block * TAIL_BLOCK_BYTES;
  for (let byte = 0; byte < MAGIC.length; byte++) if (bytes[at + byte] !== MAGIC[byte]) return null;
  if (readI32(bytes, at + 8) !== FORMAT_VERSION) return null;
  for (let byte = 0; byte < DIRECTORY_ID_BYTES; byte++)
    if (bytes[at + 16 + byte] !== directoryId[byte]) return null;
  const length = readI32(bytes, at + 12);
  if (length < 0 || length > bytes.length - at - HEADER_BYTES) return null;
  const copy = block - readI32(bytes, at + 72);
  if (copy !== 0 && copy !== Math.ceil((HEADER_BYTES + length) / TAIL_BLOCK_BYTES)) return null;
  if (readI32(bytes, at + CHECKSUM_AT) !== checksumOf(bytes, at, length)) return null;
  const segment = readU64(bytes, at + 48);
  const position = readU64(bytes, at + 56);
  return {
    from: { segment, position, sequence: readU64(bytes, at + 32), chain: readI32(bytes, at + 64) },
    to: {
      segment,
      position: position + length,
      sequence: readU64(bytes, at + 40),
      chain: readI32(bytes, at + 68),
    },
    records: bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length),
  };
}

/** CRC-32C of the header before it and of the records. */
function checksumOf(bytes: Uint8Array, at: number, length: number): number {
  const state = crc32cContinue(-1, bytes, at, at + CHECKSUM_AT);
  return ~crc32cContinue(state, bytes, at + HEADER_BYTES, at + HEADER_BYTES + length) | 0;
}

/** Its blocks are allocated once, so that later writes change nothing but bytes. */
function makeRing(disk: Disk, path: string, directory: number, bytes: number): void {
  const there = openIfThere(disk, path);
  if (there !== null) {
    const size = disk.size(there);
    disk.close(there);
    if (size === bytes) return;
  }
  const file = disk.open(path, there === null ? 'create' : 'write');
  try {
    disk.truncate(file, 0);
    writeFullySync(disk, file, new Uint8Array(bytes), bytes, 0);
    disk.syncSync(file);
  } finally {
    disk.close(file);
  }
  disk.syncDirectorySync(directory);
}
