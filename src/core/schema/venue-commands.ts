/**
 * What can be asked of an exchange, beside the commands of the engine below it (`commands.ts`) that a venue takes as well:
 * settings, source, resync, market, contract, tiers, marks, funding, account, quality, breaker and lift. Facts about accounts (collateral,
 * transfer, position, fill, settle, order, transaction) are what an exchange decides itself: as commands they are
 * refused as `not_by_command`. Marks at which the largest position that a listing allows is worth more than 2^51 money units are
 * `mark_out_of_range`, and funding indices by which it accrues more than 2^50 are `amount_out_of_range`: what positions are worth must
 * stay exact.
 *
 * Every command first passes steps 1 to 4 of `commands.ts`. Then, in this order:
 *  5. Orders whose time is over (`expiresUs` not after the engine's time) leave, oldest expiry first, then lowest id.
 *  6. The command itself; every refusal leaves all other state as it was.
 *  7. The cut closes: levels, breaker and verdicts as in `commands.ts`.
 *  8. Work that follows, until there is none, each round a cut of its own: liquidations that are due, worst first
 *     (`venue-events.ts` says how they go), then triggers that fired, in the order of their order ids.
 * Liquidations come before triggers, and both before whatever the next command wants: that is the priority of work.
 *
 * The checks of each command are made in the order of its description; the first that fails is the answer.
 */
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  Rate,
  SizeLots,
  TimeUs,
} from '../num/units.ts';
import { Leg, type Origin } from './commands.ts';
import {
  OrderType,
  SelfTrade,
  TimeInForce,
  type MarketState,
  type TriggerBy,
  type TriggerKind,
} from './orders.ts';
import type { Side } from './side.ts';

/** Numbers shared with `Kind`: on disk, never reuse one. */
export const VenueKind = {
  venue: 64,
  listing: 65,
  bands: 66,
  state: 67,
  deposit: 68,
  withdraw: 69,
  margin: 70,
  leverage: 71,
  mode: 72,
  exempt: 73,
  place: 74,
  amend: 75,
  cancel: 76,
  cancel_all: 77,
  disconnect: 78,
  settlement: 79,
  tick: 80,
} as const;
export type VenueKind = (typeof VenueKind)[keyof typeof VenueKind];
/** From VENUE_KIND_FIRST on. */
export const VENUE_KIND_NAMES = Object.keys(VenueKind) as (keyof typeof VenueKind)[];
export const VENUE_KIND_FIRST = VenueKind.venue;

interface Head {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}

/** The accounts that `venue` opens, in the order of their rows. */
export const HOUSE_NAMES = ['insurance', 'treasury'] as const;

/** How the accounts that an ADL closes against are ranked: the first in rank goes first. Ties go by account, then leg. */
export const AdlRanking = { pnl_leverage: 0, pnl_ratio: 1, size: 2, pro_rata: 3 } as const;
export type AdlRanking = (typeof AdlRanking)[keyof typeof AdlRanking];
export const ADL_RANKING_NAMES = Object.keys(AdlRanking) as (keyof typeof AdlRanking)[];

/**
 * Once, after the settings: makes the house's accounts, `insurance` (row 0) and `treasury` (row 1), so that no account may be
 * opened before. The treasury takes fees and what rounding leaves; the insurance fund takes liquidation fees, what liquidated
 * accounts leave, and their positions until they are closed. Refused: venue_repeated, number_invalid.
 */
export interface VenueCommand extends Head {
  readonly kind: typeof VenueKind.venue;
  /** The share of unrealised gains that does not count when a withdrawal is covered; in [0, 1]. */
  readonly gainHaircut: Rate;
  /** What the fund's equity may not be brought under by a takeover; below it losses go to ADL. */
  readonly fundFloor: QuoteMicros;
  readonly adl: AdlRanking;
  /** Sum of all open interest at the marks, longs only, in money; null: none. */
  readonly notionalMax: QuoteMicros | null;
  /** Working and waiting orders of one account, at most; 1 or more. */
  readonly ordersMax: number;
}

