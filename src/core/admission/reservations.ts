/**
 * What accepted orders take up: lots and their worth in an exposure, value of the account and its groups, lots of a parent. An order counts with what
 * is left of it; while a replace waits for its confirm with the larger of both sizes, at the price that is dearer. Every change goes
 * through `#recount`, which takes out what the order counted for and puts in what it does now.
 */
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, type Accounts } from './accounts.ts';
import {
  EXPOSURE_F64,
  EXPOSURE_I32,
  ExposureField,
  ExposureLink,
  NO_PRICE,
  PRICE_STALE,
} from './exposures.ts';
import type { Holdings } from './holdings.ts';
import type { Instruments } from './instruments.ts';
import { NO_ORDER, ORDER_F64, ORDER_I32, OrderBits, OrderField, OrderLink, Orders } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, ParentField, type Parents } from './parents.ts';
import type { Seats } from './seats.ts';

export class Reservations {
  readonly orders = new Orders();
  readonly #accounts: Accounts;
  readonly #holdings: Holdings;
  readonly #instruments: Instruments;
  readonly #seats: Seats;
  readonly #parents: Parents;

  constructor(
    accounts: Accounts,
    holdings: Holdings,
    instruments: Instruments,
    seats: Seats,
    parents: Parents,
  ) {
    this.#accounts = accounts;
    this.#holdings = holdings;
    this.#instruments = instruments;
    this.#seats = seats;
    this.#parents = parents;
  }

  /** A new order, which counts from here on. */
  add(
    id: number,
    exposure: number,
    bits: number,
    size: number,
    filled: number,
    price: number,
    clientId: number,
    parent: number,
  ): number {
    const { exposures } = this.#holdings;
    const account = exposures.account(exposure);
    const row = this.orders.add(id, account, clientId);
    const { f64, i32 } = this.orders;
    const f = row * ORDER_F64;
    f64[f + OrderField.size] = size;
    f64[f + OrderField.filled] = filled;
    f64[f + OrderField.price] = price;
    const i = row * ORDER_I32;
    i32[i + OrderLink.exposure] = exposure;
    i32[i + OrderLink.bits] = bits;
    i32[i + OrderLink.parent] = parent;
    const head = exposure * EXPOSURE_I32 + firstOf(bits);
    const first = exposures.i32[head];
    i32[i + OrderLink.next] = first;
    if (first !== NO_ORDER) i32[first * ORDER_I32 + OrderLink.previous] = row;
    exposures.i32[head] = row;
    this.#accounts.i32[account * ACCOUNT_I32 + AccountLink.count]++;
    this.#better(exposure, bits, price);
    this.#recount(row);
    return row;
  }

  /** Another size and price, until the venue says whether it took them. */
  wait(row: number, size: number, price: number): void {
    const f = row * ORDER_F64;
    this.orders.f64[f + OrderField.nextSize] = size;
    this.orders.f64[f + OrderField.nextPrice] = price;
    this.#better(this.orders.exposure(row), this.orders.bits(row), price);
    this.#recount(row);
  }

