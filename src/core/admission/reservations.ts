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
import type { Seat } from './seat.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const O_F64 = ORDER_F64;
const O_I32 = ORDER_I32;
const A_F64 = ACCOUNT_F64;
const A_I32 = ACCOUNT_I32;
const P_F64 = PARENT_F64;
const NO_ROW = NO_ORDER;
const NO_PARENT_HERE = NO_PARENT_ROW;
const UNPRICED = NO_PRICE;
const STALE = PRICE_STALE;
const {
  bidsReducing: E_BIDS_REDUCING,
  asksReducing: E_ASKS_REDUCING,
  bidsWorth: E_BIDS_WORTH,
  asksWorth: E_ASKS_WORTH,
} = ExposureField;
const {
  bestBid: E_BEST_BID,
  bestAsk: E_BEST_ASK,
  firstBid: E_FIRST_BID,
  firstAsk: E_FIRST_ASK,
} = ExposureLink;
const {
  size: O_SIZE,
  filled: O_FILLED,
  price: O_PRICE,
  nextSize: O_NEXT_SIZE,
  nextPrice: O_NEXT_PRICE,
  counted: O_COUNTED,
  value: O_VALUE,
  worth: O_WORTH,
} = OrderField;
const {
  exposure: O_EXPOSURE,
  bits: O_BITS,
  parent: O_PARENT,
  next: O_NEXT,
  previous: O_PREVIOUS,
  account: O_ACCOUNT,
} = OrderLink;
const { ask: BIT_ASK, reduceOnly: BIT_REDUCE_ONLY } = OrderBits;
const { working: A_WORKING } = AccountField;
const { count: A_COUNT } = AccountLink;
const { traded: P_TRADED, working: P_WORKING } = ParentField;

export class Reservations {
  readonly orders = new Orders();
  readonly #accounts: Accounts;
  readonly #holdings: Holdings;
  readonly #instruments: Instruments;
  readonly #seat: Seat;
  readonly #parents: Parents;

  constructor(
    accounts: Accounts,
    holdings: Holdings,
    instruments: Instruments,
    seat: Seat,
    parents: Parents,
  ) {
    this.#accounts = accounts;
    this.#holdings = holdings;
    this.#instruments = instruments;
    this.#seat = seat;
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
    const f = row * O_F64;
    f64[f + O_SIZE] = size;
    f64[f + O_FILLED] = filled;
    f64[f + O_PRICE] = price;
    const i = row * O_I32;
    i32[i + O_EXPOSURE] = exposure;
    i32[i + O_BITS] = bits;
    i32[i + O_PARENT] = parent;
    const head = exposure * E_I32 + firstOf(bits);
    const first = exposures.i32[head];
    i32[i + O_NEXT] = first;
    if (first !== NO_ROW) i32[first * O_I32 + O_PREVIOUS] = row;
    exposures.i32[head] = row;
    this.#accounts.i32[account * A_I32 + A_COUNT]++;
    this.#better(exposure, bits, price);
    this.#recount(row);
    return row;
  }

  /** Another size and price, until the venue says whether it took them. */
  wait(row: number, size: number, price: number): void {
    const f = row * O_F64;
    this.orders.f64[f + O_NEXT_SIZE] = size;
    this.orders.f64[f + O_NEXT_PRICE] = price;
    this.#better(this.orders.exposure(row), this.orders.bits(row), price);
    this.#recount(row);
  }