/**
 * How a liquidatable bucket's positions are closed in the book before they are taken over.
 *  - full: all of it at once.
 *  - tier_step: down to the floor of the tier below, again and again while it is liquidatable (Binance).
 *  - fraction: `share` of the position where its notional is above `threshold`, then a pause of `cooldownUs` after which it
 *    is all of it (Hyperliquid: one fifth above 100,000 USDC, 30 s).
 *  - shortage: as much as brings equity back to maintenance times `buffer`, fee counted; all of it where the shortage is
 *    under `threshold` (Drift).
 */
export const ClosePolicy = { full: 0, tier_step: 1, fraction: 2, shortage: 3 } as const;
export type ClosePolicy = (typeof ClosePolicy)[keyof typeof ClosePolicy];
export const CLOSE_POLICY_NAMES = Object.keys(ClosePolicy) as (keyof typeof ClosePolicy)[];

export const LEVERAGE_MAX = 1000;

export interface LiquidationRules {
  readonly policy: ClosePolicy;
  /** fraction: the share of a position, in (0, 1]. Others: 1/1. */
  readonly share: Rate;
  /** fraction, shortage: money. Others: 0. */
  readonly threshold: QuoteMicros;
  readonly cooldownUs: number;
  /** shortage: at least 1. Others: 1/1. */
  readonly buffer: Rate;
  /** Of what is closed, to the insurance fund, never more than leaves the account at zero; in [0, 1]. */
  readonly fee: Rate;
}

/**
 * Opens `market` for trading, or states its rules anew (resting orders stay). Collateral assets (`ContractCommand`) cannot be
 * listed, and what is listed is no longer told what kind of market it is (contract_fixed). Refused: market_unknown, number_invalid (a number that is not whole or out of the bounds named here), listing_invalid
 * (positionMax * priceMax is worth more than 2^51 money units: what positions are worth must stay exact; while there are positions or orders the
 * largest positionMax since there were none counts).
 */
export interface ListingCommand extends Head {
  readonly kind: typeof VenueKind.listing;
  readonly market: MarketRow;
  /**
   * Of notional, negative: a rebate, which is no more than the taker's fee, and none where a liquidation takes, which pays no fee. Denominators
   * in [1, 1e9], |fee| <= 1/10.
   */
  readonly makerFee: Rate;
  readonly takerFee: Rate;
  /** Ticks, at most 2^30. */
  readonly priceMax: PriceTicks;
  /** Lots of one order, 1 <= sizeMin <= sizeMax. */
  readonly sizeMin: SizeLots;
  readonly sizeMax: SizeLots;
  /** Lots of one position with its orders, on either side. */
  readonly positionMax: SizeLots;
  /** Lots of all long positions. */
  readonly openInterestMax: SizeLots;
  /** How far from the mark a market order trades at worst, and how far beyond it a limit order may be priced; in (0, 1]. */
  readonly collar: Rate;
  readonly band: Rate;
  /**
   * A position with its orders may be this part of what the book would take within the collar (100/1: a hundred times it); null: no limit.
   * The orders of who holds nothing are free as long as they only rest.
   */
  readonly depthShare: Rate | null;
  /** Initial margin is no less than 1 / leverageMax of notional: 1 to 1000. The tiers' `imr` holds as well. */
  readonly leverageMax: number;
  /** A mark that moves by more than this within `haltWindowUs`, or at once, halts the market; null: never. In (0, 1]. */
  readonly haltMove: Rate | null;
  readonly haltWindowUs: number;
  readonly liquidation: LiquidationRules;
}

/** Prices beyond which no order is taken, over and above the listing's band; null: none. Made from volatility by whoever makes prices. */
export interface BandsCommand extends Head {
  readonly kind: typeof VenueKind.bands;
  readonly market: MarketRow;
  readonly low: PriceTicks | null;
  readonly high: PriceTicks | null;
}

/** A market's state; of all listed markets where `market` is null (the emergency stop). Refused: listing_missing. `text` says why. */
export interface StateCommand extends Head {
  readonly kind: typeof VenueKind.state;
  readonly market: MarketRow | null;
  readonly state: MarketState;
  readonly text: string;
}

/**
 * Money from outside into an account's cross bucket; `asset` is null for the settlement asset, else a collateral market, and
 * the amount its lots. To `insurance` it is how the fund is filled. Refused: account_unknown, number_invalid (amount < 1), asset_invalid,
 * amount_out_of_range.
 */
