/**
 * Plays captures of Binance side by side, in the order of the time of receipt, to one feed a venue. The books stand at the end as
 * they are: nobody said that anything was lost.
 */
import { readLines, type LineBatch } from '../../io/ingest/lines.ts';
import { problemAt, type Problem } from '../../io/ingest/problem.ts';
import { CaptureDriver, timeOfLine } from '../../io/ingest/venues/binance/capture-feed.ts';
import type { FeedSink, VenueFeed } from '../../io/ingest/venues/feed.ts';
import { OperationalError } from '../../io/operational-error.ts';

export interface CaptureFile {
  readonly path: string;
  readonly venue: string;
}

interface Track {
  readonly path: string;
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

/** Yields the number of lines played, now and then. A file that ends too soon is a problem, and the others go on. */
export async function* playCaptures(
  files: readonly CaptureFile[],
  make: (venue: string, sink: FeedSink) => VenueFeed,
  sink: FeedSink,
): AsyncGenerator<number, void, undefined> {
  const drivers = new Map<string, CaptureDriver<VenueFeed>>();
  const tracks = files.map(({ path, venue }): Track => {
    let driver = drivers.get(venue);
    if (driver === undefined) {
      driver = new CaptureDriver((inner) => make(venue, inner), sink);
      drivers.set(venue, driver);
    }
    return { path, driver, batches: readLines(path), batch: EMPTY, next: 0, nextUs: 0 };
  });
  for (const track of tracks) await step(track, sink);
  let played = 0;
  for (let track = soonest(tracks); track !== null; track = soonest(tracks)) {
    const { driver, batch, path, next } = track;
    driver.line(batch.lines[next], path, batch.first + next);
    track.next += 1;
    if (track.next < batch.lines.length) track.nextUs = timeOfLine(batch.lines[track.next]) ?? track.nextUs;
    else await step(track, sink);
    played += 1;
    if (played < STRETCH) continue;
    yield played;
    played = 0;
  }
  yield played;
}

/** To the next batch that has lines. */
async function step(track: Track, sink: FeedSink): Promise<void> {
  try {
    for (;;) {
      const { value, done } = await track.batches.next();
      if (done === true) break;
      if (value.lines.length === 0) continue;
      track.batch = value;
      track.next = 0;
      track.nextUs = timeOfLine(value.lines[0]) ?? track.nextUs;
      return;
    }
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    sink.problem(cutShort(track, error), '');
  }
  track.nextUs = Infinity;
}

function cutShort({ path, batch, next }: Track, { code, message }: OperationalError): Problem {
  return { ...problemAt(code, path, batch.first + next, ''), message };
}

function soonest(tracks: readonly Track[]): Track | null {
  let best: Track | null = null;
  for (const track of tracks) if (track.nextUs < (best === null ? Infinity : best.nextUs)) best = track;
  return best;
}
