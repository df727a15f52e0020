/**
 * A market's three grids (order prices, marks, sizes), and decimal text onto them and back.
 *
 *   order price   whole ticks of `tick`           must lie on the grid
 *   mark          whole ticks of `markTick`       rounded half to even, once, on the way in
 *   size          whole lots of `lot`, signed     must lie on the grid
 *   money         units of 10^-decimals, signed   must lie on the grid
 *
 * The mark grid is the finest on which one lot gains a whole number of money units per mark tick, so that notional and
 * PnL at a mark are exact integers. BTCUSDT (tick 0.1, lot 0.001, 6 decimals) has mark ticks of 0.001 and a mark
 * unit of 1; one tick of one lot is 100 money units. 1000PEPE (tick 0.0000001, lot 1) has mark ticks of 0.000001,
 * coarser than its tick: there one tick of one lot is a tenth of a money unit, which is why `tickUnit` is a fraction.
 *
 * Ordinary exchange decimals (plain, at most 15 digits) go through doubles that stay exact; all others through
 * bigints. Both give the same answer (grid.property.test.ts).
 */
import { divideRounded, parseDecimal, POWERS_OF_TEN, scaledToText, toSafeInteger } from './decimal.ts';
import {
  MARK_MAX,
  SAFE_MAX,
  type MarkTicks,
  type PriceTicks,
  type QuoteMicros,
  type Rate,
  type SizeLots,
} from './units.ts';

/** One step of a grid: `digits / 10^scale`, digits >= 1 and a safe integer, scale >= 0. */
interface Step {
  readonly digits: number;
  readonly scale: number;
}

export interface GridSpec {
  readonly tick: string;
  readonly lot: string;
  /** Absent: the finest that works. */
  readonly markTick?: string | undefined;
  /** Of the settlement asset: 0 to 12. */
  readonly decimals: number;
}

export interface Grid {
  /** Canonical text (no trailing zeros) of the three steps. */
  readonly tick: string;
  readonly lot: string;
  readonly markTick: string;
  /** Money units that one lot gains per mark tick: markTick * lot. */
  readonly markUnit: number;
  /** Money units of one lot at an order price of one tick: tick * lot, reduced. */
  readonly tickUnit: Rate;
  readonly decimals: number;
  readonly steps: { readonly price: Step; readonly mark: Step; readonly size: Step; readonly money: Step };
}

/** Why there is no grid: a sentence for people, the field it is about, and a value that would do where there is one. */
export interface GridProblem {
  readonly problem: string;
  readonly field: 'tick' | 'lot' | 'markTick' | 'decimals';
  readonly use: string | null;
}

/** The text of a tick or lot is stored in at most this many bytes. */
const TEXT_MAX = 32;
const DECIMALS_MAX = 12;

export function gridOf(spec: GridSpec): Grid | GridProblem {
  const { decimals } = spec;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) {
    return refuse('decimals', `decimals must be a whole number from 0 to ${DECIMALS_MAX}, not ${decimals}`);
  }
  const price = stepOf(spec.tick);
  if (price === null) return refuse('tick', badStep('tick', spec.tick));
  const size = stepOf(spec.lot);
  if (size === null) return refuse('lot', badStep('lot', spec.lot));

  // What a mark tick of 1 makes of one lot, in money units, is lotUnits: 10^decimals * lot.
  const lotUnits = reduce(BigInt(size.digits) * 10n ** BigInt(decimals), 10n ** BigInt(size.scale));
  const finest = terminating(lotUnits.den, lotUnits.num);
  const fallback = finest ?? finestPowerOfTen(lotUnits);
  const markText = spec.markTick ?? finest;
  if (markText === null) {
    return refuse(
      'markTick',
      `lot ${spec.lot} has no finest mark grid (one money unit per lot is not a finite decimal): give a markTick, such as ${fallback}`,
      fallback,
    );
  }
  const mark = stepOf(markText);
  if (mark === null) return refuse('markTick', badStep('markTick', markText), fallback);
  const unit = reduce(BigInt(mark.digits) * lotUnits.num, 10n ** BigInt(mark.scale) * lotUnits.den);
  if (unit.den !== 1n) {
    return refuse(
      'markTick',
      `markTick ${markText} times lot ${spec.lot} is not a whole number of money units (${decimals} decimals): use ${fallback} or a multiple of it`,
      fallback,
    );
  }
  const tickUnit = reduce(BigInt(price.digits) * lotUnits.num, 10n ** BigInt(price.scale) * lotUnits.den);
  const markUnit = toSafeInteger(unit.num);
  const num = toSafeInteger(tickUnit.num);
  const den = toSafeInteger(tickUnit.den);
  if (markUnit === null)
    return refuse('markTick', `markTick ${markText} times lot ${spec.lot} passes 2^53 money units`, fallback);
  if (num === null || den === null)
    return refuse('tick', `tick ${spec.tick} times lot ${spec.lot} passes 2^53 money units`);
  return {
    tick: stepText(price),
    lot: stepText(size),
    markTick: stepText(mark),
    markUnit,
    tickUnit: { num, den },
    decimals,
    steps: { price, mark, size, money: { digits: 1, scale: decimals } },
  };
}

