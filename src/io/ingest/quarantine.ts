/**
 * What could not be used, as it came: a line of JSON for each problem, with the raw frame. Written in the call that tells
 * of it, so that what was told is in the file whatever happens next; there is at most so much of it.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { TimeUs } from '../../core/num/units.ts';
import { errnoOf, OperationalError } from '../operational-error.ts';
import { timeToText } from './file/fields.ts';
import type { Problem } from './problem.ts';

/** Where a frame came from, and the frame. */
export interface Whence {
  /** Of its receipt. */
  readonly timeUs: number;
  readonly venue: string | null;
  /** Null for answers and for captures, which have none. */
  readonly connection: string | null;
  /** Null where it is not one frame that is wrong but its file. */
  readonly frame: string | null;
}

export interface QuarantineLimits {
  readonly fileBytes: number;
  readonly frameBytes: number;
}

export const QUARANTINE_LIMITS: QuarantineLimits = { fileBytes: 64 * 1024 * 1024, frameBytes: 64 * 1024 };
/** Kept for the last line of a full file. */
const LAST_LINE = 1024;

export class Quarantine {
  /** The disk failed, and nothing is kept from then on; null: it did not. */
  failure: OperationalError | null = null;
  readonly #path: string;
  readonly #limits: QuarantineLimits;
  readonly #fd: number;
  #bytes = 0;
  #isFull = false;

  /** Makes the file, never over another. Throws `QUARANTINE_FAILED`. */
  constructor(path: string, limits: QuarantineLimits = QUARANTINE_LIMITS) {
    this.#path = path;
    this.#limits = limits;
    try {
      this.#fd = openSync(path, 'wx');
    } catch (cause) {
      throw failed(path, cause);
    }
  }

  keep(problem: Problem, whence: Whence): void {
    if (this.#isFull || this.failure !== null) return;
    const line = Buffer.from(`${JSON.stringify(this.#entry(problem, whence))}\n`);
    this.#isFull = this.#bytes + line.length > this.#limits.fileBytes - LAST_LINE;
    this.#write(this.#isFull ? Buffer.from(`${JSON.stringify(this.#last(whence))}\n`) : line);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #entry(
    { code, message, file, line, field, value }: Problem,
    { timeUs, venue, connection, frame }: Whence,
  ): Record<string, unknown> {
    const bytes = frame === null ? null : Buffer.from(frame);
    const isCut = bytes !== null && bytes.length > this.#limits.frameBytes;
    return {
      time: timeText(timeUs),
      venue,
      connection,
      file,
      line,
      code,
      message,
      field,
      value,
      frame: isCut ? beginningOf(bytes, this.#limits.frameBytes) : frame,
      frameBytes: bytes === null ? null : bytes.length,
      isCut,
    };
  }

  #last({ timeUs }: Whence): Record<string, unknown> {
    const message = `the quarantine is full at ${this.#limits.fileBytes} bytes: problems from here on are counted and not kept. Name another file and start again for more`;
    return { time: timeText(timeUs), code: 'QUARANTINE_FULL', message };
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
      this.#bytes += bytes.length;
    } catch (cause) {
      this.failure = failed(this.#path, cause);
    }
  }
}

/** Whole characters of the first `length` bytes. */
function beginningOf(bytes: Buffer, length: number): string {
  let end = length;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

function timeText(timeUs: number): string | null {
  return timeUs === 0 ? null : timeToText(timeUs as TimeUs);
}

function failed(path: string, cause: unknown): OperationalError {
  const errno = errnoOf(cause);
  const what =
    errno === 'EEXIST'
      ? 'is there already, and is not written over. Name another file'
      : `cannot be written (${errno}). What was written before is whole; make room or name another file, and start again`;
  return new OperationalError('QUARANTINE_FAILED', `${path} ${what}`, { file: path, errno }, cause);
}
