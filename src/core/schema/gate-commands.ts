/**
 * What can be asked of a gate, beside the commands of the engine below it (`commands.ts`) that it takes as well: settings, source,
 * resync, market, contract, tiers, marks, funding, account, quality, breaker and lift, and the facts of accounts that come from outside: collateral,
 * transfer, position, settle, and transactions of these. Fills come as executions and working orders as `enter`, so that each is counted
 * once: `fill` and `order`, and transactions with such rows, are refused as not_by_command, after steps 1 to 5.
 *
 * Every command first passes steps 1 to 4 of `commands.ts`. Then:
 *  5. Limits that were to hold from a time that has come, hold; grants whose time is over are gone; the day rolls by `day` only.
 *  6. The command itself. A refusal of any command but `enter` and `replace` changes nothing but time and source; of those two it may count
 *     as a refused order.
 *  7. Halts that follow by themselves, in the order: loss, repeats, parent.
 *
 * **Decisions.** `enter` and `replace` are decided by every check, in the order of `GATE_CHECKS` (core/gate/checks.ts); a decision carries every
 * finding: check, limit, value and scope, hard or soft. One hard finding refuses; the first is the reason. What cannot be read at all (an unknown account or market,
 * numbers that are no numbers, combinations that make no sense) is refused alone. An assertion that fails within the checks refuses as
 * `gate_failed`, and nothing is reserved.
 *
 * Refused alone, in this order: account_unknown, market_unknown,
 * number_invalid (size under 1, a price that is not in [0, PRICE_MAX]), order_invalid (a market order with a price, a limit order without), collateral_market,
 * client_id_taken, nothing_to_reduce, amount_out_of_range (the value of all that works for the account, or what the leg could come to at the mark, passes 2^53 - 1).
 *
 * **What an order could come to.** With h lots held (signed), b lots working to buy and a to sell, the order at hand among them and reduce-only ones
 * left out: an account holds no more than h + b and no less than h - a, at worst max(|h + b|, |h - a|). Limits on what is held are
 * limits on that. Each leg of a market is a position of its own, cross or isolated alike. Lots of a market: long is the sum over its legs of max(0, h + b), short of
 * max(0, a - h), worst the larger of the two. Values at the marks: gross is the sum over legs of |worst| * W, net the larger of |sum of (h + b) * W| and |sum of (h - a) * W|;
 * W is what a lot is worth whatever the form (`ContractCommand`), nothing without a mark, and assets held as collateral are no exposure. Groups: the sums over their members of the same.
 * A market order is valued at the mark plus (buy) or less (sell) `collar_mark`, rounded away from the mark to a whole tick in [1, PRICE_MAX]; at the mark where that
 * collar is none or missing; at nothing without a mark. The mark in ticks is rounded half-even, once, before anything is held against it. Collars are for limit prices alone. Where there is no mark, or none that may be used to open, nothing opens: `price_not_valid`, before all others.
 *
 * **Orders that reduce.** An order against the position of its leg, of no more lots than are held beyond the other working orders of its side (reduce-only ones
 * counted), is reducing: it passes whatever is halted, missing or exceeded. It is refused only as unreadable, under a name that is taken, or
 * beyond a collar (a price that is a slip is one in both directions; without a mark there is no collar). Cancels always pass. What sells of a long leg or buys of a
 * short one is reduce-only, said or not; a reduce-only order that is not reducing is nothing_to_reduce.
 *
 * **Reservations.** An accepted order counts from then on until it is filled, `done`, or replaced; nothing is asked of anybody in between, so two orders of one
 * account never see the same room. Between an accepted `replace` and its `confirm` the order counts as the larger of both sizes, at the dearer price: for losses and
 * self-trades the higher of a buy, the lower of a sell, for its value the one at which it is worth more. It is decided as it will count; only `order_size`, `order_value`, the collars and
 * the rates look at what is left of the new order by itself, and so does whether it reduces.
 *
 * **Money.** Initial margin is asked as an exchange does (`core/exchange/margin-check.ts`): equity of the cross bucket less the initial margin of
 * what every leg could come to (of one held isolated: less that of what is held, not under 0), less what the other working orders of each leg and side together lose against the mark, less what the
 * order would lose against the mark at once, less `closeFee` on its value (up), must not be under 0. Initial margin is the notional times the `imr` of its tier, up.
 *
 * **Counting.** Accepted `enter` and `replace` are orders, with the value of what is left of them, and so are reducing ones; refused ones count nowhere. A window is counted for the account over all markets. What an
 * account did, and what it traded, stays counted in the groups that it was in then; positions and working orders move with it. Where the length of a window is none, 0 or missing nothing is kept;
 * where it is another than before, what still counts at the next order or cancel counts from then on as of that moment. The seen orders (DUPLICATES_SEEN) are `enter`s; equal are market, leg, side, type, price, size and reduce-only.
 *
 * **Days.** Equity here is that of all buckets. What a command with facts about an account's money (collateral, transfer, position, or a transaction with such rows) changes of its equity, as a whole,
 * is no gain and no loss. Until the first `day` it is counted from nothing. An account is seen after its execution and in its turn at `tick` (SEEN_A_TICK of them a tick, in the order of
 * their rows and then from the first again: all at once would keep a million accounts' orders waiting). The best moment of the day is the best of these and its beginning. Then, and at the end of every order that the checks decided, it is halted (HaltCause.loss) where it lost more than its `loss_max` or `drawdown_max`, looked up without a market.
 *
 * **Halts by themselves** are `halted`, by nobody. loss: for the account. repeats: after an execution that is the `repeat_max`th or a later one of a row, for the account in the market. parent: for the account, after
 * an order that was found to be parent_exceeded, or an execution by which the children of a parent traded more than it is; each is an alarm as well. None where one of that cause stands for that scope.
 * Such an order is no alarm then, either: a router that runs away sends thousands, and the first said it all. Such an execution always is one, as each is more than there should be.
 */
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../num/units.ts';
import type { Leg, Origin } from './commands.ts';
import type { GroupKind, Limit, LimitLevel } from './gate-limits.ts';
import type { OrderType } from './orders.ts';
import type { Side } from './side.ts';

