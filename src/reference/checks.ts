/** What makes numbers, names, settings and market definitions acceptable. */
import type { Rate } from '../core/num/units.ts';
import {
  Leg,
  MarginBasis,
  OrderMargin,
  type MarketCommand,
  type SettingsCommand,
} from '../core/schema/commands.ts';
import { THRESHOLD_MAX, type Fraction, type LevelSettings } from '../core/schema/levels.ts';
import { Reason } from '../core/schema/reasons.ts';
import { areTiersValid, DENOMINATOR_MAX } from './tiers.ts';

const RULES_MAX = 1;
const DECIMALS_MAX = 12;
const NAME_BYTES_MAX = 64;
const DECIMAL_BYTES_MAX = 32;

export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value);
}

export function isCount(value: number): boolean {
  return isWhole(value) && value >= 0;
}

export function isLeg(leg: number): boolean {
  return leg === Leg.net || leg === Leg.long || leg === Leg.short;
}

/** A long leg holds no short size and the other way round. */
export function suitsLeg(leg: Leg, size: bigint): boolean {
  return !(leg === Leg.long && size < 0n) && !(leg === Leg.short && size > 0n);
}

export function isName(name: string): boolean {
  return isText(name, NAME_BYTES_MAX);
}

/** 1 to `bytesMax` bytes of UTF-8, no control characters, no halves of surrogate pairs (which UTF-8 cannot say). */
function isText(text: string, bytesMax: number): boolean {
  const bytes = utf8Length(text);
  return bytes >= 1 && bytes <= bytesMax && !/[\p{Cc}\p{Cs}]/u.test(text);
}

export function areSettingsValid({ rules, asset, decimals, levels }: SettingsCommand): boolean {
  return (
    rules >= 1 &&
    rules <= RULES_MAX &&
    isWhole(rules) &&
    isName(asset) &&
    isCount(decimals) &&
    decimals <= DECIMALS_MAX &&
    areLevelsValid(levels)
  );
}

/** enter falls and ends above 1; exit does not rise and is nowhere under enter; the backstop is between 0 and 1. */
function areLevelsValid({ enter, exit, backstop }: LevelSettings): boolean {
  if (enter.length !== 3 || exit.length !== 3) return false;
  if (![...enter, ...exit, backstop].every(isFraction)) return false;
  const one: Fraction = [1, 1];
  return (
    compare(enter[0], enter[1]) > 0 &&
    compare(enter[1], enter[2]) > 0 &&
    compare(enter[2], one) > 0 &&
    compare(exit[0], enter[0]) >= 0 &&
    compare(exit[1], enter[1]) >= 0 &&
    compare(exit[2], enter[2]) >= 0 &&
    compare(exit[0], exit[1]) >= 0 &&
    compare(exit[1], exit[2]) >= 0 &&
    compare(backstop, one) < 0
  );
}

/** Everything about a market definition but its name being taken. */
export function checkMarket(command: MarketCommand, isTaken: boolean): Reason {
  const { markUnit, tickUnit, closeFee, orderRate, basis, orderMargin, tick, lot, markTick } = command;
  const numbers = [
    markUnit,
    tickUnit.num,
    tickUnit.den,
    closeFee.num,
    closeFee.den,
    orderRate.num,
    orderRate.den,
  ];
  if (!numbers.every(isWhole)) return Reason.number_invalid;
  if (!isName(command.name)) return Reason.name_invalid;
  if (isTaken) return Reason.name_taken;
  const isBounded =
    markUnit >= 1 &&
    tickUnit.num >= 1 &&
    tickUnit.den >= 1 &&
    isPortion(closeFee) &&
    isPortion(orderRate) &&
    (basis === MarginBasis.mark || basis === MarginBasis.entry) &&
    (orderMargin === OrderMargin.none ||
      orderMargin === OrderMargin.worst ||
      orderMargin === OrderMargin.sum) &&
    [tick, lot, markTick].every((text) => isText(text, DECIMAL_BYTES_MAX));
  if (!isBounded) return Reason.market_invalid;
  return areTiersValid(command.tiers) ? Reason.accepted : Reason.tiers_invalid;
}

/** In [0, 1]. */
export function isPortion({ num, den }: Rate): boolean {
  return den >= 1 && den <= DENOMINATOR_MAX && num >= 0 && num <= den;
}

function isFraction([num, den]: Fraction): boolean {
  return [num, den].every((part) => isWhole(part) && part >= 1 && part <= THRESHOLD_MAX);
}

function compare([aNum, aDen]: Fraction, [bNum, bDen]: Fraction): number {
  return aNum * bDen - bNum * aDen;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