export function isGrid(answer: Grid | GridProblem): answer is Grid {
  return !('problem' in answer);
}

/** Rounded half to even onto the mark grid. Null: malformed, or not in [1, MARK_MAX]; `markProblem` says which. */
export function markFromText(text: string, grid: Grid): MarkTicks | null {
  return inMarkRange(stepsFromText(text, grid.steps.mark, 'half-even'));
}

/** The exact middle of two decimals, rounded half to even onto the mark grid, once. Null as for `markFromText`. */
export function midFromTexts(bid: string, ask: string, grid: Grid): MarkTicks | null {
  const step = grid.steps.mark;
  if (scanPlain(bid)) {
    const bidDigits = scannedDigits;
    const bidScale = scannedScale;
    if (scanPlain(ask)) {
      const scale = bidScale > scannedScale ? bidScale : scannedScale;
      const sum = bidDigits * POWERS[scale - bidScale] + scannedDigits * POWERS[scale - scannedScale];
      const numerator = scale < step.scale ? sum * powerOfTen(step.scale - scale) : sum;
      const denominator = 2 * step.digits * (scale > step.scale ? powerOfTen(scale - step.scale) : 1);
      // Each product above is at least its factors, so one that passed 2^53 is seen here.
      if (numerator <= SAFE_MAX && denominator <= SAFE_MAX)
        return inMarkRange(divideHalfEven(numerator, denominator));
    }
  }
  const bidDecimal = parseDecimal(bid);
  const askDecimal = parseDecimal(ask);
  if (bidDecimal === null || askDecimal === null) return null;
  const scale = Math.max(bidDecimal.scale, askDecimal.scale);
  const sum =
    bidDecimal.digits * 10n ** BigInt(scale - bidDecimal.scale) +
    askDecimal.digits * 10n ** BigInt(scale - askDecimal.scale);
  return inMarkRange(bigSteps(sum, scale, { digits: step.digits, scale: step.scale }, 2n, 'half-even'));
}

/** Why `markFromText` gave null, as the end of a sentence. */
export function markProblem(text: string, grid: Grid): string {
  const decimal = parseDecimal(text);
  if (decimal === null) return 'is not a decimal number';
  if (decimal.digits <= 0n) return 'is not above zero';
  const most = stepsToText(MARK_MAX, grid.steps.mark);
  const steps = stepsFromText(text, grid.steps.mark, 'half-even');
  return steps !== null && steps < 1
    ? `rounds to zero on the mark grid of ${grid.markTick}`
    : `is above the largest mark, ${most}`;
}

/** Whole ticks >= 0. Null: malformed, negative, off the tick, or beyond 2^53 ticks. */
export function priceFromText(text: string, grid: Grid): PriceTicks | null {
  const ticks = stepsFromText(text, grid.steps.price, 'exact');
  return ticks === null || ticks < 0 ? null : (ticks as PriceTicks);
}

/** Null: malformed, off the lot, or beyond 2^53 lots in either direction. */
export function lotsFromText(text: string, grid: Grid): SizeLots | null {
  return stepsFromText(text, grid.steps.size, 'exact') as SizeLots | null;
}

/** Null: malformed, more decimals than the asset has, or beyond 2^53 money units in either direction. */
export function moneyFromText(text: string, decimals: number): QuoteMicros | null {
  return stepsFromText(text, { digits: 1, scale: decimals }, 'exact') as QuoteMicros | null;
}

export function markToText(mark: MarkTicks, grid: Grid): string {
  return stepsToText(mark, grid.steps.mark);
}

export function priceToText(price: PriceTicks, grid: Grid): string {
  return stepsToText(price, grid.steps.price);
}

export function lotsToText(lots: SizeLots, grid: Grid): string {
  return stepsToText(lots, grid.steps.size);
}

/** Without trailing zeros, so that it reads back exactly and compares as text. */
export function moneyToText(amount: QuoteMicros, decimals: number): string {
  return scaledToText(amount, decimals, { trim: true });
}

// ---------------------------------------------------------------------------------------------------------------

const POWERS = POWERS_OF_TEN;

/** Infinity past 10^15, so that a product with it fails its bound and takes the slow way. */
function powerOfTen(exponent: number): number {
  return exponent < POWERS.length ? POWERS[exponent] : Infinity;
}

let scannedDigits = 0;
let scannedScale = 0;

