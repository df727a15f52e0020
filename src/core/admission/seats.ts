/**
 * Limits as they hold, looked up for an account in a market. A profile is what accounts in the same groups have in common (or an account of which
 * something is said by itself). A seat is a profile in a market: where its limits and those of its groups stand, and the lots of its groups there. There are
 * SEATS of them; who falls on a seat that another has takes it. A seat is good until the next one is asked for.
 *
 *   profile  groups, class, epoch of that, by group its row          16 x i32
 *   seat     limits, profile, market, epoch, groups                  5 x i32
 *            by group: its row, its limits, its lots in the market   3 x GROUPS_MAX x i32
 *
 * A class is what profiles have in common of which the same is said. Epochs count how often limits changed: what was looked up before is void.
 */
import { NONE_MISSING } from '../gate/candidate.ts';
import { EDGED_ROW, layEdges } from '../gate/clean.ts';
import { widened } from '../num/columns.ts';
import { FIRM, GROUPS_MAX, Limit, REQUIRED_FIRM_LIMITS, REQUIRED_LIMITS } from '../schema/gate-limits.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';
import { ACCOUNT_I32, AccountLink, PROFILE_STALE, type Accounts } from './accounts.ts';
import { GROUP_MARKET_I32, GroupMarketLink, NO_GROUP_MARKET, type GroupMarkets } from './group-markets.ts';
import type { Groups } from './groups.ts';
import type { LimitBook } from './limit-book.ts';

export const SEAT_I32 = 32;
export const SeatLink = {
  limits: 0,
  profile: 1,
  market: 2,
  epoch: 3,
  groups: 4,
  group: 5,
  groupLimits: 5 + GROUPS_MAX,
  groupMarket: 5 + 2 * GROUPS_MAX,
} as const;
/** A row as the checks read it, then loss and drawdown as they hold without a market, and the limit that is missing for an account, and for the firm. */
const LIMITS_F64 = EDGED_ROW + 4;
const LimitAt = {
  loss: EDGED_ROW,
  drawdown: EDGED_ROW + 1,
  missing: EDGED_ROW + 2,
  missingOfFirm: EDGED_ROW + 3,
} as const;
/** A power of two. */
const SEATS = 4096;
const SEAT_MASK = SEATS - 1;
const PROFILE_I32 = 16;
const P_COUNT = 0;
const P_CLASS = 1;
const P_EPOCH = 2;
const P_GROUP = 3;
const CLASS_I32 = 4;
/** Beyond every market's row. */
const ANYWHERE = 65_535;
const NOT_THERE = -1;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const A_I32 = ACCOUNT_I32;
const M_I32 = GROUP_MARKET_I32;
const S_I32 = SEAT_I32;
const STALE_PROFILE = PROFILE_STALE;
const NO_LOTS = NO_GROUP_MARKET;
const { profile: A_PROFILE } = AccountLink;
const { limits: M_LIMITS, epoch: M_EPOCH } = GroupMarketLink;
const {
  limits: S_LIMITS,
  profile: S_PROFILE,
  market: S_MARKET,
  epoch: S_EPOCH,
  groups: S_GROUPS,
  group: S_GROUP,
  groupLimits: S_GROUP_LIMITS,
  groupMarket: S_GROUP_MARKET,
} = SeatLink;
const {
  loss: AT_LOSS,
  drawdown: AT_DRAWDOWN,
  missing: AT_MISSING,
  missingOfFirm: AT_MISSING_OF_FIRM,
} = LimitAt;

interface Profile {
  readonly groups: readonly number[];
  /** Null: of all accounts in these groups. */
  readonly account: number | null;
}

export class Seats {
  readonly i32 = new Int32Array(SEATS * S_I32);
  /** Rows of LIMITS_F64; what is the same is there once. */
  limits = new Float64Array(64 * LIMITS_F64);
  #epoch = 1;
  #limitRows = new Map<string, number>();
  #groupLimits = new Map<number, number>();
  /** By class and market, where its limits stand: class, market, limits. */
  #classes = new Map<string, number>();
  #classIndex = new OrderIndex();
  #classRows = new Int32Array(64 * CLASS_I32);
  #classRowsUsed = 0;
  readonly #profiles: Profile[] = [];
  #profileRows = new Int32Array(64 * PROFILE_I32);
  readonly #profileNames = new Map<string, number>();
  readonly #values = new Float64Array(LIMITS_F64);
  readonly #anywhere = new Float64Array(LIMITS_F64);
  readonly #accounts: Accounts;
  readonly #groups: Groups;
  readonly #groupMarkets: GroupMarkets;
  readonly #book: LimitBook;

