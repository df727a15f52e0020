/**
 * Orders that work or wait, in records of two cache lines:
 *
 *   byte  0  id, total size, filled, price                      4 x f64   lots, ticks
 *        32  account, exposure row, market, bits                4 x i32   see `OrderBits`
 *        48  next and previous order of the account             2 x i32
 *        56  client id                                          f64
 *        64  expiry, pair, session, trigger price or distance   4 x f64
 *        96  take-profit, stop-loss (mark ticks), parent id     3 x f64   0: none
 *       120  slot of a waiting order (`Waiting`)              i32
 *
 * Rows are used again. Ids never are: they count from 1 over the life of the exchange.
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import type { OrderRow } from '../num/units.ts';
import type { SelfTrade, TimeInForce, TriggerKind } from '../schema/orders.ts';
import type { Side } from '../schema/side.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';
import { Pairs } from './pairs.ts';

export const ORDER_F64 = 16;
export const ORDER_I32 = 32;
export const OrderField = {
  id: 0,
  size: 1,
  filled: 2,
  price: 3,
  clientId: 7,
  expiresUs: 8,
  pair: 9,
  session: 10,
  trigger: 11,
  takeProfit: 12,
  stopLoss: 13,
  parent: 14,
} as const;
export const OrderLink = {
  account: 8,
  exposure: 9,
  market: 10,
  bits: 11,
  next: 12,
  previous: 13,
  slot: 30,
} as const;

/** side 0, type 1, timeInForce 2-3, reduceOnly 4, postOnly 5, selfTrade 6-7, trigger kind 8-9, by 10, waits 11, rests 12. */
export const OrderBits = {
  side: 1,
  market: 2,
  reduceOnly: 16,
  postOnly: 32,
  byLast: 1024,
  waits: 2048,
  rests: 4096,
} as const;
export const TIME_IN_FORCE_SHIFT = 2;
export const SELF_TRADE_SHIFT = 6;
export const TRIGGER_SHIFT = 8;

export const NO_ORDER = -1;

// Constants of its own are compiled in; what a module exports or imports is looked up at every turn.
const F64 = ORDER_F64;
const I32 = ORDER_I32;
const NONE = NO_ORDER;
const TIME_IN_FORCE = TIME_IN_FORCE_SHIFT;
const SELF_TRADE = SELF_TRADE_SHIFT;
const TRIGGER_KIND = TRIGGER_SHIFT;
const {
  id: ID,
  size: SIZE,
  filled: FILLED,
  price: PRICE,
  clientId: CLIENT_ID,
  expiresUs: EXPIRES_US,
  pair: PAIR,
  session: SESSION,
  trigger: TRIGGER,
  takeProfit: TAKE_PROFIT,
  stopLoss: STOP_LOSS,
  parent: PARENT,
} = OrderField;
const {
  account: ACCOUNT,
  exposure: EXPOSURE,
  market: MARKET,
  bits: BITS,
  next: NEXT,
  previous: PREVIOUS,
  slot: SLOT,
} = OrderLink;
const {
  side: SIDE_BIT,
  market: MARKET_BIT,
  reduceOnly: REDUCE_ONLY_BIT,
  postOnly: POST_ONLY_BIT,
  byLast: BY_LAST_BIT,
  waits: WAITS_BIT,
  rests: RESTS_BIT,
} = OrderBits;

export class WorkingOrders {
  f64 = inLines(1024 * F64);
  i32 = asIntegers(this.f64);
  count = 0;
  /** Rows in use or free. */
  used = 0;
  /** The id that was given last. */
  lastId = 0;
  #free = NONE;
  readonly #byId = new OrderIndex();
  readonly #byClient = new OrderIndex();
  readonly #pairs = new Pairs();

  /** A cleared row with a new id. */
  add(account: number, clientId: number): OrderRow {
    return this.restore(++this.lastId, account, clientId);
  }

  restore(id: number, account: number, clientId: number): OrderRow {
    let row = this.#free;
    if (row === NONE) {
      row = this.used++;
      if (this.used * F64 > this.f64.length) this.#widen();
    } else this.#free = this.i32[row * I32 + NEXT];
    this.count++;
    const f = row * F64;
    // By hand: for so few a call costs more than the work.
    for (let at = f; at < f + F64; at++) this.f64[at] = 0;
    this.f64[f + ID] = id;
    this.f64[f + CLIENT_ID] = clientId;
    this.i32[row * I32 + ACCOUNT] = account;
    this.#byId.add(hashOfOrder(0, id), row);
    if (clientId !== 0) this.#byClient.add(hashOfOrder(account, clientId), row);
    return row as OrderRow;
  }

