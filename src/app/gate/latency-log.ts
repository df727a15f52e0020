/**
 * How long each command waited for its durable answer, beside the journal: `explain order` shows it. It is a measurement and no truth: nothing depends on it,
 * it is not synced, and what a crash takes of it is gone.
 *
 *     <data>/latencies      0  u32  magic
 *                           4  u32  version, 1
 *                           8  16 bytes: the id of the directory
 *                          24  8 bytes: 0
 *          24 + 4 + 4 * sequence    u32  tenths of microseconds from arrival to durable; 0: not known
 */
import fs from 'node:fs';
import { directoryIdBytes, directoryPaths, readMeta } from '../../io/journal/directory.ts';
import { nodeDisk } from '../../io/journal/disk.ts';

const MAGIC = 0x4c474c50;
const VERSION = 1;
const ID_BYTES = 16;
/** Of the entry of sequence 0, which there is none of. */
const ENTRIES_AT = 28;
const HEADER_BYTES = 32;
const TENTHS_PER_MS = 10_000;
const TENTHS_MAX = 2 ** 32 - 1;
/** More commands than can wait for the disk. */
const ARRIVALS = 1 << 19;
const GATHERED = 1 << 14;

export class LatencyLog {
  readonly #file: number;
  readonly #arrivals = new Float64Array(ARRIVALS);
  #gathered = new Uint32Array(GATHERED);
  #spare = new Uint32Array(GATHERED);
  #count = 0;
  /** Of the first that is gathered. */
  #first: number;
  #isWriting = false;

  private constructor(file: number, acknowledged: number) {
    this.#file = file;
    this.#first = acknowledged + 1;
  }

  /** In a data directory that is there. `acknowledged` is what was durable before. */
  static open(directory: string, acknowledged: number): LatencyLog {
    const header = headerOf(directory);
    const file = fs.openSync(pathIn(directory), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    const before = Buffer.alloc(HEADER_BYTES);
    fs.readSync(file, before, 0, HEADER_BYTES, 0);
    if (!before.equals(header)) {
      fs.ftruncateSync(file, 0);
      fs.writeSync(file, header, 0, HEADER_BYTES, 0);
    }
    return new LatencyLog(file, acknowledged);
  }

  arrived(sequence: number, arrivedMs: number): void {
    this.#arrivals[sequence % ARRIVALS] = arrivedMs;
  }

  /** All up to `sequence` is durable now; `visit` is told each latency that is known. */
  acknowledged(sequence: number, nowMs: number, visit: ((ms: number) => void) | null): void {
    for (let next = this.#first + this.#count; next <= sequence; next++) {
      if (this.#count === GATHERED && !this.#write()) {
        // The disk is behind: these are not known.
        this.#first = sequence + 1 - this.#count;
        return;
      }
      const ms = nowMs - this.#arrivals[next % ARRIVALS];
      this.#gathered[this.#count++] = Math.min(TENTHS_MAX, Math.max(1, Math.round(ms * TENTHS_PER_MS)));
      visit?.(ms);
    }
    if (this.#count >= GATHERED / 4) this.#write();
  }

  close(): void {
    this.#writeNow();
    fs.closeSync(this.#file);
  }

  /** False: the write before is still under way. */
  #write(): boolean {
    if (this.#isWriting) return false;
    this.#isWriting = true;
    const entries = this.#gathered;
    const length = 4 * this.#count;
    const at = ENTRIES_AT + 4 * this.#first;
    this.#first += this.#count;
    this.#count = 0;
    this.#gathered = this.#spare;
    this.#spare = entries;
    // Not written is not known.
    fs.write(this.#file, entries, 0, length, at, () => (this.#isWriting = false));
    return true;
  }

  #writeNow(): void {
    if (this.#count > 0)
      fs.writeSync(this.#file, this.#gathered, 0, 4 * this.#count, ENTRIES_AT + 4 * this.#first);
    this.#count = 0;
  }
}

/** Microseconds, or null where it is not known. */
export function latencyUsOf(directory: string, sequence: number): number | null {
  let file: number;
  try {
    file = fs.openSync(pathIn(directory), 'r');
  } catch {
    return null;
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const entry = Buffer.alloc(4);
    fs.readSync(file, header, 0, HEADER_BYTES, 0);
    if (!header.equals(headerOf(directory))) return null;
    const read = fs.readSync(file, entry, 0, 4, ENTRIES_AT + 4 * sequence);
    const tenths = read === 4 ? entry.readUInt32LE(0) : 0;
    return tenths === 0 ? null : tenths / 10;
  } finally {
    fs.closeSync(file);
  }
}

function headerOf(directory: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(VERSION, 4);
  const meta = readMeta(nodeDisk, directoryPaths(directory));
  if (meta !== null) header.set(directoryIdBytes(meta).subarray(0, ID_BYTES), 8);
  return header;
}

function pathIn(directory: string): string {
  return `${directory}/latencies`;
}
