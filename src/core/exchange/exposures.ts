/**
 * What an account is, or could come to be, exposed to in one market and leg: the sums over its working orders that may open, its
 * leverage and margin mode there. One record of 64 bytes:
 *
 *   byte  0  lots bid and asked, by orders that are not reduce-only      2 x f64
 *        16  what these are worth at their limits, money units           2 x f64   rounded up, order by order
 *        32  account, market and leg (as in `Positions`)                 2 x i32
 *        40  leverage (LEVERAGE_UNSET: the listing's), isolated          2 x i32
 *        48  next exposure of the account, reduce-only orders            2 x i32
 *        56  next and previous holder of the market                      2 x i32   UNLISTED where it holds nothing
 *
 * Holders are listed a market, so that who stands against a position is found without looking at all accounts.
 */
import { asIntegers, inLines, widened, widenedInLines } from '../num/columns.ts';
import type { Side } from '../schema/side.ts';
import { tagOf } from '../state/positions.ts';

export const NO_EXPOSURE = -1;
export const LEVERAGE_UNSET = 0;

// Constants of its own are compiled in; what a module exports or imports is looked up at every turn.
const F64 = 8;
const I32 = 16;
const BIDS = 0;
const BIDS_WORTH = 2;
const ACCOUNT = 8;
const TAG = 9;
const LEVERAGE = 10;
const ISOLATED = 11;
const NEXT = 12;
const REDUCE_ONLY = 13;
const NEXT_HOLDER = 14;
const PREVIOUS_HOLDER = 15;
const NONE = NO_EXPOSURE;
const UNLISTED = -2;

export class Exposures {
  f64 = inLines(256 * F64);
  i32 = asIntegers(this.f64);
  used = 0;
  /** First holder of each market. */
  #holders = new Int32Array(16).fill(NONE);

  add(account: number, market: number, leg: number, leverage: number, next: number): number {
    const row = this.used++;
    if (this.used * F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    if (market >= this.#holders.length) {
      const before = this.#holders.length;
      this.#holders = widened(this.#holders, Math.max(market + 1, before * 2));
      this.#holders.fill(NONE, before);
    }
    const i = row * I32;
    this.i32[i + ACCOUNT] = account;
    this.i32[i + TAG] = tagOf(market, leg);
    this.i32[i + LEVERAGE] = leverage;
    this.i32[i + NEXT] = next;
    this.i32[i + NEXT_HOLDER] = NONE;
    this.i32[i + PREVIOUS_HOLDER] = UNLISTED;
    return row;
  }

  account(row: number): number {
    return this.i32[row * I32 + ACCOUNT];
  }

  tag(row: number): number {
    return this.i32[row * I32 + TAG];
  }

  leverage(row: number): number {
    return this.i32[row * I32 + LEVERAGE];
  }

  setLeverage(row: number, leverage: number): void {
    this.i32[row * I32 + LEVERAGE] = leverage;
  }

  isIsolated(row: number): boolean {
    return this.i32[row * I32 + ISOLATED] === 1;
  }

  setIsolated(row: number, isolated: boolean): void {
    this.i32[row * I32 + ISOLATED] = isolated ? 1 : 0;
  }

  /** Lots that its orders of one side may open, and what they are worth at their limits. */
  ordered(row: number, side: Side): number {
    return this.f64[row * F64 + BIDS + side];
  }

  orderedWorth(row: number, side: Side): number {
    return this.f64[row * F64 + BIDS_WORTH + side];
  }

  addOrdered(row: number, side: Side, lots: number, worth: number): void {
    this.f64[row * F64 + BIDS + side] += lots;
    this.f64[row * F64 + BIDS_WORTH + side] += worth;
  }

  /** How many of its orders only reduce. */
  reduceOnly(row: number): number {
    return this.i32[row * I32 + REDUCE_ONLY];
  }

  addReduceOnly(row: number, by: 1 | -1): void {
    this.i32[row * I32 + REDUCE_ONLY] += by;
  }

  next(row: number): number {
    return this.i32[row * I32 + NEXT];
  }

  /** First and next of those that hold a position in `market`: the latest that began to first. */
  firstHolder(market: number): number {
    return market < this.#holders.length ? this.#holders[market] : NONE;
  }

  nextHolder(row: number): number {
    return this.i32[row * I32 + NEXT_HOLDER];
  }

  isHolder(row: number): boolean {
    return this.i32[row * I32 + PREVIOUS_HOLDER] !== UNLISTED;
  }

  list(row: number, market: number): void {
    if (this.isHolder(row)) return;
    const first = this.#holders[market];
    this.i32[row * I32 + NEXT_HOLDER] = first;
    this.i32[row * I32 + PREVIOUS_HOLDER] = NONE;
    if (first !== NONE) this.i32[first * I32 + PREVIOUS_HOLDER] = row;
    this.#holders[market] = row;
  }

  unlist(row: number, market: number): void {
    if (!this.isHolder(row)) return;
    const i = row * I32;
    const next = this.i32[i + NEXT_HOLDER];
    const previous = this.i32[i + PREVIOUS_HOLDER];
    if (next !== NONE) this.i32[next * I32 + PREVIOUS_HOLDER] = previous;
    if (previous === NONE) this.#holders[market] = next;
    else this.i32[previous * I32 + NEXT_HOLDER] = next;
    this.i32[i + PREVIOUS_HOLDER] = UNLISTED;
    this.i32[i + NEXT_HOLDER] = NONE;
  }
}
