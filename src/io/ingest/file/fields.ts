/**
 * The fields of one JSON object, each read as what it has to be. What is not is thrown as a `BadCommand`, which knows
 * the field's path; the line it came from is put to it further up.
 */
import { parseDecimal } from '../../../core/num/decimal.ts';
import { parseRational } from '../../../core/num/rational.ts';
import type { Rate, TimeUs } from '../../../core/num/units.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';

export type BadCode =
  | 'COMMAND_JSON'
  | 'COMMAND_KIND_UNKNOWN'
  | 'COMMAND_FIELD_UNKNOWN'
  | 'COMMAND_FIELD_MISSING'
  | 'COMMAND_FIELD_INVALID'
  | 'COMMAND_NUMBER'
  | 'COMMAND_OFF_GRID'
  | 'COMMAND_NAME_UNKNOWN'
  | 'COMMAND_NAME_TAKEN'
  | 'COMMAND_TIERS'
  | 'COMMAND_GRID'
  | 'COMMAND_SETTINGS_MISSING';

export class BadCommand extends Error {
  readonly code: BadCode;
  readonly field: string | null;
  readonly value: unknown;
  constructor(code: BadCode, what: string, field: string | null, value?: unknown) {
    super(what);
    this.code = code;
    this.field = field;
    this.value = value;
  }
}

type Values = Readonly<Record<string, unknown>>;

export class Fields {
  readonly #values: Values;
  readonly #path: string;