export interface DepositCommand extends Head {
  readonly kind: typeof VenueKind.deposit;
  readonly account: AccountRow;
  readonly asset: MarketRow | null;
  readonly amount: number;
}

/**
 * Money out of the cross bucket. Covered while
 *
 *   equity - gains * gainHaircut - amount >= initial margin of positions and orders     (gains: unrealised, where positive, each position)
 *
 * and collateral - amount >= 0 (of an asset: collateral + what the assets that stay are worth >= 0), and, where the listing of a held
 * market has `depthShare`, what it would cost to close the positions into the present book is counted as a loss. Refused: account_unknown, number_invalid, asset_invalid,
 * account_liquidating, price_not_valid (a market it holds may not be used to open), balance_insufficient.
 */
export interface WithdrawCommand extends Head {
  readonly kind: typeof VenueKind.withdraw;
  readonly account: AccountRow;
  readonly asset: MarketRow | null;
  readonly amount: number;
}

/**
 * Moves margin from the cross bucket into an isolated position (negative: back). Refused: account_unknown, market_unknown,
 * number_invalid, account_liquidating, position_unknown (no isolated position there), margin_insufficient (what is left on the giving
 * side would not cover its initial margin; out of a position, its gains and its closing cost count as for a withdrawal).
 */
export interface MarginTransferCommand extends Head {
  readonly kind: typeof VenueKind.margin;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly amount: QuoteMicros;
}

/**
 * The account's own limit in a market: 1 to `leverageMax`; a listing that states less stands above it. Refused: …, account_reserved,
 * leverage_invalid, margin_insufficient (with what it has open).
 */
export interface LeverageCommand extends Head {
  readonly kind: typeof VenueKind.leverage;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly leverage: number;
}

/**
 * Margin mode of a market, or one-way or hedge mode of the whole account where `market` is null (`isolated` is then not looked at, and
 * `hedge` otherwise). Refused: …, account_reserved, mode_in_use while it has a position or an order there (anywhere, for hedge).
 */
export interface ModeCommand extends Head {
  readonly kind: typeof VenueKind.mode;
  readonly account: AccountRow;
  readonly market: MarketRow | null;
  readonly isolated: boolean;
  readonly hedge: boolean;
}

/**
 * Takes an account out of liquidation, or puts it back. The inventory of exempt accounts is public; `text` says who and why, and must not
 * be empty. Refused: account_unknown, account_reserved, exemption_unexplained.
 */
export interface ExemptCommand extends Head {
  readonly kind: typeof VenueKind.exempt;
  readonly account: AccountRow;
  readonly exempt: boolean;
  readonly text: string;
}

/** Fires an order. Of a trailing stop `price` is 0 and `distance` ticks are what the price may turn back by; of others distance is 0. */
export interface Trigger {
  readonly kind: TriggerKind;
  readonly by: TriggerBy;
  readonly price: PriceTicks | MarkTicks;
  readonly distance: number;
}

/**
 * An order. It is given the next order id, from 1; ids of refused orders are not used. Sizes are positive lots.
 *
 * Checks, in this order: account_unknown, account_reserved (insurance and treasury do not trade), market_unknown, listing_missing, number_invalid,
 * order_invalid (combinations that make no sense: post-only and immediate, a market order that rests, expiry without gtd or in the past, a trigger
 * without a price), leg_mode (leg net in hedge mode, or long and short in one-way mode), client_id_taken, orders_limit,
 * market_settling, size_out_of_range, price_out_of_range (above priceMax), then, unless it waits for a trigger, market_unpriced,
 * price_outside_band, nothing_to_reduce (reduce-only, or a hedge leg's closing side), market_halted where it will not rest, and unless it only
 * reduces: account_liquidating, market_reduce_only, market_halted, price_not_valid (the mark may not be used to open), position_limit,
 * open_interest_limit, notional_limit, depth_limit, margin_insufficient; last, post_only_would_trade and fok_unfillable. In a halted market an order
 * that only reduces rests and does not trade.
 *
 * An order that waits for a trigger is checked again when it fires. Before each trade both sides are looked at once more: what they lose against the
 * mark, and their fee, must leave their buckets their maintenance, or lacking no more of it than before, for as many lots as trade. A resting order
 * of which no lot may trade goes as refused; one that takes ends as unfilled.
 */
