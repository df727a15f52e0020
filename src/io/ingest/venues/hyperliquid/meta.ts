/**
 * The terms and the state of all of Hyperliquid's perpetuals, from one answer: `[meta, contexts]`, a context for each entry
 * of the universe, by place.
 *
 * Maintenance is half of the initial margin at the most leverage that a tier allows, rate = 1 / (2 * maxLeverage), and the
 * amount deducted makes it continuous: cut(n) = cut(n-1) + lowerBound(n) * (rate(n) - rate(n-1)). A third is no decimal: what
 * does not end within 12 decimals is rounded so that more margin is required.
 */
import {
  add,
  fraction,
  mul,
  parseRational,
  roundTo,
  sub,
  toExactText,
  ZERO,
  type Rational,
} from '../../../../core/num/rational.ts';
import type { ContractEvent } from '../../../../core/price/venue-event.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { countOf, isFields, listOf, textOf, type Fields } from '../decode/fields.ts';
import { parseJson } from '../decode/json.ts';

type Tiers = NonNullable<ContractEvent['tiers']>;

export interface CoinTerms {
  readonly tick: string;
  readonly lot: string;
  readonly isTrading: boolean;
  readonly tiers: Tiers;
  /** As `activeAssetCtx` carries it; null where there is none. */
  readonly context: Fields | null;
}

/** Perpetuals have so many decimals in price and size together; a price has five significant digits besides, or is whole. */
const DECIMALS = 6;
/** A table below this is not listed: it is one tier of that leverage. */
const LISTED_FROM = 50;
const PLACES = fraction(1n, 10n ** 12n);

/** By coin, those of `coins` that the venue lists. */
export function readMeta(body: string, coins: ReadonlySet<string>): Map<string, CoinTerms> {
  const parsed = parseJson(body);
  if (!Array.isArray(parsed) || !isFields(parsed[0]) || !Array.isArray(parsed[1]))
    throw new BadFrame(
      'FEED_ANSWER',
      'the answer is not [meta, contexts]. It is asked for again',
      null,
      parsed,
    );
  const [meta, contexts] = parsed as [Fields, unknown[]];
  const tables = new Map<unknown, readonly unknown[]>();
  for (const table of listOf(meta['marginTables'], 'marginTables')) {
    if (!Array.isArray(table) || !isFields(table[1]))
      throw new BadFrame('FEED_FIELD', 'a table is [id, tiers]', 'marginTables', table);
    tables.set(table[0], listOf(table[1]['marginTiers'], 'marginTiers'));
  }
  const terms = new Map<string, CoinTerms>();
  for (const [place, coin] of listOf(meta['universe'], 'universe').entries()) {
    if (!isFields(coin) || !coins.has(String(coin['name']))) continue;
    const decimals = countOf(coin['szDecimals'], 'szDecimals');
    if (decimals > DECIMALS) throw new BadFrame('FEED_FIELD', `is above ${DECIMALS}`, 'szDecimals', decimals);
    const context = contexts[place];
    terms.set(textOf(coin['name'], 'name'), {
      tick: unit(DECIMALS - decimals),
      lot: unit(decimals),
      isTrading: coin['isDelisted'] !== true,
      tiers: tiersOf(coin, tables),
      context: isFields(context) ? context : null,
    });
  }
  return terms;
}

function tiersOf(coin: Fields, tables: ReadonlyMap<unknown, readonly unknown[]>): Tiers {
  const id = countOf(coin['marginTableId'], 'marginTableId');
  const tiers = id < LISTED_FROM ? [{ lowerBound: '0', maxLeverage: id }] : tables.get(id);
  if (tiers === undefined) throw new BadFrame('FEED_FIELD', 'names no margin table', 'marginTableId', id);
  const steps = tiers.map((tier) => {
    if (!isFields(tier)) throw new BadFrame('FEED_FIELD', 'a tier is an object', 'marginTiers', tier);
    return { from: amountOf(tier, 'lowerBound'), rate: rateOf(tier) };
  });
  let cut = ZERO;
  let rateBefore = steps[0]?.rate ?? ZERO;
  return steps.map(({ from, rate }, at) => {
    cut = add(cut, mul(from, sub(rate, rateBefore)));
    rateBefore = rate;
    return {
      upTo: at + 1 < steps.length ? textFor(steps[at + 1].from, 'ceil') : null,
      rate: textFor(rate, 'ceil'),
      cut: textFor(cut, 'floor'),
    };
  });
}

function amountOf(tier: Fields, field: string): Rational {
  const text = textOf(tier[field], field);
  const amount = text.includes('/') ? null : parseRational(text);
  if (amount === null || amount.num < 0n)
    throw new BadFrame('FEED_NUMBER', `${JSON.stringify(text)} is no amount`, field, text);
  return amount;
}

function rateOf(tier: Fields): Rational {
  const leverage = countOf(tier['maxLeverage'], 'maxLeverage');
  if (leverage === 0) throw new BadFrame('FEED_NUMBER', 'is not above zero', 'maxLeverage', leverage);
  return fraction(1n, 2n * BigInt(leverage));
}

function textFor(value: Rational, rounding: 'floor' | 'ceil'): string {
  return toExactText(roundTo(value, PLACES, rounding))!;
}

const unit = (decimals: number): string => (decimals === 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`);
