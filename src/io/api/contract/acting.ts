/** Calls that change something, and what they answer: done, and on disk where there is a journal. */
import { Type, type Static } from 'typebox';
import { MARKET_STATE_NAMES } from '../../../core/schema/orders.ts';
import { ExchangeEvent } from './liquidations.ts';
import { Decimal, maybe, Name, record, Sequence, Time, Id } from './scalars.ts';

/** A command that was taken. Refused ones are a problem with the reason. */
export const Done = record({
  sequence: Sequence,
  time: Time,
  durable: Type.Boolean(),
  /** Of an order that was placed. */
  order: maybe(Id),
  /** What followed at once, in order. */
  events: Type.Array(ExchangeEvent),
});
export type Done = Static<typeof Done>;

/** `asset` is the settlement asset where it is left out. */
export const MoneyRequest = record({ amount: Decimal, asset: Type.Optional(Name) });
export type MoneyRequest = Static<typeof MoneyRequest>;

export const StateRequest = record({
  state: Type.Enum(MARKET_STATE_NAMES),
  /** Who and why: it goes into the journal and the audit record. */
  text: Type.String({ minLength: 1, maxLength: 500 }),
});
export type StateRequest = Static<typeof StateRequest>;

export const CrashRequest = record({
  market: Type.Optional(Name),
  /** How far down, in percent: above 0, at most 60. */
  percent: Type.Optional(Decimal),
  seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 120 })),
});
export type CrashRequest = Static<typeof CrashRequest>;

export const Crash = record({
  market: Name,
  percent: Decimal,
  seconds: Type.Integer(),
  markBefore: Decimal,
  markAfter: Decimal,
});
export type Crash = Static<typeof Crash>;
