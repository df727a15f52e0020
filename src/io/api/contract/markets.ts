/** Markets: prices and what they are good for, the book, trades, candles, funding, and who falls at which price. */
import { Type, type Static } from 'typebox';
import { FORM_NAMES } from '../../../core/schema/commands.ts';
import { MARKET_STATE_NAMES } from '../../../core/schema/orders.ts';
import { QUALITY_NAMES, USE_NAMES } from '../../../core/schema/quality.ts';
import {
  Count,
  CountByLevel,
  Decimal,
  Id,
  maybe,
  MoneyByLevel,
  Name,
  OrderSide,
  record,
  Sequence,
  Time,
} from './scalars.ts';

/** What a price may be used for, and why not for more. */
export const PriceQuality = record({
  quality: Type.Enum(QUALITY_NAMES),
  allows: Type.Array(Type.Enum(USE_NAMES)),
  /** Nothing is liquidated by it. */
  held: Type.Boolean(),
  breaker: Type.Boolean(),
  reference: maybe(Decimal),
  since: maybe(Time),
  /** What the source said with the last price. */
  text: maybe(Type.String()),
});

export const MarkPrice = record({
  markPrice: maybe(Decimal),
  /** What marks are compared with; of the demo the price before its noise. */
  indexPrice: maybe(Decimal),
  lastPrice: maybe(Decimal),
  sequence: Sequence,
  /** Of the last new mark. */
  time: maybe(Time),
  ageMs: maybe(Type.Number()),
  change24hPercent: maybe(Decimal),
  funding: record({
    /** What a long paid in the last interval, as a share of notional; below 0 it was paid. */
    lastPercent: maybe(Decimal),
    index: Decimal,
    intervalSeconds: maybe(Count),
    nextAt: maybe(Time),
  }),
});

export const MarketSummary = record({
  market: Name,
  form: Type.Enum(FORM_NAMES),
  /** Null where it is not traded: an asset that is held as collateral. */
  state: maybe(Type.Enum(MARKET_STATE_NAMES)),
  price: MarkPrice,
  quality: PriceQuality,
  bestBid: maybe(Decimal),
  bestAsk: maybe(Decimal),
  /** Size of all longs, and what it is worth at the mark. */
  openInterest: Decimal,
  openInterestNotional: Decimal,
  longPnl: Decimal,
  shortPnl: Decimal,
  /** Since the process began, or the last 24 hours. */
  volume24h: Decimal,
  volume24hNotional: Decimal,
  liquidated24hNotional: Decimal,
  notionalByLevel: MoneyByLevel,
});
export type MarketSummary = Static<typeof MarketSummary>;

export const MarketTier = record({
  floor: Decimal,
  maintenanceRate: Type.String(),
  initialRate: Type.String(),
  maximumLeverage: Decimal,
});

/** Sizes that orders and positions may have. */
export const MarketLimits = record({
  sizeMin: Decimal,
  sizeMax: Decimal,
  positionMax: Decimal,
  openInterestMax: Decimal,
  leverageMax: Count,
  /** Where orders may be priced now. */
  collarLow: maybe(Decimal),
  collarHigh: maybe(Decimal),
  bandLow: maybe(Decimal),
  bandHigh: maybe(Decimal),
});

export const Market = record({
  summary: MarketSummary,
  asset: Type.String(),
  tick: Decimal,
  lot: Decimal,
  markTick: Decimal,
  tiers: Type.Array(MarketTier),
  makerFee: maybe(Type.String()),
  takerFee: maybe(Type.String()),
  closeFee: Type.String(),
  limits: maybe(MarketLimits),
  liquidation: maybe(record({ policy: Type.String(), fee: Type.String(), cooldownSeconds: Type.Number() })),
});
export type Market = Static<typeof Market>;

export const BookLevel = record({ price: Decimal, size: Decimal, total: Decimal, orders: maybe(Count) });
export const Book = record({
  market: Name,
  markPrice: maybe(Decimal),
  bids: Type.Array(BookLevel),
  asks: Type.Array(BookLevel),
});
export type Book = Static<typeof Book>;

export const INTERVALS = ['1s', '10s', '1m', '5m', '1h'] as const;
export const Interval = Type.Enum(INTERVALS);
export type Interval = Static<typeof Interval>;

/** Trades, and marks beside them; o, h, l, c are null where nobody traded. */
export const Candle = record({
  time: Time,
  open: maybe(Decimal),
  high: maybe(Decimal),
  low: maybe(Decimal),
  close: maybe(Decimal),
  volume: Decimal,
  trades: Count,
  markOpen: maybe(Decimal),
  markHigh: maybe(Decimal),
  markLow: maybe(Decimal),
  markClose: maybe(Decimal),
  indexClose: maybe(Decimal),
  openInterest: Decimal,
  isClosed: Type.Boolean(),
});
export type Candle = Static<typeof Candle>;

export const Trade = record({
  id: Id,
  market: Name,
  price: Decimal,
  size: Decimal,
  /** The taker's. */
  side: OrderSide,
  takerOrder: Id,
  makerOrder: Id,
  sequence: Sequence,
  time: Time,
  isLiquidation: Type.Boolean(),
});
export type Trade = Static<typeof Trade>;

/** A trade with both sides. */
export const TradeSide = record({
  account: Name,
  order: Id,
  size: Decimal,
  fee: Decimal,
  realizedPnl: Decimal,
});
export const TradeDetail = record({ trade: Trade, taker: maybe(TradeSide), maker: maybe(TradeSide) });
export type TradeDetail = Static<typeof TradeDetail>;

/**
 * Notional that would be liquidated if this market's mark moved there at once, the other marks, funding and orders as they are. `from` and `to` are the
 * edges of a step; a step under the mark has who falls as the price falls to it.
 */
export const MapStep = record({
  from: Decimal,
  to: Decimal,
  movePercent: Decimal,
  longNotional: Decimal,
  shortNotional: Decimal,
  accounts: Count,
  /** From the mark to here, this step included. */
  totalNotional: Decimal,
  totalAccounts: Count,
});
export const LiquidationMap = record({
  market: Name,
  markPrice: Decimal,
  /** Of the state that the steps were counted at: they are made in the background, and the mark has moved since. */
  countedAt: record({ sequence: Sequence, time: Time, markPrice: Decimal, ageMs: Type.Number() }),
  stepPercent: Decimal,
  accountsByLevel: CountByLevel,
  down: Type.Array(MapStep),
  up: Type.Array(MapStep),
  assumption: Type.String(),
});
export type LiquidationMap = Static<typeof LiquidationMap>;
