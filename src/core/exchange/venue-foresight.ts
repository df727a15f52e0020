/**
 * Reads what a group of commands will need before any of them is applied, so that they wait for memory side by side and not one after another
 * (`engine/foresight.ts`). It decides nothing and may be left out.
 */
import type { OrderRow } from '../num/units.ts';
import type { Command } from '../schema/commands.ts';
import { OrderType } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { VenueKind, type OwnCommand, type PlaceCommand } from '../schema/venue-commands.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { POSITION_F64 } from '../state/positions.ts';
import type { Venue } from './venue.ts';
import { NO_ORDER } from './working-orders.ts';

/** Commands in a group: enough to keep memory busy, few enough that nothing is evicted before it is used. */
export const VENUE_FORESIGHT_GROUP = 32;

/** Accounts, each with an order or none, that a group may be about: of its commands, and of the makers that a market order meets first. */
const SUBJECTS = 2 * VENUE_FORESIGHT_GROUP;
const MAKERS = 2;

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const NONE = NO_ORDER;
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const P_F64 = POSITION_F64;
const { start: B_START } = BucketLink;
const { place: PLACE, amend: AMEND, cancel: CANCEL } = VenueKind;
const { market: MARKET } = OrderType;
const { bid: BID, ask: ASK } = Side;

export class VenueForesight {
  readonly #venue: Venue;
  readonly #accounts = new Int32Array(SUBJECTS);
  readonly #orders = new Int32Array(SUBJECTS);
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
    if (!(account >= 0 && account < members.count)) return;
    if (kind !== PLACE) this.#add(account, orders.expect(command.order));
    else {
      this.#add(account, NONE);
      if (command.type === MARKET) this.#noteMakers(command);
    }
  }

  /** Reads for the group, which is then over. */
  look(): void {
    const { members, orders, listings, ledger, engine } = this.#venue;
    const { cross, buckets, positions } = engine.book;
    const { exposures } = ledger;
    const accounts = this.#accounts;
    const count = this.#count;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const order = this.#orders[at] as OrderRow;
      sum += cross[accounts[at]] + members.firstExposure(accounts[at]);
      // An order has two lines.
      if (order !== NONE) sum += orders.id(order) + orders.pair(order);
    }
    for (let at = 0; at < count; at++) {
      const exposure = members.firstExposure(accounts[at]);
      const bucket = cross[accounts[at]];
      if (exposure >= 0) sum += exposures.tag(exposure);
      sum += buckets.i32[bucket * B_I32 + B_START] + buckets.f64[bucket * B_F64];
      const order = this.#orders[at] as OrderRow;
      // What comes to or goes from a list is written into its neighbours.
      const next = order === NONE ? members.firstOrder(accounts[at]) : orders.next(order);
      if (next !== NONE) sum += orders.account(next as OrderRow);
      if (order === NONE) continue;
      const previous = orders.previous(order);
      if (previous !== NONE) sum += orders.account(previous);
      if (orders.rests(order)) sum += listings[orders.market(order)]!.book.left(order);
    }
    for (let at = 0; at < count; at++)
      sum += positions.f64[buckets.i32[cross[accounts[at]] * B_I32 + B_START] * P_F64];
    this.#read[0] = sum;
    this.#count = 0;
  }

  #noteMakers({ market, side }: PlaceCommand): void {
    const { orders, listings } = this.#venue;
    const book = listings[market]?.book;
    if (book === undefined) return;
    let maker = book.best(side === BID ? ASK : BID);
    for (let at = 0; at < MAKERS && maker !== NONE; at++) {
      this.#add(orders.account(maker), maker);
      maker = book.next(maker);
    }
  }

  #add(account: number, order: number): void {
    if (this.#count === SUBJECTS) return;
    this.#accounts[this.#count] = account;
    this.#orders[this.#count++] = order;
  }
}
