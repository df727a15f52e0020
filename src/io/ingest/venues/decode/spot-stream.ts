/** What a spot feed knows of one instrument. */
import { DepthBook } from '../../../../core/price/depth-book.ts';
import type { Instrument, InstrumentRow } from '../../../../core/price/venue-event.ts';
import { Recent } from './recent.ts';
import { Resubscription } from './resubscription.ts';

/** Trades and messages that a repetition is told by. */
const RECENT_MOST = 1024;
/** Of `last` and `lastUs`: no message yet. */
export const NEVER = -1;

export class SpotStream {
  readonly row: InstrumentRow;
  readonly instrument: Instrument;
  readonly book = new DepthBook();
  readonly resubscription = new Resubscription();
  /** Ids of trades, and texts of changes that have no number. */
  readonly trades = new Recent(RECENT_MOST);
  readonly texts = new Recent(RECENT_MOST);
  /** Length and CRC-32 of snapshots that have no number: their texts can be megabytes. */
  readonly snapshots = new Recent(RECENT_MOST);
  /** Whether `book` is whole. */
  isLive = false;
  /** Number and time of the newest message in the book. Where the venue numbers nothing we count ourselves. */
  last = NEVER;
  lastUs = NEVER;
  /** When that was received, and how many repetitions have come since. */
  receivedUs = NEVER;
  repeated = 0;

  constructor(row: InstrumentRow, instrument: Instrument) {
    this.row = row;
    this.instrument = instrument;
  }

  heard(eventUs: number, receivedUs: number): void {
    this.lastUs = eventUs;
    this.receivedUs = receivedUs;
    this.repeated = 0;
  }

  /** The next snapshot is to be taken whatever number and time it has. */
  forget(): void {
    this.last = NEVER;
    this.lastUs = NEVER;
    this.snapshots.clear();
  }
}

/** The instruments of a venue, each with its place in the whole list. */
export function streamsOf(venue: string, instruments: readonly Instrument[]): SpotStream[] {
  return instruments
    .map((instrument, row) => new SpotStream(row as InstrumentRow, instrument))
    .filter(({ instrument }) => instrument.venue === venue);
}
