/**
 * What can be asked of the engine. A command is a fact or a wish with a time; the engine applies commands
 * strictly in order and answers with events. Decimal strings, names and files stay outside: here everything
 * is a row number or a whole number of units (`num/units.ts`).
 *
 * These comments are the specification that both `core` and `reference` implement.
 *
 * Every command first passes these steps, in this order:
 *  1. `settings` must come first and once (`settings_missing`, `settings_repeated`).
 *  2. `timeUs` must be a whole number >= 0 (`number_invalid`).
 *  3. If it has an origin: the source must be defined (`source_unknown`); `position` and `previous` must be whole
 *     numbers >= 0 (`number_invalid`); a position not above the source's last is a `duplicate`; a gapped source
 *     refuses (`source_gapped`); `previous` (or, where it is null, position - 1) must equal the last position, except
 *     for the first command of a source, which may start anywhere: otherwise `source_gap`, and the source is gapped
 *     from here on. When it passes, the source's last position becomes `position`, even if the command is then refused.
 *  4. The engine's time becomes the greatest time of a command that came this far. Tier tables whose `effectiveUs` is
 *     not after it become active, oldest first.
 *  5. The command itself; every refusal leaves all other state as it was.
 *  6. Every bucket whose equity, maintenance or thresholds can have changed gets its level anew, once, from its
 *     state after the whole command; level changes are reported sorted by account, then cross before isolated,
 *     then market, then leg.
 *  7. The breaker judges those changes (`BreakerCommand`) and may hold markets.
 *  8. Verdicts follow (`Verdict`): a bucket at liquidatable or worse is held while a market among its positions is. Levels
 *     follow the last accepted mark whether a market is held or not. What changed is reported in the order of levels.
 *
 * The sequence number counts every command given, refused ones too. Within a command, what it names is checked before
 * its numbers: account, market, leg and numbers, then the rest.
 */
import type {
  AccountRow,
  FundingIndex,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  Rate,
  SizeLots,
  SourceRow,
  TimeUs,
} from '../num/units.ts';
import type { LevelSettings } from './levels.ts';
import type { Quality } from './quality.ts';

