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
import { tagOf } from '../state/positions.ts';

export const EXPOSURE_F64 = 8;
export const EXPOSURE_I32 = 16;
export const ExposureField = { bids: 0, asks: 1, bidsWorth: 2, asksWorth: 3 } as const;
export const ExposureLink = {
  account: 8,
  tag: 9,
  leverage: 10,
  isolated: 11,
  next: 12,
  reduceOnly: 13,
  nextHolder: 14,
  previousHolder: 15,
} as const;
export const NO_EXPOSURE = -1;
export const LEVERAGE_UNSET = 0;
const UNLISTED = -2;

export class Exposures {
  f64 = inLines(256 * EXPOSURE_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  /** First holder of each market. */
  #holders = new Int32Array(16).fill(NO_EXPOSURE);

  add(account: number, market: number, leg: number, leverage: number, next: number): number {
    const row = this.used++;
    if (this.used * EXPOSURE_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    if (market >= this.#holders.length) {
      const before = this.#holders.length;
      this.#holders = widened(this.#holders, Math.max(market + 1, before * 2));
      this.#holders.fill(NO_EXPOSURE, before);
    }
    const i = row * EXPOSURE_I32;
    this.i32[i + ExposureLink.account] = account;
    this.i32[i + ExposureLink.tag] = tagOf(market, leg);
    this.i32[i + ExposureLink.leverage] = leverage;
    this.i32[i + ExposureLink.next] = next;
    this.i32[i + ExposureLink.nextHolder] = NO_EXPOSURE;
    this.i32[i + ExposureLink.previousHolder] = UNLISTED;
    return row;
  }

  account(row: number): number {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.account];
  }

  tag(row: number): number {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.tag];
  }

  leverage(row: number): number {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.leverage];
  }

  isIsolated(row: number): boolean {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.isolated] === 1;
  }

  next(row: number): number {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.next];
  }

  /** First and next of those that hold a position in `market`: the latest that began to first. */
  firstHolder(market: number): number {
    return market < this.#holders.length ? this.#holders[market] : NO_EXPOSURE;
  }

  nextHolder(row: number): number {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.nextHolder];
  }

  isHolder(row: number): boolean {
    return this.i32[row * EXPOSURE_I32 + ExposureLink.previousHolder] !== UNLISTED;
  }

  list(row: number, market: number): void {
    if (this.isHolder(row)) return;
    const first = this.#holders[market];
    this.i32[row * EXPOSURE_I32 + ExposureLink.nextHolder] = first;
    this.i32[row * EXPOSURE_I32 + ExposureLink.previousHolder] = NO_EXPOSURE;
    if (first !== NO_EXPOSURE) this.i32[first * EXPOSURE_I32 + ExposureLink.previousHolder] = row;
    this.#holders[market] = row;
  }

  unlist(row: number, market: number): void {
    if (!this.isHolder(row)) return;
    const i = row * EXPOSURE_I32;
    const next = this.i32[i + ExposureLink.nextHolder];
    const previous = this.i32[i + ExposureLink.previousHolder];
    if (next !== NO_EXPOSURE) this.i32[next * EXPOSURE_I32 + ExposureLink.previousHolder] = previous;
    if (previous === NO_EXPOSURE) this.#holders[market] = next;
    else this.i32[previous * EXPOSURE_I32 + ExposureLink.nextHolder] = next;
    this.i32[i + ExposureLink.previousHolder] = UNLISTED;
    this.i32[i + ExposureLink.nextHolder] = NO_EXPOSURE;
  }
}
