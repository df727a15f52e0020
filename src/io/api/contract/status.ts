/** How the system does. */
import { Type, type Static } from 'typebox';
import {
  Count,
  CountByLevel,
  Decimal,
  Figure,
  maybe,
  MoneyByLevel,
  RankedAt,
  record,
  Sequence,
  Time,
} from './scalars.ts';

export const Latency = record({ p50: Figure, p99: Figure, max: Figure });

export const Status = record({
  name: Type.String(),
  version: Type.String(),
  node: Type.String(),
  mode: Type.Enum(['demo', 'exchange'] as const),
  state: Type.Enum(['starting', 'live', 'stopped', 'failed'] as const),
  startedAt: Time,
  uptimeSeconds: Figure,
  asset: record({ name: Type.String(), decimals: Count }),
  accounts: Count,
  positions: Count,
  orders: Count,
  engine: record({
    /** Threads that apply commands, each for a part of the accounts. */
    shards: Count,
    commands: Sequence,
    commandsPerSecond: Figure,
    pricesPerSecond: Figure,
    /** Of a command that brings prices, in the engine's thread; since the last second. */
    priceLatencyUs: Latency,
    commandLatencyUs: Latency,
    memoryBytes: Count,
  }),
  replica: record({
    sequence: Sequence,
    /** Commands that the engine has done and the replica has not. */
    behind: Count,
    lagMs: Figure,
    memoryBytes: Count,
  }),
  /** The replica and the engine, compared: of every command what it decided, and of whole states their hashes. */
  checker: record({
    verdict: Type.Enum(['agrees', 'disagrees', 'off'] as const),
    compared: Count,
    /** Differences found: 0 unless the verdict is `disagrees`. */
    missed: Count,
    sequence: Sequence,
  }),
  journal: maybe(
    record({
      directory: Type.String(),
      sequence: Sequence,
      acknowledged: Sequence,
      snapshot: Sequence,
      /** Records that could not be written or synced: after one nothing is accepted any more. Since the process began, as all here. */
      appendErrors: Count,
      snapshotErrors: Count,
      lastError: maybe(Type.String()),
      lastErrorAgeSeconds: maybe(Figure),
    }),
  ),
  stream: record({
    clients: Count,
    subscriptions: Count,
    dropped: Count,
    conflated: Count,
    bufferedBytes: Count,
  }),
  crowd: maybe(record({ wanted: Count, opened: Count, isDone: Type.Boolean() })),
});
export type Status = Static<typeof Status>;

/** One number for each second, oldest first. */
export const Series = Type.Array(Figure);
export const SeriesByLevel = record({
  safe: Series,
  warning: Series,
  danger: Series,
  critical: Series,
  liquidatable: Series,
  backstop: Series,
  bankrupt: Series,
});
export type SeriesByLevel = Static<typeof SeriesByLevel>;

export const Overview = record({
  accounts: Count,
  accountsByLevel: CountByLevel,
  notionalByLevel: MoneyByLevel,
  /** Of accounts at danger or worse; null until all were looked at once. */
  equityAtRisk: maybe(Decimal),
  /** The look at all accounts that `equityAtRisk` is the sum of. */
  rankedAt: maybe(RankedAt),
  openInterest: Decimal,
  insuranceFund: Decimal,
  treasury: Decimal,
  commandsPerSecond: Figure,
  pricesPerSecond: Figure,
  tradesPerSecond: Figure,
  liquidationsPerSecond: Figure,
  /** Buckets that the last second's prices made the engine look at, and how many there are. */
  touched: Count,
  touchedOf: Count,
  missed: Count,
  priceLatencyUs: Latency,
  /** Of the last interval, and of up to sixty, oldest first: a rate changes once an interval, so that seconds of it would say nothing. */
  fundingPercent: Type.Array(
    record({ market: Type.String(), percent: Decimal, intervals: Type.Array(Figure) }),
  ),
  liquidations: Count,
  takeovers: Count,
  adls: Count,
  alerts: Count,
  /** The last five minutes, a number a second. */
  history: record({
    endsAt: Time,
    accounts: Series,
    accountsByLevel: SeriesByLevel,
    notionalByLevel: SeriesByLevel,
    /** null in seconds before all were looked at once. */
    equityAtRisk: Type.Array(maybe(Figure)),
    openInterest: Series,
    insuranceFund: Series,
    commandsPerSecond: Series,
    pricesPerSecond: Series,
    liquidationsPerSecond: Series,
    touched: Series,
    missed: Series,
    priceLatencyUs: Series,
  }),
});
export type Overview = Static<typeof Overview>;
