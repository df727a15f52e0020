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
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

export const REASON_NAMES = Object.keys(Reason) as (keyof typeof Reason)[];