  remove(row: OrderRow): void {
    const id = this.f64[row * F64 + ID];
    const clientId = this.f64[row * F64 + CLIENT_ID];
    const account = this.i32[row * I32 + ACCOUNT];
    this.#byId.remove(hashOfOrder(0, id), row);
    if (clientId !== 0) this.#byClient.remove(hashOfOrder(account, clientId), row);
    const pair = this.f64[row * F64 + PAIR];
    if (pair !== 0) this.#pairs.leave(account, pair, row);
    this.f64[row * F64 + ID] = 0;
    this.i32[row * I32 + NEXT] = this.#free;
    this.#free = row;
    this.count--;
  }

  /** Says of a new order where it belongs and what it is: the row of its exposure, its market, its `OrderBits`. */
  describe(row: OrderRow, exposure: number, market: number, bits: number): void {
    const i = row * I32;
    this.i32[i + EXPOSURE] = exposure;
    this.i32[i + MARKET] = market;
    this.i32[i + BITS] = bits;
  }

  /** Puts it before `first`, the first of its account's orders or NO_ORDER. */
  link(row: OrderRow, first: number): void {
    this.i32[row * I32 + NEXT] = first;
    this.i32[row * I32 + PREVIOUS] = NONE;
    if (first !== NONE) this.i32[first * I32 + PREVIOUS] = row;
  }

  /** Takes it out of its account's orders, of which `first` was the first; answers which one is now. */
  unlink(row: OrderRow, first: number): number {
    const next = this.i32[row * I32 + NEXT];
    const previous = this.i32[row * I32 + PREVIOUS];
    if (next !== NONE) this.i32[next * I32 + PREVIOUS] = previous;
    if (previous === NONE) return next;
    this.i32[previous * I32 + NEXT] = next;
    return first;
  }

  /** The next of its account's orders and the one before, or NO_ORDER. */
  next(row: OrderRow): OrderRow {
    return this.i32[row * I32 + NEXT] as OrderRow;
  }

  previous(row: OrderRow): OrderRow {
    return this.i32[row * I32 + PREVIOUS] as OrderRow;
  }

  /** By the venue's id, or NO_ORDER. */
  find(id: number): OrderRow {
    const hash = hashOfOrder(0, id);
    let row = this.#byId.first(hash);
    while (row !== NONE && this.f64[row * F64 + ID] !== id) row = this.#byId.next(hash);
    return row as OrderRow;
  }

  /** The row that `find` will look at first, or NO_ORDER: for reading ahead. */
  expect(id: number): number {
    return this.#byId.first(hashOfOrder(0, id));
  }

  /** By the account's own id, or NO_ORDER. */
  findClient(account: number, clientId: number): OrderRow {
    const hash = hashOfOrder(account, clientId);
    let row = this.#byClient.first(hash);
    while (
      row !== NONE &&
      (this.f64[row * F64 + CLIENT_ID] !== clientId || this.i32[row * I32 + ACCOUNT] !== account)
    )
      row = this.#byClient.next(hash);
    return row as OrderRow;
  }

  /** Once, of an order that has none. */
  setPair(row: OrderRow, pair: number): void {
    this.f64[row * F64 + PAIR] = pair;
    if (pair !== 0) this.#pairs.join(this.account(row), pair, row);
  }

