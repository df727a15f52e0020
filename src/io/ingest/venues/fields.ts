/**
 * Fields of what a venue sent, as JSON gave them, into whole numbers. What is not as it should be is refused with the name of
 * the field and its value; the feed that reads it catches the refusal, quarantines the frame and goes on.
 */
import { parseDecimal, toSafeInteger, toScaled } from '../../../core/num/decimal.ts';
import type { TimeUs } from '../../../core/num/units.ts';
import type { InstrumentRow } from '../../../core/price/venue-event.ts';

export type RefusalCode =
  | 'FEED_JSON'
  | 'FEED_EVENT_UNKNOWN'
  | 'FEED_FIELD'
  | 'FEED_NUMBER'
  | 'FEED_GRID'
  | 'FEED_CROSSED'
  | 'FEED_SYMBOL_UNKNOWN'
  | 'FEED_ANSWER'
  | 'FEED_VENUE_ERROR';

/** Thrown by what reads a frame, and caught by the feed. Never leaves `venues/`. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly field: string | null;
  readonly value: unknown;
  /** Whose frame it was, where that could be read, and whether a change of its book is lost with it. */
  instrument: InstrumentRow | null = null;
  isOfBook = false;

  constructor(code: RefusalCode, what: string, field: string | null = null, value?: unknown) {
    super(what);
    this.code = code;
    this.field = field;
    this.value = value;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal('FEED_JSON', `malformed JSON: ${(error as Error).message}`);
  }
}

export function fieldsOf(data: Fields, field: string): Fields {
  const value = data[field];
  if (!isFields(value)) throw missing('an object', field, value);
  return value;
}

export function listOf(data: Fields, field: string): readonly unknown[] {
  const value = data[field];
  if (!Array.isArray(value)) throw missing('a list', field, value);
  return value;
}

export function textOf(data: Fields, field: string): string {
  const value = data[field];
  if (typeof value !== 'string') throw missing('text', field, value);
  return value;
}

/** From 0 to 2^53 - 1. */
export function wholeOf(data: Fields, field: string): number {
  const value = data[field];
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw missing('a whole number from 0 to 2^53 - 1', field, value);
  return value as number;
}

const MILLISECONDS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** Milliseconds into microseconds. */
export function timeOf(data: Fields, field: string): TimeUs {
  const value = data[field];
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > MILLISECONDS_MAX)
    throw missing('milliseconds since 1970', field, value);
  return ((value as number) * 1000) as TimeUs;
}

/** Decimal text, at least 0, that is a whole number of units of 10^-scale and below 2^53 of them. */
export function scaledOf(data: Fields, field: string, scale: number): number {
  return scaledFrom(textOf(data, field), field, scale);
}

export function scaledFrom(text: string, field: string, scale: number): number {
  const units = toScaled(text, scale, 'exact');
  const value = units === null || units < 0n ? null : toSafeInteger(units);
  if (value !== null) return value;
  throw badDecimal(text, field, scale);
}

/** The same above 0. */
export function positiveFrom(text: string, field: string, scale: number): number {
  const value = scaledFrom(text, field, scale);
  if (value === 0) throw new Refusal('FEED_NUMBER', `${JSON.stringify(text)} is not above zero`, field, text);
  return value;
}

/** The same, rounded half to even to units of 10^-scale: for what a venue computes and states more finely than it trades. */
export function roundedFrom(text: string, field: string, scale: number): number {
  const units = toScaled(text, scale, 'half-even');
  const value = units === null ? null : toSafeInteger(units);
  if (value === null || value < 0) throw badDecimal(text, field, scale);
  return value;
}

/** In units of 1e-12, rounded half to even. A rate beyond 1 either way is no rate. */
export function rateFrom(text: string, field: string): number {
  const units = toScaled(text, RATE_SCALE, 'half-even');
  const value = units === null ? null : toSafeInteger(units);
  if (value === null || Math.abs(value) > 10 ** RATE_SCALE)
    throw new Refusal('FEED_NUMBER', `${JSON.stringify(text)} is no rate between -1 and 1`, field, text);
  return value + 0;
}

const RATE_SCALE = 12;

/** Whether decimal text (a tick, a lot) is at least one unit of 10^-scale and a whole number of them. */
export function isOnGrid(text: string, scale: number): boolean {
  const units = toScaled(text, scale, 'exact');
  return units !== null && units > 0n && toSafeInteger(units) !== null;
}

/** That levels stand best first, each once: `sign` is 1 for bids. */
export function checkOrder(levels: readonly number[], sign: 1 | -1, field: string): void {
  for (let at = 2; at < levels.length; at += 2) {
    if ((levels[at - 2] - levels[at]) * sign <= 0)
      throw new Refusal('FEED_FIELD', `level ${at / 2} is not behind the one before it`, field, levels[at]);
  }
}

function badDecimal(text: string, field: string, scale: number): Refusal {
  const decimal = parseDecimal(text);
  const shown = JSON.stringify(text);
  if (decimal === null) return new Refusal('FEED_NUMBER', `${shown} is not a decimal number`, field, text);
  if (decimal.digits < 0n) return new Refusal('FEED_NUMBER', `${shown} is negative`, field, text);
  return toScaled(text, scale, 'exact') === null
    ? new Refusal(
        'FEED_GRID',
        `${shown} is finer than the ${scale} decimals that we keep of it. The contract's terms may have changed; they are asked for again`,
        field,
        text,
      )
    : new Refusal('FEED_NUMBER', `${shown} passes 2^53 units of 10^-${scale}`, field, text);
}

function missing(what: string, field: string, value: unknown): Refusal {
  return new Refusal(
    'FEED_FIELD',
    `must be ${what}${value === undefined ? ', and is missing' : ''}. Compare with the venue's documentation`,
    field,
    value,
  );
}
