/**
 * Orders that children are made of, in records of 64 bytes:
 *
 *   byte  0  name, size, lots that its children traded, lots of theirs that work     4 x f64
 *        32  account, market, side, day that it was given on                         4 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';

export const PARENT_F64 = 8;
export const PARENT_I32 = 16;
export const ParentField = { name: 0, size: 1, traded: 2, working: 3 } as const;
export const ParentLink = { account: 8, market: 9, side: 10, day: 11, next: 12 } as const;
export const NO_PARENT_ROW = -1;

// What it exports itself is looked up at every turn; constants of its own are compiled in.
const P_F64 = PARENT_F64;
const P_I32 = PARENT_I32;
const NO_PARENT_HERE = NO_PARENT_ROW;
const { name: P_NAME, size: P_SIZE, traded: P_TRADED, working: P_WORKING } = ParentField;
const { next: P_NEXT, account: P_ACCOUNT, market: P_MARKET, side: P_SIDE, day: P_DAY } = ParentLink;

export class Parents {
  f64 = inLines(64 * P_F64);
  i32 = asIntegers(this.f64);
  /** Rows in use or free. */
  used = 0;
  count = 0;
  #free = NO_PARENT_HERE;
  readonly #byName = new OrderIndex();

  add(name: number, account: number, market: number, side: number, size: number, day: number): number {
    let row = this.#free;
    if (row === NO_PARENT_HERE) {
      row = this.used++;
      if (this.used * P_F64 > this.f64.length) {
        this.f64 = widenedInLines(this.f64, this.f64.length * 2);
        this.i32 = asIntegers(this.f64);
      }
    } else this.#free = this.i32[row * P_I32 + P_NEXT];
    this.count++;
    const f = row * P_F64;
    this.f64[f + P_NAME] = name;
    this.f64[f + P_SIZE] = size;
    this.f64[f + P_TRADED] = 0;
    this.f64[f + P_WORKING] = 0;
    const i = row * P_I32;
    this.i32[i + P_ACCOUNT] = account;
    this.i32[i + P_MARKET] = market;
    this.i32[i + P_SIDE] = side;
    this.i32[i + P_DAY] = day;
    this.#byName.add(hashOfOrder(0, name), row);
    return row;
  }

  find(name: number): number {
    const hash = hashOfOrder(0, name);
    let row = this.#byName.first(hash);
    while (row !== NO_PARENT_HERE && this.f64[row * P_F64 + P_NAME] !== name) row = this.#byName.next(hash);
    return row;
  }

  /** Of those that were given before `day`, what has nothing working goes. */
  forget(day: number): void {
    for (let row = 0; row < this.used; row++) {
      const f = row * P_F64;
      const name = this.f64[f + P_NAME];
      if (name === 0 || this.i32[row * P_I32 + P_DAY] >= day) continue;
      if (this.f64[f + P_WORKING] !== 0) continue;
      this.#byName.remove(hashOfOrder(0, name), row);
      this.f64[f + P_NAME] = 0;
      this.i32[row * P_I32 + P_NEXT] = this.#free;
      this.#free = row;
      this.count--;
    }
  }
}
