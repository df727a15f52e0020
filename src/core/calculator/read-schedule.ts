/** Reads and checks tiers and curves. */

import { add, compare, mul, parseRational, sub, toText, ZERO, type Rational } from '../num/rational.ts';
import {
  isObject,
  join,
  orZero,
  readArray,
  readDecimal,
  readObject,
  readRate,
  readShare,
  report,
  type JsonObject,
  type Problems,
} from './read-fields.ts';
import { withDeductions, type Curve, type Schedule } from './schedule.ts';

const TIER_FIELDS = ['floor', 'mmr', 'imr', 'maintenanceFraction', 'cum'] as const;
const RATE_FIELDS = ['base', 'slope', 'power', 'min', 'max'] as const;
const CURVE_FIELDS = [...RATE_FIELDS, 'initial'] as const;
const HALF_POWERS = new Map([
  ['0', 0],
  ['0.5', 1],
  ['1/2', 1],
  ['1', 2],
  ['1.5', 3],
  ['3/2', 3],
  ['2', 4],
]);
const NO_MARGIN: Schedule = { type: 'tiers', tiers: [{ floor: ZERO, mmr: ZERO, imr: null, cum: ZERO }] };

export function readSchedule(problems: Problems, market: JsonObject, field: string): Schedule {
  const { tiers, curve } = market;
  if (tiers !== undefined && curve !== undefined) {
    report(
      problems,
      'schedule_conflict',
      join(field, 'curve'),
      curve,
      `${field} has both tiers and a curve; margin rates come from one of them.`,
    );
  }
  if (tiers !== undefined) return readTiers(problems, tiers, join(field, 'tiers'));
  if (curve !== undefined) return readCurve(problems, curve, join(field, 'curve'));
  report(
    problems,
    'schedule_missing',
    join(field, 'tiers'),
    null,
    `${field} needs margin rates: tiers or a curve.`,
  );
  return NO_MARGIN;
}

interface TierRead {
  readonly floor: Rational;
  readonly mmr: Rational;
  readonly imr: Rational | null;
  readonly given: Rational | null;
}

function readTiers(problems: Problems, value: unknown, field: string): Schedule {
  const list = readArray(problems, value, field);
  if (list.length === 0) {
    report(problems, 'schedule_missing', field, value, `${field} needs at least one tier.`);
    return NO_MARGIN;
  }
  const tiers = list.map((item, at) => readTier(problems, item, `${field}[${at}]`));
  if (problems.first !== null) return NO_MARGIN;
  for (const [at, tier] of tiers.entries()) {
    checkOrder(problems, tiers[at - 1] ?? null, tier, `${field}[${at}]`, list[at] as JsonObject);
  }
  const complete = withDeductions(tiers);
  for (const [at, { given }] of tiers.entries()) {
    if (given === null || compare(given, complete[at].cum) === 0) continue;
    report(
      problems,
      'tier_cum_mismatch',
      `${field}[${at}].cum`,
      (list[at] as JsonObject).cum,
      `cum follows from the floors and rates and is ${toText(complete[at].cum)} here; the table is wrong somewhere.`,
    );
  }
  return { type: 'tiers', tiers: complete };
}

function readTier(problems: Problems, value: unknown, field: string): TierRead {
  const tier = readObject(problems, value, field, TIER_FIELDS) ?? {};
  const floor = orZero(readDecimal(problems, tier.floor, join(field, 'floor'), 'not_negative', true));
  const imr = readShare(problems, tier.imr, join(field, 'imr'), false);
  const share = readShare(problems, tier.maintenanceFraction, join(field, 'maintenanceFraction'), false);
  const given = readDecimal(problems, tier.cum, join(field, 'cum'), 'not_negative', false);
  if (share !== null && tier.mmr === undefined) {
    if (imr === null)
      report(
        problems,
        'field_missing',
        join(field, 'imr'),
        null,
        `${field}.maintenanceFraction is a fraction of imr, which is missing.`,
      );
    return { floor, mmr: mul(orZero(imr), share), imr, given };
  }
  if (share !== null)
    report(
      problems,
      'schedule_conflict',
      join(field, 'maintenanceFraction'),
      tier.maintenanceFraction,
      `${field} has both mmr and maintenanceFraction.`,
    );
  return { floor, mmr: orZero(readShare(problems, tier.mmr, join(field, 'mmr'), true)), imr, given };
}

