/**
 * Reading what venues send, field by field. A field that cannot be used throws `BadFrame`, which names it by its path; the
 * feed turns that into a problem.
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Instrument } from '../../../../core/price/venue-event.ts';
import { BadFrame, type BadFrameCode } from './bad-frame.ts';
import { whyNotWhole, wholeOf } from './whole.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown, path: string): Fields {
  if (isFields(value)) return value;
  throw wrong('FEED_FIELD', 'must be an object', path, value);
}

export function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong('FEED_FIELD', 'must be a list', path, value);
}

export function textOf(value: unknown, path: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw wrong('FEED_FIELD', 'must be text', path, value);
}

/** One of a few words that stand for something. */
export function wordOf<T>(value: unknown, words: Readonly<Record<string, T>>, path: string): T {
  if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value];
  throw wrong('FEED_FIELD', `must be one of ${Object.keys(words).join(', ')}`, path, value);
}

/** A sequence number, an id, a checksum. */
export function countOf(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0)) return value as number;
  throw wrong('FEED_FIELD', 'must be a whole number from 0 to 2^53 - 1', path, value);
}

/** The same field said twice must say the same. */
export function requireSame(value: unknown, expected: string, path: string): void {
  if (value !== expected)
    throw wrong(
      'FEED_FIELD',
      `must be ${JSON.stringify(expected)}, as the message around it says`,
      path,
      value,
    );
}

/** Above 0. */
export function priceOf(value: unknown, { priceScale }: Instrument, path: string): number {
  const price = sizeOf(value, { sizeScale: priceScale }, path);
  if (price > 0) return price;
  throw wrong('FEED_NUMBER', 'must be above 0', path, value);
}

/** 0 and above: a level of size 0 is gone. */
export function sizeOf(value: unknown, { sizeScale }: Pick<Instrument, 'sizeScale'>, path: string): number {
  const size = wholeOf(value, sizeScale);
  if (size !== null) return size;
  const { code, what } = whyNotWhole(value, sizeScale);
  throw wrong(code, what, path, value);
}

/** Of a trade: above 0. */
export function tradeSizeOf(value: unknown, instrument: Instrument, path: string): number {
  const size = sizeOf(value, instrument, path);
  if (size > 0) return size;
  throw wrong('FEED_NUMBER', 'must be above 0', path, value);
}

/** `read` is how this venue writes times: `isoTime`, `msTime`, `msTextTime`. */
export function timeOf(value: unknown, read: (value: unknown) => TimeUs | null, path: string): TimeUs {
  const time = read(value);
  if (time !== null) return time;
  throw wrong('FEED_FIELD', 'is no time of the years 2009 to 2099 as this venue writes them', path, value);
}

/** `[[price, size, ...], ...]` to price, size, price, size... */
export function levelsOf(value: unknown, instrument: Instrument, path: string): number[] {
  const list = listOf(value, path);
  const levels: number[] = [];
  for (let at = 0; at < list.length; at++) {
    const level = list[at];
    if (!Array.isArray(level) || level.length < 2)
      throw wrong('FEED_FIELD', 'must be a price and a size', `${path}[${at}]`, level);
    const price = wholeOf(level[0], instrument.priceScale);
    const size = wholeOf(level[1], instrument.sizeScale);
    if (price === null || price === 0) priceOf(level[0], instrument, `${path}[${at}][0]`);
    if (size === null) sizeOf(level[1], instrument, `${path}[${at}][1]`);
    levels.push(price as number, size as number);
  }
  return levels;
}

function wrong(code: BadFrameCode, what: string, path: string, value: unknown): BadFrame {
  return new BadFrame(code, value === undefined ? 'is missing' : what, path, value);
}
