/**
 * Walks the log record by record and believes nothing: every header, every record, every seam between two segments.
 * Recovery, reading and verification are this one walk with different ends.
 *
 * Sequential, in large reads into one buffer, nothing allocated per record.
 */
import type { Damage } from './damage.ts';
import { type Disk, readFully } from './disk.ts';
import type { RecordVisitor } from './journal.ts';
import { RECORD_HEADER_BYTES, RecordKind, readI32, readU64, recordChecksum } from './record.ts';
import { type LogPoint, SEGMENT_HEADER_BYTES, readSegmentHeader, segmentName } from './segment.ts';

const CHUNK_BYTES = 1 << 20;

export interface LogWalk {
  readonly disk: Disk;
  readonly path: string;
  readonly directoryId: Uint8Array;
  /** First sequences of all segments, in order. */
  readonly segments: readonly number[];
  /** Called after each chunk with the bytes it took, so that progress can be shown. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export interface WalkDamage extends Damage {
  /** An interrupted write could have left this. */
  readonly tear: boolean;
}

export interface WalkEnd {
  /** After the last good record. */
  readonly point: LogPoint;
  /** Why the walk ended there; null when it came to `until`, to the end of the log, or was stopped by its visitor. */
  readonly damage: WalkDamage | null;
  readonly stopped: boolean;
}

/**
 * From the start of segment `from`, trusting its header for how the segment before ended, or from a point reached
 * earlier; through record `until`, visiting records from `visitFrom` on.
 */
export async function walkLog(
  walk: LogWalk,
  from: number | LogPoint,
  until: number,
  visit: RecordVisitor | null = null,
  visitFrom = 0,
): Promise<WalkEnd> {
  const { segments } = walk;
  let point: LogPoint | null = typeof from === 'number' ? null : from;
  let at = segments.indexOf(point === null ? (from as number) : point.segment);
  if (at < 0) {
    const first = point === null ? (from as number) : point.segment;
    const sequence = point === null ? first : point.sequence + 1;
    return endAt(
      walk,
      point ?? { segment: first, position: 0, sequence: first - 1, chain: 0 },
      'the segment is missing',
      sequence,
    );
  }
  for (; at < segments.length; at++) {
    const first = segments[at];
    if (point !== null && point.sequence >= until) break;
    if (point !== null && point.segment !== first && point.sequence + 1 !== first) {
      const what =
        first > point.sequence
          ? `records ${point.sequence + 1} to ${first - 1} are missing: the segment that starts with them is gone, or this one was cut short`
          : `the next segment starts at sequence ${first}, which is inside this one`;
      return endAt(walk, point, what, point.sequence + 1);
    }
    const end = await walkSegment(walk, first, point, until, visit, visitFrom);
    if (end.damage !== null || end.stopped) return end;
    point = end.point;
  }
  return { point: point!, damage: null, stopped: false };
}

async function walkSegment(
  walk: LogWalk,
  first: number,
  from: LogPoint | null,
  until: number,
  visit: RecordVisitor | null,
  visitFrom: number,
): Promise<WalkEnd> {
  const { disk } = walk;
  const path = `${walk.path}/${segmentName(first)}`;
  const file = disk.open(path, 'read');
  try {
    const size = disk.size(file);
    let bytes = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(size, SEGMENT_HEADER_BYTES)));
    let point = from;
    if (point === null || point.segment !== first) {
      const length = await readFully(disk, file, bytes, 0, SEGMENT_HEADER_BYTES, 0);
      const header = readSegmentHeader(bytes, length, walk.directoryId, first);
      const before = point ?? { segment: first, position: 0, sequence: first - 1, chain: 0 };
      const fault = header.fault ?? seamFault(header, point);
      if (fault !== null) {
        return {
          point: before,
          damage: { file: path, offset: 0, sequence: first, what: fault, tear: header.tear },
          stopped: false,
        };
      }
      point = { segment: first, position: SEGMENT_HEADER_BYTES, sequence: first - 1, chain: header.chain };
    }

    let { position, sequence, chain } = point;
    const here = (): LogPoint => ({ segment: first, position, sequence, chain });
    const stop = (what: string): WalkEnd => ({
      point: here(),
      damage: { file: path, offset: position, sequence: sequence + 1, what, tear: true },
      stopped: false,
    });
    while (position < size && sequence < until) {
      const filled = await readFully(disk, file, bytes, 0, Math.min(bytes.length, size - position), position);
      let at = 0;
      while (sequence < until) {
        if (at + RECORD_HEADER_BYTES > filled) break;
        const word = readI32(bytes, at + 4);
        const length = word & 0xff_ffff;
        const end = at + RECORD_HEADER_BYTES + length;
        if (end > filled) break;
        const checksum = readI32(bytes, at);
        const good = checksum === recordChecksum(bytes, at, position, chain, length);
        if (!good || word >>> 24 !== RecordKind.command || readU64(bytes, at + 8) !== sequence + 1) {
          return stop(recordFault(bytes, at, filled, sequence + 1));
        }
        sequence++;
        position += RECORD_HEADER_BYTES + length;
        chain = checksum;
        const start = at + RECORD_HEADER_BYTES;
        at = end;
        if (visit !== null && sequence >= visitFrom && visit(sequence, bytes, start, length) === false) {
          return { point: here(), damage: null, stopped: true };
        }
      }
      walk.onBytes?.(at);
      if (at > 0) continue;
      // Not one whole record in the chunk: the file ends inside it, or the record is longer than the chunk.
      const needed =
        filled < RECORD_HEADER_BYTES
          ? RECORD_HEADER_BYTES
          : RECORD_HEADER_BYTES + (readI32(bytes, 4) & 0xff_ffff);
      if (needed > size - position) return stop(cutFault(bytes, filled, size - position));
      if (needed <= bytes.length) return stop('the file became shorter while it was read');
      bytes = new Uint8Array(needed);
    }
    return { point: here(), damage: null, stopped: false };
  } finally {
    disk.close(file);
  }
}

/** A segment goes on where the one before ended. Not checked where the walk begins. */
function seamFault(
  header: { previousBytes: number; previousChain: number },
  before: LogPoint | null,
): string | null {
  if (before === null) return null;
  if (header.previousBytes === before.position && header.previousChain === before.chain) return null;
  return `the segment continues one that ended at byte ${header.previousBytes} with another record`;
}

function recordFault(bytes: Uint8Array, at: number, filled: number, sequence: number): string {
  const zeros = bytes.subarray(at, Math.min(filled, at + RECORD_HEADER_BYTES)).every((byte) => byte === 0);
  if (zeros) return 'zeros where a record should be';
  const found = readU64(bytes, at + 8);
  if (found === sequence) return 'the record has a wrong checksum, or is not the one that was written here';
  return `the record calls itself ${found} where ${sequence} belongs, or its header is damaged`;
}

function cutFault(bytes: Uint8Array, filled: number, rest: number): string {
  if (bytes.subarray(0, filled).every((byte) => byte === 0)) return 'zeros where a record should be';
  return `the record is cut short, or its length is damaged: ${rest} bytes are left in the file`;
}

function endAt(walk: LogWalk, point: LogPoint, what: string, sequence: number): WalkEnd {
  const file = `${walk.path}/${segmentName(point.segment)}`;
  return { point, damage: { file, offset: point.position, sequence, what, tear: false }, stopped: false };
}
