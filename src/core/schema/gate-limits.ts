/**
 * What can be limited, and how a limit is found. Numbers are on disk: never reuse one.
 *
 * A limit has a hard value, which refuses, and may have a soft one, which warns. `null` as the hard value says that there is none on purpose; a
 * required limit of which nothing is said anywhere refuses every order that opens (`limit_missing`): it fails closed. Of a least value or a floor none is none as well:
 * nothing is too small, and the ratio is always looked at. Ratios are rounded up; orders a trade count a day without trades as one with one.
 *
 * Limits of an account (`LimitLevel.account`) hold for each account by itself. They are looked up from the general to the special, and
 * the last that says something counts: firm, firm in this market, then for each group of the account in the order of `GROUP_KIND_NAMES`
 * (sets: by row) the group and the group in this market, then the account, and the account in this market.
 * Limits of a group (`LimitLevel.group`) hold for the sum over its members. Each group that the account is in is looked at with its
 * own values, those of the market before those of none; nothing is inherited between groups. Said with a market or without, what is held against
 * it is the same: lots are those of the market of the order, values those of all markets. A value that says something says both, hard and soft.
 *
 * Limits up to `parent_required` are of accounts, those after it of groups.
 *
 * Units: lots; money units of the settlement asset; parts per million; microseconds; counts.
 */
export const Limit = {
  // One order.
  order_size_min: 0,
  order_size_max: 1,
  order_value_min: 2,
  order_value_max: 3,
  /** How far a limit price may lie beyond the mark, the index and the last price, ppm of it. A market order is priced at `collar_mark`. */
  collar_mark: 4,
  collar_index: 5,
  collar_last: 6,
  // What the account could come to hold in the market: with all its working orders.
  position_max: 7,
  long_max: 8,
  short_max: 9,
  market_value_max: 10,
  // What it could come to hold in all markets, at the marks.
  gross_max: 11,
  net_max: 12,
  /** The largest share of the order's market, ppm (up) of what is held at worst in all; looked at where that is above `share_floor`. */
  market_share_max: 13,
  share_floor: 14,
  sector_value_max: 15,
  issuer_value_max: 16,
  /** Gross value over the equity of the cross bucket, ppm (up); without end where that is not above 0. */
  leverage_max: 17,
  // How often. A window is kept in WINDOW_SLICES slices and covers no less than its length (`Window`).
  window_us: 18,
  orders_max: 19,
  order_rate_value_max: 20,
  cancels_max: 21,
  /** Orders a trade over the day, ppm (up), as if of one where there was none; looked at above `order_trade_floor` orders. */
  order_trade_max: 22,
  order_trade_floor: 23,
  /** An order equal to one of the last DUPLICATES_SEEN accepted ones of the account less than so many us before is refused. 0: never. */
  duplicate_us: 24,
  /** So many executions in a row on one side of a market, each less than `repeat_us` after the one before, halt the account there. */
  repeat_max: 25,
  repeat_us: 26,
  working_max: 27,
  // Money lost since the day began, and since the best moment of the day that was seen.
  loss_max: 28,
  drawdown_max: 29,
  /** 1: an order that could trade against one of the account's own is refused. 0: allowed. */
  self_trade: 30,
  /** 1: every order names a parent. */
  parent_required: 31,
  // Of groups: of a market (stated with a market), or of all.
  group_long_max: 32,
  group_short_max: 33,
  group_net_max: 34,
  open_interest_max: 35,
  group_gross_value_max: 36,
  group_net_value_max: 37,
  group_orders_max: 38,
  group_rate_value_max: 39,
  group_window_us: 40,
  /** Value of working orders, and of what was traded since the day began. */
  traded_value_max: 41,
} as const;
export type Limit = (typeof Limit)[keyof typeof Limit];
export const LIMIT_NAMES = Object.keys(Limit) as (keyof typeof Limit)[];
export const LIMIT_COUNT = LIMIT_NAMES.length;

export const LimitUnit = { lots: 0, money: 1, ppm: 2, us: 3, count: 4, flag: 5 } as const;
export type LimitUnit = (typeof LimitUnit)[keyof typeof LimitUnit];

/** By limit. */
export const LIMIT_UNITS: readonly LimitUnit[] = [
  0, 0, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2, 1, 1, 1, 2, 3, 4, 1, 4, 2, 4, 3, 4, 3, 4, 1, 1, 5, 5, 0, 0, 0, 0,
  1, 1, 4, 1, 3, 1,
];

/** What an account must have, each a number or expressly none. The firm must have `traded_value_max` and `group_gross_value_max`. */
export const REQUIRED_LIMITS: readonly Limit[] = [
  Limit.order_size_max,
  Limit.order_value_max,
  Limit.collar_mark,
  Limit.position_max,
  Limit.gross_max,
  Limit.window_us,
  Limit.orders_max,
  Limit.order_rate_value_max,
];
export const REQUIRED_FIRM_LIMITS: readonly Limit[] = [Limit.group_gross_value_max, Limit.traded_value_max];

export const LimitLevel = { account: 0, group: 1 } as const;
export type LimitLevel = (typeof LimitLevel)[keyof typeof LimitLevel];

/** At which level a limit may be stated. */
export function levelOfLimit(limit: Limit): LimitLevel {
  return limit < Limit.group_long_max ? LimitLevel.account : LimitLevel.group;
}

/** A window of W us is cut into slices of ceil(W / 16); what happened counts until 16 whole slices lie after its own. */
export const WINDOW_SLICES = 16;
export const DUPLICATES_SEEN = 16;
/** So many accounts are looked at for their losses at a tick. */
export const SEEN_A_TICK = 4096;

/**
 * Sets of accounts. An account is in at most one customer, desk, venue and counterparty, and in any number of sets, GROUPS_MAX in all, the firm
 * included; being in a group is being in those above it. A venue or a counterparty is limited as the group of the accounts that are held there.
 */
export const GroupKind = { firm: 0, customer: 1, desk: 2, venue: 3, counterparty: 4, set: 5 } as const;
export type GroupKind = (typeof GroupKind)[keyof typeof GroupKind];
export const GROUP_KIND_NAMES = Object.keys(GroupKind) as (keyof typeof GroupKind)[];
export const GROUPS_MAX = 8;
/** Of every account; it is called so, and no other group can be. */
export const FIRM = 0;
export const FIRM_NAME = 'firm';
