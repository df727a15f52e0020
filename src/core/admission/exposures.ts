/**
 * What an account holds and could come to hold in one market and leg, in records of two cache lines; the first is what every decision goes over:
 *
 *   byte  0  signed lots held, as outside                        f64
 *         8  lots bid and asked, by orders that are not reduce-only     2 x f64
 *        24  what these are worth where they lose most           2 x f64   money units, rounded up, order by order
 *        40  margin that the leg needs with its orders           f64       as of the stamp
 *        48  stamp of that (`Instruments.stamps`), account       2 x i32   NO_STAMP: not since the leg changed
 *        56  market and leg (as in `Positions`), 1 << 24 where it is held isolated    i32
 *        64  time of the last execution in a row                 f64       of the market: kept with its leg net
 *        72  lots located, until when                            2 x f64   the same
 *        88  lots bid and asked by orders that are reduce-only   2 x f64
 *       104  first bid and ask                                   2 x i32   working orders, newest first
 *       112  best of either side                                 2 x i32   ticks; NO_PRICE: none, PRICE_STALE: to be looked for
 *       120  executions in a row, their side                     2 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';
import { legOfTag, marketOfTag, TAG_PLACE, tagOf } from '../state/positions.ts';
import { LIST_ENTRY, LIST_HEAD, RowLists } from './row-lists.ts';

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
  margin: 5,
  repeatUs: 8,
  located: 9,
  locatedUntil: 10,
  bidsReducing: 11,
  asksReducing: 12,
} as const;
export const ExposureLink = {
  stamp: 12,
  account: 13,
  tag: 14,
  firstBid: 26,
  firstAsk: 27,
  bestBid: 28,
  bestAsk: 29,
  repeats: 30,
  repeatSide: 31,
} as const;
export const NO_STAMP = 0;
export const NO_EXPOSURE = -1;
export const NO_PRICE = 0;
export const PRICE_STALE = -1;
export const EXPOSURE_ISOLATED = 1 << 24;
const NO_ORDER = -1;
/** Looked at one by one before the index is asked. */
const FEW = 16;

const HEAD = LIST_HEAD;
const ENTRY = LIST_ENTRY;
const NOTHING = NO_EXPOSURE;
const UNSTAMPED = NO_STAMP;
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const ISOLATED = EXPOSURE_ISOLATED;
const { held: E_HELD } = ExposureField;
const {
  tag: E_TAG,
  firstBid: E_FIRST_BID,
  firstAsk: E_FIRST_ASK,
  account: E_ACCOUNT,
  stamp: E_STAMP,
} = ExposureLink;

export class Exposures {
  f64 = inLines(256 * E_F64);
  i32 = asIntegers(this.f64);
  used = 0;
  /** Rows of each account, in the order in which it came to have them. */
  readonly lists = new RowLists();
  /** By account, market and leg. */
  readonly #index = new OrderIndex();

  /** Room for so many rows, so that coming to have them copies nothing. Memory is given when it is first touched. */
  reserve(rows: number): void {
    if (rows * E_F64 <= this.f64.length) return;
    this.f64 = widenedInLines(this.f64, rows * E_F64);
    this.i32 = asIntegers(this.f64);
  }

  add(account: number, market: number, leg: number): number {
    const row = this.used++;
    if (this.used * E_F64 > this.f64.length) this.reserve(2 * row);
    const i = row * E_I32;
    this.i32[i + E_TAG] = tagOf(market, leg);
    this.i32[i + E_FIRST_BID] = NO_ORDER;
    this.i32[i + E_FIRST_ASK] = NO_ORDER;
    this.i32[i + E_ACCOUNT] = account;
    this.#index.add(hashOfOrder(account, tagOf(market, leg)), row);
    return row;
  }

  /** The account's in this market and leg, or NO_EXPOSURE. `list` is its list: most have few, these are gone through, and then the index. */
  find(account: number, market: number, leg: number, list: number): number {
    const tag = tagOf(market, leg);
    const lists = this.lists.i32;
    const count = lists[list];
    const first = list + HEAD;
    const end = first + (count < FEW ? count : FEW) * ENTRY;
    for (let at = first; at < end; at += ENTRY) if (lists[at] === tag) return lists[at + 1];
    return count > FEW ? this.#search(account, tag) : NOTHING;
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

  held(row: number): number {
    return this.f64[row * E_F64 + E_HELD];
  }

  /** Reads both lines: for reading ahead. */
  peek(row: number): number {
    return this.f64[row * E_F64] + this.i32[row * E_I32 + E_FIRST_BID];
  }

  isIsolated(row: number): boolean {
    return (this.i32[row * E_I32 + E_TAG] & ISOLATED) !== 0;
  }

  setIsolated(row: number, isIsolated: boolean): void {
    const at = row * E_I32 + E_TAG;
    this.i32[at] = (this.i32[at] & PLACE) | (isIsolated ? ISOLATED : 0);
    this.i32[row * E_I32 + E_STAMP] = UNSTAMPED;
  }

  #search(account: number, tag: number): number {
    const hash = hashOfOrder(account, tag);
    let row = this.#index.first(hash);
    while (row !== NOTHING && !this.#isAt(row, account, tag)) row = this.#index.next(hash);
    return row;
  }

  #isAt(row: number, account: number, tag: number): boolean {
    const i = row * E_I32;
    return this.i32[i + E_ACCOUNT] === account && (this.i32[i + E_TAG] & PLACE) === tag;
  }
}
