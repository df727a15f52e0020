/**
 * The door of the calculator: unknown JSON in, an account ready to compute or the first thing wrong
 * with it. Nothing is guessed at; a misspelt field is an error, not a default.
 */

import type { Account, Market } from './account.ts';
import type { CalculatorInput } from './input.ts';
import type { CalculatorError } from './output.ts';
import { modelVersion, PRESETS, type ModelVersion } from './presets.ts';
import { readBuckets } from './read-account.ts';
import {
  isObject,
  readChoice,
  readDecimal,
  readObject,
  report,
  type JsonObject,
  type Problems,
} from './read-fields.ts';
import { readMarket } from './read-market.ts';

const INPUT_FIELDS = ['model', 'asOf', 'rounding', 'settleUnit', 'markets', 'account'] as const;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export type ParsedInput =
  | { readonly ok: true; readonly input: CalculatorInput }
  | { readonly ok: false; readonly error: CalculatorError };

/** Checks everything; whole JSON numbers become text, so that `input` is as `calculate` wants it. */
export function parseCalculatorInput(json: unknown): ParsedInput {
  const read = readInput(json);
  if ('error' in read) return { ok: false, error: read.error };
  return { ok: true, input: withTextNumbers(json) as CalculatorInput };
}

export function readInput(json: unknown): { account: Account } | { error: CalculatorError } {
  const problems: Problems = { first: null };
  const input = readObject(problems, json, '', INPUT_FIELDS) ?? {};
  const version = readModel(problems, input);
  const mode = readChoice(problems, input.rounding, 'rounding', ['exact', 'venue'], 'exact');
  const defaults = {
    version,
    useVenueRounding: mode === 'venue',
    settleUnit: readDecimal(problems, input.settleUnit, 'settleUnit', 'positive', false),
  };
  const markets = new Map<string, Market>();
  if (isObject(input.markets)) {
    for (const [name, market] of Object.entries(input.markets)) {
      markets.set(name, readMarket(problems, market, name, defaults));
    }
  } else {
    report(
      problems,
      input.markets === undefined ? 'field_missing' : 'type_wrong',
      'markets',
      input.markets,
      'markets must be an object: a market under each name.',
    );
  }
  const buckets = problems.first === null ? readBuckets(problems, input.account, markets) : [];
  if (problems.first !== null) return { error: problems.first };
  return { account: { buckets, ratio: version?.ratio ?? null } };
}

function readModel(problems: Problems, input: JsonObject): ModelVersion | null {
  const { model, asOf } = input;
  if (asOf !== undefined && (typeof asOf !== 'string' || !DATE.test(asOf))) {
    report(problems, 'date_malformed', 'asOf', asOf, 'asOf must be a date such as "2024-06-30".');
    return null;
  }
  if (model === undefined) return null;
  const name = readChoice(problems, model, 'model', Object.keys(PRESETS), '');
  return modelVersion(name, typeof asOf === 'string' ? asOf : null);
}

function withTextNumbers(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(withTextNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTextNumbers(item)]));
}
