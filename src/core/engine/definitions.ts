/** Checks of what defines the engine: settings, markets, tier tables. `schema/commands.ts` states the rules. */
import type { Rate } from '../num/units.ts';
import { gcd, isRow, isWhole } from '../num/exact.ts';
import {
  Form,
  FORM_NAMES,
  MarginBasis,
  OrderMargin,
  type ContractCommand,
  type MarketCommand,
  type SettingsCommand,
  type Tier,
} from '../schema/commands.ts';
import { THRESHOLD_MAX, type Fraction } from '../schema/levels.ts';
import { Reason } from '../schema/reasons.ts';
import type { Book } from '../state/book.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField, MARKETS_MAX, NEVER } from '../state/markets.ts';
import { isName, isText } from '../state/names.ts';
import { RULES_LATEST } from './rules.ts';

const DEN_MAX = 1e9;
const TIERS_MAX = 255;

export function checkSettings(command: SettingsCommand): Reason {
  const { rules, asset, decimals, inclusive, levels } = command;
  if (!isWhole(rules) || rules < 1 || rules > RULES_LATEST) return Reason.settings_invalid;
  if (!isName(asset) || !isWhole(decimals) || decimals < 0 || decimals > 12) return Reason.settings_invalid;
  if (typeof inclusive !== 'boolean') return Reason.settings_invalid;
  const { enter, exit, backstop } = levels;
  if (enter.length !== 3 || exit.length !== 3) return Reason.settings_invalid;
  if (![...enter, ...exit, backstop].every(isFraction)) return Reason.settings_invalid;
  const one: Fraction = [1, 1];
  const descends =
    compare(enter[0], enter[1]) > 0 && compare(enter[1], enter[2]) > 0 && compare(enter[2], one) > 0;
  const exitsAbove = exit.every((fraction, at) => compare(fraction, enter[at]) >= 0);
  const exitsDescend = compare(exit[0], exit[1]) >= 0 && compare(exit[1], exit[2]) >= 0;
  return descends && exitsAbove && exitsDescend && compare(backstop, one) < 0
    ? Reason.accepted
    : Reason.settings_invalid;
}

export function checkMarket(book: Book, command: MarketCommand): Reason {
  const { name, tick, lot, markTick, markUnit, tickUnit, tiers, closeFee, basis, orderMargin, orderRate } =
    command;
  if (!isWhole(markUnit) || !isWholeRate(tickUnit) || !isWholeRate(closeFee) || !isWholeRate(orderRate))
    return Reason.number_invalid;
  if (!isName(name)) return Reason.name_invalid;
  if (book.markets.names.find(name) >= 0) return Reason.name_taken;
  if (markUnit < 1 || tickUnit.num < 1 || tickUnit.den < 1) return Reason.market_invalid;
  if (![tick, lot, markTick].every((text) => typeof text === 'string' && isText(text, 1, 32)))
    return Reason.market_invalid;
  if (!isShare(closeFee) || !isShare(orderRate)) return Reason.market_invalid;
  if (basis !== MarginBasis.mark && basis !== MarginBasis.entry) return Reason.market_invalid;
  if (
    orderMargin !== OrderMargin.none &&
    orderMargin !== OrderMargin.worst &&
    orderMargin !== OrderMargin.sum
  )
    return Reason.market_invalid;
  if (book.markets.count === MARKETS_MAX) return Reason.market_invalid;
  return checkTiers(tiers);
}

export function checkContract(book: Book, { market, form, value, weight }: ContractCommand): Reason {
  const { markets } = book;
  if (!isRow(market, markets.count)) return Reason.market_unknown;
  if (!isRow(form, FORM_NAMES.length) || !isWholeRate(value) || !isWholeRate(weight))
    return Reason.number_invalid;
  const base = market * MARKET_STRIDE;
  const isUntold =
    markets.terms[market] === null &&
    markets.fields[base + MarketField.mark] === MARK_NONE &&
    markets.fields[base + MarketField.qualitySince] === NEVER &&
    markets.fields[base + MarketField.funding] === 0 &&
    !book.orders.areIn(market);
  if (!isUntold) return Reason.contract_fixed;
  const isValued =
    form === Form.inverse ? value.num >= 1 && value.den >= 1 && value.den <= DEN_MAX : isOne(value);
  const isWeighted = form === Form.collateral ? weight.num >= 1 && isShare(weight) : isOne(weight);
  if (!isValued || !isWeighted || !isLowest(value) || !isLowest(weight)) return Reason.market_invalid;
  if (form !== Form.collateral) return Reason.accepted;
  const { tiers, closeFee } = markets.specs[market];
  const tables = [
    tiers,
    ...markets.pending.filter((each) => each.market === market).map((each) => each.tiers),
  ];
  const isFree = closeFee.num === 0 && tables.every((table) => table.every(({ mmr }) => mmr.num === 0));
  return isFree ? Reason.accepted : Reason.market_invalid;
}

export function checkTiers(tiers: readonly Tier[]): Reason {
  if (tiers.length < 1 || tiers.length > TIERS_MAX) return Reason.tiers_invalid;
  let before: Tier | null = null;
  for (const tier of tiers) {
    if (!isWhole(tier.floor) || !isShare(tier.mmr) || !isShare(tier.imr)) return Reason.tiers_invalid;
    if (before === null ? tier.floor !== 0 : tier.floor <= before.floor) return Reason.tiers_invalid;
    if (compareRates(tier.mmr, tier.imr) > 0) return Reason.tiers_invalid;
    if (before !== null && (compareRates(tier.mmr, before.mmr) < 0 || compareRates(tier.imr, before.imr) < 0))
      return Reason.tiers_invalid;
    before = tier;
  }
  return Reason.accepted;
}

function isWholeRate(rate: Rate): boolean {
  return isWhole(rate.num) && isWhole(rate.den);
}

/** A fraction in [0, 1] with a denominator in [1, 1e9]. */
export function isShare(rate: Rate): boolean {
  return isWholeRate(rate) && rate.den >= 1 && rate.den <= DEN_MAX && rate.num >= 0 && rate.num <= rate.den;
}

function isOne({ num, den }: Rate): boolean {
  return num === 1 && den === 1;
}

function isLowest({ num, den }: Rate): boolean {
  return gcd(BigInt(num), BigInt(den)) === 1n;
}

function isFraction([num, den]: Fraction): boolean {
  return isWhole(num) && isWhole(den) && num >= 1 && num <= THRESHOLD_MAX && den >= 1 && den <= THRESHOLD_MAX;
}

function compare([aNum, aDen]: Fraction, [bNum, bDen]: Fraction): number {
  return aNum * bDen - bNum * aDen;
}

/** Numerators and denominators are at most 1e9, so their products may pass 2^53. */
function compareRates(a: Rate, b: Rate): number {
  const left = BigInt(a.num) * BigInt(b.den);
  const right = BigInt(b.num) * BigInt(a.den);
  return left < right ? -1 : left > right ? 1 : 0;
}
