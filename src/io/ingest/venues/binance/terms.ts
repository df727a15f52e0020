/** The terms of contracts, from where Binance states them: exchangeInfo, fundingInfo, and the contractInfo stream. */
import type { TimeUs } from '../../../../core/num/units.ts';
import type { ContractEvent, InstrumentRow } from '../../../../core/price/venue-event.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { countOf, isFields, listOf, textOf, type Fields } from '../decode/fields.ts';
import { parseJson } from '../decode/json.ts';

export type Tiers = NonNullable<ContractEvent['tiers']>;

export interface ContractNews {
  readonly kind: 'contract-news';
  readonly instrument: InstrumentRow;
  readonly eventUs: TimeUs;
  readonly isTrading: boolean;
  /** Null: not said this time. */
  readonly tiers: Tiers | null;
}

export interface ListedTerms {
  readonly tick: string;
  readonly lot: string;
  readonly isTrading: boolean;
}

/** By symbol, those of `symbols` that the venue lists. */
export function readExchangeInfo(body: string, symbols: ReadonlySet<string>): Map<string, ListedTerms> {
  const listed = new Map<string, ListedTerms>();
  for (const entry of listOf(answerOf(body)['symbols'], 'symbols')) {
    if (!isFields(entry) || !symbols.has(String(entry['symbol']))) continue;
    const symbol = textOf(entry['symbol'], 'symbol');
    const filters = new Map(
      listOf(entry['filters'], 'filters')
        .filter(isFields)
        .map((f) => [f['filterType'], f]),
    );
    const price = filters.get('PRICE_FILTER');
    const lot = filters.get('LOT_SIZE');
    if (price === undefined || lot === undefined)
      throw new BadFrame(
        'FEED_FIELD',
        `${symbol} has no PRICE_FILTER or no LOT_SIZE`,
        'filters',
        entry['filters'],
      );
    listed.set(symbol, {
      tick: trimmed(textOf(price['tickSize'], 'tickSize')),
      lot: trimmed(textOf(lot['stepSize'], 'stepSize')),
      isTrading: textOf(entry['status'], 'status') === 'TRADING',
    });
  }
  return listed;
}

/** Hours between fundings where they are not the usual eight. */
export function readFundingInfo(body: string): Map<string, number> {
  const parsed = parseJson(body);
  if (!Array.isArray(parsed)) throw refusedAnswer(parsed);
  return new Map(
    parsed
      .filter(isFields)
      .map((entry) => [
        textOf(entry['symbol'], 'symbol'),
        countOf(entry['fundingIntervalHours'], 'fundingIntervalHours'),
      ]),
  );
}

/** Brackets of the contractInfo stream, whose amounts are numbers of JSON: their shortest text is what the venue wrote. */
export function tiersOf(brackets: readonly unknown[]): Tiers {
  return brackets.map((bracket) => {
    if (!isFields(bracket)) throw new BadFrame('FEED_FIELD', 'a bracket is an object', 'bks', bracket);
    return { upTo: amountOf(bracket, 'bnc'), rate: amountOf(bracket, 'mmr'), cut: amountOf(bracket, 'cf') };
  });
}

function amountOf(bracket: Fields, field: string): string {
  const value = bracket[field];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new BadFrame('FEED_FIELD', 'must be a number of at least 0', `bks.${field}`, value);
  return String(value);
}

/** What a request was answered with; the venue states its errors as `{ code, msg }`. */
export function answerOf(body: string): Fields {
  const parsed = parseJson(body);
  if (!isFields(parsed) || ('code' in parsed && 'msg' in parsed)) throw refusedAnswer(parsed);
  return parsed;
}

function refusedAnswer(parsed: unknown): BadFrame {
  return new BadFrame(
    'FEED_ANSWER',
    'the venue did not answer what was asked. It is asked again',
    null,
    parsed,
  );
}

/** Without the zeros that pad it: 0.01000000 is 0.01. */
function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
