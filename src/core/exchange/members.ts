/**
 * What an exchange knows of an account beside its money, by account row. One record of 32 bytes, two to a cache line:
 *
 *   byte  0  in hedge mode, exempt from liquidation: 1 or 0                2 x i32
 *         8  how many of its buckets are being liquidated                  i32
 *        12  how many orders it has, the first of them                     2 x i32
 *        20  its first exposure                                            i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { NO_ORDER } from './working-orders.ts';

const F64 = 4;
const I32 = 8;
const HEDGE = 0;
const EXEMPT = 1;
const LIQUIDATING = 2;
const ORDERS = 3;
const FIRST_ORDER = 4;
const FIRST_EXPOSURE = 5;

export class Members {
  count = 0;
  #f64 = inLines(256 * F64);
  #i32 = asIntegers(this.#f64);

  add(): void {
    const row = this.count++;
    if (this.count * F64 > this.#f64.length) {
      this.#f64 = widenedInLines(this.#f64, this.#f64.length * 2);
      this.#i32 = asIntegers(this.#f64);
    }
    this.#i32[row * I32 + FIRST_ORDER] = NO_ORDER;
    this.#i32[row * I32 + FIRST_EXPOSURE] = NO_EXPOSURE;
  }

  isHedged(row: number): boolean {
    return this.#i32[row * I32 + HEDGE] === 1;
  }

  setHedged(row: number, isHedged: boolean): void {
    this.#i32[row * I32 + HEDGE] = isHedged ? 1 : 0;
  }

  isExempt(row: number): boolean {
    return this.#i32[row * I32 + EXEMPT] === 1;
  }

  setExempt(row: number, isExempt: boolean): void {
    this.#i32[row * I32 + EXEMPT] = isExempt ? 1 : 0;
  }

  /** How many of its buckets are being liquidated. */
  liquidating(row: number): number {
    return this.#i32[row * I32 + LIQUIDATING];
  }

  addLiquidating(row: number, by: 1 | -1): void {
    this.#i32[row * I32 + LIQUIDATING] += by;
  }

  /** How many orders it has that work or wait. */
  orders(row: number): number {
    return this.#i32[row * I32 + ORDERS];
  }

  addOrders(row: number, by: 1 | -1): void {
    this.#i32[row * I32 + ORDERS] += by;
  }

  /** The order that came last of those that are there, or NO_ORDER. */
  firstOrder(row: number): number {
    return this.#i32[row * I32 + FIRST_ORDER];
  }

  setFirstOrder(row: number, order: number): void {
    this.#i32[row * I32 + FIRST_ORDER] = order;
  }

  /** Or NO_EXPOSURE. */
  firstExposure(row: number): number {
    return this.#i32[row * I32 + FIRST_EXPOSURE];
  }

  setFirstExposure(row: number, exposure: number): void {
    this.#i32[row * I32 + FIRST_EXPOSURE] = exposure;
  }
}
