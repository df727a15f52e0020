/** The pre-trade gate: what it decided and every reason, the limits, and how much of them is used. */
import { Type, type Static } from 'typebox';
import { Count, Decimal, Figure, Id, maybe, Name, OrderSide, record, Sequence, Time } from './scalars.ts';

export const GateReason = record({
  check: Type.String(),
  /** A hard check rejects; a soft one warns. */
  kind: Type.Enum(['hard', 'soft'] as const),
  limit: maybe(Decimal),
  value: maybe(Decimal),
});
export type GateReason = Static<typeof GateReason>;

export const GateDecision = record({
  id: Id,
  sequence: Sequence,
  time: Time,
  account: Name,
  market: Name,
  side: OrderSide,
  size: Decimal,
  price: maybe(Decimal),
  verdict: Type.Enum(['approved', 'rejected'] as const),
  /** In the order in which the checks stand: the first hard one is the headline. */
  reasons: Type.Array(GateReason),
  latencyUs: maybe(Figure),
});
export type GateDecision = Static<typeof GateDecision>;

export const GateLimit = record({
  check: Type.String(),
  /** Whose it is: an account, a market, a group, or all. */
  scope: Type.String(),
  subject: maybe(Type.String()),
  kind: Type.Enum(['hard', 'soft'] as const),
  limit: Decimal,
  unit: Type.String(),
});
export type GateLimit = Static<typeof GateLimit>;

export const GateUtilisation = record({
  decisionsPerSecond: Figure,
  approved: Count,
  rejected: Count,
  latencyUs: record({ p50: Figure, p99: Figure, max: Figure }),
  rejectsByReason: Type.Array(record({ check: Type.String(), count: Count })),
  /** The fullest first. */
  limits: Type.Array(
    record({
      check: Type.String(),
      scope: Type.String(),
      subject: maybe(Type.String()),
      /** Null: of all markets together. */
      market: maybe(Name),
      limit: Decimal,
      used: Decimal,
      usedPercent: Decimal,
    }),
  ),
});
export type GateUtilisation = Static<typeof GateUtilisation>;
