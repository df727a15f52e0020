/**
 * Plays captures of Binance side by side, in the order of the time of receipt, to one feed a venue. The books stand at the end as
 * they are: nobody said that anything was lost.
 */
import { readLines, type LineBatch } from '../../io/ingest/lines.ts';
import { problemAt, type ProblemSink } from '../../io/ingest/problem.ts';
import { CaptureDriver, timeOfLine } from '../../io/ingest/venues/binance/capture-feed.ts';
import type { FeedSink, VenueFeed } from '../../io/ingest/venues/feed.ts';
import { OperationalError } from '../../io/operational-error.ts';

export interface CaptureFile {
  readonly name: string;
  readonly venue: string;
  readonly lines: () => AsyncGenerator<LineBatch, void, undefined>;
}

interface Track {
  readonly name: string;
  readonly driver: CaptureDriver<VenueFeed>;
  readonly batches: AsyncGenerator<LineBatch, void, undefined>;
  batch: LineBatch;
  next: number;
  /** Of the next line; one without a time has that of the line before. Infinity: at its end. */
  nextUs: number;
}

const EMPTY: LineBatch = { first: 1, lines: [] };
/** Lines between two yields. */
const STRETCH = 4096;

/** Yields the number of lines played, now and then: after each, what `sink` heard can be used. */
export async function* playCaptures(
  files: readonly CaptureFile[],
  make: (venue: string, sink: FeedSink) => VenueFeed,
  sink: FeedSink,
): AsyncGenerator<number, void, undefined> {
  const drivers = new Map<string, CaptureDriver<VenueFeed>>();
  const tracks = files.map(({ name, venue, lines }): Track => {
    let driver = drivers.get(venue);
    if (driver === undefined) {
      driver = new CaptureDriver((inner) => make(venue, inner), sink);
      drivers.set(venue, driver);
    }
    return { name, driver, batches: lines(), batch: EMPTY, next: 0, nextUs: 0 };
  });
  for (const track of tracks) await step(track);
  let played = 0;
  for (let track = soonest(tracks); track !== null; track = soonest(tracks)) {
    const { driver, batch, name, next } = track;
    driver.line(batch.lines[next], name, batch.first + next);
    track.next += 1;
    if (track.next < batch.lines.length) track.nextUs = timeOfLine(batch.lines[track.next]) ?? track.nextUs;
    else await step(track);
    played += 1;
    if (played < STRETCH) continue;
    yield played;
    played = 0;
  }
  yield played;
}

/** The lines of a file, as far as it goes: that it ends too soon is a problem, and the others go on. */
export async function* linesUntilCut(
  path: string,
  report: ProblemSink,
): AsyncGenerator<LineBatch, void, undefined> {
  let next = 1;
  try {
    for await (const batch of readLines(path)) {
      next = batch.first + batch.lines.length;
      yield batch;
    }
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    report({ ...problemAt(error.code, path, next, ''), message: error.message });
  }
}

/** To the next batch that has lines. */
async function step(track: Track): Promise<void> {
  for (;;) {
    const { value, done } = await track.batches.next();
    if (done === true) break;
    if (value.lines.length === 0) continue;
    track.batch = value;
    track.next = 0;
    track.nextUs = timeOfLine(value.lines[0]) ?? track.nextUs;
    return;
  }
  track.nextUs = Infinity;
}

function soonest(tracks: readonly Track[]): Track | null {
  let best: Track | null = null;
  for (const track of tracks) if (track.nextUs < (best === null ? Infinity : best.nextUs)) best = track;
  return best;
}
