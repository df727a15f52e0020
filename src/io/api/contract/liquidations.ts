/** Liquidations: each with how it began, what was done, and how it ended. */
import { Type, type Static } from 'typebox';
import { LIQUIDATION_OUTCOME_NAMES, WAIT_WHY_NAMES } from '../../../core/schema/venue-events.ts';
import { Decimal, Id, Level, maybe, Name, record, Sequence, Time } from './scalars.ts';

export const Liquidation = record({
  id: Id,
  account: Name,
  bucket: Type.String(),
  level: Level,
  equity: Decimal,
  maintenanceMargin: Decimal,
  startedAt: Time,
  sequence: Sequence,
  endedAt: maybe(Time),
  /** Null while it goes on. */
  outcome: maybe(Type.Enum(LIQUIDATION_OUTCOME_NAMES)),
  waitsFor: maybe(Type.Enum(WAIT_WHY_NAMES)),
  /** Sums of what was closed in the book, taken over by the fund, and closed against others, at the prices they went at. */
  closedNotional: Decimal,
  takenOverNotional: Decimal,
  deleveragedNotional: Decimal,
  markets: Type.Array(Name),
  /** What it left the fund with, less what it cost it; null while it goes on. */
  fundAfter: maybe(Decimal),
});
export type Liquidation = Static<typeof Liquidation>;

/** An event of the exchange, in the words of docs/reference/exchange.md: `event` says which, the other fields go with it. */
export const ExchangeEvent = Type.Unsafe<ExchangeEvent>(
  Type.Object({ sequence: Sequence, time: Time, event: Type.String() }, { additionalProperties: true }),
);
export interface ExchangeEvent {
  readonly sequence: number;
  readonly time: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export const LiquidationDetail = record({
  liquidation: Liquidation,
  steps: Type.Array(ExchangeEvent),
});
export type LiquidationDetail = Static<typeof LiquidationDetail>;
