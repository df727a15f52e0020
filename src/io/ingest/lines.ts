/**
 * Lines of a file, gzipped or not (told by its first bytes, not by its name), in batches: one `await` for thousands of
 * lines. Memory is bounded: what is read ahead is one chunk, and a line longer than `LINE_MAX` is cut.
 *
 * A file that ends inside its gzip stream delivers every whole line that was in there, and then throws: half a capture
 * is still worth having, but nobody should take it for a whole one.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { errnoOf, OperationalError } from '../operational-error.ts';

export interface LineBatch {
  /** The number of the first of the lines, from 1. */
  readonly first: number;
  /** Without line ends. */
  readonly lines: readonly string[];
}

/** Bytes of a line. What is longer arrives as its beginning and a mark that no format accepts, and so as a malformed line. */
export const LINE_MAX = 4 * 1024 * 1024;
const CUT_TO = 1024;
const CHUNK = 256 * 1024;
const NEWLINE = 10;

/** `-` is standard input. Throws `INGEST_UNREADABLE`, `INGEST_TRUNCATED` or `INGEST_DAMAGED`. */
export async function* readLines(path: string): AsyncGenerator<LineBatch, void, undefined> {
  const name = path === '-' ? '<stdin>' : path;
  const input: AsyncIterable<Uint8Array> =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
  yield* linesOf(input, name);
}

/** The same for bytes from anywhere. `name` is for messages. */
export async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<LineBatch, void, undefined> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of plain(input)) {
      const batch = splitter.push(chunk);
      if (batch !== null) yield batch;
    }
  } catch (cause) {
    throw failure(cause, name, splitter.lines);
  }
  const rest = splitter.end();
  if (rest !== null) yield rest;
}

/** Turns chunks into batches of whole lines. The last line needs no line end. */
export class LineSplitter {
  /** Whole lines so far. */
  lines = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #cut: string | null = null;

  push(chunk: Uint8Array): LineBatch | null {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const last = bytes.lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#keep(bytes);
      return null;
    }
    const lines: string[] = [];
    let from = 0;
    if (this.#pendingBytes > 0 || this.#cut !== null) {
      from = bytes.indexOf(NEWLINE) + 1;
      this.#keep(bytes.subarray(0, from - 1));
      lines.push(this.#take());
    }
    // One decode for all lines: strings share the text they are parts of.
    if (from <= last) for (const line of split(bytes.toString('utf8', from, last))) lines.push(line);
    this.#keep(bytes.subarray(last + 1));
    return this.#batch(lines);
  }

  end(): LineBatch | null {
    return this.#pendingBytes > 0 || this.#cut !== null ? this.#batch([this.#take()]) : null;
  }

  #batch(lines: string[]): LineBatch {
    const first = this.lines + 1;
    this.lines += lines.length;
    if (first === 1 && lines[0].startsWith('\ufeff')) lines[0] = lines[0].slice(1);
    return { first, lines };
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.#cut !== null) return;
    if (this.#pendingBytes + bytes.length > LINE_MAX) {
      const beginning = Buffer.concat([...this.#pending, bytes]).toString('utf8', 0, CUT_TO);
      this.#cut = `${beginning}… (cut: a line of more than ${LINE_MAX} bytes)`;
      this.#pending = [];
      this.#pendingBytes = 0;
      return;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #take(): string {
    const line = this.#cut ?? split(Buffer.concat(this.#pending).toString('utf8'))[0];
    this.#cut = null;
    this.#pending = [];
    this.#pendingBytes = 0;
    return line;
  }
}

function split(text: string): string[] {
  const lines = text.split('\n');
  if (!text.includes('\r')) return lines;
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Unpacked where the first two bytes are gzip's. */
async function* plain(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = input[Symbol.asyncIterator]();
  try {
    let head = new Uint8Array(0);
    while (head.length < 2) {
      const { value, done } = await chunks.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    const whole = chain(head, chunks);
    yield* head[0] === 0x1f && head[1] === 0x8b ? unzip(whole) : whole;
  } finally {
    await chunks.return?.();
  }
}

async function* chain(
  head: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/**
 * Chunk in, chunks out, so that all that was unpacked before an error is handed on before the error is. (A pipe into
 * `for await` drops what the reader has not seen when the stream is destroyed.)
 */
async function* unzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let ready: Buffer[] = [];
  const outcome: { error: Error | null } = { error: null };
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk));
  gunzip.on('error', (error) => (outcome.error = error));
  const settled = new Promise<void>((resolve) => gunzip.once('close', resolve));
  try {
    for await (const chunk of chunks) {
      await Promise.race([settled, new Promise<void>((resolve) => gunzip.write(chunk, () => resolve()))]);
      const unpacked = ready;
      ready = [];
      yield* unpacked;
      if (outcome.error !== null) throw outcome.error;
    }
    gunzip.end();
    await settled;
    yield* ready;
    if (outcome.error !== null) throw outcome.error;
  } finally {
    gunzip.destroy();
  }
}

function failure(cause: unknown, name: string, lines: number): OperationalError {
  if (cause instanceof OperationalError) return cause;
  const errno = errnoOf(cause);
  const after = `after ${lines} whole lines`;
  if (errno === 'Z_BUF_ERROR') {
    return new OperationalError(
      'INGEST_TRUNCATED',
      `${name} is cut short: its gzip stream ends ${after}. Those were delivered; fetch the file again for the rest`,
      { file: name, line: lines },
      cause,
    );
  }
  if (errno.startsWith('Z_')) {
    return new OperationalError(
      'INGEST_DAMAGED',
      `${name} is damaged: its gzip stream breaks ${after} (${(cause as Error).message}). Fetch the file again`,
      { file: name, line: lines, errno },
      cause,
    );
  }
  return new OperationalError(
    'INGEST_UNREADABLE',
    `${name} cannot be read (${errno}) ${after}. Check the path and its permissions`,
    { file: name, line: lines, errno },
    cause,
  );
}