/** Numbers shared with `Kind` and `VenueKind`: on disk, never reuse one. */
export const GateKind = {
  instrument: 128,
  reference: 129,
  group: 130,
  member: 131,
  limits: 132,
  halt: 133,
  release: 134,
  grant: 135,
  locate: 136,
  parent: 137,
  enter: 138,
  replace: 139,
  cancel: 140,
  confirm: 141,
  done: 142,
  execution: 143,
  day: 144,
  tick: 145,
} as const;
export type GateKind = (typeof GateKind)[keyof typeof GateKind];
/** From GATE_KIND_FIRST on. */
export const GATE_KIND_NAMES = Object.keys(GateKind) as (keyof typeof GateKind)[];
export const GATE_KIND_FIRST = GateKind.instrument;

interface Head {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}

/** Whether a position may be short: freely, as far as shares were located for it, or not. */
export const ShortRule = { free: 0, locate: 1, banned: 2 } as const;
export type ShortRule = (typeof ShortRule)[keyof typeof ShortRule];
export const SHORT_RULE_NAMES = Object.keys(ShortRule) as (keyof typeof ShortRule)[];

/** What a market is beside its margin. Empty names: none. Refused: market_unknown, name_invalid, collateral_market. */
export interface InstrumentCommand extends Head {
  readonly kind: typeof GateKind.instrument;
  readonly market: MarketRow;
  readonly sector: string;
  readonly issuer: string;
  readonly short: ShortRule;
  /** Only reducing orders. */
  readonly restricted: boolean;
}

/** Prices to hold orders against beside the mark; null: none, and its collar is not looked at. Executions move `last` as well. Refused: market_unknown, mark_out_of_range (index not in [1, MARK_MAX]), number_invalid (last not in [1, PRICE_MAX]), collateral_market. */
export interface ReferenceCommand extends Head {
  readonly kind: typeof GateKind.reference;
  readonly market: MarketRow;
  readonly index: MarkTicks | null;
  readonly last: PriceTicks | null;
}

/** The next group row. Row 0 is the firm, called `firm` (FIRM_NAME): it is there from the start and has every account. `parent` is a row of the same kind or the firm. Refused: name_invalid, name_taken, group_invalid. */
export interface GroupCommand extends Head {
  readonly kind: typeof GateKind.group;
  readonly name: string;
  readonly of: GroupKind;
  readonly parent: number;
}

/** Puts an account into a group, with all that it holds and has ordered, or takes it out. Refused: account_unknown, group_unknown, group_invalid (the firm; a second of its kind; in it already, or above a group that it is in; more than GROUPS_MAX; taken out where it was not put in). */
export interface MemberCommand extends Head {
  readonly kind: typeof GateKind.member;
  readonly account: AccountRow;
  readonly group: number;
  readonly isIn: boolean;
}

