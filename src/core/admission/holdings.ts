/**
 * The exposures of accounts and the sums of the groups that they are in, which move together: of every change of a leg, and of every mark, the
 * groups have exactly what their members have (holdings.test.ts counts them anew).
 */
import { SAFE_MAX } from '../num/units.ts';
import { addBig, addTimes, addTo } from '../num/wide-sum.ts';
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, type Accounts } from './accounts.ts';
import {
  EXPOSURE_F64,
  EXPOSURE_I32,
  ExposureField,
  ExposureLink,
  NO_STAMP,
  Exposures,
  NO_EXPOSURE,
} from './exposures.ts';
import { GROUP_MARKET_F64, GroupMarketField, type GroupMarkets, NO_GROUP_MARKET } from './group-markets.ts';
import { GROUP_F64, GroupField, type Groups } from './groups.ts';
import type { Instruments } from './instruments.ts';
import { LIST_ENTRY, LIST_HEAD } from './row-lists.ts';
import { tagOf } from '../state/positions.ts';
import type { Seat } from './seat.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const A_F64 = ACCOUNT_F64;
const A_I32 = ACCOUNT_I32;
const G_F64 = GROUP_F64;
const M_F64 = GROUP_MARKET_F64;
const NOTHING = NO_EXPOSURE;
const MOST = SAFE_MAX;
const { stamp: E_STAMP } = ExposureLink;
const UNSTAMPED = NO_STAMP;
const { working: A_WORKING } = AccountField;
const { exposures: A_EXPOSURES } = AccountLink;
const { held: E_HELD, bids: E_BIDS, asks: E_ASKS } = ExposureField;
const { gross: G_GROSS, upper: G_UPPER, lower: G_LOWER, working: G_WORKING } = GroupField;
const { upper: M_UPPER, lower: M_LOWER, long: M_LONG, short: M_SHORT, worst: M_WORST } = GroupMarketField;

export class Holdings {
  readonly exposures = new Exposures();
  readonly #accounts: Accounts;
  readonly #instruments: Instruments;
  readonly #groups: Groups;
  readonly #groupMarkets: GroupMarkets;
  readonly #seat: Seat;
  /** By how much `change` changes a leg: lots held, bid and asked, and value of the orders of its account. */
  heldMore = 0;
  bidsMore = 0;
  asksMore = 0;
  valueMore = 0;
  /** What the leg at hand changes in the sums of its groups. */
  #upper = 0;
  #lower = 0;
  #long = 0;
  #short = 0;
  #worst = 0;

  constructor(
    accounts: Accounts,
    instruments: Instruments,
    groups: Groups,
    groupMarkets: GroupMarkets,
    seat: Seat,
  ) {
    this.#accounts = accounts;
    this.#instruments = instruments;
    this.#groups = groups;
    this.#groupMarkets = groupMarkets;
    this.#seat = seat;
  }

