/** Events of an exchange by the names of their fields. */
import type { EventLog } from '../../../core/exchange/event-log.ts';
import { VENUE_EVENT_FIELDS, VENUE_EVENT_NAMES, VenueEvent } from '../../../core/schema/venue-events.ts';

const NAMES: (readonly string[])[] = [];
for (const name of VENUE_EVENT_NAMES) NAMES[VenueEvent[name]] = VENUE_EVENT_FIELDS[name];

/** A field of an event that has it. */
export function field(events: EventLog, row: number, name: string): number {
  return events.field(row, NAMES[events.kind(row)].indexOf(name));
}

export function hasField(events: EventLog, row: number, name: string): boolean {
  return NAMES[events.kind(row)].includes(name);
}

/** The two fills of the trade at `trade`; what isolated margin moves stands in between. */
export function fillsOf(events: EventLog, trade: number): number[] {
  const id = field(events, trade, 'trade');
  const rows: number[] = [];
  for (let row = trade + 1; row < events.count && rows.length < 2; row++)
    if (events.kind(row) === VenueEvent.fill && field(events, row, 'trade') === id) rows.push(row);
  return rows;
}
