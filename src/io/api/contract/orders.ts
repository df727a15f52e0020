/** Orders: as they stand, and what may be asked for. */
import { Type, type Static } from 'typebox';
import {
  DONE_REASON_NAMES,
  ORDER_TYPE_NAMES,
  SELF_TRADE_NAMES,
  TIME_IN_FORCE_NAMES,
  TRIGGER_BY_NAMES,
} from '../../../core/schema/orders.ts';
import { Decimal, Id, Leg, maybe, Name, OrderSide, record, Sequence, Time } from './scalars.ts';

const TRIGGERS = ['stop', 'take_profit', 'trailing'] as const;

export const Order = record({
  id: Id,
  account: Name,
  market: Name,
  leg: Leg,
  side: OrderSide,
  type: Type.Enum(ORDER_TYPE_NAMES),
  timeInForce: Type.Enum(TIME_IN_FORCE_NAMES),
  price: maybe(Decimal),
  size: Decimal,
  filled: Decimal,
  left: Decimal,
  status: Type.Enum(['working', 'waiting', 'done'] as const),
  /** Of an order that is done. */
  why: maybe(Type.Enum(DONE_REASON_NAMES)),
  reduceOnly: Type.Boolean(),
  postOnly: Type.Boolean(),
  /** Placed by a liquidation, and not by its account. */
  isLiquidation: Type.Boolean(),
  clientId: maybe(Id),
  parent: maybe(Id),
  trigger: maybe(
    record({
      kind: Type.Enum(TRIGGERS),
      by: Type.Enum(TRIGGER_BY_NAMES),
      price: maybe(Decimal),
      distance: maybe(Decimal),
    }),
  ),
  takeProfit: maybe(Decimal),
  stopLoss: maybe(Decimal),
  expiresAt: maybe(Time),
  /** When it was taken, and when something last became of it; null where that was before this process began. */
  createdAt: maybe(Time),
  updatedAt: maybe(Time),
  sequence: maybe(Sequence),
});
export type Order = Static<typeof Order>;

export const PlaceOrder = record({
  account: Name,
  market: Name,
  leg: Type.Optional(Leg),
  side: OrderSide,
  type: Type.Optional(Type.Enum(ORDER_TYPE_NAMES)),
  timeInForce: Type.Optional(Type.Enum(TIME_IN_FORCE_NAMES)),
  price: Type.Optional(Decimal),
  size: Decimal,
  reduceOnly: Type.Optional(Type.Boolean()),
  postOnly: Type.Optional(Type.Boolean()),
  selfTrade: Type.Optional(Type.Enum(SELF_TRADE_NAMES)),
  expires: Type.Optional(Type.String({ maxLength: 40 })),
  /** The account's own name for it. */
  clientId: Type.Optional(Id),
  /** Orders of an account with the same number: when one trades the others are cancelled. */
  pair: Type.Optional(Id),
  trigger: Type.Optional(
    record({
      kind: Type.Enum(TRIGGERS),
      by: Type.Optional(Type.Enum(TRIGGER_BY_NAMES)),
      price: Type.Optional(Decimal),
      distance: Type.Optional(Decimal),
    }),
  ),
  takeProfit: Type.Optional(Decimal),
  stopLoss: Type.Optional(Decimal),
});
export type PlaceOrder = Static<typeof PlaceOrder>;

/** Both are said, whichever of them changes. */
export const AmendOrder = record({ account: Name, price: Type.Optional(Decimal), size: Decimal });
export type AmendOrder = Static<typeof AmendOrder>;