  /** The end of that; the order goes where it was filled as far already. */
  confirm(row: number, isTaken: boolean): void {
    const { f64 } = this.orders;
    const f = row * ORDER_F64;
    const before = this.dearest(row);
    if (isTaken) {
      f64[f + OrderField.size] = f64[f + OrderField.nextSize];
      f64[f + OrderField.price] = f64[f + OrderField.nextPrice];
    }
    f64[f + OrderField.nextSize] = 0;
    f64[f + OrderField.nextPrice] = 0;
    this.#stale(this.orders.exposure(row), this.orders.bits(row), before);
    if (this.#recount(row) === 0) this.#drop(row);
  }

  /** `lots` of it traded; by how much the position changed was set (`Holdings.heldMore`). Answers how many were more than it had left. */
  fill(row: number, lots: number): number {
    const { f64 } = this.orders;
    const f = row * ORDER_F64;
    const beyond = Math.max(0, lots - f64[f + OrderField.counted]);
    f64[f + OrderField.filled] += lots;
    const parent = this.orders.parent(row);
    if (parent !== NO_PARENT_ROW) this.#parents.f64[parent * PARENT_F64 + ParentField.traded] += lots;
    if (this.#recount(row) === 0) this.#drop(row);
    return beyond;
  }

  done(row: number): void {
    const f = row * ORDER_F64;
    this.orders.f64[f + OrderField.filled] = Infinity;
    this.#recount(row);
    this.#drop(row);
  }

  /** Best price of an exposure's orders on one side, at which they could trade; NO_PRICE where there are none. */
  best(exposure: number, isBid: boolean): number {
    const { i32 } = this.#holdings.exposures;
    const at = exposure * EXPOSURE_I32 + (isBid ? ExposureLink.bestBid : ExposureLink.bestAsk);
    if (i32[at] === PRICE_STALE) i32[at] = this.#look(exposure, isBid);
    return i32[at];
  }

  /** The price of an order that is dearer to its account, of the two that it may have. */
  dearest(row: number): number {
    const f = row * ORDER_F64;
    const price = this.orders.f64[f + OrderField.price];
    const next = this.orders.f64[f + OrderField.nextPrice];
    if (next === 0) return price;
    return (this.orders.bits(row) & OrderBits.ask) === 0 ? Math.max(price, next) : Math.min(price, next);
  }

  /** Counts the order as it is. Answers the lots that it counts. */
  #recount(row: number): number {
    const { f64, i32 } = this.orders;
    const f = row * ORDER_F64;
    const i = row * ORDER_I32;
    const exposure = i32[i + OrderLink.exposure];
    const bits = i32[i + OrderLink.bits];
    const market = this.#holdings.exposures.market(exposure);
    const size = Math.max(f64[f + OrderField.size], f64[f + OrderField.nextSize]);
    const counted = Math.max(0, size - f64[f + OrderField.filled]);
    const price = f64[f + OrderField.price];
    const next = f64[f + OrderField.nextPrice];
    const isReduceOnly = (bits & OrderBits.reduceOnly) !== 0;
    let value = 0;
    let worth = 0;
    if (counted > 0) {
      value = this.#instruments.valueAt(market, counted, price);
      worth = value;
      if (next !== 0 && next !== price) {
        const other = this.#instruments.valueAt(market, counted, next);
        if (this.dearest(row) === next) worth = other;
        value = Math.max(value, other);
      }
    }
    if (isReduceOnly) worth = 0;
    const moreLots = counted - f64[f + OrderField.counted];
    const moreValue = value - f64[f + OrderField.value];
    const moreWorth = worth - f64[f + OrderField.worth];
    f64[f + OrderField.counted] = counted;
    f64[f + OrderField.value] = value;
    f64[f + OrderField.worth] = worth;

    const parent = i32[i + OrderLink.parent];
    if (parent !== NO_PARENT_ROW) this.#parents.f64[parent * PARENT_F64 + ParentField.working] += moreLots;
    const isBid = (bits & OrderBits.ask) === 0;
    const holdings = this.#holdings;
    const exposures = holdings.exposures.f64;
    const e = exposure * EXPOSURE_F64;
    if (isReduceOnly)
      exposures[e + (isBid ? ExposureField.bidsReducing : ExposureField.asksReducing)] += moreLots;
    else {
      exposures[e + (isBid ? ExposureField.bidsWorth : ExposureField.asksWorth)] += moreWorth;
      if (isBid) holdings.bidsMore = moreLots;
      else holdings.asksMore = moreLots;
    }
    const account = i32[i + OrderLink.account];
    this.#accounts.f64[account * ACCOUNT_F64 + AccountField.working] += moreValue;
    holdings.valueMore = moreValue;
    holdings.change(exposure, this.#seats.of(account, market));
    return counted;
  }

  #drop(row: number): void {
    const { i32 } = this.orders;
    const i = row * ORDER_I32;
    const exposure = i32[i + OrderLink.exposure];
    const bits = i32[i + OrderLink.bits];
    const next = i32[i + OrderLink.next];
    const previous = i32[i + OrderLink.previous];
    if (next !== NO_ORDER) i32[next * ORDER_I32 + OrderLink.previous] = previous;
    if (previous === NO_ORDER) this.#holdings.exposures.i32[exposure * EXPOSURE_I32 + firstOf(bits)] = next;
    else i32[previous * ORDER_I32 + OrderLink.next] = next;
    this.#accounts.i32[i32[i + OrderLink.account] * ACCOUNT_I32 + AccountLink.count]--;
    this.#stale(exposure, bits, this.dearest(row));
    this.orders.remove(row);
  }

  #better(exposure: number, bits: number, price: number): void {
    const { i32 } = this.#holdings.exposures;
    const at = exposure * EXPOSURE_I32 + bestOf(bits);
    const best = i32[at];
    if (best === PRICE_STALE) return;
    const isBid = (bits & OrderBits.ask) === 0;
    if (best === NO_PRICE || (isBid ? price > best : price < best)) i32[at] = price;
  }

  /** An order of that side went, or is no longer at this price. */
  #stale(exposure: number, bits: number, price: number): void {
    const { i32 } = this.#holdings.exposures;
    const i = exposure * EXPOSURE_I32;
    if (i32[i + firstOf(bits)] === NO_ORDER) i32[i + bestOf(bits)] = NO_PRICE;
    else if (i32[i + bestOf(bits)] === price) i32[i + bestOf(bits)] = PRICE_STALE;
  }

  #look(exposure: number, isBid: boolean): number {
    const { i32 } = this.#holdings.exposures;
    let best = NO_PRICE;
    let row = i32[exposure * EXPOSURE_I32 + (isBid ? ExposureLink.firstBid : ExposureLink.firstAsk)];
    for (; row !== NO_ORDER; row = this.orders.i32[row * ORDER_I32 + OrderLink.next]) {
      const price = this.dearest(row);
      if (best === NO_PRICE || (isBid ? price > best : price < best)) best = price;
    }
    return best;
  }
}

function firstOf(bits: number): number {
  return (bits & OrderBits.ask) === 0 ? ExposureLink.firstBid : ExposureLink.firstAsk;
}

function bestOf(bits: number): number {
  return (bits & OrderBits.ask) === 0 ? ExposureLink.bestBid : ExposureLink.bestAsk;
}
