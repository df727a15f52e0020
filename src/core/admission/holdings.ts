/**
 * The exposures of accounts and the sums of the groups that they are in, which move together: of every change of a leg, and of every mark, the
 * groups have exactly what their members have (holdings.test.ts counts them anew).
 */
import { addWideProduct, addWide, addWideTimes } from '../num/wide-sum.ts';
import { tagOf } from '../state/positions.ts';
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, type Accounts } from './accounts.ts';
import {
  EXPOSURE_F64,
  EXPOSURE_I32,
  ExposureField,
  ExposureLink,
  Exposures,
  NO_EXPOSURE,
} from './exposures.ts';
import { GROUP_MARKET_F64, GroupMarketField, type GroupMarkets, NO_GROUP_MARKET } from './group-markets.ts';
import { GROUP_F64, GroupField, type Groups } from './groups.ts';
import type { Instruments } from './instruments.ts';
import { SEAT_I32, SeatLink, type Seats } from './seats.ts';
import { TAG_PLACE } from '../state/positions.ts';

const E_F64 = EXPOSURE_F64;
const { held: E_HELD, bids: E_BIDS, asks: E_ASKS } = ExposureField;

/** What a leg adds to the sums of a group; reused. */
class Share {
  upper = 0;
  lower = 0;
  long = 0;
  short = 0;
  worst = 0;
  /** The leg with these lots less what it was before; sign -1: the other way round. */
  set(held: number, bids: number, asks: number): this {
    this.upper = held + bids;
    this.lower = held - asks;
    this.long = Math.max(0, this.upper);
    this.short = Math.max(0, -this.lower);
    this.worst = Math.max(Math.abs(this.upper), Math.abs(this.lower));
    return this;
  }
}

export class Holdings {
  readonly exposures = new Exposures();
  readonly #accounts: Accounts;
  readonly #instruments: Instruments;
  readonly #groups: Groups;
  readonly #groupMarkets: GroupMarkets;
  readonly #seats: Seats;
  readonly #before = new Share();
  readonly #after = new Share();

  constructor(
    accounts: Accounts,
    instruments: Instruments,
    groups: Groups,
    groupMarkets: GroupMarkets,
    seats: Seats,
  ) {
    this.#accounts = accounts;
    this.#instruments = instruments;
    this.#groups = groups;
    this.#groupMarkets = groupMarkets;
    this.#seats = seats;
  }

  find(account: number, market: number, leg: number): number {
    const tag = tagOf(market, leg);
    const { i32 } = this.exposures;
    let row = this.#accounts.i32[account * ACCOUNT_I32 + AccountLink.exposure];
    while (row !== NO_EXPOSURE && (i32[row * EXPOSURE_I32 + ExposureLink.tag] & TAG_PLACE) !== tag)
      row = i32[row * EXPOSURE_I32 + ExposureLink.next];
    return row;
  }

  ensure(account: number, market: number, leg: number): number {
    const found = this.find(account, market, leg);
    if (found !== NO_EXPOSURE) return found;
    const at = account * ACCOUNT_I32 + AccountLink.exposure;
    const row = this.exposures.add(account, market, leg, this.#accounts.i32[at]);
    this.#accounts.i32[at] = row;
    return row;
  }

  /** Lots that a leg holds, has bid and has asked change by these. */
  change(exposure: number, held: number, bids: number, asks: number): void {
    if (held === 0 && bids === 0 && asks === 0) return;
    const { f64 } = this.exposures;
    const f = exposure * E_F64;
    const before = this.#before.set(f64[f + E_HELD], f64[f + E_BIDS], f64[f + E_ASKS]);
    f64[f + E_HELD] += held;
    f64[f + E_BIDS] += bids;
    f64[f + E_ASKS] += asks;
    const after = this.#after.set(f64[f + E_HELD], f64[f + E_BIDS], f64[f + E_ASKS]);
    after.upper -= before.upper;
    after.lower -= before.lower;
    after.long -= before.long;
    after.short -= before.short;
    after.worst -= before.worst;
    const market = this.exposures.market(exposure);
    const seat = this.#seats.of(this.exposures.account(exposure), market) * SEAT_I32;
    const { i32 } = this.#seats;
    const worth = this.#instruments.worth[market];
    for (let at = i32[seat + SeatLink.groups] - 1; at >= 0; at--)
      this.#add(i32[seat + SeatLink.group + at], i32[seat + SeatLink.groupMarket + at], after, worth);
  }

  /** Takes the market's mark into the sums of all groups that have lots there. */
  follow(market: number): void {
    const moved = this.#instruments.follow(market);
    if (moved === 0) return;
    const lots = this.#groupMarkets;
    const { f64 } = this.#groups;
    for (let row = lots.firstOf(market); row !== NO_GROUP_MARKET; row = lots.next(row)) {
      const f = row * GROUP_MARKET_F64;
      const g = lots.group(row) * GROUP_F64;
      addWideTimes(f64, g + GroupField.gross, lots.f64, f + GroupMarketField.worst, moved);
      addWideTimes(f64, g + GroupField.upper, lots.f64, f + GroupMarketField.upper, moved);
      addWideTimes(f64, g + GroupField.lower, lots.f64, f + GroupMarketField.lower, moved);
    }
  }

  /** Puts everything that an account has and has ordered into a group, or (sign -1) takes it out. */
  move(account: number, group: number, sign: 1 | -1): void {
    const { exposures } = this;
    const share = this.#after;
    for (let row = this.#accounts.firstExposure(account); row !== NO_EXPOSURE; row = exposures.next(row)) {
      const f = row * EXPOSURE_F64;
      const { f64 } = exposures;
      share.set(f64[f + ExposureField.held], f64[f + ExposureField.bids], f64[f + ExposureField.asks]);
      share.upper *= sign;
      share.lower *= sign;
      share.long *= sign;
      share.short *= sign;
      share.worst *= sign;
      const market = exposures.market(row);
      this.#add(group, this.#groupMarkets.ensure(group, market), share, this.#instruments.worth[market]);
    }
    const working = this.#accounts.f64[account * ACCOUNT_F64 + AccountField.working];
    this.#groups.addWorking(group, sign * working);
  }

  #add(group: number, lots: number, share: Share, worth: number): void {
    const { f64 } = this.#groupMarkets;
    const f = lots * GROUP_MARKET_F64;
    const g = group * GROUP_F64;
    if (share.upper !== 0) {
      addWide(f64, f + GroupMarketField.upper, share.upper);
      addWideProduct(this.#groups.f64, g + GroupField.upper, share.upper, worth);
    }
    if (share.lower !== 0) {
      addWide(f64, f + GroupMarketField.lower, share.lower);
      addWideProduct(this.#groups.f64, g + GroupField.lower, share.lower, worth);
    }
    if (share.worst !== 0) {
      addWide(f64, f + GroupMarketField.worst, share.worst);
      addWideProduct(this.#groups.f64, g + GroupField.gross, share.worst, worth);
    }
    if (share.long !== 0) addWide(f64, f + GroupMarketField.long, share.long);
    if (share.short !== 0) addWide(f64, f + GroupMarketField.short, share.short);
  }
}
