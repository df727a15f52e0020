/** The last events of the exchange, as rows of doubles in a ring: bounded, and nothing is made for an event that nobody asks for. */
import { EVENT_STRIDE, EventLog } from '../../../core/exchange/event-log.ts';
import { VENUE_EVENT_FIELDS, VENUE_EVENT_NAMES, VenueEvent } from '../../../core/schema/venue-events.ts';

/** A row as it was emitted, and before it the command's sequence and time. */
const STRIDE = EVENT_STRIDE + 2;

/** By kind: the places of fields that name an account. */
const ACCOUNT_PLACES: (readonly number[])[] = [];
for (const name of VENUE_EVENT_NAMES)
  ACCOUNT_PLACES[VenueEvent[name]] = VENUE_EVENT_FIELDS[name].flatMap((field, place) =>
    field === 'account' || field === 'against' ? [place] : [],
  );

export class EventRing {
  /** Numbers of events so far: the next has this one. */
  next = 0;
  readonly #rows: Float64Array;
  readonly #size: number;
  readonly #log = new EventLog();

  constructor(size: number) {
    this.#size = size;
    this.#rows = new Float64Array(size * STRIDE);
  }

  /** Number of the oldest that is there. */
  get first(): number {
    return Math.max(0, this.next - this.#size);
  }

  /** Whether nothing is gone of what was since that time. */
  hasAllSince(timeUs: number): boolean {
    return this.first === 0 || this.timeUs(this.first) < timeUs;
  }

  /** What a command said, but for the ends of transactions. */
  add(events: EventLog, sequence: number, timeUs: number): void {
    const { rows, count } = events;
    for (let row = 0; row < count; row++) {
      const from = row * EVENT_STRIDE;
      if (rows[from] === VenueEvent.cut) continue;
      const to = (this.next++ % this.#size) * STRIDE;
      this.#rows[to] = sequence;
      this.#rows[to + 1] = timeUs;
      for (let at = 0; at < EVENT_STRIDE; at++) this.#rows[to + 2 + at] = rows[from + at];
    }
  }

  sequence(number: number): number {
    return this.#rows[(number % this.#size) * STRIDE];
  }

  timeUs(number: number): number {
    return this.#rows[(number % this.#size) * STRIDE + 1];
  }

  kind(number: number): VenueEvent {
    return this.#rows[(number % this.#size) * STRIDE + 2] as VenueEvent;
  }

  field(number: number, place: number): number {
    return this.#rows[(number % this.#size) * STRIDE + 3 + place];
  }

  /** As the one row of a log, for who describes events; good until the next call. */
  log(number: number): EventLog {
    const at = (number % this.#size) * STRIDE + 2;
    this.#log.rows.set(this.#rows.subarray(at, at + EVENT_STRIDE));
    this.#log.count = 1;
    return this.#log;
  }

  /** Number of the first event of this sequence or a later one. */
  firstSince(sequence: number): number {
    let low = this.first;
    let high = this.next;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.sequence(middle) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  concerns(number: number, account: number): boolean {
    for (const place of ACCOUNT_PLACES[this.kind(number)])
      if (this.field(number, place) === account) return true;
    return false;
  }
}
