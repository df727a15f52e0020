/**
 * Reads what a group of commands will need before any of them is applied, so that they wait for memory side by side and not one after another
 * (`engine/foresight.ts`). It decides nothing and may be left out.
 */
import type { Command } from '../schema/commands.ts';
import { VenueKind, type OwnCommand } from '../schema/venue-commands.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { POSITION_F64 } from '../state/positions.ts';
import { EXPOSURE_F64 } from './exposures.ts';
import type { Venue } from './venue.ts';
import { ORDER_F64, ORDER_I32, OrderLink } from './working-orders.ts';

/** Commands in a group: enough to keep memory busy, few enough that nothing is evicted before it is used. */
export const VENUE_FORESIGHT_GROUP = 16;

const O_F64 = ORDER_F64;
const O_I32 = ORDER_I32;
const E_F64 = EXPOSURE_F64;
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const P_F64 = POSITION_F64;
const { next: O_NEXT, previous: O_PREVIOUS } = OrderLink;
const { start: B_START } = BucketLink;
const { place: PLACE, amend: AMEND, cancel: CANCEL } = VenueKind;

export class VenueForesight {
  readonly #venue: Venue;
  readonly #accounts = new Int32Array(VENUE_FORESIGHT_GROUP);
  readonly #orders = new Int32Array(VENUE_FORESIGHT_GROUP);
  /** What was read, summed: unused, and without it the compiler would leave the reads out. */
  readonly #read = new Float64Array(1);
  #count = 0;

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Takes a command into the group, if it is about an account's orders. */
  note(command: Command | OwnCommand): void {
    const { kind } = command;
    if (kind !== PLACE && kind !== AMEND && kind !== CANCEL) return;
    const { members, orders } = this.#venue;
    const { account } = command;
    if (this.#count === VENUE_FORESIGHT_GROUP || !(account >= 0 && account < members.count)) return;
    this.#accounts[this.#count] = account;
    this.#orders[this.#count++] = kind === PLACE ? members.firstOrder[account] : orders.expect(command.order);
  }

  /** Reads for the group, which is then over. */
  look(): void {
    const { members, orders, ledger, engine } = this.#venue;
    const { cross, buckets, positions } = engine.book;
    const { exposures } = ledger;
    const accounts = this.#accounts;
    const count = this.#count;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const account = accounts[at];
      const order = this.#orders[at];
      const exposure = members.firstExposure[account];
      if (order >= 0) sum += orders.f64[order * O_F64] + orders.f64[order * O_F64 + 8];
      if (exposure >= 0) sum += exposures.f64[exposure * E_F64];
      sum += buckets.i32[cross[account] * B_I32 + B_START] + members.orders[account] + members.hedge[account];
    }
    for (let at = 0; at < count; at++) {
      const bucket = cross[accounts[at]];
      const order = this.#orders[at];
      sum += buckets.f64[bucket * B_F64] + positions.f64[buckets.i32[bucket * B_I32 + B_START] * P_F64];
      if (order < 0) continue;
      const next = orders.i32[order * O_I32 + O_NEXT];
      const previous = orders.i32[order * O_I32 + O_PREVIOUS];
      if (next >= 0) sum += orders.i32[next * O_I32 + O_PREVIOUS];
      if (previous >= 0) sum += orders.i32[previous * O_I32 + O_NEXT];
    }
    this.#read[0] = sum;
    this.#count = 0;
  }
}
