/**
 * What an account holds and could come to hold in one market and leg, in records of two cache lines; the first is what every decision goes over:
 *
 *   byte  0  signed lots held, as outside                        f64
 *         8  lots bid and asked, by orders that are not reduce-only     2 x f64
 *        24  what these are worth where they lose most           2 x f64   money units, rounded up, order by order
 *        40  lots bid and asked by orders that are               2 x f64
 *        56  market and leg (as in `Positions`), 1 << 24 where it is held isolated    i32
 *        60  next exposure of the account                        i32
 *        64  time of the last execution in a row                 f64       of the market: kept with its leg net
 *        72  lots located, until when                            2 x f64   the same
 *        88  first bid and ask                                   2 x i32   working orders, newest first
 *        96  best of either side                                 2 x i32   ticks; NO_PRICE: none, PRICE_STALE: to be looked for
 *       104  executions in a row, their side                     2 x i32
 *       112  account                                             i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { legOfTag, marketOfTag, TAG_PLACE, tagOf } from '../state/positions.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const PLACE = TAG_PLACE;

export const EXPOSURE_F64 = 16;
export const EXPOSURE_I32 = 32;
export const ExposureField = {
  held: 0,
  bids: 1,
  asks: 2,
  bidsWorth: 3,
  asksWorth: 4,
  bidsReducing: 5,
  asksReducing: 6,
  repeatUs: 8,
  located: 9,
  locatedUntil: 10,
} as const;
export const ExposureLink = {
  tag: 14,
  next: 15,
  firstBid: 22,
  firstAsk: 23,
  bestBid: 24,
  bestAsk: 25,
  repeats: 26,
  repeatSide: 27,
  account: 28,
} as const;
export const NO_EXPOSURE = -1;
export const NO_PRICE = 0;
export const PRICE_STALE = -1;
export const EXPOSURE_ISOLATED = 1 << 24;
const NO_ORDER = -1;

const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const ISOLATED = EXPOSURE_ISOLATED;
const { held: E_HELD } = ExposureField;
const {
  tag: E_TAG,
  next: E_NEXT,
  firstBid: E_FIRST_BID,
  firstAsk: E_FIRST_ASK,
  account: E_ACCOUNT,
} = ExposureLink;

export class Exposures {
  f64 = inLines(256 * E_F64);
  i32 = asIntegers(this.f64);
  used = 0;

  add(account: number, market: number, leg: number, next: number): number {
    const row = this.used++;
    if (this.used * E_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    const i = row * E_I32;
    this.i32[i + E_TAG] = tagOf(market, leg);
    this.i32[i + E_NEXT] = next;
    this.i32[i + E_FIRST_BID] = NO_ORDER;
    this.i32[i + E_FIRST_ASK] = NO_ORDER;
    this.i32[i + E_ACCOUNT] = account;
    return row;
  }

  account(row: number): number {
    return this.i32[row * E_I32 + E_ACCOUNT];
  }

  market(row: number): number {
    return marketOfTag(this.i32[row * E_I32 + E_TAG]);
  }

  leg(row: number): number {
    return legOfTag(this.i32[row * E_I32 + E_TAG] & PLACE);
  }

  next(row: number): number {
    return this.i32[row * E_I32 + E_NEXT];
  }

  held(row: number): number {
    return this.f64[row * E_F64 + E_HELD];
  }

  isIsolated(row: number): boolean {
    return (this.i32[row * E_I32 + E_TAG] & ISOLATED) !== 0;
  }

  setIsolated(row: number, isIsolated: boolean): void {
    const at = row * E_I32 + E_TAG;
    this.i32[at] = (this.i32[at] & PLACE) | (isIsolated ? ISOLATED : 0);
  }
}