  /** The account's orders of this pair, in the order of their ids. */
  ofPair(account: number, pair: number): OrderRow[] {
    return [...this.#pairs.of(account, pair)].sort((a, b) => this.id(a) - this.id(b));
  }

  id(row: OrderRow): number {
    return this.f64[row * F64 + ID];
  }

  /** Lots in all, those that are filled, and those that are left. */
  size(row: OrderRow): number {
    return this.f64[row * F64 + SIZE];
  }

  filled(row: OrderRow): number {
    return this.f64[row * F64 + FILLED];
  }

  left(row: OrderRow): number {
    const f = row * F64;
    return this.f64[f + SIZE] - this.f64[f + FILLED];
  }

  price(row: OrderRow): number {
    return this.f64[row * F64 + PRICE];
  }

  clientId(row: OrderRow): number {
    return this.f64[row * F64 + CLIENT_ID];
  }

  expiresUs(row: OrderRow): number {
    return this.f64[row * F64 + EXPIRES_US];
  }

  pair(row: OrderRow): number {
    return this.f64[row * F64 + PAIR];
  }

  session(row: OrderRow): number {
    return this.f64[row * F64 + SESSION];
  }

  /** Of a trailing stop its distance. */
  trigger(row: OrderRow): number {
    return this.f64[row * F64 + TRIGGER];
  }

  takeProfit(row: OrderRow): number {
    return this.f64[row * F64 + TAKE_PROFIT];
  }

  stopLoss(row: OrderRow): number {
    return this.f64[row * F64 + STOP_LOSS];
  }

  parent(row: OrderRow): number {
    return this.f64[row * F64 + PARENT];
  }

  setSize(row: OrderRow, lots: number): void {
    this.f64[row * F64 + SIZE] = lots;
  }

  setPrice(row: OrderRow, price: number): void {
    this.f64[row * F64 + PRICE] = price;
  }

  setExpiry(row: OrderRow, expiresUs: number): void {
    this.f64[row * F64 + EXPIRES_US] = expiresUs;
  }

  setSession(row: OrderRow, session: number): void {
    this.f64[row * F64 + SESSION] = session;
  }

  setTrigger(row: OrderRow, trigger: number): void {
    this.f64[row * F64 + TRIGGER] = trigger;
  }

  setProtection(row: OrderRow, takeProfit: number, stopLoss: number): void {
    this.f64[row * F64 + TAKE_PROFIT] = takeProfit;
    this.f64[row * F64 + STOP_LOSS] = stopLoss;
  }

  setParent(row: OrderRow, id: number): void {
    this.f64[row * F64 + PARENT] = id;
  }

  fill(row: OrderRow, lots: number): void {
    this.f64[row * F64 + FILLED] += lots;
  }

  account(row: OrderRow): number {
    return this.i32[row * I32 + ACCOUNT];
  }

  exposure(row: OrderRow): number {
    return this.i32[row * I32 + EXPOSURE];
  }

  market(row: OrderRow): number {
    return this.i32[row * I32 + MARKET];
  }

  /** Where a waiting order is in its list. */
  slot(row: OrderRow): number {
    return this.i32[row * I32 + SLOT];
  }

  setSlot(row: OrderRow, slot: number): void {
    this.i32[row * I32 + SLOT] = slot;
  }

  /** See `OrderBits`. */
  bits(row: OrderRow): number {
    return this.i32[row * I32 + BITS];
  }

  side(row: OrderRow): Side {
    return (this.bits(row) & SIDE_BIT) as Side;
  }

  isMarket(row: OrderRow): boolean {
    return (this.bits(row) & MARKET_BIT) !== 0;
  }

  timeInForce(row: OrderRow): TimeInForce {
    return ((this.bits(row) >> TIME_IN_FORCE) & 3) as TimeInForce;
  }

  isReduceOnly(row: OrderRow): boolean {
    return (this.bits(row) & REDUCE_ONLY_BIT) !== 0;
  }

  isPostOnly(row: OrderRow): boolean {
    return (this.bits(row) & POST_ONLY_BIT) !== 0;
  }

  selfTrade(row: OrderRow): SelfTrade {
    return ((this.bits(row) >> SELF_TRADE) & 3) as SelfTrade;
  }

  triggerKind(row: OrderRow): TriggerKind {
    return ((this.bits(row) >> TRIGGER_KIND) & 3) as TriggerKind;
  }

  /** Whether its trigger looks at the last price, and not at the mark. */
  isByLast(row: OrderRow): boolean {
    return (this.bits(row) & BY_LAST_BIT) !== 0;
  }

  /** Whether it waits for its trigger, and whether it is in the book. */
  waits(row: OrderRow): boolean {
    return (this.bits(row) & WAITS_BIT) !== 0;
  }

  setWaits(row: OrderRow, waits: boolean): void {
    this.#setBit(row, WAITS_BIT, waits);
  }

  rests(row: OrderRow): boolean {
    return (this.bits(row) & RESTS_BIT) !== 0;
  }

  setRests(row: OrderRow, rests: boolean): void {
    this.#setBit(row, RESTS_BIT, rests);
  }

  #setBit(row: OrderRow, bit: number, isSet: boolean): void {
    const bits = this.bits(row);
    this.i32[row * I32 + BITS] = isSet ? bits | bit : bits & ~bit;
  }

  #widen(): void {
    this.f64 = widenedInLines(this.f64, this.f64.length * 2);
    this.i32 = asIntegers(this.f64);
  }
}
