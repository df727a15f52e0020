/** Reads one market: its prices and grids, its rates, and the rules it overrides. */

import { parseDecimal } from '../num/decimal.ts';
import { ONE, parseRational, type Rational } from '../num/rational.ts';
import type { Market, Roundings } from './account.ts';
import type { MarketRules, RoundingRules } from './input.ts';
import { DEFAULT_RULES, type ModelVersion } from './presets.ts';
import {
  join,
  orZero,
  readChoice,
  readDecimal,
  readFlag,
  readObject,
  readRate,
  readShare,
  report,
  type JsonObject,
  type Problems,
} from './read-fields.ts';
import { readOpenInterestScaling, readSchedule } from './read-schedule.ts';
import type { Rounding } from './rounding.ts';
import { withRoundedRates } from './schedule.ts';

const OWN_FIELDS = [
  'kind',
  'mark',
  'tick',
  'lot',
  'contractValue',
  'tiers',
  'curve',
  'openInterestScaling',
] as const;
const MARKET_FIELDS: readonly string[] = [...OWN_FIELDS, ...Object.keys(DEFAULT_RULES)];
const ROUNDING_FIELDS = [
  'contractValue',
  'rate',
  'scaledRate',
  'initialMargin',
  'maintenanceMargin',
] as const;

export interface MarketDefaults {
  readonly version: ModelVersion | null;
  readonly useVenueRounding: boolean;
  readonly settleUnit: Rational | null;
}

export function readMarket(
  problems: Problems,
  value: unknown,
  name: string,
  defaults: MarketDefaults,
): Market {
  const field = `markets.${name}`;
  const market = readObject(problems, value, field, MARKET_FIELDS) ?? {};
  const number = (key: string, isRequired: boolean): Rational | null =>
    readDecimal(problems, market[key], join(field, key), 'positive', isRequired);
  const kind = readChoice(problems, market.kind, join(field, 'kind'), ['linear', 'inverse'], 'linear');
  const rules = readRules(problems, market, field, { ...DEFAULT_RULES, ...defaults.version?.rules });
  const roundings = readRoundings(problems, market.rounding, join(field, 'rounding'), defaults);
  const tick = number('tick', false);
  if ((rules.orderMargin === 'worst' || rules.orderMargin === 'sum') && rules.orderRate === null) {
    report(
      problems,
      'field_missing',
      join(field, 'orderRate'),
      null,
      `orderMargin "${rules.orderMargin}" charges orders at orderRate, which is missing.`,
    );
  }
  if (kind === 'inverse' && market.curve !== undefined && roundings.rate !== null) {
    report(
      problems,
      'rate_rounding_conflict',
      join(field, 'curve'),
      market.curve,
      `${field}.curve reads the value of an inverse contract, and ${field}.rounding.rate would make its margin jump as the mark moves; no venue has both.`,
    );
  }
  return {
    name,
    kind,
    mark: number('mark', true) ?? ONE,
    tick,
    tickDecimals: tick === null ? 0 : (parseDecimal(asText(market.tick))?.scale ?? 0),
    lot: number('lot', false),
    contractValue: number('contractValue', kind === 'inverse') ?? ONE,
    schedule: withRoundedRates(readSchedule(problems, market, field), roundings.rate),
    openInterestScaling: readOpenInterestScaling(
      problems,
      market.openInterestScaling,
      join(field, 'openInterestScaling'),
    ),
    rules,
    closeFee: orZero(parseRational(rules.closeFee)),
    orderRate: rules.orderRate === null ? null : parseRational(rules.orderRate),
    initialFactor: rules.initialFactor === null ? null : parseRational(rules.initialFactor),
    roundings,
  };
}

function readRules(
  problems: Problems,
  market: JsonObject,
  field: string,
  standard: MarketRules,
): MarketRules {
  const at = (key: keyof MarketRules): string => join(field, key);
  const choice = <Key extends keyof MarketRules>(
    key: Key,
    choices: readonly (MarketRules[Key] & string)[],
  ): MarketRules[Key] & string =>
    readChoice(problems, market[key], at(key), choices, standard[key] as MarketRules[Key] & string);
  const flag = (key: 'closeFeeInInitial' | 'closeFeeInBankruptcy'): boolean =>
    readFlag(problems, market[key], at(key), standard[key]);
  const rate = (key: 'closeFee' | 'orderRate' | 'initialFactor'): string | null => {
    if (market[key] === undefined) return standard[key];
    const read = key === 'initialFactor' ? readRate : readShare;
    return read(problems, market[key], at(key), true) === null ? standard[key] : asText(market[key]);
  };
  return {
    mmBasis: choice('mmBasis', ['mark', 'entry']),
    imBasis: choice('imBasis', ['mark', 'entry']),
    trigger: choice('trigger', ['strict', 'inclusive']),
    closeFee: rate('closeFee') ?? '0',
    closeFeeBasis: choice('closeFeeBasis', ['mark', 'entry', 'leverage', 'bankruptcy']),
    closeFeeInInitial: flag('closeFeeInInitial'),
    closeFeeInBankruptcy: flag('closeFeeInBankruptcy'),
    orderMargin: choice('orderMargin', ['none', 'worst', 'sum', 'worst_position']),
    orderRate: rate('orderRate'),
    orderInitial: choice('orderInitial', ['none', 'worst_position']),
    bankruptcy: choice('bankruptcy', ['equity_zero', 'maintenance_share']),
    liquidationRounding: choice('liquidationRounding', ['adverse', 'favourable']),
    bankruptcyRounding: choice('bankruptcyRounding', ['adverse', 'favourable']),
    maintenanceInLiquidation: choice('maintenanceInLiquidation', ['moving', 'frozen']),
    maintenanceFrom: choice('maintenanceFrom', ['rate', 'initial']),
    initialFactor: rate('initialFactor'),
    rounding: null,
  };
}

/** A number field that has been read: text, or a whole JSON number. */
function asText(value: unknown): string {
  return typeof value === 'number' ? String(value) : (value as string);
}

/** The market's own, else the venue's if asked for, else up to the settlement unit if given, else none. */
function readRoundings(
  problems: Problems,
  value: unknown,
  field: string,
  defaults: MarketDefaults,
): Roundings {
  const given = value === undefined ? null : readObject(problems, value, field, ROUNDING_FIELDS);
  const venue = defaults.useVenueRounding ? (defaults.version?.venueRounding ?? {}) : {};
  const up: Rounding | null =
    defaults.settleUnit === null ? null : { unit: defaults.settleUnit, direction: 'ceil' };
  const read = (key: keyof RoundingRules): Rounding | null => {
    const rule = given?.[key] ?? venue[key];
    return rule === undefined ? null : readRounding(problems, rule, join(field, key));
  };
  return {
    contractValue: read('contractValue'),
    rate: read('rate'),
    scaledRate: read('scaledRate'),
    initialMargin: read('initialMargin') ?? up,
    maintenanceMargin: read('maintenanceMargin') ?? up,
  };
}

function readRounding(problems: Problems, value: unknown, field: string): Rounding {
  const rule = readObject(problems, value, field, ['unit', 'direction']) ?? {};
  if (rule.direction === undefined) {
    report(problems, 'field_missing', join(field, 'direction'), null, `${field}.direction is missing.`);
  }
  return {
    unit: readDecimal(problems, rule.unit, join(field, 'unit'), 'positive', true) ?? ONE,
    direction: readChoice(
      problems,
      rule.direction,
      join(field, 'direction'),
      ['floor', 'ceil', 'half-even'],
      'floor',
    ),
  };
}
