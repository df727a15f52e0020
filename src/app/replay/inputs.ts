/**
 * The files of a run: what each holds, told by its content and never by its name, and its lines with the bytes read so far.
 *
 *   capture    `<receive time, ns> <JSON>`: recorded market data of Binance
 *   commands   NDJSON: commands as docs/reference/commands.md has them
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { linesOf, type LineBatch } from '../../io/ingest/lines.ts';
import { excerpt } from '../../io/ingest/problem.ts';
import { decodeLine } from '../../io/ingest/venues/binance/events.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';

/** Spot captures have no event times and other update ids, so the two are different streams of one market. */
export type Stream = 'binance-usdm' | 'binance-spot';

/** The first best bid and ask of a market in a capture. */
export interface FirstPrice {
  readonly stream: Stream;
  readonly bid: string;
  readonly ask: string;
  readonly timeUs: number;
}

export interface Input {
  readonly file: string;
  /** For messages: the file, or <stdin>. */
  readonly name: string;
  readonly kind: 'capture' | 'commands';
  /** By market name; empty for commands. */
  readonly prices: ReadonlyMap<string, FirstPrice>;
  /** Commands that start with settings, and so a history; others go on with one. */
  readonly beginsHistory: boolean;
  /** Null for a stream, whose size nobody knows. */
  readonly bytes: number | null;
  readonly counter: { done: number };
  lines(): AsyncGenerator<LineBatch, void, undefined>;
}

/** How much of a file is looked at to tell what it is and which markets it has: unpacked text. */
const SCAN_BATCHES = 16;
const CHUNK = 256 * 1024;
const SETTINGS_LINE = /"kind"\s*:\s*"settings"/;
const CAPTURE_LINE = /^\d{16,19} \{/;

/** `signal` ends the reading of a file where it stands. */
export async function openInput(file: string, signal: AbortSignal): Promise<Input> {
  const name = file === '-' ? '<stdin>' : file;
  const counter = { done: 0 };
  const source = (): AsyncGenerator<LineBatch, void, undefined> =>
    linesOf(counted(file, counter, signal), name);
  const bytes = file === '-' ? null : await sizeOf(file);
  const stream = source();
  const scanned: LineBatch[] = [];
  let failure: unknown = null;
  try {
    while (scanned.length < SCAN_BATCHES) {
      const next = await stream.next();
      if (next.done === true) break;
      scanned.push(next.value);
      // A capture's markets may be anywhere in its beginning; commands are known by their first line.
      if (kindOf(scanned[0].lines) === 'commands') break;
    }
  } catch (error) {
    // Told again, after its whole lines, when the file is read.
    if (scanned.length === 0) throw error;
    failure = error;
  }
  const kind = kindOf(scanned[0]?.lines ?? []);
  if (kind === null) throw unknownContent(name, scanned[0]);
  const rest = file === '-' ? replayed(scanned, stream, failure) : null;
  if (rest === null) {
    await stream.return();
    counter.done = 0;
  }
  const prices = kind === 'capture' ? pricesOf(scanned) : new Map<string, FirstPrice>();
  const beginsHistory = kind === 'commands' && scanned[0].lines.some((line) => SETTINGS_LINE.test(line));
  return { file, name, kind, prices, beginsHistory, bytes, counter, lines: () => rest ?? source() };
}

/** What most of the first lines are: one of them may be broken. */
function kindOf(lines: readonly string[]): Input['kind'] | null {
  let captures = 0;
  let commands = 0;
  for (const line of lines.slice(0, 100)) {
    if (CAPTURE_LINE.test(line)) captures++;
    else if (line.trimStart().startsWith('{')) commands++;
  }
  return captures === 0 && commands === 0 ? null : captures >= commands ? 'capture' : 'commands';
}

function pricesOf(batches: readonly LineBatch[]): Map<string, FirstPrice> {
  const prices = new Map<string, FirstPrice>();
  for (const { lines } of batches) {
    for (const line of lines) {
      // Most lines are depth updates and trades, or of a market that was seen.
      if (!line.includes('bookTicker') && !line.includes('"u":')) continue;
      const event = decodeLine(line);
      if (
        event.type !== 'bookTicker' ||
        prices.has(event.market) ||
        !(Number(event.bid) > 0) ||
        !(Number(event.ask) >= Number(event.bid))
      )
        continue;
      const timeUs = event.eventMs === null ? event.localUs : event.eventMs * 1000;
      prices.set(event.market, {
        stream: event.eventMs === null ? 'binance-spot' : 'binance-usdm',
        bid: event.bid,
        ask: event.ask,
        timeUs,
      });
    }
  }
  return prices;
}

async function* counted(
  file: string,
  counter: { done: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  // A pipe may have nothing more to say for hours.
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      counter.done += chunk.length;
      yield chunk;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function* replayed(
  scanned: readonly LineBatch[],
  stream: AsyncGenerator<LineBatch, void, undefined>,
  failure: unknown,
): AsyncGenerator<LineBatch, void, undefined> {
  yield* scanned;
  if (failure !== null) throw failure as Error;
  yield* stream;
}

async function sizeOf(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (!info.isDirectory()) return info.size;
  } catch (cause) {
    throw unreadable(file, errnoOf(cause), cause);
  }
  throw unreadable(file, 'EISDIR');
}

function unreadable(file: string, errno: string, cause?: unknown): OperationalError {
  return new OperationalError(
    'INPUT_UNREADABLE',
    `${file} cannot be read (${errno}). Check the path and its permissions`,
    { file, errno },
    cause,
  );
}

function unknownContent(name: string, batch: LineBatch | undefined): OperationalError {
  const index = batch?.lines.findIndex((line) => line.trim() !== '') ?? -1;
  if (batch === undefined || index === -1)
    return new OperationalError('INPUT_EMPTY', `${name} has no lines: there is nothing to replay`, {
      file: name,
    });
  const value = excerpt(batch.lines[index]);
  return new OperationalError(
    'INPUT_UNKNOWN',
    `${name}:${batch.first + index}: this is neither a capture (\`<time in ns> <JSON>\`) nor NDJSON commands (docs/reference/commands.md): ${value}`,
    { file: name, line: batch.first + index, value },
  );
}
