/**
 * Limits as they hold, looked up once: a profile is what accounts in the same groups have in common (or an account of which something is said by itself),
 * and a seat is a profile in a market: where its limits and those of its groups stand, and the sums of its groups there. Seats are made when they are first
 * asked for and forgotten when limits change; a decision then reads rows and looks nothing up.
 *
 *   seat   limits, profile, market, missing limit, its level, groups     6 x i32
 *          by group: its row, its limits, its lots in the market         3 x GROUPS_MAX x i32
 */
import { NONE_MISSING } from '../gate/candidate.ts';
import { EDGED_ROW, layEdges } from '../gate/clean.ts';
import { widened } from '../num/columns.ts';
import {
  GROUPS_MAX,
  Limit,
  LimitLevel,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../schema/gate-limits.ts';
import { hashOfOrder, OrderIndex } from '../state/order-index.ts';
import { ACCOUNT_I32, AccountLink, PROFILE_STALE, type Accounts } from './accounts.ts';
import type { GroupMarkets } from './group-markets.ts';
import type { Groups } from './groups.ts';
import type { LimitBook } from './limit-book.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const A_I32 = ACCOUNT_I32;
const STALE_PROFILE = PROFILE_STALE;
const { profile: A_PROFILE } = AccountLink;

export const SEAT_I32 = 32;
export const SeatLink = {
  limits: 0,
  profile: 1,
  market: 2,
  missing: 3,
  missingLevel: 4,
  groups: 5,
  group: 6,
  groupLimits: 6 + GROUPS_MAX,
  groupMarket: 6 + 2 * GROUPS_MAX,
} as const;
/** A row as the checks read it, then loss and drawdown as they hold without a market. */
const LIMITS_F64 = EDGED_ROW + 2;
export const LimitAt = { loss: EDGED_ROW, drawdown: EDGED_ROW + 1 } as const;
/** Beyond every market's row. */
const ANYWHERE = 65_535;
const NO_SEAT = -1;

interface Profile {
  readonly groups: readonly number[];
  /** Null: of all accounts in these groups. */
  readonly account: number | null;
}

const S_I32 = SEAT_I32;
const {
  limits: S_LIMITS,
  market: S_MARKET,
  profile: S_PROFILE,
  groups: S_GROUPS,
  group: S_GROUP,
  groupLimits: S_GROUP_LIMITS,
  groupMarket: S_GROUP_MARKET,
  missing: S_MISSING,
  missingLevel: S_MISSING_LEVEL,
} = SeatLink;

export class Seats {
  i32 = new Int32Array(64 * S_I32);
  used = 0;
  /** Rows of LIMITS_F64; what is the same is there once. */
  limits = new Float64Array(64 * LIMITS_F64);
  #limitRows = new Map<string, number>();
  /** Where the limits stand that were looked up, by all that they depend on. */
  #accountLimits = new Map<string, number>();
  #groupLimits = new Map<number, number>();
  #index = new OrderIndex();
  readonly #profiles: Profile[] = [];
  readonly #profileRows = new Map<string, number>();
  /** Where the limits of a group that has lots nowhere stand. */
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
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + LimitAt.loss];
  }

  drawdownMax(seat: number): number {
    return this.limits[this.i32[seat * S_I32 + S_LIMITS] + LimitAt.drawdown];
  }

  /** Groups of the account, the firm first. */
  groupsOf(account: number): readonly number[] {
    const profile = this.#accounts.i32[account * A_I32 + A_PROFILE];
    return this.#profiles[profile === STALE_PROFILE ? this.#profileOf(account) : profile].groups;
  }

  /** Limits, grants or groups changed: everything is looked up anew. Rows that are held of old ones are void. */
  forget(): void {
    this.used = 0;
    this.#index = new OrderIndex();
    this.#limitRows = new Map();
    this.#accountLimits = new Map();
    this.#groupLimits = new Map();
  }

  #seat(profile: number, market: number): number {
    const hash = hashOfOrder(profile, market);
    let seat = this.#index.first(hash);
    while (
      seat !== NO_SEAT &&
      (this.i32[seat * S_I32 + S_MARKET] !== market || this.i32[seat * S_I32 + S_PROFILE] !== profile)
    )
      seat = this.#index.next(hash);
    return seat === NO_SEAT ? this.#make(profile, market, hash) : seat;
  }

  #make(profile: number, market: number, hash: number): number {
    const seat = this.used++;
    if (this.used * S_I32 > this.i32.length) this.i32 = widened(this.i32, this.i32.length * 2);
    const { groups, account } = this.#profiles[profile];
    const place = market === ANYWHERE ? null : market;
    const limits = this.#limitsOfAccount(groups, account, place);
    const i = seat * S_I32;
    let missing: number =
      REQUIRED_LIMITS.find((limit) => Number.isNaN(this.limits[limits + limit])) ?? NONE_MISSING;
    let level: LimitLevel = LimitLevel.account;
    this.i32[i + S_LIMITS] = limits;
    this.i32[i + S_PROFILE] = profile;
    this.i32[i + S_MARKET] = market;
    this.i32[i + S_GROUPS] = groups.length;
    for (let at = 0; at < groups.length; at++) {
      const group = groups[at];
      const ofGroup = this.#limitsOfGroup(group, place);
      if (at === 0 && missing === NONE_MISSING) {
        missing =
          REQUIRED_FIRM_LIMITS.find((limit) => Number.isNaN(this.limits[ofGroup + limit])) ?? NONE_MISSING;
        if (missing !== NONE_MISSING) level = LimitLevel.group;
      }
      this.i32[i + S_GROUP + at] = group;
      this.i32[i + S_GROUP_LIMITS + at] = ofGroup;
      this.i32[i + S_GROUP_MARKET + at] = place === null ? -1 : this.#groupMarkets.ensure(group, place);
    }
    this.i32[i + S_MISSING] = missing;
    this.i32[i + S_MISSING_LEVEL] = level;
    this.#index.add(hash, seat);
    return seat;
  }

  /** Most accounts have the limits of others: only what is said of their groups, of themselves, and in the market makes a difference. */
  #limitsOfAccount(groups: readonly number[], account: number | null, place: number | null): number {
    const book = this.#book;
    let key = place !== null && book.differsIn(place) ? `${place}` : '';
    for (const group of groups) if (book.differsBy(group)) key += `/${group}`;
    if (account !== null) key += `:${account}`;
    const found = this.#accountLimits.get(key);
    if (found !== undefined) return found;
    const values = this.#values;
    book.ofAccount(groups, account, null, this.#anywhere);
    book.ofAccount(groups, account, place, values);
    values[LimitAt.loss] = this.#anywhere[Limit.loss_max];
    values[LimitAt.drawdown] = this.#anywhere[Limit.drawdown_max];
    const at = this.#intern(values);
    this.#accountLimits.set(key, at);
    return at;
  }

  #limitsOfGroup(group: number, place: number | null): number {
    const key = group * (ANYWHERE + 1) + (place !== null && this.#book.differsIn(place) ? place : ANYWHERE);
    const found = this.#groupLimits.get(key);
    if (found !== undefined) return found;
    const values = this.#values;
    this.#book.ofGroup(group, place, values);
    values[LimitAt.loss] = NaN;
    values[LimitAt.drawdown] = NaN;
    const at = this.#intern(values);
    this.#groupLimits.set(key, at);
    return at;
  }

  /** Where a row of these values stands. */
  #intern(values: Float64Array): number {
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
    const groups = this.#groups.withParents(this.#groups.directOf(account));
    const own = this.#book.own().has(account) ? account : null;
    const key = `${groups.join()}/${own ?? ''}`;
    let row = this.#profileRows.get(key);
    if (row === undefined) {
      row = this.#profiles.push({ groups, account: own }) - 1;
      this.#profileRows.set(key, row);
    }
    this.#accounts.i32[account * A_I32 + A_PROFILE] = row;
    return row;
  }
}
