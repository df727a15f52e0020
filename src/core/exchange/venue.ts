/** What the parts of an exchange share: its tables, its rules, and what it says. */
import { Engine } from '../engine/engine.ts';
import { DirectOrderBook } from '../matching/direct-order-book.ts';
import { NaiveOrderBook } from '../matching/naive-order-book.ts';
import type { OrderBook } from '../matching/order-book.ts';
import type { VenueCommand } from '../schema/venue-commands.ts';
import { EventLog } from './event-log.ts';
import { Expiries } from './expiries.ts';
import { Ledger } from './ledger.ts';
import type { Listing } from './listing.ts';
import { MarginCheck } from './margin-check.ts';
import { Members } from './members.ts';
import { NO_ORDER, WorkingOrders } from './working-orders.ts';

export type VenueRules = Omit<VenueCommand, 'kind' | 'timeUs' | 'origin'>;
export type BookKind = 'direct' | 'naive';

export class Venue {
  readonly engine = new Engine();
  readonly events = new EventLog();
  readonly members = new Members();
  readonly orders = new WorkingOrders();
  readonly expiries = new Expiries((id) => this.orders.find(id) !== NO_ORDER);
  /** By market; null where it is not listed. */
  readonly listings: (Listing | null)[] = [];
  readonly ledger = new Ledger(this.engine, this.events, this.members, this.listings);
  readonly margin = new MarginCheck(this.engine, this.ledger, this.members, this.listings);
  /** Null before the `venue` command. */
  rules: VenueRules | null = null;
  /** Trades so far. */
  trades = 0;
  readonly #bookKind: BookKind;

  constructor(bookKind: BookKind) {
    this.#bookKind = bookKind;
  }

  makeBook(): OrderBook {
    return this.#bookKind === 'direct' ? new DirectOrderBook() : new NaiveOrderBook();
  }
}
