/** Sums over all accounts, and those next to liquidation. */
import { Type, type Static } from 'typebox';
import { Count, CountByLevel, Decimal, Level, maybe, MoneyByLevel, Name, record } from './scalars.ts';

export const MarketAggregates = record({
  market: Name,
  longSize: Decimal,
  shortSize: Decimal,
  longNotional: Decimal,
  shortNotional: Decimal,
  /** Worth at the mark less cost basis; accrued funding is not in it. */
  longPnl: Decimal,
  shortPnl: Decimal,
  notionalByLevel: MoneyByLevel,
});

export const Aggregates = record({
  accounts: Count,
  buckets: Count,
  positions: Count,
  orders: Count,
  bucketsByLevel: CountByLevel,
  notionalByLevel: MoneyByLevel,
  openInterest: Decimal,
  insuranceFund: Decimal,
  treasury: Decimal,
  /** What bankrupt buckets owe, and the equity of accounts at danger or worse; null until all were looked at once. */
  deficit: maybe(Decimal),
  equityAtRisk: maybe(Decimal),
  /** Equity over maintenance of notional: half of all notional is in buckets at the second or under it. Null as above. */
  healthQuantiles: maybe(record({ p1: Decimal, p10: Decimal, p50: Decimal, p90: Decimal })),
  markets: Type.Array(MarketAggregates),
});
export type Aggregates = Static<typeof Aggregates>;

export const LevelInfo = record({
  level: Level,
  /** Health under which it is entered; null of safe, which is what is left. */
  enter: maybe(Type.String()),
  exit: maybe(Type.String()),
  inclusive: Type.Boolean(),
  buckets: Count,
  notional: Decimal,
});
export type LevelInfo = Static<typeof LevelInfo>;
