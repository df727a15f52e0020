/**
 * What a gate keeps of an account beside its money, in records of 64 bytes:
 *
 *   byte  0  orders and executions of the day                    2 x f64
 *        16  value of working orders                             f64       money units
 *        24  what losses of the day are counted from             f64       equity at its beginning, and what came and went since
 *        32  best of the day beyond that                         f64       >= 0
 *        40  its exposures (`RowLists`), orders that work        2 x i32
 *        48  profile (PROFILE_STALE: to be looked up), cross bucket    2 x i32
 *        56  counts of orders: a row of `Windows` and `RecentOrders`   i32       NO_ACTIVITY before the first
 *        60  day that the first fields are of, times 2, and 1 where a halt of the account stands    i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { NO_LIST } from './row-lists.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const EMPTY = NO_LIST;

export const ACCOUNT_F64 = 8;
export const ACCOUNT_I32 = 16;
export const AccountField = { orders: 0, executions: 1, working: 2, start: 3, best: 4 } as const;
export const AccountLink = {
  exposures: 10,
  count: 11,
  profile: 12,
  cross: 13,
  activity: 14,
  day: 15,
} as const;
export const PROFILE_STALE = -1;
export const NO_ACTIVITY = -1;
const HALTED = 1;

const A_F64 = ACCOUNT_F64;
const A_I32 = ACCOUNT_I32;
const INACTIVE = NO_ACTIVITY;
const STALE_PROFILE = PROFILE_STALE;
const {
  exposures: A_EXPOSURES,
  profile: A_PROFILE,
  cross: A_CROSS,
  activity: A_ACTIVITY,
  day: A_DAY,
} = AccountLink;

export class Accounts {
  f64 = inLines(1024 * A_F64);
  i32 = asIntegers(this.f64);
  count = 0;

  add(cross: number, day: number): number {
    const row = this.count++;
    if (this.count * A_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    const i = row * A_I32;
    this.i32[i + A_EXPOSURES] = EMPTY;
    this.i32[i + A_PROFILE] = STALE_PROFILE;
    this.i32[i + A_CROSS] = cross;
    this.i32[i + A_ACTIVITY] = INACTIVE;
    this.i32[i + A_DAY] = day * 2;
    return row;
  }

  cross(row: number): number {
    return this.i32[row * A_I32 + A_CROSS];
  }

  /** Its list of exposures. */
  exposures(row: number): number {
    return this.i32[row * A_I32 + A_EXPOSURES];
  }

  activity(row: number): number {
    return this.i32[row * A_I32 + A_ACTIVITY];
  }

  /** The day that its fields of the day are of. */
  day(row: number): number {
    return this.i32[row * A_I32 + A_DAY] >> 1;
  }

  setDay(row: number, day: number): void {
    const at = row * A_I32 + A_DAY;
    this.i32[at] = day * 2 + (this.i32[at] & HALTED);
  }

  isHalted(row: number): boolean {
    return (this.i32[row * A_I32 + A_DAY] & HALTED) !== 0;
  }

  setHalted(row: number, isHalted: boolean): void {
    const at = row * A_I32 + A_DAY;
    this.i32[at] = (this.i32[at] & ~HALTED) | (isHalted ? HALTED : 0);
  }

  forgetProfile(row: number): void {
    this.i32[row * A_I32 + A_PROFILE] = STALE_PROFILE;
  }
}
