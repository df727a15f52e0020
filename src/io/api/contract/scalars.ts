/**
 * The contract of the HTTP and WebSocket API: schemas, and types made from them. Pure data without Node, so that a browser may have it.
 * `routes.ts` has every route, `stream.ts` every channel; the OpenAPI document is made from both.
 *
 * What all have in common stands here. Money, prices and sizes are decimal strings, times ISO 8601 in UTC to the microsecond, shares are in percent
 * where their name ends so. What cannot be said is null, never 0.
 */
import { Type, type Static, type TSchema } from 'typebox';
import { LEG_NAMES } from '../../../core/schema/commands.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { SIDE_NAMES } from '../../../core/schema/side.ts';

/** An object that has these fields and no others. */
export function record<Fields extends Record<string, TSchema>>(fields: Fields, description?: string) {
  return Type.Object(fields, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

export function maybe<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const Decimal = Type.String({ pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$', maxLength: 64 });
export type Decimal = Static<typeof Decimal>;

export const Time = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$',
});
export type Time = Static<typeof Time>;

/** Place of a command in the exchange's input, from 1; 0 before the first. */
export const Sequence = Type.Integer({ minimum: 0 });
export const Count = Type.Integer({ minimum: 0 });
/** Ids count from 1. */
export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Name = Type.String({ minLength: 1, maxLength: 64 });
/** Opaque: as the answer before gave it. */
export const Cursor = Type.String({ minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9_-]+$' });
/** A plain number, for rates and durations that nothing is decided by. */
export const Figure = Type.Number();

export const Level = Type.Enum(LEVEL_NAMES);
export type Level = Static<typeof Level>;
export const Leg = Type.Enum(LEG_NAMES);
export const OrderSide = Type.Enum(SIDE_NAMES);
export const PositionSide = Type.Enum(['long', 'short'] as const);

/** The state that an answer is about. `ageMs` is how long ago it was the newest known: a client that shows numbers shows it too. */
export const Cut = record({
  sequence: Sequence,
  timeUs: Type.Integer({ minimum: 0 }),
  time: Time,
  ageMs: Figure,
});
export type Cut = Static<typeof Cut>;

/** A price that may not be there, why, and what it takes as given. */
export const PriceAnswer = record({
  price: maybe(Decimal),
  reason: maybe(
    Type.Enum(['already_liquidatable', 'already_bankrupt', 'no_price_is_bad_enough', 'no_position'] as const),
  ),
  assumption: Type.String(),
});
export type PriceAnswer = Static<typeof PriceAnswer>;

/** One number for each level. */
export const CountByLevel = record({
  safe: Count,
  warning: Count,
  danger: Count,
  critical: Count,
  liquidatable: Count,
  backstop: Count,
  bankrupt: Count,
});
export type CountByLevel = Static<typeof CountByLevel>;
export const MoneyByLevel = record({
  safe: Decimal,
  warning: Decimal,
  danger: Decimal,
  critical: Decimal,
  liquidatable: Decimal,
  backstop: Decimal,
  bankrupt: Decimal,
});
export type MoneyByLevel = Static<typeof MoneyByLevel>;

/** A look at all accounts, in the background: by which command it began, and how long ago. */
export const RankedAt = record({ sequence: Sequence, ageMs: Figure });
export type RankedAt = Static<typeof RankedAt>;

/** An answer about a cut. */
export function answer<Data extends TSchema>(data: Data) {
  return record({ cut: Cut, data });
}

/** A part of a list; `next` is the cursor of what follows, null at the end. */
export function page<Item extends TSchema>(item: Item) {
  return record({ cut: Cut, data: Type.Array(item), next: maybe(Cursor) });
}
