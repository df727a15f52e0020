/**
 * Limits as they hold, looked up for an account in a market. A profile is what accounts in the same groups have in common (or an account of which
 * something is said by itself). The seat is a profile in a market: where its limits and those of its groups stand, and the lots of its groups there. There is
 * one, which is moved from order to order.
 *
 *   profile  groups, class, epoch of that, by group its row          16 x i32
 *
 * A class is what profiles have in common of which the same is said. Epochs count how often limits changed: what was looked up before is void.
 */
import { NONE_MISSING } from '../gate/candidate.ts';
import { EDGED_ROW, layEdges } from '../gate/clean.ts';
import { widened } from '../num/columns.ts';
import { PairTable, PAIR_ABSENT } from '../num/pair-table.ts';
import { FIRM, GROUPS_MAX, Limit, REQUIRED_FIRM_LIMITS, REQUIRED_LIMITS } from '../schema/gate-limits.ts';
import { ACCOUNT_I32, AccountLink, PROFILE_STALE, type Accounts } from './accounts.ts';
import { GROUP_MARKET_I32, GroupMarketLink, type GroupMarkets } from './group-markets.ts';
import type { Groups } from './groups.ts';
import type { LimitBook } from './limit-book.ts';

/** A row as the checks read it, then loss and drawdown as they hold without a market, and the limit that is missing for an account, and for the firm. */
const LIMITS_F64 = EDGED_ROW + 4;
const LimitAt = {
  loss: EDGED_ROW,
  drawdown: EDGED_ROW + 1,
  missing: EDGED_ROW + 2,
  missingOfFirm: EDGED_ROW + 3,
} as const;
const PROFILE_I32 = 16;
const P_COUNT = 0;
const P_CLASS = 1;
const P_EPOCH = 2;
const P_GROUP = 3;
/** In no market: limits are found by the row after the market's. */
const ANYWHERE = -1;
const NOWHERE = -2;
const MARKETS = 65_536;
const NOT_THERE = PAIR_ABSENT;
const NO_PROFILE = -1;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const A_I32 = ACCOUNT_I32;
const M_I32 = GROUP_MARKET_I32;
const STALE_PROFILE = PROFILE_STALE;
const { profile: A_PROFILE } = AccountLink;
const { limits: M_LIMITS, epoch: M_EPOCH } = GroupMarketLink;
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

export class Seat {
  market = NOWHERE;
  /** Where the account's limits stand in `limits`. */
  limitsAt = 0;
  /** Groups of the account, the firm first; none where it is in no market. */
  groups = 0;
  readonly group = new Int32Array(GROUPS_MAX);
  readonly groupLimits = new Int32Array(GROUPS_MAX);
  /** Rows of `GroupMarkets`. */
  readonly groupMarket = new Int32Array(GROUPS_MAX);
  /** Rows of LIMITS_F64; what is the same is there once. */
  limits = new Float64Array(64 * LIMITS_F64);
  #epoch = 1;
  #limitRows = new Map<string, number>();
  #groupLimits = new Map<number, number>();
  readonly #classes = new Map<string, number>();
  /** By class and market, where its limits stand. */
  readonly #classLimits = new PairTable();
  #profile = NO_PROFILE;
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

  /** Moves to the account's in this market. */
  take(account: number, market: number): void {
    let profile = this.#accounts.i32[account * A_I32 + A_PROFILE];
    if (profile === STALE_PROFILE) profile = this.#profileOf(account);
    if (profile !== this.#profile || market !== this.market) this.#move(profile, market);
  }

  /** To the account's in no market: for what is said without one. */
  takeAnywhere(account: number): void {
    this.take(account, ANYWHERE);
  }

  hard(limit: Limit): number {
    return this.limits[this.limitsAt + limit];
  }

  get lossMax(): number {
    return this.limits[this.limitsAt + AT_LOSS];
  }

  get drawdownMax(): number {
    return this.limits[this.limitsAt + AT_DRAWDOWN];
  }

  /** A limit that its account must have and has not, or NONE_MISSING. */
  get missing(): number {
    return this.limits[this.limitsAt + AT_MISSING];
  }

  /** The same of the firm, which is first among its groups. */
  get missingOfFirm(): number {
    return this.limits[this.groupLimits[0] + AT_MISSING_OF_FIRM];
  }

  /** Groups of the account, the firm first. */
  groupsOf(account: number): readonly number[] {
    const profile = this.#accounts.i32[account * A_I32 + A_PROFILE];
    return this.#profiles[profile === STALE_PROFILE ? this.#profileOf(account) : profile].groups;
  }

  /** Limits or grants changed: everything is looked up anew. Rows that are held of old ones are void. */
  forget(): void {
    this.#epoch++;
    this.#profile = NO_PROFILE;
    this.#limitRows = new Map();
    this.#groupLimits = new Map();
    this.#classes.clear();
    this.#classLimits.clear();
  }

  #move(profile: number, market: number): void {
    const p = profile * PROFILE_I32;
    const profiles = this.#profileRows;
    const ofProfile = profiles[p + P_EPOCH] === this.#epoch ? profiles[p + P_CLASS] : this.#classOf(profile);
    const limits = this.#classLimits.get(ofProfile, market + 1);
    this.#profile = profile;
    this.market = market;
    this.limitsAt = limits === NOT_THERE ? this.#lookUp(ofProfile, market, profile) : limits;
    this.groups = market === ANYWHERE ? 0 : profiles[p + P_COUNT];
    const lots = this.#groupMarkets;
    for (let at = 0; at < this.groups; at++) {
      const group = profiles[p + P_GROUP + at];
      const row = lots.ensure(group, market);
      const m = row * M_I32;
      if (lots.i32[m + M_EPOCH] !== this.#epoch) {
        lots.i32[m + M_EPOCH] = this.#epoch;
        lots.i32[m + M_LIMITS] = this.#limitsOfGroup(group, market);
      }
      this.group[at] = group;
      this.groupLimits[at] = lots.i32[m + M_LIMITS];
      this.groupMarket[at] = row;
    }
  }

  #classOf(profile: number): number {
    const { groups, account } = this.#profiles[profile];
    let key = account === null ? '' : `${account}:`;
    for (const group of groups) if (this.#book.differsBy(group)) key += `/${group}`;
    let found = this.#classes.get(key);
    if (found === undefined) {
      found = this.#classes.size;
      this.#classes.set(key, found);
    }
    const p = profile * PROFILE_I32;
    this.#profileRows[p + P_EPOCH] = this.#epoch;
    this.#profileRows[p + P_CLASS] = found;
    return found;
  }

  /** `profile` is any of the class. */
  #lookUp(found: number, market: number, profile: number): number {
    const { groups, account } = this.#profiles[profile];
    const values = this.#values;
    this.#book.ofAccount(groups, account, null, this.#anywhere);
    this.#book.ofAccount(groups, account, market === ANYWHERE ? null : market, values);
    values[AT_LOSS] = this.#anywhere[Limit.loss_max];
    values[AT_DRAWDOWN] = this.#anywhere[Limit.drawdown_max];
    const at = this.#intern(values);
    this.#classLimits.set(found, market + 1, at);
    return at;
  }

  #limitsOfGroup(group: number, market: number): number {
    const place = this.#book.differsIn(market) ? market : null;
    const key = group * MARKETS + (place ?? MARKETS - 1);
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
