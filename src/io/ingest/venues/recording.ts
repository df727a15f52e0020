/**
 * Plays recordings to feeds as if they were live: frames, answers, and connections that open and close, in the order of the
 * time of receipt, from any number of files. Around a jump of the wall clock, lines of different files may change places.
 *
 * A file that ends in the middle, because its recorder was killed, is played as far as it goes; its connection is then closed.
 */
import type { TimeUs } from '../../../core/num/units.ts';
import { OperationalError } from '../../operational-error.ts';
import { readLines } from '../lines.ts';
import { problemAt, type ProblemSink } from '../problem.ts';
import type { VenueFeed } from './feed.ts';
import { parseLine, type RecordedLine, type TimedLine } from './record-line.ts';

/** The files of one connection, one after another, and the line that comes next. */
interface Track {
  readonly venue: string;
  /** Null: answers. */
  readonly connection: string | null;
  readonly lines: AsyncGenerator<TimedLine[], void, undefined>;
  batch: readonly TimedLine[];
  next: number;
  lastUs: TimeUs;
  isOpen: boolean;
}

interface RecordingPart {
  readonly path: string;
  readonly venue: string;
  readonly connection: string | null;
  readonly atUs: TimeUs;
}

/** What a track says of its connection when one of its files was cut short. */
const CUT: RecordedLine = { kind: 'closed', why: 'the recording was cut short' };

/**
 * Yields the number of lines played, now and then: after each, what the feeds' sinks heard can be used. Files of venues that
 * are not among the `feeds` are left out. A file that is no recording, or not a whole one, is a problem and not an end.
 */
export async function* playRecordings(
  paths: readonly string[],
  feeds: ReadonlyMap<string, VenueFeed>,
  problem: ProblemSink,
): AsyncGenerator<number, void, undefined> {
  const tracks = await tracksOf(paths, feeds, problem);
  let played = 0;
  for (let track = soonest(tracks); track !== null; track = soonest(tracks)) {
    const { atUs, line } = track.batch[track.next++];
    track.lastUs = atUs;
    const feed = feeds.get(track.venue)!;
    tell(feed, track, atUs, line);
    // What it would ask and send was asked and sent when this was recorded.
    feed.requests();
    feed.sends?.(atUs);
    played += 1;
    if (track.next < track.batch.length) continue;
    yield played;
    played = 0;
    await refill(track);
  }
  for (const track of tracks) tell(feeds.get(track.venue)!, track, track.lastUs, CUT);
  yield played;
}

function tell(feed: VenueFeed, track: Track, atUs: TimeUs, line: RecordedLine): void {
  const { connection } = track;
  if (connection === null) {
    if (line.kind === 'answer') feed.answer(line.request, line.body, atUs);
    return;
  }
  const open = (): void => {
    if (!track.isOpen) feed.opened(connection, atUs);
    track.isOpen = true;
  };
  const close = (): void => {
    if (track.isOpen) feed.closed(connection, atUs);
    track.isOpen = false;
  };
  switch (line.kind) {
    case 'opened':
      close();
      open();
      return;
    case 'frame':
      // A recording may begin in the midst of a connection.
      open();
      feed.receive(connection, line.text, atUs);
      return;
    case 'closed':
    case 'missing':
      close();
      return;
    case 'answer':
    case 'recording':
      return;
  }
}

async function tracksOf(
  paths: readonly string[],
  feeds: ReadonlyMap<string, VenueFeed>,
  problem: ProblemSink,
): Promise<Track[]> {
  const files = new Map<string, RecordingPart[]>();
  for (const path of paths) {
    const first = await firstLineOf(path);
    if (first?.line.kind !== 'recording') {
      const what = 'its first line is not that of a recording. The file is left out';
      problem(problemAt('CAPTURE_LINE', path, 1, what));
    } else if (feeds.has(first.line.venue)) {
      const { venue, connection } = first.line;
      const key = JSON.stringify([venue, connection]);
      files.set(key, [...(files.get(key) ?? []), { path, venue, connection, atUs: first.atUs }]);
    }
  }
  const tracks = [...files.values()].map((parts): Track => {
    const [{ venue, connection, atUs }] = parts.sort((a, b) => a.atUs - b.atUs);
    const lines = linesOf(
      parts.map(({ path }) => path),
      problem,
    );
    return { venue, connection, lines, batch: [], next: 0, lastUs: atUs, isOpen: false };
  });
  for (const track of tracks) await refill(track);
  return tracks;
}

async function firstLineOf(path: string): Promise<TimedLine | null> {
  try {
    for await (const { lines } of readLines(path)) return parseLine(lines[0]);
  } catch (error) {
    // Cut short before its first line was whole. What cannot be read at all is for the caller to know.
    if (!isDamaged(error)) throw error;
  }
  return null;
}

async function* linesOf(
  paths: readonly string[],
  problem: ProblemSink,
): AsyncGenerator<TimedLine[], void, undefined> {
  let last: TimedLine | undefined;
  for (const path of paths) {
    try {
      for await (const { first, lines } of readLines(path)) {
        const batch: TimedLine[] = [];
        lines.forEach((text, index) => {
          const timed = parseLine(text);
          if (timed !== null) batch.push(timed);
          else if (text !== '') problem(problemAt('CAPTURE_LINE', path, first + index, NO_LINE, null, text));
        });
        last = batch.at(-1) ?? last;
        yield batch;
      }
    } catch (error) {
      if (!isDamaged(error)) throw error;
      const { code, message, fields } = error;
      const line = fields.line ?? 0;
      problem({ code, message, file: path, line, field: null, value: null });
      if (last !== undefined) yield [{ ...last, line: CUT }];
    }
  }
}

const NO_LINE = 'a line is `<time in ns> <frame>`, or `#` and what happened. It is left out';

function isDamaged(error: unknown): error is OperationalError {
  return (
    error instanceof OperationalError &&
    (error.code === 'INGEST_TRUNCATED' || error.code === 'INGEST_DAMAGED')
  );
}

async function refill(track: Track): Promise<void> {
  track.next = 0;
  track.batch = [];
  while (track.batch.length === 0) {
    const { value, done } = await track.lines.next();
    if (done === true) return;
    track.batch = value;
  }
}

/** Null: all are at their end. */
function soonest(tracks: readonly Track[]): Track | null {
  let best: Track | null = null;
  for (const track of tracks) {
    if (track.next >= track.batch.length) continue;
    if (best === null || isBefore(track.batch[track.next], best.batch[best.next])) best = track;
  }
  return best;
}

function isBefore(a: TimedLine, b: TimedLine): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.rank < b.rank);
}