/** One value; `hard` null says none on purpose, `soft` null says no warning. */
export interface LimitValue {
  readonly limit: Limit;
  readonly hard: number | null;
  readonly soft: number | null;
}

/** Either a group (the firm among them) or an account, in one market or in all (null). Level `group` only with a group. */
export interface LimitSet {
  readonly level: LimitLevel;
  readonly group: number | null;
  readonly account: AccountRow | null;
  readonly market: MarketRow | null;
  readonly values: readonly LimitValue[];
}

/**
 * All limits anew, from `effectiveUs` on, or at once where that is not in the future. One version may wait; the next that is accepted takes its place, also at once. `version` is one more than the last that was
 * accepted. `author` and `why` are not blank. Refused: version_invalid, unexplained, limits_invalid (an unknown row, a limit twice in one scope, a negative or
 * unsafe number, a flag that is neither 0 nor 1, a level that the limit is not for, a window's length for one market; WHAT is in the refusal's text at the door).
 */
export interface LimitsCommand extends Head {
  readonly kind: typeof GateKind.limits;
  readonly version: number;
  readonly author: string;
  readonly why: string;
  readonly effectiveUs: TimeUs;
  readonly sets: readonly LimitSet[];
}

export const HaltState = { active: 0, reduce_only: 1, halted: 2 } as const;
export type HaltState = (typeof HaltState)[keyof typeof HaltState];
export const HALT_STATE_NAMES = Object.keys(HaltState) as (keyof typeof HaltState)[];

/** What a halt is for: a group (the firm: all), an account, a market, or an account in a market. The worst of all that apply counts, of equals the first that was set. Nulls: not that. */
export interface HaltScope {
  readonly group: number | null;
  readonly account: AccountRow | null;
  readonly market: MarketRow | null;
}

/** Who set a halt: a person, or a rule whose condition must be over before anybody can release it. */
export const HaltCause = { person: 0, loss: 1, repeats: 2, parent: 3, unknown_account: 4 } as const;
export type HaltCause = (typeof HaltCause)[keyof typeof HaltCause];
export const HALT_CAUSE_NAMES = Object.keys(HaltCause) as (keyof typeof HaltCause)[];

/** `reduce_only` or `halted`; each halt has the next epoch, from 1, beside those of its scope that stand. It stays until it is released: no time ends it. Refused: group_unknown, account_unknown, market_unknown, halt_invalid, unexplained. */
export interface HaltCommand extends Head, HaltScope {
  readonly kind: typeof GateKind.halt;
  readonly state: HaltState;
  readonly by: string;
  readonly why: string;
}

/** Ends all halts of exactly this scope. Refused as `halt` (halt_invalid: not one scope); halt_unknown; halt_condition_holds (loss: the account still loses more than its limits). Releasing repeats begins their count anew. */
export interface ReleaseCommand extends Head, HaltScope {
  readonly kind: typeof GateKind.release;
  readonly by: string;
  readonly why: string;
}

/**
 * Another hard value of one limit of an account or a group for a while, which the soft one no longer warns of. Two people: `by` and `approvedBy` differ. A later grant of the same
 * limit and scope takes the place of the earlier. It stands where a limit of that scope would, before it. Refused: unexplained, grant_invalid (same person, expired, not one scope), limits_invalid, group_unknown, account_unknown, market_unknown.
 */
export interface GrantCommand extends Head {
  readonly kind: typeof GateKind.grant;
  readonly level: LimitLevel;
  readonly group: number | null;
  readonly account: AccountRow | null;
  readonly market: MarketRow | null;
  readonly limit: Limit;
  /** null: none. */
  readonly hard: number | null;
  readonly expiresUs: TimeUs;
  readonly by: string;
  readonly approvedBy: string;
  readonly why: string;
}

/** The account may be short this many lots in the market until then; a later one takes the place of the earlier; 0 lots takes it back. Refused: account_unknown, market_unknown, number_invalid. */
export interface LocateCommand extends Head {
  readonly kind: typeof GateKind.locate;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly lots: SizeLots;
  readonly expiresUs: TimeUs;
}

