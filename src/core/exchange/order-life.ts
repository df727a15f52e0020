/**
 * From the row of an order to its end: its place in its account's list, what it adds to the exposure, its rest in the book or its wait for a
 * trigger, and all the ways to leave. Nothing is decided here.
 */
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { DoneReason, OrderType } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { OrderFlag, VenueEvent } from '../schema/venue-events.ts';
import { legOfTag } from '../state/positions.ts';
import type { Waiting } from './waiting.ts';
import type { Venue } from './venue.ts';
import { NO_ORDER } from './working-orders.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const { bid: BID } = Side;
const { accepted: ACCEPTED, amended: AMENDED, rested: RESTED, done: DONE } = VenueEvent;
const { market: MARKET, limit: LIMIT } = OrderType;
const { reduceOnly: REDUCE_ONLY, postOnly: POST_ONLY, byLast: BY_LAST, liquidation: LIQUIDATION } = OrderFlag;

export class OrderLife {
  readonly #venue: Venue;
  readonly #waiting: Waiting;

  constructor(venue: Venue, waiting: Waiting) {
    this.#venue = venue;
    this.#waiting = waiting;
  }

  /** Puts an order into its account's list. */
  link(row: OrderRow): void {
    const { orders, members } = this.#venue;
    const account = orders.account(row);
    orders.link(row, members.firstOrder(account));
    members.setFirstOrder(account, row);
    members.addOrders(account, 1);
  }

  sayAccepted(row: OrderRow, isLiquidation: boolean): void {
    const { orders, events, ledger } = this.#venue;
    events.emit(
      ACCEPTED,
      orders.id(row),
      orders.account(row),
      orders.market(row),
      legOfTag(ledger.exposures.tag(orders.exposure(row))),
      orders.side(row),
      orders.isMarket(row) ? MARKET : LIMIT,
      orders.timeInForce(row),
      orders.price(row),
      orders.size(row),
      (orders.isReduceOnly(row) ? REDUCE_ONLY : 0) |
        (orders.isPostOnly(row) ? POST_ONLY : 0) |
        (orders.isByLast(row) ? BY_LAST : 0) |
        (isLiquidation ? LIQUIDATION : 0),
      orders.clientId(row),
      orders.triggerKind(row),
      orders.trigger(row),
      orders.parent(row),
    );
  }

  /** It is another one now; whether it kept its place. */
  sayAmended(row: OrderRow, isKept: boolean): void {
    const { orders, events } = this.#venue;
    events.emit(
      AMENDED,
      orders.id(row),
      orders.account(row),
      orders.price(row),
      orders.size(row),
      orders.left(row),
      isKept ? 1 : 0,
      orders.market(row),
    );
  }

  /** From now on it counts: what is left of it may trade. */
  count(row: OrderRow): void {
    const { orders, ledger } = this.#venue;
    if (orders.isReduceOnly(row)) ledger.exposures.addReduceOnly(orders.exposure(row), 1);
    else this.#recount(row, 0, orders.left(row));
  }

  /** It counts no more, for as long as it is looked at anew. */
  uncount(row: OrderRow): void {
    const { orders, ledger } = this.#venue;
    if (orders.isReduceOnly(row)) ledger.exposures.addReduceOnly(orders.exposure(row), -1);
    else this.#recount(row, orders.left(row), 0);
  }

  rest(row: OrderRow): void {
    const { orders, events, listings } = this.#venue;
    const market = orders.market(row);
    const side = orders.side(row);
    const price = orders.price(row);
    const left = orders.left(row);
    orders.setRests(row, true);
    listings[market]!.book.add(row, side, price as PriceTicks, left as SizeLots);
    events.emit(RESTED, orders.id(row), market, side, price, left);
    this.#charge(row, left);
  }

  /** Out of the book, where it is in it; what it adds to the exposure stays. */
  unrest(row: OrderRow): void {
    const { orders, listings } = this.#venue;
    if (!orders.rests(row)) return;
    orders.setRests(row, false);
    listings[orders.market(row)]!.book.remove(row);
    this.#charge(row, 0);
  }

  /** `lots` of it traded. The book is the caller's business. */
  take(row: OrderRow, lots: number): void {
    const { orders } = this.#venue;
    const left = orders.left(row);
    if (!orders.isReduceOnly(row) && !orders.waits(row)) this.#recount(row, left, left - lots);
    orders.fill(row, lots);
    if (orders.rests(row)) this.#charge(row, left - lots);
  }

  /** `lots` of it are given up without a trade, and it is smaller by them. The book is the caller's business. */
  giveUp(row: OrderRow, lots: number): void {
    const { orders } = this.#venue;
    this.take(row, lots);
    orders.fill(row, -lots);
    orders.setSize(row, orders.size(row) - lots);
    this.sayAmended(row, true);
  }

  /** The matcher took it out of the book because it was filled. */
  forgetRest(row: OrderRow): void {
    this.#venue.orders.setRests(row, false);
    this.#charge(row, 0);
  }

  finish(row: OrderRow, why: DoneReason): void {
    const { orders, events, members } = this.#venue;
    const account = orders.account(row);
    const left = orders.left(row);
    this.unrest(row);
    if (orders.waits(row)) this.#waiting.remove(row);
    else this.uncount(row);
    members.setFirstOrder(account, orders.unlink(row, members.firstOrder(account)));
    members.addOrders(account, -1);
    events.emit(DONE, orders.id(row), account, orders.market(row), why, left);
    orders.remove(row);
  }

  /** The account's orders for which `wanted` holds, in the order of their ids. */
  ordersOf(account: number, wanted: (row: OrderRow) => boolean): OrderRow[] {
    const { orders, members } = this.#venue;
    const rows: OrderRow[] = [];
    let row = members.firstOrder(account) as OrderRow;
    for (; row !== NO_ORDER; row = orders.next(row)) if (wanted(row)) rows.push(row);
    return rows.sort((a, b) => orders.id(a) - orders.id(b));
  }

  finishAll(rows: readonly OrderRow[], why: DoneReason): void {
    for (const row of rows) this.finish(row, why);
  }

  /** Orders that only reduce reserve nothing, and what an isolated position may come to need is reserved by initial margin. */
  #charge(row: OrderRow, left: number): void {
    const { orders, ledger, listings } = this.#venue;
    if (!listings[orders.market(row)]!.charges) return;
    const exposure = orders.exposure(row);
    if (orders.isReduceOnly(row) || ledger.exposures.isIsolated(exposure)) return;
    const lots = orders.side(row) === BID ? left : -left;
    ledger.charge(exposure, orders.id(row), lots + 0, orders.price(row));
  }

  /** Of an order that counts `before` lots are left no more, and `after` lots are. */
  #recount(row: OrderRow, before: number, after: number): void {
    const { orders, ledger, listings } = this.#venue;
    const listing = listings[orders.market(row)]!;
    const price = orders.price(row);
    // A market order that has just fired has no price before it is looked at.
    const worth = price === 0 ? 0 : listing.worth(after, price)! - listing.worth(before, price)!;
    ledger.exposures.addOrdered(orders.exposure(row), orders.side(row), after - before, worth);
  }
}
