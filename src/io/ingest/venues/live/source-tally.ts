/** Counts what a feed says on its way to whoever listens: how much, how old, and how far the venue's clock is from ours. */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { InstrumentRow, VenueEvent } from '../../../../core/price/venue-event.ts';
import type { Problem } from '../../problem.ts';
import type { FeedSink } from '../feed.ts';

export interface InstrumentStatistics {
  readonly instrument: InstrumentRow;
  readonly events: number;
  /** The venue's time of the newest. */
  readonly eventUs: TimeUs;
  /** Since one was last received, by a clock that does not jump. */
  readonly ageMs: number;
}

/** Receive time less event time, of the last `SKEWS` events that carry a time of the venue; null before the first. */
export interface Skew {
  /** The shortest way and the clocks' difference: what a jump of either clock moves. */
  readonly leastUs: number;
  readonly medianUs: number;
}

const SKEWS = 256;

export class SourceTally implements FeedSink {
  problems = 0;
  readonly #problemsByCode = new Map<string, number>();
  readonly #sink: FeedSink;
  readonly #elapsedMs: () => number;
  readonly #instruments: { events: number; eventUs: TimeUs; heardMs: number }[] = [];
  readonly #skews = new Float64Array(SKEWS);
  #skewCount = 0;

  constructor(sink: FeedSink, elapsedMs: () => number) {
    this.#sink = sink;
    this.#elapsedMs = elapsedMs;
  }

  event(event: VenueEvent): void {
    // A loss is ours to say, not the venue's.
    if (event.kind !== 'lost') this.#count(event);
    this.#sink.event(event);
  }

  problem(problem: Problem, frame: string): void {
    this.problems += 1;
    this.#problemsByCode.set(problem.code, (this.#problemsByCode.get(problem.code) ?? 0) + 1);
    this.#sink.problem(problem, frame);
  }

  problemsByCode(): ReadonlyMap<string, number> {
    return this.#problemsByCode;
  }

  /** In the order of their rows; those never heard of are left out. */
  instruments(): InstrumentStatistics[] {
    const nowMs = this.#elapsedMs();
    return this.#instruments.flatMap(({ events, eventUs, heardMs }, row) => ({
      instrument: row as InstrumentRow,
      events,
      eventUs,
      ageMs: nowMs - heardMs,
    }));
  }

  skew(): Skew | null {
    const count = Math.min(this.#skewCount, SKEWS);
    if (count === 0) return null;
    const sorted = this.#skews.slice(0, count).sort();
    return { leastUs: sorted[0], medianUs: sorted[count >> 1] };
  }

  #count({ instrument, eventUs, receivedUs }: VenueEvent): void {
    const heardMs = this.#elapsedMs();
    const known = this.#instruments[instrument];
    if (known === undefined) {
      this.#instruments[instrument] = { events: 1, eventUs, heardMs };
    } else {
      known.events += 1;
      known.heardMs = heardMs;
      if (eventUs > known.eventUs) known.eventUs = eventUs;
    }
    // Where the venue gives no time, the event has the time of receipt.
    if (eventUs === receivedUs) return;
    this.#skews[this.#skewCount % SKEWS] = receivedUs - eventUs;
    this.#skewCount += 1;
  }
}