  find(account: number, market: number, leg: number): number {
    return this.exposures.find(account, market, leg, this.#accounts.i32[account * A_I32 + A_EXPOSURES]);
  }

  ensure(account: number, market: number, leg: number): number {
    const found = this.find(account, market, leg);
    if (found !== NOTHING) return found;
    const at = account * A_I32 + A_EXPOSURES;
    const row = this.exposures.add(account, market, leg);
    this.#accounts.i32[at] = this.exposures.lists.append(this.#accounts.i32[at], tagOf(market, leg), row);
    return row;
  }

  /** Exposures of the account. */
  *of(account: number): Generator<number> {
    const list = this.#accounts.exposures(account);
    const { lists } = this.exposures;
    for (let at = 0; at < lists.i32[list]; at++) yield lists.i32[list + LIST_HEAD + at * LIST_ENTRY + 1];
  }

  /** Changes a leg by what was set, also where that is nothing but what its orders are worth. The seat is its account's in its market. */
  change(exposure: number): void {
    const { f64 } = this.exposures;
    const f = exposure * E_F64;
    const upper = f64[f + E_HELD] + f64[f + E_BIDS];
    const lower = f64[f + E_HELD] - f64[f + E_ASKS];
    f64[f + E_HELD] += this.heldMore;
    f64[f + E_BIDS] += this.bidsMore;
    f64[f + E_ASKS] += this.asksMore;
    const upperNow = f64[f + E_HELD] + f64[f + E_BIDS];
    const lowerNow = f64[f + E_HELD] - f64[f + E_ASKS];
    this.exposures.i32[exposure * E_I32 + E_STAMP] = UNSTAMPED;
    this.#upper = upperNow - upper;
    this.#lower = lowerNow - lower;
    this.#long = Math.max(0, upperNow) - Math.max(0, upper);
    this.#short = Math.max(0, -lowerNow) - Math.max(0, -lower);
    this.#worst =
      Math.max(Math.abs(upperNow), Math.abs(lowerNow)) - Math.max(Math.abs(upper), Math.abs(lower));
    const seat = this.#seat;
    const count = seat.groups;
    const isMoved = this.#upper !== 0 || this.#lower !== 0;
    const value = this.valueMore;
    const groups = this.#groups;
    for (let at = 0; at < count; at++) {
      const group = seat.group[at];
      if (value !== 0) addTo(groups.f64, group * G_F64 + G_WORKING, value, groups.beyond);
      if (isMoved) this.#add(group, seat.groupMarket[at], seat.market);
    }
    this.heldMore = 0;
    this.bidsMore = 0;
    this.asksMore = 0;
    this.valueMore = 0;
  }

  /** Takes the market's mark into the sums of all groups that have lots there. */
  follow(market: number): void {
    const moved = this.#instruments.follow(market);
    if (moved === 0) return;
    const lots = this.#groupMarkets;
    const { f64, beyond } = this.#groups;
    for (let row = lots.firstOf(market); row !== NO_GROUP_MARKET; row = lots.next(row)) {
      const f = row * M_F64;
      const g = lots.group(row) * G_F64;
      addTimes(f64, g + G_GROSS, beyond, lots.f64, f + M_WORST, lots.beyond, moved);
      addTimes(f64, g + G_UPPER, beyond, lots.f64, f + M_UPPER, lots.beyond, moved);
      addTimes(f64, g + G_LOWER, beyond, lots.f64, f + M_LOWER, lots.beyond, moved);
    }
  }

  /** Puts everything that an account has and has ordered into a group, or (sign -1) takes it out. */
  move(account: number, group: number, sign: 1 | -1): void {
    const { exposures } = this;
    const { f64 } = exposures;
    for (const row of this.of(account)) {
      const f = row * E_F64;
      const upper = f64[f + E_HELD] + f64[f + E_BIDS];
      const lower = f64[f + E_HELD] - f64[f + E_ASKS];
      this.#upper = sign * upper;
      this.#lower = sign * lower;
      this.#long = sign * Math.max(0, upper);
      this.#short = sign * Math.max(0, -lower);
      this.#worst = sign * Math.max(Math.abs(upper), Math.abs(lower));
      const market = exposures.market(row);
      this.#add(group, this.#groupMarkets.ensure(group, market), market);
    }
    const working = this.#accounts.f64[account * A_F64 + A_WORKING];
    this.#groups.addWorking(group, sign * working);
  }

  /** Adds what a leg changed by to a group and its lots in the market. */
  #add(group: number, lots: number, market: number): void {
    const { f64, beyond } = this.#groupMarkets;
    const groups = this.#groups;
    const worth = this.#instruments.worth[market];
    const f = lots * M_F64;
    const g = group * G_F64;
    if (this.#upper !== 0) {
      addTo(f64, f + M_UPPER, this.#upper, beyond);
      const value = this.#upper * worth;
      if (value <= MOST && value >= -MOST) addTo(groups.f64, g + G_UPPER, value, groups.beyond);
      else addBig(groups.f64, g + G_UPPER, BigInt(this.#upper) * BigInt(worth), groups.beyond);
    }
    if (this.#lower !== 0) {
      addTo(f64, f + M_LOWER, this.#lower, beyond);
      const value = this.#lower * worth;
      if (value <= MOST && value >= -MOST) addTo(groups.f64, g + G_LOWER, value, groups.beyond);
      else addBig(groups.f64, g + G_LOWER, BigInt(this.#lower) * BigInt(worth), groups.beyond);
    }
    if (this.#worst !== 0) {
      addTo(f64, f + M_WORST, this.#worst, beyond);
      const value = this.#worst * worth;
      if (value <= MOST && value >= -MOST) addTo(groups.f64, g + G_GROSS, value, groups.beyond);
      else addBig(groups.f64, g + G_GROSS, BigInt(this.#worst) * BigInt(worth), groups.beyond);
    }
    if (this.#long !== 0) addTo(f64, f + M_LONG, this.#long, beyond);
    if (this.#short !== 0) addTo(f64, f + M_SHORT, this.#short, beyond);
  }
}
