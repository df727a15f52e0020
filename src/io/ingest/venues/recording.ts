/**
 * Plays recordings to feeds as if they were live: frames, answers, and connections that open and close, in the order of the
 * time of receipt, from any number of files. Around a jump of the wall clock, lines of different files may change places.
 *
 * A file that ends in the middle, because its recorder was killed, is played as far as it goes; its connection is then closed.
 */
import type { TimeUs } from '../../../core/num/units.ts';
import { OperationalError } from '../../operational-error.ts';
import { readLines } from '../lines.ts';
import { problemAt } from '../problem.ts';
import type { FeedSink, VenueFeed } from './feed.ts';
import { BatchedLane, playLanes, type Lane } from './lanes.ts';
import { parseLine, type RecordedLine, type TimedLine } from './record-line.ts';

interface TimedBatch {
  readonly lines: readonly TimedLine[];
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
  problem: ReadProblem,
): AsyncGenerator<number, void, undefined> {
  yield* playLanes(await recordingLanes(paths, feeds, problem));
}

/** A problem of reading, with the line that it is about; empty where it is about the file. */
type ReadProblem = FeedSink['problem'];

/** A lane a connection, and one for a venue's answers. */
export async function recordingLanes(
  paths: readonly string[],
  feeds: ReadonlyMap<string, VenueFeed>,
  problem: ReadProblem,
): Promise<Lane[]> {
  const files = new Map<string, RecordingPart[]>();
  for (const path of paths) {
    const first = await firstLineOf(path);
    if (first?.line.kind !== 'recording') {
      const what = 'its first line is not that of a recording. The file is left out';
      problem(problemAt('CAPTURE_LINE', path, 1, what), '');
    } else if (feeds.has(first.line.venue)) {
      const { venue, connection } = first.line;
      const key = JSON.stringify([venue, connection]);
      files.set(key, [...(files.get(key) ?? []), { path, venue, connection, atUs: first.atUs }]);
    }
  }
  return [...files.values()].map((parts) => {
    parts.sort((a, b) => a.atUs - b.atUs);
    return new RecordingLane(parts, feeds.get(parts[0].venue)!, problem);
  });
}

/** The files of one connection, one after another, and the line that comes next. */
class RecordingLane extends BatchedLane<TimedBatch> implements Lane {
  readonly venue: string;
  /** Null: answers. */
  readonly connection: string | null;
  readonly isCapture = false;
  rank = 0;
  readonly #feed: VenueFeed;
  #lastUs: TimeUs;
  #isOpen = false;

  constructor(parts: readonly RecordingPart[], feed: VenueFeed, problem: ReadProblem) {
    const [{ venue, connection, atUs }] = parts;
    const paths = parts.map(({ path }) => path);
    super(linesOf(paths, problem), { lines: [] });
    this.venue = venue;
    this.connection = connection;
    this.atUs = atUs;
    this.#lastUs = atUs;
    this.#feed = feed;
  }

  play(): void {
    const { atUs, line } = this.batch.lines[this.next];
    this.#lastUs = atUs;
    this.#tell(atUs, line);
    // What it would ask and send was asked and sent when this was recorded.
    this.#feed.requests();
    this.#feed.sends?.(atUs);
    this.pass();
  }

  end(): void {
    this.#tell(this.#lastUs, CUT);
  }

  protected override look(): void {
    ({ atUs: this.atUs, rank: this.rank } = this.batch.lines[this.next]);
  }

  #tell(atUs: TimeUs, line: RecordedLine): void {
    const { connection } = this;
    if (connection === null) {
      if (line.kind === 'answer') this.#feed.answer(line.request, line.body, atUs);
      return;
    }
    switch (line.kind) {
      case 'opened':
        this.#close(connection, atUs);
        this.#open(connection, atUs);
        return;
      case 'frame':
        // A recording may begin in the midst of a connection.
        this.#open(connection, atUs);
        this.#feed.receive(connection, line.text, atUs);
        return;
      case 'closed':
      case 'missing':
        this.#close(connection, atUs);
        return;
      case 'answer':
      case 'recording':
        return;
    }
  }

  #open(connection: string, atUs: TimeUs): void {
    if (!this.#isOpen) this.#feed.opened(connection, atUs);
    this.#isOpen = true;
  }

  #close(connection: string, atUs: TimeUs): void {
    if (this.#isOpen) this.#feed.closed(connection, atUs);
    this.#isOpen = false;
  }
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
  problem: ReadProblem,
): AsyncGenerator<TimedBatch, void, undefined> {
  let last: TimedLine | undefined;
  for (const path of paths) {
    try {
      for await (const { first, lines } of readLines(path)) {
        const batch: TimedLine[] = [];
        lines.forEach((text, index) => {
          const timed = parseLine(text);
          if (timed !== null) batch.push(timed);
          else if (text !== '')
            problem(problemAt('CAPTURE_LINE', path, first + index, NO_LINE, null, text), text);
        });
        last = batch.at(-1) ?? last;
        yield { lines: batch };
      }
    } catch (error) {
      if (!isDamaged(error)) throw error;
      const { code, message, fields } = error;
      const line = fields.line ?? 0;
      problem({ code, message, file: path, line, field: null, value: null }, '');
      if (last !== undefined) yield { lines: [{ ...last, line: CUT }] };
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