export interface PlaceCommand extends Head {
  readonly kind: typeof VenueKind.place;
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** Limit; 0 for a market order. */
  readonly price: PriceTicks;
  readonly size: SizeLots;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  readonly selfTrade: SelfTrade;
  /** gtd: when it ends; else 0. */
  readonly expiresUs: TimeUs;
  /** The account's own name for it, unique among its orders that work or wait; 0: none. Whole, at most 2^53 - 1. */
  readonly clientId: number;
  /** Orders of an account with the same number other than 0 are a pair: when one trades or fires the others are cancelled. */
  readonly pair: number;
  /** What of this is cancelled when `disconnect` names it; 0: nothing. */
  readonly session: number;
  readonly trigger: Trigger | null;
  /**
   * Mark prices at which what this order fills is closed again by waiting reduce-only market orders that are a pair of each other; null: none.
   * They come with the first fill and grow with the others.
   */
  readonly takeProfit: MarkTicks | null;
  readonly stopLoss: MarkTicks | null;
}

/** A limit order until it is cancelled, of which nothing more is said. */
export const PLAIN_ORDER = {
  kind: VenueKind.place,
  leg: Leg.net,
  type: OrderType.limit,
  timeInForce: TimeInForce.gtc,
  reduceOnly: false,
  postOnly: false,
  selfTrade: SelfTrade.cancel_taker,
  expiresUs: 0 as TimeUs,
  clientId: 0,
  pair: 0,
  session: 0,
  trigger: null,
  takeProfit: null,
  stopLoss: null,
} as const satisfies Partial<PlaceCommand>;

/** By `order`, or where that is 0 by the account's client id. An order of another account is unknown. */
interface OrderName {
  readonly account: AccountRow;
  readonly order: number;
  readonly clientId: number;
}

/**
 * Another price, another total size (what was filled is part of it), or both. A resting order keeps its place where only its size shrinks; else
 * it loses it and is checked like a new one. Refused: account_unknown, order_unknown, number_invalid, amend_filled (size not above what is
 * filled), then as `place`.
 */
export interface AmendCommand extends Head, OrderName {
  readonly kind: typeof VenueKind.amend;
  readonly price: PriceTicks;
  readonly size: SizeLots;
}

/** Refused: account_unknown, number_invalid, order_unknown. */
export interface CancelCommand extends Head, OrderName {
  readonly kind: typeof VenueKind.cancel;
}

/** All of an account's orders, of one market where that is not null, in the order of their ids. */
export interface CancelAllCommand extends Head {
  readonly kind: typeof VenueKind.cancel_all;
  readonly account: AccountRow;
  readonly market: MarketRow | null;
}

/** A session ended: what was placed in it with its number goes, in the order of ids. The account too must match. */
export interface DisconnectCommand extends Head {
  readonly kind: typeof VenueKind.disconnect;
  readonly account: AccountRow;
  readonly session: number;
}

/**
 * The end of a contract: orders go, every position is closed at `price`, and the market is settling for ever. Where a bucket cannot pay, its
 * deficit is the insurance fund's as far as that goes, and the rest is taken from gains of that settlement in proportion, of each no more than its
 * bucket then has.
 * Refused: market_unknown, listing_missing, number_invalid, market_settling.
 */
export interface SettlementCommand extends Head {
  readonly kind: typeof VenueKind.settlement;
  readonly market: MarketRow;
  readonly price: PriceTicks;
}

/** Time passes: what is due happens. */
export interface TickCommand extends Head {
  readonly kind: typeof VenueKind.tick;
}

export type OwnCommand =
  | VenueCommand
  | ListingCommand
  | BandsCommand
  | StateCommand
  | DepositCommand
  | WithdrawCommand
  | MarginTransferCommand
  | LeverageCommand
  | ModeCommand
  | ExemptCommand
  | PlaceCommand
  | AmendCommand
  | CancelCommand
  | CancelAllCommand
  | DisconnectCommand
  | SettlementCommand
  | TickCommand;