function checkOrder(
  problems: Problems,
  before: TierRead | null,
  tier: TierRead,
  field: string,
  raw: JsonObject,
): void {
  if (before === null) {
    if (tier.floor.num !== 0n)
      report(
        problems,
        'tier_first_floor_not_zero',
        join(field, 'floor'),
        raw.floor,
        'The first tier must start at 0: every notional needs a rate.',
      );
    return;
  }
  if (compare(tier.floor, before.floor) <= 0) {
    report(
      problems,
      'tier_floor_order',
      join(field, 'floor'),
      raw.floor,
      'Floors must rise from tier to tier; two tiers cannot hold for one notional.',
    );
  }
  if (compare(tier.mmr, before.mmr) < 0) {
    report(
      problems,
      'tier_rate_falling',
      join(field, 'mmr'),
      raw.mmr,
      'Maintenance rates must not fall as notional rises.',
    );
  }
}

function readCurve(problems: Problems, value: unknown, field: string): Schedule {
  const curve = readObject(problems, value, field, CURVE_FIELDS) ?? {};
  const maintenance = readCurveRate(problems, curve, field);
  const initialField = join(field, 'initial');
  const initial =
    curve.initial === undefined
      ? null
      : readCurveRate(
          problems,
          readObject(problems, curve.initial, initialField, RATE_FIELDS) ?? {},
          initialField,
        );
  return { type: 'curve', maintenance, initial, rounding: null };
}

function readCurveRate(problems: Problems, curve: JsonObject, field: string): Curve {
  const power = readPower(curve.power);
  if (power === null) {
    report(
      problems,
      curve.power === undefined ? 'field_missing' : 'choice_unknown',
      join(field, 'power'),
      curve.power,
      `${field}.power must be one of 0, 0.5, 1, 1.5, 2.`,
    );
  }
  const least = readRate(problems, curve.min, join(field, 'min'), false);
  const most = readRate(problems, curve.max, join(field, 'max'), false);
  if (least !== null && most !== null && sub(most, least).num < 0n) {
    report(problems, 'number_out_of_order', join(field, 'max'), curve.max, `${field}.max is below min.`);
  }
  return {
    base: orZero(readRate(problems, curve.base, join(field, 'base'), true)),
    slope: orZero(readRate(problems, curve.slope, join(field, 'slope'), true)),
    halfPower: power ?? 0,
    min: least,
    max: most,
  };
}

/** A power is a choice of five, so 0.5 as a JSON number is as exact as "0.5". */
function readPower(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const listed = HALF_POWERS.get(text);
  if (listed !== undefined) return listed;
  const power = parseRational(text);
  if (power === null) return null;
  const halves = add(power, power);
  return halves.den === 1n && halves.num >= 0n && halves.num <= 4n ? Number(halves.num) : null;
}

export function readOpenInterestScaling(
  problems: Problems,
  value: unknown,
  field: string,
): { lower: Rational; upper: Rational; openInterest: Rational } | null {
  if (value === undefined) return null;
  const scaling = readObject(problems, value, field, ['lower', 'upper', 'openInterest']);
  if (!isObject(scaling)) return null;
  return {
    lower: orZero(readDecimal(problems, scaling.lower, join(field, 'lower'), 'not_negative', true)),
    upper: orZero(readDecimal(problems, scaling.upper, join(field, 'upper'), 'not_negative', true)),
    openInterest: orZero(
      readDecimal(problems, scaling.openInterest, join(field, 'openInterest'), 'not_negative', true),
    ),
  };
}