  constructor(accounts: Accounts, groups: Groups, groupMarkets: GroupMarkets, book: LimitBook) {
    this.#accounts = accounts;
    this.#groups = groups;
    this.#groupMarkets = groupMarkets;
    this.#book = book;
  }

  /** The account's in this market. */
  of(account: number, market: number): number {
    const profile = this.#accounts.i32[account * A_I32 + A_PROFILE];
    return this.#seat(profile === STALE_PROFILE ? this.#profileOf(account) : profile, market);
  }

  /** The account's in no market: for what is said without one. */
  anywhere(account: number): number {
    return this.of(account, ANYWHERE);
  }

  hard(seat: number, limit: Limit): number {
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + limit];
  }

  lossMax(seat: number): number {
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + AT_LOSS];
  }

  drawdownMax(seat: number): number {
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + AT_DRAWDOWN];
  }

  /** A limit that its account must have and has not, or NONE_MISSING. */
  missing(seat: number): number {
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + AT_MISSING];
  }

  /** The same of the firm, which is first among its groups. */
  missingOfFirm(seat: number): number {
    return this.limits[this.i32[seat * S_I32 + S_GROUP_LIMITS] + AT_MISSING_OF_FIRM];
  }

  /** Groups of the account, the firm first. */
  groupsOf(account: number): readonly number[] {
    const profile = this.#accounts.i32[account * A_I32 + A_PROFILE];
    return this.#profiles[profile === STALE_PROFILE ? this.#profileOf(account) : profile].groups;
  }

  /** Limits or grants changed: everything is looked up anew. Rows that are held of old ones are void. */
  forget(): void {
    this.#epoch++;
    this.#limitRows = new Map();
    this.#groupLimits = new Map();
    this.#classes = new Map();
    this.#classIndex = new OrderIndex();
    this.#classRowsUsed = 0;
  }

  #seat(profile: number, market: number): number {
    const seat = hashOfOrder(profile, market) & SEAT_MASK;
    const i = seat * S_I32;
    const isIts =
      this.i32[i + S_PROFILE] === profile &&
      this.i32[i + S_MARKET] === market &&
      this.i32[i + S_EPOCH] === this.#epoch;
    if (!isIts) this.#take(seat, profile, market);
    return seat;
  }

  #take(seat: number, profile: number, market: number): void {
    const i = seat * S_I32;
    const { i32 } = this;
    const p = profile * PROFILE_I32;
    const groups = this.#profileRows;
    const count = market === ANYWHERE ? 0 : groups[p + P_COUNT];
    i32[i + S_LIMITS] = this.#limitsOfClass(this.#classOf(profile), market, profile);
    i32[i + S_PROFILE] = profile;
    i32[i + S_MARKET] = market;
    i32[i + S_EPOCH] = this.#epoch;
    i32[i + S_GROUPS] = count;
    const lots = this.#groupMarkets;
    for (let at = 0; at < count; at++) {
      const group = groups[p + P_GROUP + at];
      const row = lots.ensure(group, market);
      const m = row * M_I32;
      if (lots.i32[m + M_EPOCH] !== this.#epoch) {
        lots.i32[m + M_EPOCH] = this.#epoch;
        lots.i32[m + M_LIMITS] = this.#limitsOfGroup(group, market);
      }
      i32[i + S_GROUP + at] = group;
      i32[i + S_GROUP_LIMITS + at] = lots.i32[m + M_LIMITS];
      i32[i + S_GROUP_MARKET + at] = row;
    }
    if (count === 0) i32[i + S_GROUP_MARKET] = NO_LOTS;
  }

  #classOf(profile: number): number {
    const p = profile * PROFILE_I32;
    if (this.#profileRows[p + P_EPOCH] === this.#epoch) return this.#profileRows[p + P_CLASS];
    const { groups, account } = this.#profiles[profile];
    let key = account === null ? '' : `${account}:`;
    for (const group of groups) if (this.#book.differsBy(group)) key += `/${group}`;
    let found = this.#classes.get(key);
    if (found === undefined) {
      found = this.#classes.size;
      this.#classes.set(key, found);
    }
    this.#profileRows[p + P_EPOCH] = this.#epoch;
    this.#profileRows[p + P_CLASS] = found;
    return found;
  }

  /** `profile` is any of the class. */
  #limitsOfClass(found: number, market: number, profile: number): number {
    const hash = hashOfOrder(found, market);
    const rows = this.#classRows;
    let row = this.#classIndex.first(hash);
    while (row !== NOT_THERE && (rows[row * CLASS_I32] !== found || rows[row * CLASS_I32 + 1] !== market))
      row = this.#classIndex.next(hash);
    return row === NOT_THERE ? this.#lookUp(found, market, profile, hash) : rows[row * CLASS_I32 + 2];
  }

  #lookUp(found: number, market: number, profile: number, hash: number): number {
    const { groups, account } = this.#profiles[profile];
    const values = this.#values;
    this.#book.ofAccount(groups, account, null, this.#anywhere);
    this.#book.ofAccount(groups, account, market === ANYWHERE ? null : market, values);
    values[AT_LOSS] = this.#anywhere[Limit.loss_max];
    values[AT_DRAWDOWN] = this.#anywhere[Limit.drawdown_max];
    const at = this.#intern(values);
    const row = this.#classRowsUsed++;
    if (this.#classRowsUsed * CLASS_I32 > this.#classRows.length)
      this.#classRows = widened(this.#classRows, this.#classRows.length * 2);
    this.#classRows[row * CLASS_I32] = found;
    this.#classRows[row * CLASS_I32 + 1] = market;
    this.#classRows[row * CLASS_I32 + 2] = at;
    this.#classIndex.add(hash, row);
    return at;
  }

  #limitsOfGroup(group: number, market: number): number {
    const place = this.#book.differsIn(market) ? market : null;
    const key = group * (ANYWHERE + 1) + (place ?? ANYWHERE);
    const found = this.#groupLimits.get(key);
    if (found !== undefined) return found;
    const values = this.#values;
    this.#book.ofGroup(group, place, values);
    values[AT_LOSS] = NaN;
    values[AT_DRAWDOWN] = NaN;
    const at = this.#intern(values);
    this.#groupLimits.set(key, at);
    return at;
  }

  /** Where a row of these values stands. */
  #intern(values: Float64Array): number {
    values[AT_MISSING] = REQUIRED_LIMITS.find((limit) => Number.isNaN(values[limit])) ?? NONE_MISSING;
    values[AT_MISSING_OF_FIRM] =
      REQUIRED_FIRM_LIMITS.find((limit) => Number.isNaN(values[limit])) ?? NONE_MISSING;
    const key = values.join();
    const found = this.#limitRows.get(key);
    if (found !== undefined) return found;
    const at = this.#limitRows.size * LIMITS_F64;
    if (at + LIMITS_F64 > this.limits.length) this.limits = widened(this.limits, this.limits.length * 2);
    this.limits.set(values, at);
    layEdges(this.limits, at);
    this.#limitRows.set(key, at);
    return at;
  }

  #profileOf(account: number): number {
    const direct = this.#groups.directOf(account);
    const groups = direct.length === 0 ? [FIRM] : this.#groups.withParents(direct);
    const own = this.#book.own().has(account) ? account : null;
    const key = `${groups.join()}/${own ?? ''}`;
    let row = this.#profileNames.get(key);
    if (row === undefined) {
      row = this.#profiles.push({ groups, account: own }) - 1;
      this.#profileNames.set(key, row);
      if (this.#profiles.length * PROFILE_I32 > this.#profileRows.length)
        this.#profileRows = widened(this.#profileRows, this.#profileRows.length * 2);
      const p = row * PROFILE_I32;
      this.#profileRows[p + P_COUNT] = groups.length;
      for (const [at, group] of groups.entries()) this.#profileRows[p + P_GROUP + at] = group;
    }
    this.#accounts.i32[account * A_I32 + A_PROFILE] = row;
    return row;
  }
}
