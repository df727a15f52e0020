/**
 * Writes down what a live feed is told: a file per connection and one for answers, in gzip, as `record-line.ts` has it.
 *
 * A new file is begun every hour and when one is large. What was heard is on its way to the disk within a second, so a process
 * that is killed leaves files that end in the middle of their gzip stream, short of a second; readers take their whole lines.
 *
 * The feed never waits for the disk: when too much waits to be written, lines are left out and the recording says how many.
 */
import { createWriteStream, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { TimeUs } from '../../../core/num/units.ts';
import { errnoOf, OperationalError } from '../../operational-error.ts';
import type { LiveWitness } from './live/witness.ts';
import type { Cancel, World } from './live/world.ts';
import { printLine, RANK_MAX, type RecordedLine, type TimedLine } from './record-line.ts';

export interface RecorderOptions {
  /** What was heard waits at most so long in memory. */
  readonly flushMs: number;
  /** A file is ended after so long, or so many characters before compression. */
  readonly fileMs: number;
  readonly fileCharacters: number;
  /** Of a file, on their way to the disk. More are left out. */
  readonly waitingCharacters: number;
}

export const RECORDER_DEFAULTS: RecorderOptions = {
  flushMs: 1_000,
  fileMs: 3_600_000,
  fileCharacters: 1024 * 1024 * 1024,
  waitingCharacters: 64 * 1024 * 1024,
};

/** As much as is handed to gzip at once. */
const PIECE = 64 * 1024;
const ANSWERS = 'answers';

export class Recorder implements LiveWitness {
  readonly #directory: string;
  readonly #venue: string;
  readonly #world: Pick<World, 'nowUs' | 'elapsedMs' | 'after'>;
  readonly #failed: (error: OperationalError) => void;
  readonly #options: RecorderOptions;
  /** By connection; null is for answers. */
  readonly #files = new Map<string | null, RecordingFile>();
  readonly #ending = new Set<Promise<void>>();
  #timer: Cancel;
  /** Of the last line, and which of those of its microsecond it was. */
  #lastUs = 0 as TimeUs;
  #rank = 0;
  #isClosed = false;

  /** `failed` is called once, when the disk fails: nothing is recorded from then on. Throws `RECORD_FAILED`. */
  constructor(
    directory: string,
    venue: string,
    world: Pick<World, 'nowUs' | 'elapsedMs' | 'after'>,
    failed: (error: OperationalError) => void,
    options: RecorderOptions = RECORDER_DEFAULTS,
  ) {
    this.#directory = directory;
    this.#venue = venue;
    this.#world = world;
    this.#failed = failed;
    this.#options = options;
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw recordFailed(directory, cause);
    }
    this.#timer = world.after(options.flushMs, () => this.#flush());
  }

  opened(connection: string, atUs: TimeUs): void {
    this.#write(connection, atUs, { kind: 'opened' });
  }

  frame(connection: string, text: string, atUs: TimeUs): void {
    this.#write(connection, atUs, { kind: 'frame', text });
  }

  answered(request: string, body: string | null, atUs: TimeUs): void {
    this.#write(null, atUs, { kind: 'answer', request, body });
  }

  closed(connection: string, why: string, atUs: TimeUs): void {
    this.#write(connection, atUs, { kind: 'closed', why });
  }

  /** Everything is on the disk when it is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer();
    for (const file of this.#files.values()) this.#end(file);
    this.#files.clear();
    await Promise.all(this.#ending);
  }

  #write(connection: string | null, atUs: TimeUs, line: RecordedLine): void {
    if (this.#isClosed) return;
    this.#rank = atUs === this.#lastUs ? Math.min(this.#rank + 1, RANK_MAX) : 0;
    this.#lastUs = atUs;
    try {
      this.#fileFor(connection, atUs).write({ atUs, rank: this.#rank, line });
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fileFor(connection: string | null, atUs: TimeUs): RecordingFile {
    const known = this.#files.get(connection);
    if (known?.isFull(this.#world.elapsedMs()) === false) return known;
    if (known !== undefined) this.#end(known);
    const name = `${this.#venue}-${connection ?? ANSWERS}-${fileTime(atUs)}`;
    const file = new RecordingFile(this.#directory, name, this.#options, this.#world.elapsedMs(), (cause) =>
      this.#fail(cause),
    );
    file.write({ atUs, rank: this.#rank, line: { kind: 'recording', venue: this.#venue, connection } });
    this.#files.set(connection, file);
    return file;
  }

  #flush(): void {
    for (const file of this.#files.values()) file.flush();
    this.#timer = this.#world.after(this.#options.flushMs, () => this.#flush());
  }

  #end(file: RecordingFile): void {
    const ending = file.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #fail(cause: unknown): void {
    if (this.#isClosed) return;
    void this.close();
    this.#failed(recordFailed(this.#directory, cause));
  }
}

class RecordingFile {
  readonly #options: RecorderOptions;
  readonly #gzip: Gzip;
  readonly #written: Promise<void>;
  readonly #beganMs: number;
  #lines: string[] = [];
  #pending = 0;
  #characters = 0;
  /** Handed to gzip and not taken yet. */
  #waiting = 0;
  #missing = 0;
  #isFlushed = true;
  #last: TimedLine | null = null;

  constructor(
    directory: string,
    name: string,
    options: RecorderOptions,
    nowMs: number,
    failed: (cause: unknown) => void,
  ) {
    this.#options = options;
    this.#beganMs = nowMs;
    this.#gzip = createGzip();
    this.#written = pipeline(this.#gzip, createWriteStream('', { fd: create(directory, name) })).catch(
      failed,
    );
  }

  isFull(nowMs: number): boolean {
    return this.#characters >= this.#options.fileCharacters || nowMs - this.#beganMs >= this.#options.fileMs;
  }

  write(line: TimedLine): void {
    if (this.#waiting > this.#options.waitingCharacters) {
      this.#missing += 1;
      return;
    }
    this.#tellMissing(line);
    this.#last = line;
    this.#add(printLine(line));
    if (this.#pending >= PIECE) this.#hand();
  }

  flush(): void {
    this.#hand();
    if (this.#isFlushed || this.#gzip.destroyed) return;
    this.#isFlushed = true;
    this.#gzip.flush(constants.Z_SYNC_FLUSH);
  }

  async end(): Promise<void> {
    if (this.#last !== null) this.#tellMissing(this.#last);
    this.#hand();
    this.#gzip.end();
    await this.#written;
  }

  #tellMissing({ atUs, rank }: TimedLine): void {
    if (this.#missing > 0)
      this.#add(printLine({ atUs, rank, line: { kind: 'missing', lines: this.#missing } }));
    this.#missing = 0;
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.#pending += line.length + 1;
  }

  #hand(): void {
    if (this.#lines.length === 0 || this.#gzip.destroyed) return;
    const length = this.#pending;
    const piece = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#pending = 0;
    this.#characters += length;
    this.#waiting += length;
    this.#isFlushed = false;
    this.#gzip.write(piece, () => {
      this.#waiting -= length;
    });
  }
}

/** Never over another: a second file of the same second gets a number. */
function create(directory: string, name: string): number {
  for (let number = 1; ; number++) {
    const path = join(directory, `${name}${number === 1 ? '' : `-${number}`}.gz`);
    try {
      return openSync(path, 'wx');
    } catch (cause) {
      if (errnoOf(cause) !== 'EEXIST') throw cause;
    }
  }
}

/** 20231114T221320Z: names in the order of time. */
function fileTime(atUs: TimeUs): string {
  return new Date(atUs / 1_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function recordFailed(directory: string, cause: unknown): OperationalError {
  const errno = errnoOf(cause);
  return new OperationalError(
    'RECORD_FAILED',
    `the recording in ${directory} has ended: it cannot be written (${errno}). What was written before is whole; make room or choose another directory, and start again`,
    { file: directory, errno },
    cause,
  );
}