/** `123.45`, at most 15 digits, no sign: leaves 12345 and 2 in `scannedDigits` and `scannedScale`. */
function scanPlain(text: string): boolean {
  const length = text.length;
  if (length === 0 || length > 16) return false;
  let digits = 0;
  let point = -1;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) digits = digits * 10 + (code - 48);
    else if (code === 46 && point === -1 && at > 0 && at < length - 1) point = at;
    else return false;
  }
  if (point === -1 && length === 16) return false;
  scannedDigits = digits;
  scannedScale = point === -1 ? 0 : length - 1 - point;
  return true;
}

function stepsFromText(text: string, step: Step, rounding: 'exact' | 'half-even'): number | null {
  const negative = text.length > 0 && text.charCodeAt(0) === 45;
  if (scanPlain(negative ? text.slice(1) : text)) {
    const numerator =
      scannedScale < step.scale ? scannedDigits * powerOfTen(step.scale - scannedScale) : scannedDigits;
    const denominator =
      scannedScale > step.scale ? step.digits * powerOfTen(scannedScale - step.scale) : step.digits;
    if (numerator <= SAFE_MAX && denominator <= SAFE_MAX) {
      const steps =
        rounding === 'exact' ? divideExact(numerator, denominator) : divideHalfEven(numerator, denominator);
      return steps === null || !negative || steps === 0 ? steps : -steps;
    }
  }
  const decimal = parseDecimal(text);
  return decimal === null ? null : bigSteps(decimal.digits, decimal.scale, step, 1n, rounding);
}

/** `digits / 10^scale / parts`, in steps. */
function bigSteps(
  digits: bigint,
  scale: number,
  step: Step,
  parts: bigint,
  rounding: 'exact' | 'half-even',
): number | null {
  const numerator = digits * 10n ** BigInt(step.scale);
  const denominator = parts * BigInt(step.digits) * 10n ** BigInt(scale);
  if (rounding === 'exact' && numerator % denominator !== 0n) return null;
  return toSafeInteger(divideRounded(numerator, denominator, rounding === 'exact' ? 'floor' : rounding));
}

/** Both arguments are safe integers, the numerator >= 0 and the denominator >= 1. */
function divideExact(numerator: number, denominator: number): number | null {
  return numerator % denominator === 0 ? numerator / denominator : null;
}

function divideHalfEven(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  const floor = (numerator - rest) / denominator;
  const over = rest - (denominator - rest);
  return over > 0 || (over === 0 && floor % 2 === 1) ? floor + 1 : floor;
}

function stepsToText(steps: number, step: Step): string {
  const units = steps * step.digits;
  const exact = Number.isSafeInteger(units) ? units : BigInt(steps) * BigInt(step.digits);
  return scaledToText(exact, step.scale, { trim: true });
}

function inMarkRange(steps: number | null): MarkTicks | null {
  return steps === null || steps < 1 || steps > MARK_MAX ? null : (steps as MarkTicks);
}

function stepOf(text: string): Step | null {
  const decimal = parseDecimal(text);
  if (decimal === null || decimal.digits <= 0n) return null;
  let { digits, scale } = decimal;
  for (; scale > 0 && digits % 10n === 0n; scale--) digits /= 10n;
  const safe = toSafeInteger(digits);
  if (safe === null) return null;
  const step = { digits: safe, scale };
  return stepText(step).length > TEXT_MAX ? null : step;
}

function stepText(step: Step): string {
  return scaledToText(step.digits, step.scale);
}

/** A fraction of positive bigints as decimal text, or null where it has none. */
function terminating(num: bigint, den: bigint): string | null {
  let scale = 0;
  let rest = num;
  // Every finite decimal of a denominator in reach (a lot and 10^12) is found well before this many places.
  for (; rest % den !== 0n && scale < 64; scale++) rest *= 10n;
  return rest % den === 0n ? scaledToText(rest / den, scale, { trim: true }) : null;
}

/** The finest power of ten that is a whole number of money units per lot, for lots without a finest grid. */
function finestPowerOfTen(lotUnits: { num: bigint; den: bigint }): string {
  for (let scale = 64; scale > -64; scale--) {
    const num = scale >= 0 ? lotUnits.num : lotUnits.num * 10n ** BigInt(-scale);
    const den = scale >= 0 ? lotUnits.den * 10n ** BigInt(scale) : lotUnits.den;
    if (num % den === 0n) return scale >= 0 ? scaledToText(1, scale) : scaledToText(10n ** BigInt(-scale), 0);
  }
  return '1';
}

function reduce(num: bigint, den: bigint): { num: bigint; den: bigint } {
  let a = num;
  let b = den;
  while (b !== 0n) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

function badStep(field: string, text: string): string {
  return `${field} must be a decimal number above zero, of at most 2^53 in digits and ${TEXT_MAX} characters, not ${JSON.stringify(text)}`;
}

function refuse(field: GridProblem['field'], problem: string, use: string | null = null): GridProblem {
  return { problem, field, use };
}
