/**
 * A segment: a file of records, named by the sequence of its first, so that the names alone order the log.
 *
 *     0        8         12      16            32       40               48               52       60       64
 *     +--------+---------+-------+-------------+--------+----------------+----------------+--------+--------+--- - -
 *     | magic  | version | zeros |directory id | first  | previous bytes | previous chain | zeros  |checksum| records
 *     |        |   u32   |  u32  |  16 bytes   |  u64   |      u64       |      u32       |   8    |  u32   |
 *     +--------+---------+-------+-------------+--------+----------------+----------------+--------+--------+--- - -
 *
 * "Previous" says how the segment before ended: its size, and the checksum of its last record (both 0 in the first).
 * The header's own checksum seeds the chain of this segment, so that records are tied to directory and segment.
 */
import { crc32c } from './crc32c.ts';
import { readI32, readU64, writeU32, writeU64 } from './record.ts';

export const FORMAT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 64;
export const DIRECTORY_ID_BYTES = 16;

const MAGIC = new TextEncoder().encode('plimslog');
const CHECKSUM_AT = 60;
const NAME = /^(\d{20})\.log$/;

/** Where the log stands: just after record `sequence`, at byte `position` of the segment that starts with `segment`. */
export interface LogPoint {
  readonly segment: number;
  readonly position: number;
  readonly sequence: number;
  /** Checksum of the record before this point (of the segment header, before the first record). Signed 32 bits. */
  readonly chain: number;
}

export interface SegmentHeader {
  readonly fault: string | null;
  readonly tear: boolean;
  readonly previousBytes: number;
  readonly previousChain: number;
  /** What the chain of this segment starts from: the header's checksum. */
  readonly chain: number;
}

export function segmentName(first: number): string {
  return `${String(first).padStart(20, '0')}.log`;
}

/** The first sequences of the segments among these names, in order. Other names are not ours. */
export function segmentsIn(names: readonly string[]): number[] {
  return names
    .flatMap((name) => Number(NAME.exec(name)?.[1] ?? []))
    .filter((first) => first > 0)
    .sort((a, b) => a - b);
}

/** Writes a segment's header and returns the chain it starts. */
export function writeSegmentHeader(
  target: Uint8Array,
  directoryId: Uint8Array,
  first: number,
  previousBytes: number,
  previousChain: number,
): number {
  target.fill(0, 0, SEGMENT_HEADER_BYTES);
  target.set(MAGIC, 0);
  writeU32(target, 8, FORMAT_VERSION);
  target.set(directoryId, 16);
  writeU64(target, 32, first);
  writeU64(target, 40, previousBytes);
  writeU32(target, 48, previousChain);
  const checksum = crc32c(target, 0, CHECKSUM_AT) | 0;
  writeU32(target, CHECKSUM_AT, checksum);
  return checksum;
}

/** Reads what may be a header: `fault` is the sentence that says why it is none, `tear` whether a cut-short write explains it. */
export function readSegmentHeader(
  bytes: Uint8Array,
  length: number,
  directoryId: Uint8Array,
  first: number,
): SegmentHeader {
  const header = {
    fault: null,
    tear: false,
    previousBytes: readU64(bytes, 40),
    previousChain: readI32(bytes, 48),
    chain: readI32(bytes, CHECKSUM_AT),
  };
  if (length < SEGMENT_HEADER_BYTES) {
    return {
      ...header,
      tear: true,
      fault: `the segment header is cut short: ${length} bytes of ${SEGMENT_HEADER_BYTES}`,
    };
  }
  if (header.chain !== (crc32c(bytes, 0, CHECKSUM_AT) | 0)) {
    return { ...header, tear: true, fault: 'the segment header has a wrong checksum' };
  }
  if (MAGIC.some((byte, at) => bytes[at] !== byte) || readI32(bytes, 8) !== FORMAT_VERSION) {
    return { ...header, fault: 'this is no segment of this format' };
  }
  if (directoryId.some((byte, at) => bytes[16 + at] !== byte)) {
    return { ...header, fault: 'the segment belongs to another directory' };
  }
  const named = readU64(bytes, 32);
  if (named !== first)
    return { ...header, fault: `the segment is named for sequence ${first} and was written for ${named}` };
  return header;
}