/** An order that a person or a client gave, which children are made of: together they never are more than it. `parent` > 0, new. What of it is filled and what works is what its children came to. Refused: account_unknown, market_unknown, number_invalid, collateral_market, parent_taken. */
export interface ParentCommand extends Head {
  readonly kind: typeof GateKind.parent;
  readonly parent: number;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly side: Side;
  readonly size: SizeLots;
}

/** May this be sent? Accepted, it is given the next order id, from 1, and counts until it is filled or done. Sizes are positive lots. */
export interface EnterCommand extends Head {
  readonly kind: typeof GateKind.enter;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly side: Side;
  readonly type: OrderType;
  /** Limit; 0 for a market order. */
  readonly price: PriceTicks;
  readonly size: SizeLots;
  readonly reduceOnly: boolean;
  /** The account's own name for it, unique among its working orders; 0: none. */
  readonly clientId: number;
  /** 0: none. */
  readonly parent: number;
}

/** By `order`, or where that is 0 by the account's client id. An order of another account is unknown. */
interface OrderName {
  readonly account: AccountRow;
  readonly order: number;
  readonly clientId: number;
}

/** Another price, another total size (what was filled is part of it), or both; decided like a new order of what is left, in the place of the old. Of a market order only the size (price 0). Alone: account_unknown, order_unknown, number_invalid, order_invalid, replace_waits (another is not confirmed), amend_filled, nothing_to_reduce, amount_out_of_range. */
export interface ReplaceCommand extends Head, OrderName {
  readonly kind: typeof GateKind.replace;
  readonly price: PriceTicks;
  readonly size: SizeLots;
}

/** May always be sent: it counts as a cancel, and the order stays reserved until it is `done`. Refused: account_unknown, order_unknown. */
export interface CancelCommand extends Head, OrderName {
  readonly kind: typeof GateKind.cancel;
}

/** What became of a replace: taken, or refused by the venue. Refused: order_unknown, nothing_to_confirm. */
export interface ConfirmCommand extends Head {
  readonly kind: typeof GateKind.confirm;
  readonly order: number;
  readonly taken: boolean;
}

/** An order works no longer: cancelled, expired, or rejected where it was sent. What was left is released. Refused: order_unknown. */
export interface DoneCommand extends Head {
  readonly kind: typeof GateKind.done;
  readonly order: number;
}

/**
 * A trade that happened, of an order that was entered here, or of none (`order` 0). Counted once for its market, side and trade id, whatever else it says; a trade
 * that came before is `duplicate_execution` and changes nothing. More lots than the order had left, or any of an order that works no longer, are counted all the same and alarmed as
 * `overfill`. It is a fill (`FillCommand`) of the margin mode in which the leg is held, cross where it is not. An account that nobody opened comes as null with
 * its `name`: its lots are kept apart until the halt is released, it is an alarm, and the account starts halted when it is opened.
 * Refused: account_unknown, market_unknown, name_invalid and name_taken (of the account that is null), number_invalid, collateral_market, duplicate_execution, order_unknown (never given, or one that works
 * of another account, market, leg or side), amount_out_of_range (its value), leg_sign, market_unpriced, amount_out_of_range (anything else).
 */
export interface ExecutionCommand extends Head {
  readonly kind: typeof GateKind.execution;
  readonly account: AccountRow | null;
  readonly name: string;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly side: Side;
  readonly lots: SizeLots;
  readonly price: PriceTicks;
  /** Money paid, negative: received. */
  readonly fee: QuoteMicros;
  /** > 0. */
  readonly trade: number;
  readonly order: number;
}

/**
 * A new trading day: what is counted by the day begins anew, trade ids of the day before the last are forgotten. Losses are counted from the equity at the
 * marks of this moment; collateral that comes or goes is no gain and no loss. Parents that were given before the day before, and of which nothing works, are forgotten.
 */
export interface DayCommand extends Head {
  readonly kind: typeof GateKind.day;
}

/** Time passes: what is due happens, and the next SEEN_A_TICK accounts are seen, each once. */
export interface TickCommand extends Head {
  readonly kind: typeof GateKind.tick;
}

export type GateCommand =
  | InstrumentCommand
  | ReferenceCommand
  | GroupCommand
  | MemberCommand
  | LimitsCommand
  | HaltCommand
  | ReleaseCommand
  | GrantCommand
  | LocateCommand
  | ParentCommand
  | EnterCommand
  | ReplaceCommand
  | CancelCommand
  | ConfirmCommand
  | DoneCommand
  | ExecutionCommand
  | DayCommand
  | TickCommand;
