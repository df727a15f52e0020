/**
 * Orders that were accepted and still count, in records of two cache lines:
 *
 *   byte  0  id, total size, filled, price                       4 x f64   lots, ticks; of a market order the price that it is valued at
 *        32  size and price of a replace that waits              2 x f64   0: none does
 *        48  client id                                           f64       0: none
 *        56  lots that count, what they are worth, what they lose by     3 x f64   the last 0 where it is reduce-only
 *        80  account, exposure, bits (`OrderBits`), parent's row         4 x i32
 *        96  next and previous of its exposure and side          2 x i32
 *
 * Rows are used again. Ids never are: they count from 1 over the life of the gate.
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';
import { NO_PARENT_ROW } from './parents.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const NO_PARENT_HERE = NO_PARENT_ROW;

export const ORDER_F64 = 16;
export const ORDER_I32 = 32;
export const OrderField = {
  id: 0,
  size: 1,
  filled: 2,
  price: 3,
  nextSize: 4,
  nextPrice: 5,
  clientId: 6,
  counted: 7,
  value: 8,
  worth: 9,
} as const;
export const OrderLink = { account: 20, exposure: 21, bits: 22, parent: 23, next: 24, previous: 25 } as const;
export const OrderBits = { ask: 1, market: 2, reduceOnly: 4 } as const;
export const NO_ORDER = -1;

const O_F64 = ORDER_F64;
const O_I32 = ORDER_I32;
const NO_ROW = NO_ORDER;
const { worth: O_WORTH, id: O_ID, clientId: O_CLIENT_ID } = OrderField;
const {
  next: O_NEXT,
  account: O_ACCOUNT,
  parent: O_PARENT,
  previous: O_PREVIOUS,
  exposure: O_EXPOSURE,
  bits: O_BITS,
} = OrderLink;

export class Orders {
  f64 = inLines(1024 * O_F64);
  i32 = asIntegers(this.f64);
  count = 0;
  /** Rows in use or free. */
  used = 0;
  /** The id that was given last. */
  lastId = 0;
  #free = NO_ROW;
  readonly #byId = new OrderIndex();
  readonly #byClient = new OrderIndex();

  /** Room for so many rows, so that coming to have them copies nothing. Memory is given when it is first touched. */
  reserve(rows: number): void {
    if (rows * O_F64 <= this.f64.length) return;
    this.f64 = widenedInLines(this.f64, rows * O_F64);
    this.i32 = asIntegers(this.f64);
  }

  /** A row with nothing in it but its names. */
  add(id: number, account: number, clientId: number): number {
    let row = this.#free;
    if (row === NO_ROW) {
      row = this.used++;
      if (this.used * O_F64 > this.f64.length) this.reserve(2 * row);
    } else this.#free = this.i32[row * O_I32 + O_NEXT];
    this.count++;
    const f = row * O_F64;
    // By hand: for so few a call costs more than the work.
    for (let at = f; at < f + O_WORTH + 1; at++) this.f64[at] = 0;
    this.f64[f + O_ID] = id;
    this.f64[f + O_CLIENT_ID] = clientId;
    const i = row * O_I32;
    this.i32[i + O_ACCOUNT] = account;
    this.i32[i + O_PARENT] = NO_PARENT_HERE;
    this.i32[i + O_NEXT] = NO_ROW;
    this.i32[i + O_PREVIOUS] = NO_ROW;
    this.#byId.add(hashOfId(id), row);
    if (clientId !== 0) this.#byClient.add(hashOfOrder(account, clientId), row);
    return row;
  }

  remove(row: number): void {
    const f = row * O_F64;
    const clientId = this.f64[f + O_CLIENT_ID];
    this.#byId.remove(hashOfId(this.f64[f + O_ID]), row);
    if (clientId !== 0) this.#byClient.remove(hashOfOrder(this.account(row), clientId), row);
    this.f64[f + O_ID] = 0;
    this.i32[row * O_I32 + O_NEXT] = this.#free;
    this.#free = row;
    this.count--;
  }

  /** By the gate's id, or NO_ORDER. */
  find(id: number): number {
    const hash = hashOfId(id);
    let row = this.#byId.first(hash);
    while (row !== NO_ROW && this.f64[row * O_F64 + O_ID] !== id) row = this.#byId.next(hash);
    return row;
  }

  /** The row that `find` will look at first, or NO_ORDER: for reading ahead. */
  expect(id: number): number {
    return this.#byId.first(hashOfId(id));
  }

  /** By the account's own id, or NO_ORDER. */
  findClient(account: number, clientId: number): number {
    const hash = hashOfOrder(account, clientId);
    let row = this.#byClient.first(hash);
    while (
      row !== NO_ROW &&
      (this.f64[row * O_F64 + O_CLIENT_ID] !== clientId || this.account(row) !== account)
    )
      row = this.#byClient.next(hash);
    return row;
  }

  id(row: number): number {
    return this.f64[row * O_F64 + O_ID];
  }

  account(row: number): number {
    return this.i32[row * O_I32 + O_ACCOUNT];
  }

  exposure(row: number): number {
    return this.i32[row * O_I32 + O_EXPOSURE];
  }

  bits(row: number): number {
    return this.i32[row * O_I32 + O_BITS];
  }

  parent(row: number): number {
    return this.i32[row * O_I32 + O_PARENT];
  }
}

/** Ids that follow one another share a cache line of the index, eight by eight. */
function hashOfId(id: number): number {
  return (hashOfOrder(0, Math.floor(id / 8)) << 3) | (id & 7);
}
