/**
 * Lines of a recording. Most are frames, as in the captures that others publish:
 *
 *   1723161255088169000 {"stream":"btcusdt@bookTicker","data":{…}}     time of receipt in ns, and what the venue sent
 *
 * What else happened stands between them behind a `#`, with which no JSON begins:
 *
 *   … #recording {"version":1,"venue":"binance","connection":"public"}   the first line; the connection is null for answers
 *   … #opened                                                            the connection
 *   … #closed nothing heard for 30000 ms
 *   … #answer depth:BTCUSDT {"lastUpdateId":…}                           to that request; without a body where none came
 *   … #missing 1200                                                      so many lines could not be written here
 *
 * A frame that begins with `#` itself is written with another before it. Line ends inside a text become spaces: in JSON they
 * mean the same.
 */
import type { TimeUs } from '../../../core/num/units.ts';

export const RECORDING_VERSION = 1;

export type RecordedLine =
  | { readonly kind: 'recording'; readonly venue: string; readonly connection: string | null }
  | { readonly kind: 'opened' }
  | { readonly kind: 'frame'; readonly text: string }
  | { readonly kind: 'answer'; readonly request: string; readonly body: string | null }
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'missing'; readonly lines: number };

export interface TimedLine {
  readonly atUs: TimeUs;
  /** Which of those of the same microsecond it was, from 0: its nanoseconds. Puts lines of several files in their order. */
  readonly rank: number;
  readonly line: RecordedLine;
}

export const RANK_MAX = 999;

/** Without a line end. */
export function printLine({ atUs, rank, line }: TimedLine): string {
  return `${atUs}${String(rank).padStart(3, '0')} ${printed(line).replaceAll(/[\r\n]/g, ' ')}`;
}

/** Null where it is none of ours. */
export function parseLine(text: string): TimedLine | null {
  const match = /^(\d{13,16})(\d{3}) /.exec(text);
  if (match === null) return null;
  const line = parsed(text.slice(match[0].length));
  return line === null ? null : { atUs: Number(match[1]) as TimeUs, rank: Number(match[2]), line };
}

function printed(line: RecordedLine): string {
  switch (line.kind) {
    case 'recording': {
      const { venue, connection } = line;
      return `#recording ${JSON.stringify({ version: RECORDING_VERSION, venue, connection })}`;
    }
    case 'opened':
      return '#opened';
    case 'frame':
      return line.text.startsWith('#') ? `#${line.text}` : line.text;
    case 'answer':
      return `#answer ${encodeURIComponent(line.request)}${line.body === null ? '' : ` ${line.body}`}`;
    case 'closed':
      return `#closed ${line.why}`;
    case 'missing':
      return `#missing ${line.lines}`;
  }
}

function parsed(text: string): RecordedLine | null {
  if (!text.startsWith('#')) return { kind: 'frame', text };
  if (text.startsWith('##')) return { kind: 'frame', text: text.slice(1) };
  const [word, ...rest] = text.split(' ');
  const what = rest.join(' ');
  switch (word) {
    case '#recording':
      return parseHeader(what);
    case '#opened':
      return { kind: 'opened' };
    case '#answer':
      return parseAnswer(rest);
    case '#closed':
      return { kind: 'closed', why: what };
    case '#missing':
      return { kind: 'missing', lines: Number(what) };
    default:
      return null;
  }
}

function parseAnswer([request = '', ...body]: readonly string[]): RecordedLine | null {
  try {
    return {
      kind: 'answer',
      request: decodeURIComponent(request),
      body: body.length === 0 ? null : body.join(' '),
    };
  } catch {
    return null;
  }
}

function parseHeader(text: string): RecordedLine | null {
  try {
    const { version, venue, connection } = JSON.parse(text) as Record<string, unknown>;
    if (version !== RECORDING_VERSION || typeof venue !== 'string') return null;
    if (connection !== null && typeof connection !== 'string') return null;
    return { kind: 'recording', venue, connection };
  } catch {
    return null;
  }
}
