/** Accounts: how they stand, what they hold, and what can happen to it. */
import { Type, type Static } from 'typebox';
import { FORM_NAMES } from '../../../core/schema/commands.ts';
import { VERDICT_NAMES } from '../../../core/schema/quality.ts';
import {
  Count,
  Decimal,
  Leg,
  Level,
  maybe,
  Name,
  PositionSide,
  PriceAnswer,
  record,
  Sequence,
  Time,
} from './scalars.ts';

/** Equity over maintenance and its like under the names that venues have for them. A bare "margin ratio" means something else at each. */
export const VenueRatios = record({
  /** maintenance / equity: Binance liquidates where it rises to 100. */
  binanceMarginRatioPercent: maybe(Decimal),
  /** maintenance / equity, as a leverage bar: Hyperliquid's "maintenance margin ratio". */
  hyperliquidMaintenanceRatioPercent: maybe(Decimal),
  /** equity / notional: OKX, dYdX and others show it against the tier's rate. */
  equityToNotionalPercent: maybe(Decimal),
});

export const MarginTier = record({
  number: Count,
  of: Count,
  floor: Decimal,
  maintenanceRate: Type.String(),
});

/** Place in the line of those who would be deleveraged, 1 first. */
export const AdlPlace = record({
  rank: Count,
  of: Count,
  /** 1 (last fifth) to 5 (first fifth): the lights that venues show. */
  lights: Type.Integer({ minimum: 1, maximum: 5 }),
  ranking: Type.String(),
  /** Of the state that was ranked. Ties go by account, then leg. */
  sequence: Sequence,
});

export const Position = record({
  /** account/market/leg: stable as long as the position is there. */
  positionId: Type.String(),
  account: Name,
  market: Name,
  form: Type.Enum(FORM_NAMES),
  leg: Leg,
  side: PositionSide,
  marginMode: Type.Enum(['cross', 'isolated'] as const),
  /** Signed. */
  size: Decimal,
  entryPrice: maybe(Decimal),
  markPrice: Decimal,
  notional: Decimal,
  costBasis: Decimal,
  unrealizedPnl: Decimal,
  accruedFunding: Decimal,
  maintenanceMargin: Decimal,
  initialMargin: maybe(Decimal),
  marginBasis: Type.Enum(['mark', 'entry'] as const),
  tier: MarginTier,
  /** The account's own limit in this market. */
  leverage: maybe(Decimal),
  level: Level,
  liquidationPrice: PriceAnswer,
  bankruptcyPrice: PriceAnswer,
  /** From the mark to the liquidation price: (mark - price) / mark of a long, (price - mark) / mark of a short. */
  liquidationDistancePercent: maybe(Decimal),
  /** Null where it does not gain: then nobody would be deleveraged by it. */
  adl: maybe(AdlPlace),
  lastUpdated: maybe(Time),
  lastPriceUpdate: maybe(Time),
});
export type Position = Static<typeof Position>;

export const Bucket = record({
  name: Type.String(),
  level: Level,
  verdict: Type.Enum(VERDICT_NAMES),
  collateral: Decimal,
  equity: Decimal,
  maintenanceMargin: Decimal,
  /** equity - maintenance: below 0 it is liquidatable. */
  excess: Decimal,
  /** equity / maintenance; null without maintenance. */
  health: maybe(Decimal),
  unrealizedPnl: Decimal,
  accruedFunding: Decimal,
  orderCharge: Decimal,
  /** By which all marks would have to move together; null where no move does it. */
  jointDistancePercent: maybe(Decimal),
  ratios: VenueRatios,
  positions: Type.Array(Position),
});
export type Bucket = Static<typeof Bucket>;

export const Account = record({
  account: Name,
  row: Count,
  level: Level,
  equity: Decimal,
  collateral: Decimal,
  maintenanceMargin: Decimal,
  /** Of the cross bucket with its orders. */
  initialMargin: Decimal,
  freeCollateral: Decimal,
  notional: Decimal,
  unrealizedPnl: Decimal,
  /** The worst bucket's. */
  health: maybe(Decimal),
  jointDistancePercent: maybe(Decimal),
  leverage: maybe(Decimal),
  hedge: Type.Boolean(),
  exempt: Type.Boolean(),
  liquidating: Type.Boolean(),
  orders: Count,
  buckets: Type.Array(Bucket),
  lastUpdated: maybe(Time),
});
export type Account = Static<typeof Account>;

export const AccountSummary = record({
  account: Name,
  row: Count,
  level: Level,
  equity: Decimal,
  maintenanceMargin: Decimal,
  excess: Decimal,
  health: maybe(Decimal),
  notional: Decimal,
  unrealizedPnl: Decimal,
  leverage: maybe(Decimal),
  jointDistancePercent: maybe(Decimal),
  positions: Count,
  /** Where most of its notional is; null without positions. */
  largest: maybe(record({ market: Name, side: PositionSide, notional: Decimal })),
});
export type AccountSummary = Static<typeof AccountSummary>;

export const ACCOUNT_SORTS = ['distance', 'health', 'equity', 'notional', 'row'] as const;
export const AccountSort = Type.Enum(ACCOUNT_SORTS);
export type AccountSort = Static<typeof AccountSort>;

/** Those not yet liquidatable, nearest first. */
export const Near = record({
  place: Count,
  account: Name,
  bucket: Type.String(),
  level: Level,
  equity: Decimal,
  maintenanceMargin: Decimal,
  health: maybe(Decimal),
  notional: Decimal,
  distancePercent: Decimal,
  /** The distance as a multiple of what the mark moves in an hour, as it did of late; null while that is not known. */
  distanceSigmas: maybe(Decimal),
  largest: maybe(
    record({ market: Name, side: PositionSide, notional: Decimal, liquidationPrice: PriceAnswer }),
  ),
});
export type Near = Static<typeof Near>;
