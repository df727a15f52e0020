/**
 * What a gate keeps of an account beside its money, in records of 64 bytes:
 *
 *   byte  0  orders and executions of the day                    2 x f64
 *        16  value of working orders                             f64       money units
 *        24  what losses of the day are counted from             f64       equity at its beginning, and what came and went since
 *        32  best of the day beyond that                         f64       >= 0
 *        40  first exposure, orders that work                    2 x i32
 *        48  profile (PROFILE_STALE: to be looked up), cross bucket    2 x i32
 *        56  counts of orders: a row of `Windows` and `RecentOrders`   i32       NO_ACTIVITY before the first
 *        60  day that the first fields are of, times 2, and 1 where a halt of the account stands    i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { NO_EXPOSURE } from './exposures.ts';

export const ACCOUNT_F64 = 8;
export const ACCOUNT_I32 = 16;
export const AccountField = { orders: 0, executions: 1, working: 2, start: 3, best: 4 } as const;
export const AccountLink = {
  exposure: 10,
  count: 11,
  profile: 12,
  cross: 13,
  activity: 14,
  day: 15,
} as const;
export const PROFILE_STALE = -1;
export const NO_ACTIVITY = -1;
const HALTED = 1;

export class Accounts {
  f64 = inLines(1024 * ACCOUNT_F64);
  i32 = asIntegers(this.f64);
  count = 0;

  add(cross: number, day: number): number {
    const row = this.count++;
    if (this.count * ACCOUNT_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    const i = row * ACCOUNT_I32;
    this.i32[i + AccountLink.exposure] = NO_EXPOSURE;
    this.i32[i + AccountLink.profile] = PROFILE_STALE;
    this.i32[i + AccountLink.cross] = cross;
    this.i32[i + AccountLink.activity] = NO_ACTIVITY;
    this.i32[i + AccountLink.day] = day * 2;
    return row;
  }

  cross(row: number): number {
    return this.i32[row * ACCOUNT_I32 + AccountLink.cross];
  }

  firstExposure(row: number): number {
    return this.i32[row * ACCOUNT_I32 + AccountLink.exposure];
  }

  activity(row: number): number {
    return this.i32[row * ACCOUNT_I32 + AccountLink.activity];
  }

  /** The day that its fields of the day are of. */
  day(row: number): number {
    return this.i32[row * ACCOUNT_I32 + AccountLink.day] >> 1;
  }

  setDay(row: number, day: number): void {
    const at = row * ACCOUNT_I32 + AccountLink.day;
    this.i32[at] = day * 2 + (this.i32[at] & HALTED);
  }

  isHalted(row: number): boolean {
    return (this.i32[row * ACCOUNT_I32 + AccountLink.day] & HALTED) !== 0;
  }

  setHalted(row: number, isHalted: boolean): void {
    const at = row * ACCOUNT_I32 + AccountLink.day;
    this.i32[at] = (this.i32[at] & ~HALTED) | (isHalted ? HALTED : 0);
  }

  forgetProfile(row: number): void {
    this.i32[row * ACCOUNT_I32 + AccountLink.profile] = PROFILE_STALE;
  }
}
