/**
 * What the last command made happen, as rows of doubles that are written over by the next. Nothing is made on the way: objects are for those
 * who ask for them.
 */
import { assert } from '../num/assert.ts';
import { VENUE_EVENT_FIELDS, VENUE_EVENT_NAMES, VenueEvent } from '../schema/venue-events.ts';

/** A kind and up to fifteen fields. */
export const EVENT_STRIDE = 16;
const STRIDE = EVENT_STRIDE;

const NAME_OF: string[] = [];
for (const name of VENUE_EVENT_NAMES) NAME_OF[VenueEvent[name]] = name;

export type VenueEventObject = { readonly event: keyof typeof VenueEvent } & Readonly<Record<string, number>>;

export class EventLog {
  rows = new Float64Array(256 * STRIDE);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  emit(
    kind: VenueEvent,
    a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
    f = 0,
    g = 0,
    h = 0,
    i = 0,
    j = 0,
    k = 0,
    l = 0,
    m = 0,
    n = 0,
  ): void {
    const at = this.count++ * STRIDE;
    if (at === this.rows.length) this.#widen();
    const { rows } = this;
    rows[at] = kind;
    rows[at + 1] = a;
    rows[at + 2] = b;
    rows[at + 3] = c;
    rows[at + 4] = d;
    rows[at + 5] = e;
    rows[at + 6] = f;
    rows[at + 7] = g;
    rows[at + 8] = h;
    rows[at + 9] = i;
    rows[at + 10] = j;
    rows[at + 11] = k;
    rows[at + 12] = l;
    rows[at + 13] = m;
    rows[at + 14] = n;
  }

  kind(row: number): VenueEvent {
    return this.rows[row * STRIDE] as VenueEvent;
  }

  /** The field at this place of `VENUE_EVENT_FIELDS`, from 0. */
  field(row: number, place: number): number {
    return this.rows[row * STRIDE + 1 + place];
  }

  at(row: number): VenueEventObject {
    assert(row < this.count, 'an event that is there');
    return venueEvent(this.rows, row);
  }

  all(): VenueEventObject[] {
    return Array.from({ length: this.count }, (_, row) => this.at(row));
  }

  #widen(): void {
    const wider = new Float64Array(this.rows.length * 2);
    wider.set(this.rows);
    this.rows = wider;
  }
}

/** A row of events as an object with names. */
export function venueEvent(rows: Float64Array, row: number): VenueEventObject {
  const start = row * STRIDE;
  const event = NAME_OF[rows[start]] as keyof typeof VenueEvent;
  const fields: Record<string, number> = {};
  for (const [place, name] of VENUE_EVENT_FIELDS[event].entries()) fields[name] = rows[start + 1 + place];
  return { event, ...fields } as VenueEventObject;
}
