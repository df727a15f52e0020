/**
 * From the row of an order to its end: its place in its account's list, what it adds to the exposure, its rest in the book or its wait for a
 * trigger, and all the ways to leave. Nothing is decided here.
 */
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { DoneReason, OrderType } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { OrderFlag, VenueEvent } from '../schema/venue-events.ts';
import { legOfTag, marketOfTag } from '../state/positions.ts';
import { EXPOSURE_F64, EXPOSURE_I32, ExposureField, ExposureLink } from './exposures.ts';
import type { Waiting } from './waiting.ts';
import type { Venue } from './venue.ts';
import {
  NO_ORDER,
  ORDER_F64,
  ORDER_I32,
  OrderBits,
  OrderField,
  OrderLink,
  TIME_IN_FORCE_SHIFT,
  TRIGGER_SHIFT,
} from './working-orders.ts';

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
    const first = members.firstOrder[account];
    const i = row * ORDER_I32;
    orders.i32[i + OrderLink.next] = first;
    orders.i32[i + OrderLink.previous] = NO_ORDER;
    if (first !== NO_ORDER) orders.i32[first * ORDER_I32 + OrderLink.previous] = row;
    members.firstOrder[account] = row;
    members.orders[account]++;
  }

  sayAccepted(row: OrderRow, isLiquidation: boolean): void {
    const { orders, events, ledger } = this.#venue;
    const f = row * ORDER_F64;
    const bits = orders.bits(row);
    events.emit(
      VenueEvent.accepted,
      orders.id(row),
      orders.account(row),
      orders.market(row),
      legOfTag(ledger.exposures.tag(orders.exposure(row))),
      bits & OrderBits.side,
      (bits & OrderBits.market) !== 0 ? OrderType.market : OrderType.limit,
      (bits >> TIME_IN_FORCE_SHIFT) & 3,
      orders.f64[f + OrderField.price],
      orders.f64[f + OrderField.size],
      ((bits & OrderBits.reduceOnly) !== 0 ? OrderFlag.reduceOnly : 0) |
        ((bits & OrderBits.postOnly) !== 0 ? OrderFlag.postOnly : 0) |
        ((bits & OrderBits.byLast) !== 0 ? OrderFlag.byLast : 0) |
        (isLiquidation ? OrderFlag.liquidation : 0),
      orders.f64[f + OrderField.clientId],
      (bits >> TRIGGER_SHIFT) & 3,
      orders.f64[f + OrderField.trigger],
      orders.f64[f + OrderField.parent],
    );
  }

  /** It is another one now; whether it kept its place. */
  sayAmended(row: OrderRow, isKept: boolean): void {
    const { orders, events } = this.#venue;
    const f = row * ORDER_F64;
    events.emit(
      VenueEvent.amended,
      orders.id(row),
      orders.account(row),
      orders.f64[f + OrderField.price],
      orders.f64[f + OrderField.size],
      orders.left(row),
      isKept ? 1 : 0,
      orders.market(row),
    );
  }

  /** From now on it counts: what is left of it may trade. */
  count(row: OrderRow): void {
    const { orders, ledger } = this.#venue;
    const exposure = orders.exposure(row);
    if ((orders.bits(row) & OrderBits.reduceOnly) !== 0) {
      ledger.exposures.i32[exposure * EXPOSURE_I32 + ExposureLink.reduceOnly]++;
    } else this.#addExposure(row, orders.left(row));
  }

  /** It counts no more, for as long as it is looked at anew. */
  uncount(row: OrderRow): void {
    const { orders, ledger } = this.#venue;
    const exposure = orders.exposure(row);
    if ((orders.bits(row) & OrderBits.reduceOnly) !== 0) {
      ledger.exposures.i32[exposure * EXPOSURE_I32 + ExposureLink.reduceOnly]--;
    } else this.#addExposure(row, -orders.left(row));
  }

  rest(row: OrderRow): void {
    const { orders, events, listings } = this.#venue;
    const market = orders.market(row);
    const side = (orders.bits(row) & OrderBits.side) as Side;
    const price = orders.f64[row * ORDER_F64 + OrderField.price];
    const left = orders.left(row);
    orders.i32[row * ORDER_I32 + OrderLink.bits] |= OrderBits.rests;
    listings[market]!.book.add(row, side, price as PriceTicks, left as SizeLots);
    events.emit(VenueEvent.rested, orders.id(row), market, side, price, left);
    this.#charge(row, left);
  }

  /** Out of the book, where it is in it; what it adds to the exposure stays. */
  unrest(row: OrderRow): void {
    const { orders, listings } = this.#venue;
    if ((orders.bits(row) & OrderBits.rests) === 0) return;
    orders.i32[row * ORDER_I32 + OrderLink.bits] &= ~OrderBits.rests;
    listings[orders.market(row)]!.book.remove(row);
    this.#charge(row, 0);
  }

  /** `lots` of it traded. The book is the caller's business. */
  take(row: OrderRow, lots: number): void {
    const { orders } = this.#venue;
    const isCounted = (orders.bits(row) & (OrderBits.reduceOnly | OrderBits.waits)) === 0;
    if (isCounted) this.#addExposure(row, -orders.left(row));
    orders.f64[row * ORDER_F64 + OrderField.filled] += lots;
    if (isCounted) this.#addExposure(row, orders.left(row));
    if ((orders.bits(row) & OrderBits.rests) !== 0) this.#charge(row, orders.left(row));
  }

  /** `lots` of it are given up without a trade, and it is smaller by them. The book is the caller's business. */
  giveUp(row: OrderRow, lots: number): void {
    const { orders } = this.#venue;
    const f = row * ORDER_F64;
    this.take(row, lots);
    orders.f64[f + OrderField.filled] -= lots;
    orders.f64[f + OrderField.size] -= lots;
    this.sayAmended(row, true);
  }

  /** The matcher took it out of the book because it was filled. */
  forgetRest(row: OrderRow): void {
    this.#venue.orders.i32[row * ORDER_I32 + OrderLink.bits] &= ~OrderBits.rests;
    this.#charge(row, 0);
  }

  finish(row: OrderRow, why: DoneReason): void {
    const { orders, events, members } = this.#venue;
    const bits = orders.bits(row);
    const account = orders.account(row);
    const left = orders.left(row);
    this.unrest(row);
    if ((bits & OrderBits.waits) !== 0) this.#waiting.remove(row);
    else this.uncount(row);
    const i = row * ORDER_I32;
    const next = orders.i32[i + OrderLink.next];
    const previous = orders.i32[i + OrderLink.previous];
    if (next !== NO_ORDER) orders.i32[next * ORDER_I32 + OrderLink.previous] = previous;
    if (previous === NO_ORDER) members.firstOrder[account] = next;
    else orders.i32[previous * ORDER_I32 + OrderLink.next] = next;
    members.orders[account]--;
    events.emit(VenueEvent.done, orders.id(row), account, orders.market(row), why, left);
    orders.remove(row);
  }

  /** The account's orders for which `wanted` holds, in the order of their ids. */
  ordersOf(account: number, wanted: (row: OrderRow) => boolean): OrderRow[] {
    const { orders, members } = this.#venue;
    const rows: OrderRow[] = [];
    let row = members.firstOrder[account];
    for (; row !== NO_ORDER; row = orders.i32[row * ORDER_I32 + OrderLink.next])
      if (wanted(row as OrderRow)) rows.push(row as OrderRow);
    return rows.sort((a, b) => orders.id(a) - orders.id(b));
  }

  finishAll(rows: readonly OrderRow[], why: DoneReason): void {
    for (const row of rows) this.finish(row, why);
  }

  /** Orders that only reduce reserve nothing, and what an isolated position may come to need is reserved by initial margin. */
  #charge(row: OrderRow, left: number): void {
    const { orders, ledger, listings } = this.#venue;
    if (!listings[orders.market(row)]!.charges) return;
    const bits = orders.bits(row);
    const exposure = orders.exposure(row);
    if ((bits & OrderBits.reduceOnly) !== 0 || ledger.exposures.isIsolated(exposure)) return;
    const lots = (bits & OrderBits.side) === Side.bid ? left : -left;
    ledger.charge(exposure, orders.id(row), lots + 0, orders.f64[row * ORDER_F64 + OrderField.price]);
  }

  #addExposure(row: OrderRow, lots: number): void {
    if (lots === 0) return;
    const { orders, ledger, listings } = this.#venue;
    const { exposures } = ledger;
    const exposure = orders.exposure(row);
    const price = orders.f64[row * ORDER_F64 + OrderField.price];
    const listing = listings[marketOfTag(exposures.tag(exposure))]!;
    // A market order that has just fired has no price before it is looked at.
    const worth = price === 0 ? 0 : Math.sign(lots) * listing.worth(Math.abs(lots), price)!;
    const isBid = (orders.bits(row) & OrderBits.side) === Side.bid;
    const f = exposure * EXPOSURE_F64;
    exposures.f64[f + (isBid ? ExposureField.bids : ExposureField.asks)] += lots;
    exposures.f64[f + (isBid ? ExposureField.bidsWorth : ExposureField.asksWorth)] += worth;
  }
}
