/**
 * Alerts to accounts (their margin, their liquidation), about the system (much liquidated, fund low, deleveraging, a market stopped) and of the
 * watchers of conduct. They say how far a price is, never when something will happen: that cannot be known.
 */
import { Type, type Static } from 'typebox';
import { Count, Decimal, Id, Level, maybe, Name, record, Sequence, Time } from './scalars.ts';

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
  impact: maybe(record({ positionsAffected: Count, totalNotional: Decimal, insuranceFundBalance: Decimal })),
  /** What it rests on, by name. */
  figures: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
});
export type Alert = Static<typeof Alert>;

export const AlertKind = Type.Enum(ALERT_KINDS);
export const Severity = Type.Enum(SEVERITIES);
