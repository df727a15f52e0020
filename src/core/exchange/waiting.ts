/**
 * Orders that wait for their triggers, a list for the mark and one for the last price of each market. Within a list orders have slots of
 * their own, so that its tables are as long as it is.
 */
import { widened } from '../num/columns.ts';
import { PRICE_NONE, type OrderRow } from '../num/units.ts';
import { MarketState, TriggerKind } from '../schema/orders.ts';
import { PRICE_UNKNOWN } from './listing.ts';
import { Triggers } from './triggers.ts';
import type { Venue } from './venue.ts';

class WaitList {
  readonly triggers = new Triggers();
  /** Order row by slot; of free slots the next free one. */
  rows = new Int32Array(16);
  #used = 0;
  #free = -1;

  take(row: OrderRow): number {
    let slot = this.#free;
    if (slot === -1) {
      slot = this.#used++;
      if (slot === this.rows.length) this.rows = widened(this.rows, slot * 2);
    } else this.#free = this.rows[slot];
    this.rows[slot] = row;
    return slot;
  }

  release(slot: number): void {
    this.rows[slot] = this.#free;
    this.#free = slot;
  }
}

export class Waiting {
  readonly #venue: Venue;
  /** By market, twice: mark, then last. */
  readonly #lists: WaitList[] = [];
  /** Ids of orders that fired and have not been dealt with. */
  #fired: number[] = [];

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Begins to wait. Of a trailing stop `trigger` is its distance, and `now` where the price has best been. */
  add(row: OrderRow, now: number): void {
    const { orders } = this.#venue;
    const list = this.#listOf(row);
    const slot = list.take(row);
    const kind = orders.triggerKind(row);
    const trigger = orders.trigger(row);
    const isTrailing = kind === TriggerKind.trailing;
    orders.setSlot(row, slot);
    orders.setWaits(row, true);
    list.triggers.add(slot, orders.side(row), kind, isTrailing ? 0 : trigger, isTrailing ? trigger : 0, now);
  }

  remove(row: OrderRow): void {
    const { orders } = this.#venue;
    const list = this.#listOf(row);
    const slot = orders.slot(row);
    if (list.triggers.has(slot)) list.triggers.remove(slot);
    list.release(slot);
    orders.setWaits(row, false);
  }

  /** The price at which it fires as things stand, or PRICE_NONE. */
  triggerPrice(row: OrderRow): number {
    return this.#listOf(row).triggers.triggerPrice(this.#venue.orders.slot(row));
  }

  moveMark(market: number, price: number): void {
    this.#move(market * 2, price);
  }

  moveLast(market: number, price: number): void {
    this.#move(market * 2 + 1, price);
  }

  /** The price that a new waiting order of this market looks at now, or PRICE_NONE. */
  now(market: number, byLast: boolean): number {
    const listing = this.#venue.listings[market]!;
    if (!byLast) return this.#venue.engine.book.markets.mark(market as never);
    return listing.last === PRICE_UNKNOWN ? PRICE_NONE : listing.last;
  }

  /** Fires what is beyond its trigger when it begins to wait. */
  look(row: OrderRow): void {
    const { orders, listings } = this.#venue;
    const market = orders.market(row);
    if (listings[market]!.state === MarketState.halted) return;
    const byLast = orders.isByLast(row);
    const now = this.now(market, byLast);
    if (now !== PRICE_NONE) this.#move(market * 2 + (byLast ? 1 : 0), now);
  }

  get hasFired(): boolean {
    return this.#fired.length > 0;
  }

  /** Ids of what fired since it was asked last, lowest first. */
  takeFired(): number[] {
    const fired = this.#fired.sort((a, b) => a - b);
    this.#fired = [];
    return fired;
  }

  /** All that wait in a market, with the best price that a trailing stop has seen: added again in this order they wait as they did. */
  each(market: number, visit: (row: OrderRow, best: number) => void): void {
    for (const place of [market * 2, market * 2 + 1]) {
      const list = this.#lists[place];
      list?.triggers.each((slot, best) => visit(list.rows[slot] as OrderRow, best));
    }
  }

  #move(place: number, price: number): void {
    const list = this.#lists[place];
    if (list === undefined || list.triggers.count === 0) return;
    const { triggers } = list;
    const count = triggers.move(price);
    for (let at = 0; at < count; at++)
      this.#fired.push(this.#venue.orders.id(list.rows[triggers.fired[at]] as OrderRow));
  }

  #listOf(row: OrderRow): WaitList {
    const { orders } = this.#venue;
    const place = orders.market(row) * 2 + (orders.isByLast(row) ? 1 : 0);
    return (this.#lists[place] ??= new WaitList());
  }
}
