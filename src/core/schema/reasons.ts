/**
 * Why a command was not applied. The order in which the checks are made is that of `commands.ts`; the first that fails is
 * the answer.
 * These numbers are on disk: never reuse one. `docs/reference/errors.md` says what to do about each.
 */
export const Reason = {
  accepted: 0,
  /** The first command of an engine must be its settings. */
  settings_missing: 1,
  settings_repeated: 2,
  settings_invalid: 3,
  source_unknown: 4,
  /** The source's position was seen before. Nothing changes. */
  duplicate: 5,
  /** Positions of the source are missing before this one: the source is gapped from here on. */
  source_gap: 6,
  /** The source has a gap and waits for `resync`. */
  source_gapped: 7,
  /** Not a whole number, not finite, beyond 2^53, or of a sign that makes no sense here. */
  number_invalid: 8,
  name_invalid: 9,
  name_taken: 10,
  market_unknown: 11,
  account_unknown: 12,
  market_invalid: 13,
  tiers_invalid: 14,
  /** A mark of zero, below zero, or above MARK_MAX. */
  mark_out_of_range: 15,
  /** The market has no mark yet, so the position could not be valued. */
  market_unpriced: 16,
  /** A long leg holds no short size and the other way round. */
  leg_sign: 17,
  /** The position exists in the other margin mode: close it first. */
  margin_mode_conflict: 18,
  position_unknown: 19,
  /** An amount, or a notional at the present mark, passes 2^53 money units. */
  amount_out_of_range: 20,
  /** A transaction within a transaction, or a definition inside one. */
  transaction_nested: 21,
  /** A mark that its own source calls implausible. The last one stands. */
  mark_implausible: 22,
  /** The quality of the market's price does not allow this. */
  market_held: 23,
  /** What kind of market it is was said already, or its price was. */
  contract_fixed: 24,
  /** An asset held as collateral has balances and a price, and nothing else. */
  collateral_market: 25,
  /** A balance of a collateral asset under zero. */
  balance_negative: 26,

  // 24 to 63 are the engine's, from 64 on what only an exchange says.

  /** A fact about an account, which an exchange decides itself. */
  not_by_command: 64,
  venue_missing: 65,
  venue_repeated: 66,
  listing_missing: 67,
  listing_invalid: 68,
  /** Not the settlement asset, nor a collateral market. */
  asset_invalid: 69,
  /** The insurance fund and the treasury do not trade. */
  account_reserved: 70,
  /** Being liquidated: it may cancel and, while it is not bankrupt, reduce, no more. */
  account_liquidating: 71,
  order_unknown: 72,
  /** A combination that makes no sense: post-only and immediate, a market order that rests, an expiry without gtd or in the past. */
  order_invalid: 73,
  /** Net in hedge mode, or long and short in one-way mode. */
  leg_mode: 74,
  client_id_taken: 75,
  orders_limit: 76,
  market_settling: 77,
  market_halted: 78,
  market_reduce_only: 79,
  size_out_of_range: 80,
  price_out_of_range: 81,
  price_outside_band: 82,
  nothing_to_reduce: 83,
  /** The mark may not be used to open. */
  price_not_valid: 84,
  position_limit: 85,
  open_interest_limit: 86,
  notional_limit: 87,
  depth_limit: 88,
  margin_insufficient: 89,
  post_only_would_trade: 90,
  fok_unfillable: 91,
  amend_filled: 92,
  balance_insufficient: 93,
  leverage_invalid: 94,
  mode_in_use: 95,
  exemption_unexplained: 96,

  // From 128 on what only a gate says. The first of these that an order meets is the reason, after price_not_valid; all are in its decision (`core/gate`).

  /** The gate itself failed while it decided: nothing is reserved. */
  gate_failed: 128,
  /** The firm, a group, the account or the market is halted, or takes only what reduces. */
  halted: 129,
  reduce_only: 130,
  /** Nothing is said of a limit that every account, or the firm, must have. */
  limit_missing: 131,
  market_restricted: 132,
  order_size: 133,
  order_value: 134,
  collar_mark: 135,
  collar_index: 136,
  collar_last: 137,
  duplicate_order: 138,
  order_rate: 139,
  value_rate: 140,
  cancel_rate: 141,
  order_trade_ratio: 142,
  working_limit: 143,
  position_max: 144,
  long_max: 145,
  short_max: 146,
  market_value: 147,
  gross_value: 148,
  net_value: 149,
  market_share: 150,
  sector_value: 151,
  issuer_value: 152,
  group_position: 153,
  group_gross: 154,
  group_net: 155,
  /** The same for groups of kind venue and counterparty. */
  venue_exposure: 156,
  counterparty_exposure: 157,
  group_rate: 158,
  open_interest: 159,
  short_banned: 160,
  locate_missing: 161,
  self_trade: 162,
  initial_margin: 163,
  leverage: 164,
  loss: 165,
  drawdown: 166,
  /** What a customer may trade in a day, and the firm. */
  credit: 167,
  capital: 168,
  parent_missing: 169,
  parent_unknown: 170,
  parent_exceeded: 171,

  // Of commands that are not orders.
  group_unknown: 192,
  group_invalid: 193,
  version_invalid: 194,
  unexplained: 195,
  limits_invalid: 196,
  halt_invalid: 197,
  halt_unknown: 198,
  halt_condition_holds: 199,
  grant_invalid: 200,
  parent_taken: 201,
  replace_waits: 202,
  nothing_to_confirm: 203,
  duplicate_execution: 204,
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

/** By number. */
export const REASON_NAMES: readonly (keyof typeof Reason)[] = byNumber(Reason);

function byNumber<Name extends string>(codes: Readonly<Record<Name, number>>): Name[] {
  const names: Name[] = [];
  for (const name of Object.keys(codes) as Name[]) names[codes[name]] = name;
  return names;
}
