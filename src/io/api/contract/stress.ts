/** What if marks moved: who would be liquidated, what it would cost, without touching anything. And how large a position may be. */
import { Type, type Static } from 'typebox';
import {
  Count,
  CountByLevel,
  Decimal,
  Level,
  maybe,
  MoneyByLevel,
  Name,
  PositionSide,
  record,
  Sequence,
  Time,
} from './scalars.ts';

export const StressRequest = record({
  /** In percent of the mark, above -100 and up to 1000; markets that are not named stay, unless `allPercent` is given. */
  shocks: Type.Optional(Type.Record(Name, Decimal)),
  allPercent: Type.Optional(Decimal),
  /** How many of those hit worst are listed. */
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 500 })),
});
export type StressRequest = Static<typeof StressRequest>;

export const StressHit = record({
  account: Name,
  bucket: Type.String(),
  from: Level,
  to: Level,
  equityBefore: Decimal,
  equityAfter: Decimal,
  notional: Decimal,
  deficit: Decimal,
  largest: maybe(record({ market: Name, side: PositionSide, notional: Decimal })),
});

export const StressResult = record({
  /** The state that was shocked. */
  sequence: Sequence,
  time: Time,
  tookMs: Type.Number(),
  shocks: Type.Array(record({ market: Name, percent: Decimal, markBefore: Decimal, markAfter: Decimal })),
  bucketsBefore: CountByLevel,
  bucketsAfter: CountByLevel,
  notionalAfter: MoneyByLevel,
  liquidated: record({
    /** Newly liquidatable, not those that are already. */
    buckets: Count,
    accounts: Count,
    longNotional: Decimal,
    shortNotional: Decimal,
  }),
  /**
   * Money, step by step. Of all accounts together little changes, for what one side loses the other gains; so those who lose are counted apart:
   *
   *   lost + owedBefore = paid + deficit      deficit = fundUsed + deleveraged      fundBefore + fundRevalued - fundUsed = fundAfter, unless that is below 0
   */
  waterfall: record({
    /** Of all accounts, without the house. */
    equityBefore: Decimal,
    /** Before less after. */
    loss: Decimal,
    equityAfter: Decimal,
    /** What those lose whose equity falls, and gain whose equity rises. */
    lost: Decimal,
    won: Decimal,
    /** What of it the losers' own equity pays. */
    paid: Decimal,
    /** What was owed beyond equity before anything moved, and still is. */
    owedBefore: Decimal,
    /** Sum of what bankrupt buckets would owe. */
    deficit: Decimal,
    fundBefore: Decimal,
    /** What positions that the fund has taken over gain, before it pays anything. */
    fundRevalued: Decimal,
    fundUsed: Decimal,
    fundAfter: Decimal,
    /** What is left to take from those who gain. */
    deleveraged: Decimal,
  }),
  hits: Type.Array(StressHit),
  assumption: Type.String(),
});
export type StressResult = Static<typeof StressResult>;

/**
 * f* = p - (1 - p) / b, no less than 0. The budget is kelly * f* of equity, no more than riskPercent of it; the size is the budget over what a unit
 * loses from entry to stop, capped by margin.
 */
export const SizingQuery = record({
  account: Type.Optional(Name),
  equity: Type.Optional(Decimal),
  market: Name,
  side: Type.Optional(PositionSide),
  entry: Type.Optional(Decimal),
  stop: Decimal,
  winProbability: Type.Optional(Decimal),
  winLossRatio: Type.Optional(Decimal),
  riskPercent: Type.Optional(Decimal),
  kelly: Type.Optional(Decimal),
  /** Trades that the probability was estimated from: the answer says how uncertain that leaves it. */
  trades: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});
export type SizingQuery = Static<typeof SizingQuery>;

export const Sizing = record({
  market: Name,
  side: PositionSide,
  equity: Decimal,
  entry: Decimal,
  stop: Decimal,
  /** Kelly's fraction, and what of it is used. */
  kellyFraction: Decimal,
  kelly: Decimal,
  kellyBudget: Decimal,
  riskBudget: Decimal,
  budget: Decimal,
  size: Decimal,
  notional: Decimal,
  initialMargin: Decimal,
  leverage: maybe(Decimal),
  /** What set the size. */
  limitedBy: Type.Enum([
    'kelly',
    'risk',
    'margin',
    'position_limit',
    'order_size',
    'no_edge',
    'lot',
  ] as const),
  /** Two standard errors around the fraction; null without `trades`. */
  uncertainty: maybe(record({ low: Decimal, high: Decimal })),
  lossAtStop: Decimal,
  assumption: Type.String(),
});
export type Sizing = Static<typeof Sizing>;
