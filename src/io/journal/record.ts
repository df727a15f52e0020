/**
 * One record of the log:
 *
 *     0        4          7      8                16
 *     +--------+----------+------+----------------+---------------- - -
 *     |checksum|  length  | kind |    sequence    |  payload, `length` bytes
 *     |  u32   |   u24    |  u8  |      u64       |
 *     +--------+----------+------+----------------+---------------- - -
 *              '------------ under the checksum ------------------- - -
 *
 * The checksum is a CRC-32C that starts from `chain ^ position`: the checksum of the record before (of the segment
 * header, for the first record) and the byte offset of this record in its file. So a record is only valid at its own
 * place, after its own predecessor, in its own segment of its own directory. A block that landed in the wrong place, or
 * an old block whose overwrite was lost, has a good checksum of its own and still does not fit here.
 *
 * Everything is little-endian; records are not padded, so there is no byte that no checksum covers.
 */
import { TABLE, crc32cContinue, crc32cCopy } from './crc32c.ts';

export const RECORD_HEADER_BYTES = 16;
/** What the 24-bit length can say. */
export const RECORD_PAYLOAD_MAX = 0xff_ffff;
/** On disk: never reuse one. Zero is none, so that a zeroed block is no record. */
export const RecordKind = { command: 1 } as const;

const TWO_32 = 2 ** 32;

/** Writes a record at `target[at...]`, which will be byte `position` of its file, and returns its checksum. */
export function writeRecord(
  target: Uint8Array,
  at: number,
  position: number,
  chain: number,
  sequence: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  const high = Math.floor(sequence / TWO_32);
  const state = crc32cCopy(
    headerState(chain ^ position, length | (RecordKind.command << 24), sequence | 0, high),
    bytes,
    offset,
    length,
    target,
    at + RECORD_HEADER_BYTES,
  );
  const checksum = ~state;
  writeU32(target, at, checksum);
  writeU32(target, at + 4, length | (RecordKind.command << 24));
  writeU32(target, at + 8, sequence);
  writeU32(target, at + 12, high);
  return checksum;
}

/** What the checksum of the record at `bytes[at...]` has to be, given its place. The whole record must be in `bytes`. */
export function recordChecksum(
  bytes: Uint8Array,
  at: number,
  position: number,
  chain: number,
  length: number,
): number {
  const start = at + RECORD_HEADER_BYTES;
  const state = headerState(
    chain ^ position,
    readI32(bytes, at + 4),
    readI32(bytes, at + 8),
    readI32(bytes, at + 12),
  );
  return ~crc32cContinue(state, bytes, start, start + length);
}

/** The three header words after the checksum, unrolled: 8 bytes by eight tables, 4 by four. */
function headerState(seed: number, lengthAndKind: number, low: number, high: number): number {
  const table = TABLE;
  const first = ~seed ^ lengthAndKind;
  const state =
    table[1792 + (first & 0xff)] ^
    table[1536 + ((first >>> 8) & 0xff)] ^
    table[1280 + ((first >>> 16) & 0xff)] ^
    table[1024 + (first >>> 24)] ^
    table[768 + (low & 0xff)] ^
    table[512 + ((low >>> 8) & 0xff)] ^
    table[256 + ((low >>> 16) & 0xff)] ^
    table[low >>> 24];
  const last = state ^ high;
  return (
    table[768 + (last & 0xff)] ^
    table[512 + ((last >>> 8) & 0xff)] ^
    table[256 + ((last >>> 16) & 0xff)] ^
    table[last >>> 24]
  );
}

export function readI32(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Exact up to 2^53; what lies beyond is no sequence of ours, and comes back as a number that equals none. */
export function readU64(bytes: Uint8Array, at: number): number {
  return (readI32(bytes, at + 4) >>> 0) * TWO_32 + (readI32(bytes, at) >>> 0);
}

export function writeU64(bytes: Uint8Array, at: number, value: number): void {
  writeU32(bytes, at, value);
  writeU32(bytes, at + 4, Math.floor(value / TWO_32));
}
