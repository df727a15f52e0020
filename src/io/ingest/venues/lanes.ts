/**
 * Recorded lines of several files side by side, in the order of the time of their receipt. A lane is one file, or the files of
 * one connection one after another; what its lines mean is its own affair.
 */

export interface Lane {
  readonly venue: string;
  /** Null where there is none: answers, and captures. */
  readonly connection: string | null;
  /** Its problems are told by file and line, and not by connection and frame. */
  readonly isCapture: boolean;
  /** When the next line, or the one that is being handed in, was received; Infinity: there is none. */
  readonly atUs: number;
  /** Which of those of its microsecond it was. */
  readonly rank: number;
  /** Whether a line is at hand; else more has to be fetched. */
  readonly isReady: boolean;
  /** Hands in one line. */
  play(): void;
  /** Reads until a line is at hand or there is none. */
  fetch(): Promise<void>;
  /** All lanes are at their ends. */
  end(): void;
}

/** What lanes have in common whose lines come in batches. */
export abstract class BatchedLane<Batch extends { readonly lines: readonly unknown[] }> {
  atUs = 0;
  protected batch: Batch;
  /** Of the batch, the line that comes next. */
  protected next = 0;
  readonly #batches: AsyncGenerator<Batch, void, undefined>;

  constructor(batches: AsyncGenerator<Batch, void, undefined>, empty: Batch) {
    this.#batches = batches;
    this.batch = empty;
  }

  get isReady(): boolean {
    return this.next < this.batch.lines.length;
  }

  /** To the next batch that has lines. */
  async fetch(): Promise<void> {
    while (!this.isReady) {
      const { value, done } = await this.#batches.next();
      if (done === true) {
        this.atUs = Infinity;
        return;
      }
      this.batch = value;
      this.next = 0;
    }
    this.look();
  }

  /** The line was handed in. */
  protected pass(): void {
    this.next += 1;
    if (this.isReady) this.look();
  }

  /** Notes when the next line was received. */
  protected abstract look(): void;
}

/** The lane that is being played or read, for who hears of it. */
export interface Cursor {
  lane: Lane | null;
}

/** Lines between two yields. */
const STRETCH = 4096;

/** Yields the number of lines played, now and then. Of two of the same time and rank the lane that was named first has its turn. */
export async function* playLanes(
  lanes: readonly Lane[],
  cursor: Cursor = { lane: null },
): AsyncGenerator<number, void, undefined> {
  for (const lane of lanes) {
    cursor.lane = lane;
    await lane.fetch();
  }
  let played = 0;
  for (let lane = soonest(lanes); lane !== null; lane = soonest(lanes)) {
    cursor.lane = lane;
    lane.play();
    if (!lane.isReady) await lane.fetch();
    played += 1;
    if (played < STRETCH) continue;
    yield played;
    played = 0;
  }
  for (const lane of lanes) {
    cursor.lane = lane;
    lane.end();
  }
  yield played;
}

function soonest(lanes: readonly Lane[]): Lane | null {
  let best: Lane | null = null;
  for (const lane of lanes) {
    if (lane.atUs === Infinity) continue;
    if (best === null || lane.atUs < best.atUs || (lane.atUs === best.atUs && lane.rank < best.rank))
      best = lane;
  }
  return best;
}
