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

export class Parents {
  f64 = inLines(64 * PARENT_F64);
  i32 = asIntegers(this.f64);
  /** Rows in use or free. */
  used = 0;
  count = 0;
  #free = NO_PARENT_ROW;
  readonly #byName = new OrderIndex();

  add(name: number, account: number, market: number, side: number, size: number, day: number): number {
    let row = this.#free;
    if (row === NO_PARENT_ROW) {
      row = this.used++;
      if (this.used * PARENT_F64 > this.f64.length) {
        this.f64 = widenedInLines(this.f64, this.f64.length * 2);
        this.i32 = asIntegers(this.f64);
      }
    } else this.#free = this.i32[row * PARENT_I32 + ParentLink.next];
    this.count++;
    const f = row * PARENT_F64;
    this.f64[f + ParentField.name] = name;
    this.f64[f + ParentField.size] = size;
    this.f64[f + ParentField.traded] = 0;
    this.f64[f + ParentField.working] = 0;
    const i = row * PARENT_I32;
    this.i32[i + ParentLink.account] = account;
    this.i32[i + ParentLink.market] = market;
    this.i32[i + ParentLink.side] = side;
    this.i32[i + ParentLink.day] = day;
    this.#byName.add(hashOfOrder(0, name), row);
    return row;
  }

  find(name: number): number {
    const hash = hashOfOrder(0, name);
    let row = this.#byName.first(hash);
    while (row !== NO_PARENT_ROW && this.f64[row * PARENT_F64 + ParentField.name] !== name)
      row = this.#byName.next(hash);
    return row;
  }

  /** Of those that were given before `day`, what has nothing working goes. */
  forget(day: number): void {
    for (let row = 0; row < this.used; row++) {
      const f = row * PARENT_F64;
      const name = this.f64[f + ParentField.name];
      if (name === 0 || this.i32[row * PARENT_I32 + ParentLink.day] >= day) continue;
      if (this.f64[f + ParentField.working] !== 0) continue;
      this.#byName.remove(hashOfOrder(0, name), row);
      this.f64[f + ParentField.name] = 0;
      this.i32[row * PARENT_I32 + ParentLink.next] = this.#free;
      this.#free = row;
      this.count--;
    }
  }
}