/** These numbers are on disk: never reuse one. */
export const Kind = {
  settings: 1,
  source: 2,
  resync: 3,
  market: 4,
  tiers: 5,
  marks: 6,
  funding: 7,
  account: 8,
  collateral: 9,
  transfer: 10,
  position: 11,
  fill: 12,
  settle: 13,
  order: 14,
  transaction: 15,
  quality: 16,
  breaker: 17,
  lift: 18,
  contract: 19,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export const KIND_NAMES = [
  '',
  'settings',
  'source',
  'resync',
  'market',
  'tiers',
  'marks',
  'funding',
  'account',
  'collateral',
  'transfer',
  'position',
  'fill',
  'settle',
  'order',
  'transaction',
  'quality',
  'breaker',
  'lift',
  'contract',
] as const;

/** One-way positions use `net`; a hedge-mode account holds a `long` and a `short` leg in one market. */
export const Leg = { net: 0, long: 1, short: 2 } as const;
export type Leg = (typeof Leg)[keyof typeof Leg];
export const LEG_NAMES = ['net', 'long', 'short'] as const;

/** Where a command stands in the stream it came from; what makes replays harmless and gaps visible. */
export interface Origin {
  readonly source: SourceRow;
  readonly position: number;
  /** The position before this one, where the source says so; null where positions count by one. */
  readonly previous: number | null;
}

interface Head {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}

/** The first command. Fixes what all amounts mean. Refused as `settings_invalid` when out of the stated bounds. */
export interface SettingsCommand extends Head {
  readonly kind: typeof Kind.settings;
  /** The rules the engine decides by (`engine/rules.ts`); 1 is the only version yet. */
  readonly rules: number;
  /** Settlement asset and how many decimals its smallest unit has: USDT, 6. Name of 1 to 64 bytes; decimals 0 to 12. */
  readonly asset: string;
  readonly decimals: number;
  /** Liquidatable at equity < maintenance (false) or at equity <= maintenance (true). */
  readonly inclusive: boolean;
  /**
   * Fractions have whole numerators and denominators in [1, THRESHOLD_MAX]. enter[0] > enter[1] > enter[2] > 1;
   * exit[i] >= enter[i]; exit[0] >= exit[1] >= exit[2]; 0 < backstop < 1.
   */
  readonly levels: LevelSettings;
}

/** Defines the next source row. Names are 1 to 64 bytes of UTF-8, no control characters, unique among sources. */
export interface SourceCommand extends Head {
  readonly kind: typeof Kind.source;
  readonly name: string;
}

/**
 * The state is known to be whole up to `position` of `source`: ends a gap. The source's last position becomes `position`,
 * backwards too, and its next command must follow on from there.
 */
export interface ResyncCommand extends Head {
  readonly kind: typeof Kind.resync;
  readonly source: SourceRow;
  readonly position: number;
}

/** From `floor` (money units of notional) on, maintenance and initial margin rise at these rates. */
export interface Tier {
  readonly floor: QuoteMicros;
  readonly mmr: Rate;
  readonly imr: Rate;
}

/** What open orders of one market add to maintenance: `rate` of nothing, of the larger side, or of both sides. */
export const OrderMargin = { none: 0, worst: 1, sum: 2 } as const;
export type OrderMargin = (typeof OrderMargin)[keyof typeof OrderMargin];

export const MarginBasis = { mark: 0, entry: 1 } as const;
export type MarginBasis = (typeof MarginBasis)[keyof typeof MarginBasis];

/**
 * Defines the next market row. All numbers are checked (`number_invalid`, `name_invalid`, `name_taken`,
 * `market_invalid`, `tiers_invalid`, in this order). The market has no mark and a funding index of 0.
 * Numbers that are not whole are `number_invalid`; whole ones out of their bounds are `market_invalid`, and so is a market
 * beyond the 65,535th.
 */
export interface MarketCommand extends Head {
  readonly kind: typeof Kind.market;
  readonly name: string;
  /** Decimals as text, for people and for the doors that parse prices; the engine only stores them. 1 to 32 bytes each. */
  readonly tick: string;
  readonly lot: string;
  readonly markTick: string;
  /**
   * Money units that one lot gains when the mark rises by one mark tick: markTick * lot, >= 1. Of an inverse market only
   * tickUnit / markUnit counts, the mark ticks in one tick.
   */
  readonly markUnit: number;
  /** Money units of one lot at an order price of one tick, as a fraction: tick * lot. num and den >= 1. */
  readonly tickUnit: Rate;
  /** See `TiersCommand` for what makes a table valid. */
  readonly tiers: readonly Tier[];
  /** Estimated cost of closing, as a fraction of notional, part of maintenance: in [0, 1], denominator in [1, 1e9]. */
  readonly closeFee: Rate;
  /** Margin on notional at the mark, or on the absolute cost basis. */
  readonly basis: MarginBasis;
  readonly orderMargin: OrderMargin;
  /** In [0, 1], denominator in [1, 1e9]. */
  readonly orderRate: Rate;
}

/** What a lot of a market is worth at a mark. A market is linear unless a `contract` says otherwise. */
export const Form = { linear: 0, inverse: 1, collateral: 2 } as const;
export type Form = (typeof Form)[keyof typeof Form];
export const FORM_NAMES = ['linear', 'inverse', 'collateral'] as const;

/**
 * What kind of market `market` is, once, before anything is said of its price. W is what one lot is worth in money units at a
 * mark of m mark ticks:
 *
 *   linear       W(m) = m * markUnit
 *   inverse      W(m) = round( value * 10^decimals / m )        half to even; settled in the coin it is about
 *   collateral   W(m) = floor( m * weight ) * markUnit          an asset held as collateral, its haircut taken
 *
 * **Inverse.** `value` is the contract value of one lot in mark ticks: contract value in the quote currency / markTick; 100 USD at
 * mark ticks of 0.01 are 10,000. A long gains when W falls, so wherever this page says size * mark, an inverse market has its
 * negative, and its signed cost basis is size * value summed over fills, as for any other:
 *
 *   unrealized PnL = cost basis - size * W        N = |size| * W        accrued funding as for linear, in the coin
 *
 * At an order price of p ticks a lot is worth exactly w(p) = value * 10^decimals * markUnit / (p * tickUnit): nothing is rounded
 * before it is multiplied by a size. Fills and orders say how.
 *
 * **Collateral.** Positions are balances: cross or isolated, leg net, size >= 0, cost basis 0; equity grows by size * W and
 * maintenance by nothing. Its `reference` has its haircut taken, too. There are no fills, funding, settlements, orders and
 * tier tables in it (`collateral_market`). A debt is none: `balance_negative`.
 *
 * Marks and references at which round( value * 10^decimals / m ), or floor( m * weight ), is not in [1, MARK_MAX] are
 * `mark_out_of_range`, as those are that are not in it themselves.
 *
 * Checks in order: market_unknown; number_invalid (form none of the three, numbers not whole); contract_fixed (the market has a
 * contract, a mark, a quality that was told, a funding index that is not 0, or an open order); market_invalid: `value` of an
 * inverse market is >= 1 over a denominator in [1, 1e9], of others 1/1; `weight` of a collateral market is in (0, 1] with a
 * denominator in [1, 1e9], of others 1/1; both in lowest terms; a collateral market has mmr 0 in all tiers, active and pending, and no close fee.
 */
export interface ContractCommand extends Head {
  readonly kind: typeof Kind.contract;
  readonly market: MarketRow;
  readonly form: Form;
  readonly value: Rate;
  /** 1 - haircut. */
  readonly weight: Rate;
}

/**
 * A tier table for `market` from `effectiveUs` on. Active at once if that is not in the engine's future;
 * otherwise pending (a pending table of the same time is replaced). A valid table has 1 to 255 tiers, floors that
 * are whole, strictly rising and start at 0, 0 <= mmr <= imr <= 1, mmr and imr not falling from tier to tier,
 * whole numerators >= 0 and denominators in [1, 1e9]. `tiers_invalid` otherwise.
 *
 * Maintenance of a position with notional N in tier t (the last tier whose floor is <= N):
 *
 *   MM = ceil( N * mmr_t - cum_t + N * closeFee )        cum_0 = 0,  cum_t = cum_(t-1) + floor_t * (mmr_t - mmr_(t-1))
 *
 * computed exactly, with that one rounding. N = |size| * mark * markUnit (`ContractCommand`: |size| * W), or |cost basis| for
 * the entry basis. Checks in order: market_unknown, number_invalid (effectiveUs), tiers_invalid, collateral_market.
 */
export interface TiersCommand extends Head {
  readonly kind: typeof Kind.tiers;
  readonly market: MarketRow;
  readonly tiers: readonly Tier[];
  readonly effectiveUs: TimeUs;
}

export interface MarkUpdate {
  readonly market: MarketRow;
  readonly price: MarkTicks;
}

/**
 * New marks, applied as one: buckets are evaluated once, after all of them. The whole command is refused if any
 * market is unknown or any mark is not in [1, MARK_MAX] (`market_unknown`, `mark_out_of_range`, in the order of
 * the marks) or if there are none (`number_invalid`). Of two marks for one market the later counts.
 * `text` is what the source said, for people; it changes nothing and is not checked. A fraction is `mark_out_of_range`.
 *
 * Marks say nothing about quality: what holds of a market's quality, uses and reference goes on holding.
 */
export interface MarksCommand extends Head {
  readonly kind: typeof Kind.marks;
  readonly marks: readonly MarkUpdate[];
  readonly text: string;
}

/**
 * The cumulative funding index of `market`, a safe integer of either sign (market_unknown, number_invalid, collateral_market).
 * A position accrues
 *
 *   floor( -size * (index - index at entry) / FUNDING_SCALE )        money units, part of equity until settled.
 */
export interface FundingCommand extends Head {
  readonly kind: typeof Kind.funding;
  readonly market: MarketRow;
  readonly index: FundingIndex;
}

/** Opens the next account row, with an empty cross bucket. Name rules as for sources. */
export interface AccountCommand extends Head {
  readonly kind: typeof Kind.account;
  readonly name: string;
}

/**
 * Which margin bucket of an account: `isolated` false is the cross bucket (`market` and `leg` are then only about
 * the position); true is the bucket of that market and leg. An isolated bucket exists from its first mention in an
 * accepted command that leaves it anything, and goes at the end of the command that leaves it without position, order and
 * collateral, after its level is taken: it leaves as safe. For cross collateral `market` and `leg` are not looked at;
 * a leg that is none of the three is `number_invalid`.
 */
interface InBucket extends Head {
  readonly account: AccountRow;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly isolated: boolean;
}

/** Sets a bucket's collateral, as a source states it. For the cross bucket `market` and `leg` are 0. */
export interface CollateralCommand extends InBucket {
  readonly kind: typeof Kind.collateral;
  readonly amount: QuoteMicros;
}

/** Adds `amount` (signed) to a bucket's collateral: a deposit, a withdrawal. Refused as `amount_out_of_range` past 2^53. */
export interface TransferCommand extends InBucket {
  readonly kind: typeof Kind.transfer;
  readonly amount: QuoteMicros;
}

/**
 * States a position as its source has it: signed size and signed cost basis (size x price summed over fills, in
 * money units). Size 0 removes it (whatever the basis). The funding index at entry is the market's present one where
 * null. Collateral is left alone. Checks in order: account_unknown, market_unknown, number_invalid, collateral_market (there: a
 * leg other than net, a cost basis or a funding index other than 0), balance_negative, leg_sign, market_unpriced (size not 0),
 * margin_mode_conflict (a position of the same market and leg exists in the other mode), amount_out_of_range (|size| * mark *
 * markUnit > 2^53 - 1, |size| * W for other forms). Removing what is not there, in this mode, is accepted and changes nothing.
 */
export interface PositionCommand extends InBucket {
  readonly kind: typeof Kind.position;
  readonly size: SizeLots;
  readonly costBasis: QuoteMicros;
  readonly fundingIndex: FundingIndex | null;
}

/**
 * A fill of our own books: `size` signed lots (not 0) at `price` ticks (>= 1) with `fee` money units (negative: rebate).
 * value(s) = ceil(s * price * tickUnit). In order:
 *  1. accrued funding of the position is settled into the bucket's collateral, its index becomes the present one;
 *  2. the part that closes (opposite sign, closed = min of the sizes, c = closed with the fill's sign) releases
 *     floor(basis * closed / |position size|) of the basis: collateral += -value(c) - released;
 *  3. the rest r opens or adds: basis += value(r);
 *  4. collateral -= fee.
 * If the position is closed and its bucket isolated, the bucket's collateral moves to the cross bucket, even if orders stay.
 * In an inverse market value(s) = floor(s * w(price)), and the signs turn: 2. releases ceil(basis * closed / |position size|),
 * collateral += value(c) + released. Every rounding is against the account, as above.
 * Checks as for `position` (collateral_market always, leg_sign concerns the resulting size); amount_out_of_range also for any
 * amount past 2^53.
 */
export interface FillCommand extends InBucket {
  readonly kind: typeof Kind.fill;
  readonly size: SizeLots;
  readonly price: PriceTicks;
  readonly fee: QuoteMicros;
}

/**
 * Crystallises accrued funding of one position into its bucket's collateral. `collateral_market`; `position_unknown` if there is
 * none; `amount_out_of_range`; last, `market_held` where the market's price may not be used to settle.
 */
export interface SettleCommand extends InBucket {
  readonly kind: typeof Kind.settle;
}

/**
 * States an open order: `id` (a whole number >= 1, unique in its account), remaining signed lots (0 removes it),
 * limit price in ticks (>= 1 unless size is 0). An id seen before is replaced, in whatever market or bucket it was.
 * For each market with orders in a bucket, maintenance grows by
 *
 *   ceil( orderRate * side(bids, asks) )     bids, asks = sum over orders of ceil(|size| * price * tickUnit)
 *
 * where side is 0, the larger, or the sum (`OrderMargin`), taken over all legs together; in an inverse market an order counts
 * ceil(|size| * w(price)). `collateral_market` comes after the numbers. `amount_out_of_range` when an
 * order's own notional, the notionals of its bucket and market (both sides together), or the bucket's charge pass 2^53 - 1. Removing an unknown id is accepted and changes nothing.
 */
export interface OrderCommand extends InBucket {
  readonly kind: typeof Kind.order;
  readonly id: number;
  readonly size: SizeLots;
  readonly price: PriceTicks;
}

/**
 * Rows that belong together (a fill changes position and balance): all are applied, in order, before any bucket is
 * evaluated. Each row is accepted or refused by itself: rows state facts, a refused one does not undo the others.
 * Rows may be of the kinds marks, funding, account, collateral, transfer, position, fill, settle, order, quality, lift, have
 * no origin (`transaction_nested` for that row otherwise), and their times are ignored in favour of the transaction's.
 * `RowRefusal.row` counts from 0.
 */
export interface TransactionCommand extends Head {
  readonly kind: typeof Kind.transaction;
  readonly rows: readonly Command[];
}

/**
 * How good the price of `market` is from now on, in place of what was said before, and with it a new mark or none.
 * A market is **held** while `allows` has no `liquidate` in it, or its breaker is tripped.
 *
 * Checks in order: market_unknown; number_invalid (quality none of the six, `allows` no set of uses); mark_out_of_range
 * (mark, then reference, as for marks); mark_implausible (a mark that is called implausible must not come in: leave it
 * out, and the last one stands). A market that was never told has quality ok, all uses and no reference.
 */
export interface QualityCommand extends Head {
  readonly kind: typeof Kind.quality;
  readonly market: MarketRow;
  readonly quality: Quality;
  /** A sum of `Use`. */
  readonly allows: number;
  /** Null: the last mark stands, only what is said about it changes. */
  readonly mark: MarkTicks | null;
  /** What to compare a verdict with while the market is held: the index. Null: there is none. */
  readonly reference: MarkTicks | null;
  /** Why, for people; it changes nothing and is not checked. */
  readonly text: string;
}

/**
 * The breaker of the whole system, off until this comes (`share` 1/1). After a command it counts accounts **newly
 * liquidatable**: with a bucket that holds positions, none of them in a held market, and that came from under liquidatable to
 * liquidatable or worse. It trips when they are `least` or more, and more than `share` of all accounts that hold
 * positions then. Of each such bucket it holds the markets that the command gave a mark, a funding index or an active tier
 * table; all its markets if there is none of these. A tripped market is held, whatever its quality, until `lift`.
 *
 * `share` is in [0, 1] with a denominator in [1, 1e9], `least` a whole number >= 1: `number_invalid` otherwise.
 */
export interface BreakerCommand extends Head {
  readonly kind: typeof Kind.breaker;
  readonly share: Rate;
  readonly least: number;
}

/** Somebody has looked: ends what the breaker holds of `market`, not what its quality does. Of one that is not tripped, nothing. */
export interface LiftCommand extends Head {
  readonly kind: typeof Kind.lift;
  readonly market: MarketRow;
}

export type Command =
  | SettingsCommand
  | SourceCommand
  | ResyncCommand
  | MarketCommand
  | TiersCommand
  | MarksCommand
  | FundingCommand
  | AccountCommand
  | CollateralCommand
  | TransferCommand
  | PositionCommand
  | FillCommand
  | SettleCommand
  | OrderCommand
  | TransactionCommand
  | QualityCommand
  | BreakerCommand
  | LiftCommand
  | ContractCommand;