  /** The end of that; the order goes where it was filled as far already. */
  confirm(row: number, isTaken: boolean): void {
    const { f64 } = this.orders;
    const f = row * O_F64;
    const before = this.dearest(row);
    if (isTaken) {
      f64[f + O_SIZE] = f64[f + O_NEXT_SIZE];
      f64[f + O_PRICE] = f64[f + O_NEXT_PRICE];
    }
    f64[f + O_NEXT_SIZE] = 0;
    f64[f + O_NEXT_PRICE] = 0;
    this.#stale(this.orders.exposure(row), this.orders.bits(row), before);
    if (this.#recount(row) === 0) this.#drop(row);
  }

  /** `lots` of it traded; by how much the position changed was set (`Holdings.heldMore`). Answers how many were more than it had left. */
  fill(row: number, lots: number): number {
    const { f64 } = this.orders;
    const f = row * O_F64;
    const beyond = Math.max(0, lots - f64[f + O_COUNTED]);
    f64[f + O_FILLED] += lots;
    const parent = this.orders.parent(row);
    if (parent !== NO_PARENT_HERE) this.#parents.f64[parent * P_F64 + P_TRADED] += lots;
    if (this.#recount(row) === 0) this.#drop(row);
    return beyond;
  }

  done(row: number): void {
    const f = row * O_F64;
    this.orders.f64[f + O_FILLED] = Infinity;
    this.#recount(row);
    this.#drop(row);
  }

  /** Best price of an exposure's orders on one side, at which they could trade; NO_PRICE where there are none. */
  best(exposure: number, isBid: boolean): number {
    const { i32 } = this.#holdings.exposures;
    const at = exposure * E_I32 + (isBid ? E_BEST_BID : E_BEST_ASK);
    if (i32[at] === STALE) i32[at] = this.#look(exposure, isBid);
    return i32[at];
  }

  /** The price of an order that is dearer to its account, of the two that it may have. */
  dearest(row: number): number {
    const f = row * O_F64;
    const price = this.orders.f64[f + O_PRICE];
    const next = this.orders.f64[f + O_NEXT_PRICE];
    if (next === 0) return price;
    return (this.orders.bits(row) & BIT_ASK) === 0 ? Math.max(price, next) : Math.min(price, next);
  }

  /** Counts the order as it is. Answers the lots that it counts. */
  #recount(row: number): number {
    const { f64, i32 } = this.orders;
    const f = row * O_F64;
    const i = row * O_I32;
    const exposure = i32[i + O_EXPOSURE];
    const bits = i32[i + O_BITS];
    const market = this.#holdings.exposures.market(exposure);
    const size = Math.max(f64[f + O_SIZE], f64[f + O_NEXT_SIZE]);
    const counted = Math.max(0, size - f64[f + O_FILLED]);
    const price = f64[f + O_PRICE];
    const next = f64[f + O_NEXT_PRICE];
    const isReduceOnly = (bits & BIT_REDUCE_ONLY) !== 0;
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
    const moreLots = counted - f64[f + O_COUNTED];
    const moreValue = value - f64[f + O_VALUE];
    const moreWorth = worth - f64[f + O_WORTH];
    f64[f + O_COUNTED] = counted;
    f64[f + O_VALUE] = value;
    f64[f + O_WORTH] = worth;

    const parent = i32[i + O_PARENT];
    if (parent !== NO_PARENT_HERE) this.#parents.f64[parent * P_F64 + P_WORKING] += moreLots;
    const isBid = (bits & BIT_ASK) === 0;
    const holdings = this.#holdings;
    const exposures = holdings.exposures.f64;
    const e = exposure * E_F64;
    if (isReduceOnly) exposures[e + (isBid ? E_BIDS_REDUCING : E_ASKS_REDUCING)] += moreLots;
    else {
      exposures[e + (isBid ? E_BIDS_WORTH : E_ASKS_WORTH)] += moreWorth;
      if (isBid) holdings.bidsMore = moreLots;
      else holdings.asksMore = moreLots;
    }
    const account = i32[i + O_ACCOUNT];
    this.#accounts.f64[account * A_F64 + A_WORKING] += moreValue;
    holdings.valueMore = moreValue;
    this.#seat.take(account, market);
    holdings.change(exposure);
    return counted;
  }

  #drop(row: number): void {
    const { i32 } = this.orders;
    const i = row * O_I32;
    const exposure = i32[i + O_EXPOSURE];
    const bits = i32[i + O_BITS];
    const next = i32[i + O_NEXT];
    const previous = i32[i + O_PREVIOUS];
    if (next !== NO_ROW) i32[next * O_I32 + O_PREVIOUS] = previous;
    if (previous === NO_ROW) this.#holdings.exposures.i32[exposure * E_I32 + firstOf(bits)] = next;
    else i32[previous * O_I32 + O_NEXT] = next;
    this.#accounts.i32[i32[i + O_ACCOUNT] * A_I32 + A_COUNT]--;
    this.#stale(exposure, bits, this.dearest(row));
    this.orders.remove(row);
  }

  #better(exposure: number, bits: number, price: number): void {
    const { i32 } = this.#holdings.exposures;
    const at = exposure * E_I32 + bestOf(bits);
    const best = i32[at];
    if (best === STALE) return;
    const isBid = (bits & BIT_ASK) === 0;
    if (best === UNPRICED || (isBid ? price > best : price < best)) i32[at] = price;
  }

  /** An order of that side went, or is no longer at this price. */
  #stale(exposure: number, bits: number, price: number): void {
    const { i32 } = this.#holdings.exposures;
    const i = exposure * E_I32;
    if (i32[i + firstOf(bits)] === NO_ROW) i32[i + bestOf(bits)] = UNPRICED;
    else if (i32[i + bestOf(bits)] === price) i32[i + bestOf(bits)] = STALE;
  }

  #look(exposure: number, isBid: boolean): number {
    const { i32 } = this.#holdings.exposures;
    let best = UNPRICED;
    let row = i32[exposure * E_I32 + (isBid ? E_FIRST_BID : E_FIRST_ASK)];
    for (; row !== NO_ROW; row = this.orders.i32[row * O_I32 + O_NEXT]) {
      const price = this.dearest(row);
      if (best === UNPRICED || (isBid ? price > best : price < best)) best = price;
    }
    return best;
  }
}

function firstOf(bits: number): number {
  return (bits & BIT_ASK) === 0 ? E_FIRST_BID : E_FIRST_ASK;
}

function bestOf(bits: number): number {
  return (bits & BIT_ASK) === 0 ? E_BEST_BID : E_BEST_ASK;
}
