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

export class WorkingOrders {
  f64 = inLines(1024 * ORDER_F64);
  i32 = asIntegers(this.f64);
  count = 0;
  /** Rows in use or free. */
  used = 0;
  /** The id that was given last. */
  lastId = 0;
  #free = NO_ORDER;
  readonly #byId = new OrderIndex();
  readonly #byClient = new OrderIndex();
  readonly #pairs = new Pairs();

  /** A cleared row with a new id. */
  add(account: number, clientId: number): OrderRow {
    return this.restore(++this.lastId, account, clientId);
  }

  restore(id: number, account: number, clientId: number): OrderRow {
    let row = this.#free;
    if (row === NO_ORDER) {
      row = this.used++;
      if (this.used * ORDER_F64 > this.f64.length) this.#widen();
    } else this.#free = this.i32[row * ORDER_I32 + OrderLink.next];
    this.count++;
    const f = row * ORDER_F64;
    // By hand: for so few a call costs more than the work.
    for (let at = f; at < f + ORDER_F64; at++) this.f64[at] = 0;
    this.f64[f + OrderField.id] = id;
    this.f64[f + OrderField.clientId] = clientId;
    this.i32[row * ORDER_I32 + OrderLink.account] = account;
    this.#byId.add(hashOfOrder(0, id), row);
    if (clientId !== 0) this.#byClient.add(hashOfOrder(account, clientId), row);
    return row as OrderRow;
  }

  remove(row: OrderRow): void {
    const id = this.f64[row * ORDER_F64 + OrderField.id];
    const clientId = this.f64[row * ORDER_F64 + OrderField.clientId];
    const account = this.i32[row * ORDER_I32 + OrderLink.account];
    this.#byId.remove(hashOfOrder(0, id), row);
    if (clientId !== 0) this.#byClient.remove(hashOfOrder(account, clientId), row);
    const pair = this.f64[row * ORDER_F64 + OrderField.pair];
    if (pair !== 0) this.#pairs.leave(account, pair, row);
    this.f64[row * ORDER_F64 + OrderField.id] = 0;
    this.i32[row * ORDER_I32 + OrderLink.next] = this.#free;
    this.#free = row;
    this.count--;
  }

  /** By the venue's id, or NO_ORDER. */
  find(id: number): OrderRow {
    const hash = hashOfOrder(0, id);
    let row = this.#byId.first(hash);
    while (row !== NO_ORDER && this.f64[row * ORDER_F64 + OrderField.id] !== id) row = this.#byId.next(hash);
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
      row !== NO_ORDER &&
      (this.f64[row * ORDER_F64 + OrderField.clientId] !== clientId ||
        this.i32[row * ORDER_I32 + OrderLink.account] !== account)
    )
      row = this.#byClient.next(hash);
    return row as OrderRow;
  }

  /** Once, of an order that has none. */
  setPair(row: OrderRow, pair: number): void {
    this.f64[row * ORDER_F64 + OrderField.pair] = pair;
    if (pair !== 0) this.#pairs.join(this.account(row), pair, row);
  }

  /** The account's orders of this pair, in the order of their ids. */
  ofPair(account: number, pair: number): OrderRow[] {
    return [...this.#pairs.of(account, pair)].sort((a, b) => this.id(a) - this.id(b));
  }

  id(row: OrderRow): number {
    return this.f64[row * ORDER_F64 + OrderField.id];
  }

  account(row: OrderRow): number {
    return this.i32[row * ORDER_I32 + OrderLink.account];
  }

  market(row: OrderRow): number {
    return this.i32[row * ORDER_I32 + OrderLink.market];
  }

  exposure(row: OrderRow): number {
    return this.i32[row * ORDER_I32 + OrderLink.exposure];
  }

  bits(row: OrderRow): number {
    return this.i32[row * ORDER_I32 + OrderLink.bits];
  }

  left(row: OrderRow): number {
    const f = row * ORDER_F64;
    return this.f64[f + OrderField.size] - this.f64[f + OrderField.filled];
  }

  #widen(): void {
    this.f64 = widenedInLines(this.f64, this.f64.length * 2);
    this.i32 = asIntegers(this.f64);
  }
}