  /** `known` are all the fields that may be there. */
  constructor(value: unknown, path: string, known: ReadonlySet<string>) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BadCommand(
        'COMMAND_FIELD_INVALID',
        `must be an object, not ${excerpt(value)}`,
        path === '' ? null : path,
        value,
      );
    }
    this.#values = value as Values;
    this.#path = path;
    for (const name of Object.keys(value)) {
      if (!known.has(name))
        throw new BadCommand(
          'COMMAND_FIELD_UNKNOWN',
          `unknown field${didYouMean(name, known) || `; known are ${[...known].join(', ')}`}`,
          this.at(name),
          this.#values[name],
        );
    }
  }

  /** The path of a field, for messages. */
  at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  bad(code: BadCode, name: string, what: string): BadCommand {
    return new BadCommand(code, what, this.at(name), this.#values[name]);
  }

  value(name: string): unknown {
    const value = this.#values[name];
    if (value === undefined) throw new BadCommand('COMMAND_FIELD_MISSING', 'is missing', this.at(name));
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value))
      throw this.bad('COMMAND_FIELD_INVALID', name, `must be a list, not ${excerpt(value)}`);
    return value;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string')
      throw this.bad('COMMAND_FIELD_INVALID', name, `must be text in quotes, not ${excerpt(value)}`);
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#values[name];
    if (value === undefined) return otherwise;
    if (typeof value !== 'boolean')
      throw this.bad('COMMAND_FIELD_INVALID', name, `must be true or false, not ${excerpt(value)}`);
    return value;
  }

  /** The place of a word in a list of them. */
  choice(name: string, words: readonly string[], otherwise: number): number {
    const value = this.#values[name];
    if (value === undefined) return otherwise;
    const found = typeof value === 'string' ? words.indexOf(value) : -1;
    if (found === -1)
      throw this.bad(
        'COMMAND_FIELD_INVALID',
        name,
        `must be one of ${words.join(', ')}, not ${excerpt(value)}${typeof value === 'string' ? didYouMean(value, words) : ''}`,
      );
    return found;
  }

  /** Decimal text, as text or as a JSON number that is whole; not yet on any grid. */
  decimal(name: string): string {
    const value = this.value(name);
    if (typeof value === 'string') {
      if (parseDecimal(value) === null)
        throw this.bad('COMMAND_NUMBER', name, `${excerpt(value)} is not a decimal number such as "-12.5"`);
      return value;
    }
    if (typeof value !== 'number')
      throw this.bad('COMMAND_NUMBER', name, `must be a decimal number in quotes, not ${excerpt(value)}`);
    return String(this.#safe(name, value));
  }

  /** A whole number from `least` to 2^53 - 1. */
  whole(name: string, least = 0): number {
    const value = this.value(name);
    let number = Number.NaN;
    if (typeof value === 'number') number = this.#safe(name, value);
    else if (typeof value === 'string' && /^-?\d{1,16}$/.test(value)) number = Number(value) + 0;
    if (!Number.isSafeInteger(number) || number < least)
      throw this.bad(
        'COMMAND_NUMBER',
        name,
        `must be a whole number from ${least} to 2^53 - 1, not ${excerpt(value)}`,
      );
    return number;
  }

  /** A fraction of whole numbers: "1/30" as it stands, "0.004" in lowest terms. Below zero only where it is `signed`. */
  rate(name: string, otherwise?: Rate, signed = false): Rate {
    if (otherwise !== undefined && this.#values[name] === undefined) return otherwise;
    const value = this.value(name);
    const text = typeof value === 'number' ? String(this.#safe(name, value)) : value;
    const plain = typeof text === 'string' ? /^(-?\d{1,15})\/(\d{1,15})$/.exec(text) : null;
    const rational =
      plain !== null && !/^0+$/.test(plain[2])
        ? { num: BigInt(plain[1]), den: BigInt(plain[2]) }
        : typeof text === 'string'
          ? parseRational(text)
          : null;
    if (rational === null)
      throw this.bad(
        'COMMAND_NUMBER',
        name,
        `must be a fraction such as "1/30" or "0.004", not ${excerpt(value)}`,
      );
    const { num, den } = rational;
    const size = num < 0n ? -num : num;
    if (den > 1_000_000_000n || size > BigInt(Number.MAX_SAFE_INTEGER) || (num < 0n && !signed)) {
      throw this.bad(
        'COMMAND_NUMBER',
        name,
        `${excerpt(value)} must ${signed ? 'be a fraction' : 'be 0 or more,'} with a denominator of at most 1000000000`,
      );
    }
    return { num: Number(num), den: Number(den) };
  }

  /** ISO 8601 in UTC to the microsecond, or whole microseconds since 1970. */
  time(name: string): TimeUs {
    const value = this.value(name);
    const us =
      typeof value === 'string'
        ? timeFromText(value)
        : Number.isSafeInteger(value)
          ? (value as number)
          : null;
    if (us === null || us < 0) {
      throw this.bad(
        'COMMAND_NUMBER',
        name,
        `must be a UTC time such as "2024-08-08T23:54:15.030314Z" or whole microseconds since 1970, not ${excerpt(value)}`,
      );
    }
    return (us + 0) as TimeUs;
  }

  /** `30s`, `1.5m`: whole microseconds. */
  duration(name: string, otherwise?: number): number {
    if (otherwise !== undefined && this.#values[name] === undefined) return otherwise;
    const value = this.value(name);
    const us = typeof value === 'string' ? durationFromText(value) : null;
    if (us === null)
      throw this.bad(
        'COMMAND_NUMBER',
        name,
        `must be a time span such as "30s", "500ms" or "5m" (us, ms, s, m, h), not ${excerpt(value)}`,
      );
    return us;
  }

  #safe(name: string, value: number): number {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value;
    throw this.bad(
      'COMMAND_NUMBER',
      name,
      `the number ${Object.is(value, -0) ? '-0' : value} is not whole or is beyond 2^53 and may not be what was meant: write it as a string, in quotes`,
    );
  }
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/;

/** Null when it is no time: the 30th of February is none. */
export function timeFromText(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null)
    return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
  const ms = Date.parse(`${match[1]}Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== match[1]) return null;
  return ms * 1000 + Number((match[2] ?? '').padEnd(6, '0'));
}

const DAY_US = 86_400e6;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
/** The day that was last told: what is told of one day is told often. */
let toldDay = 0;
let told = '1970-01-01T';

export function timeToText(timeUs: TimeUs): string {
  const day = Math.floor(timeUs / DAY_US);
  if (day !== toldDay) {
    told = new Date(day * (DAY_US / 1000)).toISOString().slice(0, 11);
    toldDay = day;
  }
  const inDay = timeUs - day * DAY_US;
  const us = inDay % 1_000_000;
  const second = (inDay - us) / 1_000_000;
  const hours = TWO_DIGITS[Math.floor(second / 3600)];
  const minutes = TWO_DIGITS[Math.floor(second / 60) % 60];
  return `${told}${hours}:${minutes}:${TWO_DIGITS[second % 60]}.${String(us).padStart(6, '0')}Z`;
}

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6 };

/** Null when it is no span, is not whole in microseconds, or passes 2^53 of them. */
function durationFromText(text: string): number | null {
  const match = /^(\d{1,16}(?:\.\d{1,12})?)(us|ms|s|m|h)$/.exec(text);
  const number = match === null ? null : parseRational(match[1]);
  if (match === null || number === null) return null;
  const us = number.num * BigInt(UNITS_US[match[2]]);
  return us % number.den === 0n && us / number.den <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(us / number.den)
    : null;
}
