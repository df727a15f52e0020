/**
 * Plays captures of Binance side by side, in the order of the time of receipt, to one feed a venue. The books stand at the end as
 * they are: nobody said that anything was lost.
 */
import { readLines, type LineBatch } from '../../io/ingest/lines.ts';
import { problemAt } from '../../io/ingest/problem.ts';
import { CaptureDriver, timeOfLine } from '../../io/ingest/venues/binance/capture-feed.ts';
import type { FeedSink, VenueFeed } from '../../io/ingest/venues/feed.ts';
import { BatchedLane, playLanes, type Lane } from '../../io/ingest/venues/lanes.ts';
import { OperationalError } from '../../io/operational-error.ts';

export interface CaptureFile {
  readonly name: string;
  readonly venue: string;
  readonly lines: () => AsyncGenerator<LineBatch, void, undefined>;
}

type MakeFeed = (venue: string, sink: FeedSink) => VenueFeed;

const EMPTY: LineBatch = { first: 1, lines: [] };

/** Yields the number of lines played, now and then: after each, what `sink` heard can be used. */
export function playCaptures(
  files: readonly CaptureFile[],
  make: MakeFeed,
  sink: FeedSink,
): AsyncGenerator<number, void, undefined> {
  return playLanes(captureLanes(files, make, sink));
}

/** A lane a file; those of one venue share a feed. */
export function captureLanes(files: readonly CaptureFile[], make: MakeFeed, sink: FeedSink): Lane[] {
  const drivers = new Map<string, CaptureDriver<VenueFeed>>();
  return files.map((file) => {
    const { venue } = file;
    let driver = drivers.get(venue);
    if (driver === undefined) {
      driver = new CaptureDriver((inner) => make(venue, inner), sink);
      drivers.set(venue, driver);
    }
    return new CaptureLane(file, driver);
  });
}

/** A line without a time has that of the line before. */
class CaptureLane extends BatchedLane<LineBatch> implements Lane {
  readonly venue: string;
  readonly connection = null;
  readonly isCapture = true;
  readonly rank = 0;
  readonly #name: string;
  readonly #driver: CaptureDriver<VenueFeed>;

  constructor({ name, venue, lines }: CaptureFile, driver: CaptureDriver<VenueFeed>) {
    super(lines(), EMPTY);
    this.venue = venue;
    this.#name = name;
    this.#driver = driver;
  }

  play(): void {
    const { first, lines } = this.batch;
    this.#driver.line(lines[this.next], this.#name, first + this.next);
    this.pass();
  }

  end(): void {}

  protected override look(): void {
    this.atUs = timeOfLine(this.batch.lines[this.next]) ?? this.atUs;
  }
}

/** The lines of a file, as far as it goes: that it ends too soon is a problem, and the others go on. */
export async function* linesUntilCut(
  path: string,
  report: FeedSink['problem'],
): AsyncGenerator<LineBatch, void, undefined> {
  let next = 1;
  try {
    for await (const batch of readLines(path)) {
      next = batch.first + batch.lines.length;
      yield batch;
    }
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    report({ ...problemAt(error.code, path, next, ''), message: error.message }, '');
  }
}
