/**
 * Reads an untrusted JSON object field by field. The first thing wrong is kept, with the path to it,
 * and reading goes on with stand-ins: the caller looks at `Problems.first` once, at the end.
 */

import { parseDecimal } from '../num/decimal.ts';
import { compare, ONE, parseRational, ZERO, type Rational } from '../num/rational.ts';
import type { CalculatorError } from './output.ts';

export interface Problems {
  first: CalculatorError | null;
}

export type JsonObject = Record<string, unknown>;

export function report(
  problems: Problems,
  code: string,
  field: string,
  value: unknown,
  message: string,
): void {
  problems.first ??= { code, message, field, value: value === undefined ? null : value };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object whose fields are all among `known`; the nearest known name is suggested for the others. */
export function readObject(
  problems: Problems,
  value: unknown,
  field: string,
  known: readonly string[],
): JsonObject | null {
  if (!isObject(value)) {
    report(
      problems,
      value === undefined ? 'field_missing' : 'type_wrong',
      field,
      value,
      `${field === '' ? 'The input' : field} must be an object.`,
    );
    return null;
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    report(
      problems,
      'field_unknown',
      join(field, key),
      value[key],
      `There is no field "${key}" here${near === null ? `. Known: ${known.join(', ')}.` : `; did you mean "${near}"?`}`,
    );
  }
  return value;
}

export function readArray(problems: Problems, value: unknown, field: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  report(problems, 'type_wrong', field, value, `${field} must be a list.`);
  return [];
}

export function readChoice<Choice extends string>(
  problems: Problems,
  value: unknown,
  field: string,
  choices: readonly Choice[],
  standard: Choice,
): Choice {
  if (value === undefined) return standard;
  if (typeof value === 'string' && (choices as readonly string[]).includes(value)) return value as Choice;
  const near = typeof value === 'string' ? nearest(value, choices) : null;
  report(
    problems,
    'choice_unknown',
    field,
    value,
    `${field} must be one of ${choices.join(', ')}${near === null ? '.' : `; did you mean "${near}"?`}`,
  );
  return standard;
}

export function readFlag(problems: Problems, value: unknown, field: string, standard: boolean): boolean {
  if (value === undefined) return standard;
  if (typeof value === 'boolean') return value;
  report(problems, 'type_wrong', field, value, `${field} must be true or false.`);
  return standard;
}

export type Bound = 'any' | 'not_negative' | 'positive';

/** Null when absent (and not required) or refused. */
export function readDecimal(
  problems: Problems,
  value: unknown,
  field: string,
  bound: Bound,
  isRequired: boolean,
): Rational | null {
  const text = numberText(problems, value, field, isRequired);
  if (text === null) return null;
  if (parseDecimal(text) === null) {
    report(
      problems,
      'number_malformed',
      field,
      value,
      `${field} must be a plain decimal such as "0.001"; NaN, Infinity, hex, signs "+" and separators are refused.`,
    );
    return null;
  }
  return bounded(problems, parseRational(text)!, value, field, bound);
}

/** Like `readDecimal`, and fractions of decimals such as "1/30". */
export function readRate(
  problems: Problems,
  value: unknown,
  field: string,
  isRequired: boolean,
): Rational | null {
  const text = numberText(problems, value, field, isRequired);
  if (text === null) return null;
  const rate = parseRational(text);
  if (rate === null) {
    report(
      problems,
      'number_malformed',
      field,
      value,
      `${field} must be a decimal such as "0.004" or a fraction such as "1/30".`,
    );
    return null;
  }
  return bounded(problems, rate, value, field, 'not_negative');
}

/** A rate from 0 to 1: "40" is a percentage by mistake more often than forty times the notional. */
export function readShare(
  problems: Problems,
  value: unknown,
  field: string,
  isRequired: boolean,
): Rational | null {
  const rate = readRate(problems, value, field, isRequired);
  if (rate === null || compare(rate, ONE) <= 0) return rate;
  report(
    problems,
    'rate_out_of_range',
    field,
    value,
    `${field} is a fraction of notional, from 0 to 1; 0.4 % is "0.004".`,
  );
  return null;
}

export function orZero(value: Rational | null): Rational {
  return value ?? ZERO;
}

export function join(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}

function numberText(problems: Problems, value: unknown, field: string, isRequired: boolean): string | null {
  if (value === undefined) {
    if (isRequired) report(problems, 'field_missing', field, null, `${field} is missing.`);
    return null;
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) {
    report(
      problems,
      'number_not_quoted',
      field,
      value,
      `${field} is a JSON number that a double may not hold exactly; write it as text: "${value}".`,
    );
    return null;
  }
  if (typeof value === 'number') {
    report(
      problems,
      'number_malformed',
      field,
      String(value),
      `${field} must be a finite number, not ${value}.`,
    );
    return null;
  }
  report(problems, 'type_wrong', field, value, `${field} must be a decimal as text, such as "0.001".`);
  return null;
}

function bounded(
  problems: Problems,
  number: Rational,
  value: unknown,
  field: string,
  bound: Bound,
): Rational | null {
  if (bound === 'positive' && number.num <= 0n) {
    report(problems, 'number_not_positive', field, value, `${field} must be above zero.`);
    return null;
  }
  if (bound === 'not_negative' && number.num < 0n) {
    report(problems, 'number_negative', field, value, `${field} must not be negative.`);
    return null;
  }
  return number;
}

/** The known name within a third of its length in edits, or null: a far-fetched guess helps nobody. */
function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least && edits <= Math.max(2, Math.floor(candidate.length / 3))) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
