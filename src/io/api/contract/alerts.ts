/**
 * Alerts to accounts (their margin, their liquidation), about the system (much liquidated, fund low, deleveraging, a market stopped) and of the
 * watchers of conduct. They say how far a price is, never when something will happen: that cannot be known.
 */
import { Type, type Static } from 'typebox';
import { Count, Decimal, Id, Leg, Level, maybe, Name, record, Sequence, Time } from './scalars.ts';

export const ALERT_KINDS = [
  'margin_warning',
  'liquidation_near',
  'position_liquidated',
  'high_liquidation_volume',
  'insurance_fund_low',
  'adl_triggered',
  'market_state',
  'price_quality',
  'breaker_tripped',
  'conduct',
] as const;
export const SEVERITIES = ['info', 'warning', 'critical', 'emergency'] as const;

/** A position that an alert is about, by the id that it has among its account's. */
export const AlertPosition = record({
  positionId: Type.String(),
  account: Name,
  market: Name,
  leg: Leg,
  /** The mark of this market at which it would be liquidated, all others as they are, and how far that is; null where no mark is, or it has come to that. */
  liquidationPrice: maybe(Decimal),
  movePercent: maybe(Decimal),
});

/** What much of the system has to do with an alert. */
export const Impact = record({
  /**
   * Liquidation volume: closed within its window, each once a liquidation. Deleveraging: closed against others. Fund low: what it holds,
   * and what may still fall to it, at liquidatable or worse.
   */
  positionsAffected: Count,
  totalNotional: Decimal,
  insuranceFundBalance: Decimal,
});

export const Alert = record({
  id: Id,
  kind: Type.Enum(ALERT_KINDS),
  severity: Type.Enum(SEVERITIES),
  message: Type.String(),
  sequence: Sequence,
  time: Time,
  market: maybe(Name),
  accounts: Type.Array(Name),
  level: maybe(Level),
  /** Whether somebody has to do something for it to end well. */
  actionRequired: Type.Boolean(),
  /** Of an account's alert: how far all marks together are from its liquidation. */
  distancePercent: maybe(Decimal),
  /** Of an account's alert: its positions in question, the largest first, eight at most. */
  positions: Type.Array(AlertPosition),
  impact: maybe(Impact),
  /** What it rests on, by name. */
  figures: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
});
export type Alert = Static<typeof Alert>;
export type AlertPosition = Static<typeof AlertPosition>;

export const AlertKind = Type.Enum(ALERT_KINDS);
export const Severity = Type.Enum(SEVERITIES);
