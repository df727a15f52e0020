/**
 * The acknowledged mark: how far the log is promised, kept apart from the log. Without it a log that lost its end looks
 * like a log that never had one. Damage up to the mark is a broken promise and is reported; past it, it is a torn tail.
 *
 *     acknowledged.mark = 3 slots of 4096 bytes, each under its own checksum, zeros included
 *
 *     0       8         12      16           32      40         48        56         64      68    4092     4096
 *     +-------+---------+-------+------------+-------+----------+---------+----------+-------+- - -+--------+
 *     | magic | version | zeros |directory id| first | sequence | segment | position | chain |zeros|checksum|
 *     +-------+---------+-------+------------+-------+----------+---------+----------+-------+- - -+--------+
 *
 * A write goes to a slot that is neither the newest nor being written, so a tear costs the update and never the mark.
 * Two slots would do for one writer at a time; the third is for `writeSync` while a write is under way in the pool.
 * The newest slot is the one with the highest sequence.
 */
import { crc32c } from './crc32c.ts';
import { type Disk, writeFully, writeFullySync } from './disk.ts';
import { readI32, readU64, writeU32, writeU64 } from './record.ts';
import { DIRECTORY_ID_BYTES, FORMAT_VERSION, type LogPoint } from './segment.ts';

export const MARK_FILE = 'acknowledged.mark';
export const SLOT_BYTES = 4096;
export const SLOTS = 3;

const MAGIC = new TextEncoder().encode('plimmark');
const CHECKSUM_AT = SLOT_BYTES - 4;

export interface Mark extends LogPoint {
  /** The oldest record the log must hold: history before it was pruned on purpose. */
  readonly first: number;
}

export interface MarkReading {
  /** The newest valid slot; null when there is none. */
  readonly mark: Mark | null;
  readonly newest: number;
  /** Slots that do not hold what was written to them. */
  readonly damaged: readonly number[];
}

export function encodeMark(slot: Uint8Array, directoryId: Uint8Array, mark: Mark): void {
  slot.fill(0);
  slot.set(MAGIC, 0);
  writeU32(slot, 8, FORMAT_VERSION);
  slot.set(directoryId, 16);
  writeU64(slot, 32, mark.first);
  writeU64(slot, 40, mark.sequence);
  writeU64(slot, 48, mark.segment);
  writeU64(slot, 56, mark.position);
  writeU32(slot, 64, mark.chain);
  writeU32(slot, CHECKSUM_AT, crc32c(slot, 0, CHECKSUM_AT));
}

export function decodeMark(slot: Uint8Array, directoryId: Uint8Array): Mark | null {
  if (slot.length !== SLOT_BYTES || readI32(slot, CHECKSUM_AT) !== (crc32c(slot, 0, CHECKSUM_AT) | 0))
    return null;
  if (MAGIC.some((byte, at) => slot[at] !== byte) || readI32(slot, 8) !== FORMAT_VERSION) return null;
  for (let at = 0; at < DIRECTORY_ID_BYTES; at++) if (slot[16 + at] !== directoryId[at]) return null;
  return {
    first: readU64(slot, 32),
    sequence: readU64(slot, 40),
    segment: readU64(slot, 48),
    position: readU64(slot, 56),
    chain: readI32(slot, 64),
  };
}

export function readMark(bytes: Uint8Array, directoryId: Uint8Array): MarkReading {
  let mark: Mark | null = null;
  let newest = 0;
  const damaged: number[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const found = decodeMark(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), directoryId);
    if (found === null) damaged.push(slot);
    else if (
      mark === null ||
      found.sequence > mark.sequence ||
      (found.sequence === mark.sequence && found.first > mark.first)
    ) {
      mark = found;
      newest = slot;
    }
  }
  return { mark, newest, damaged };
}

/** Writes the mark. Durable when the call returns, or its promise resolves. */
export class MarkFile {
  readonly #disk: Disk;
  readonly #directoryId: Uint8Array;
  readonly #file: number;
  /** A descriptor of its own for `writeSync`: the kernel reports a failed write-back once per descriptor. */
  readonly #fileSync: number;
  readonly #slot = new Uint8Array(SLOT_BYTES);
  readonly #slotSync = new Uint8Array(SLOT_BYTES);
  #newest: number;
  #newestSequence = 0;
  #busy = -1;

  constructor(disk: Disk, path: string, directoryId: Uint8Array, newest: number) {
    this.#disk = disk;
    this.#directoryId = directoryId;
    this.#newest = newest;
    this.#file = disk.open(path, 'write');
    this.#fileSync = disk.open(path, 'write');
  }

  async write(mark: Mark): Promise<void> {
    const slot = this.#free();
    this.#busy = slot;
    try {
      encodeMark(this.#slot, this.#directoryId, mark);
      await writeFully(this.#disk, this.#file, this.#slot, SLOT_BYTES, slot * SLOT_BYTES);
      await this.#disk.sync(this.#file);
    } finally {
      this.#busy = -1;
    }
    this.#written(slot, mark);
  }

  writeSync(mark: Mark): void {
    const slot = this.#free();
    encodeMark(this.#slotSync, this.#directoryId, mark);
    writeFullySync(this.#disk, this.#fileSync, this.#slotSync, SLOT_BYTES, slot * SLOT_BYTES);
    this.#disk.syncSync(this.#fileSync);
    this.#written(slot, mark);
  }

  /** Every slot, the newest last: mends torn ones. */
  writeAllSync(mark: Mark): void {
    for (let slot = 0; slot < SLOTS; slot++) this.writeSync(mark);
  }

  close(): void {
    this.#disk.close(this.#file);
    this.#disk.close(this.#fileSync);
  }

  /** A write from the pool may end after a later `writeSync`, and is not the newest then. */
  #written(slot: number, mark: Mark): void {
    if (mark.sequence < this.#newestSequence) return;
    this.#newest = slot;
    this.#newestSequence = mark.sequence;
  }

  #free(): number {
    let slot = (this.#newest + 1) % SLOTS;
    if (slot === this.#busy) slot = (slot + 1) % SLOTS;
    return slot;
  }
}
