/**
 * A fact about funding: what a venue recorded, published or tests itself with, and the configuration that must give
 * it. Facts are data; `run-facts.ts` asks, nothing here computes an answer.
 */
import type { FundingRule, MarginRates } from '../../../src/core/price/funding.ts';
import type { Rate } from '../../../src/core/num/units.ts';
import type { Evidence } from '../venues/fact.ts';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly note?: string;
}

/** An average premium, and the quoted rate of it; or what the index rises by, or both. */
export interface RateFact extends Named {
  readonly asks: 'rate';
  readonly rule: FundingRule;
  readonly margin: MarginRates | null;
  /** Decimals or fractions, as text. */
  readonly average: string;
  readonly rate?: string;
  readonly paid?: string;
  readonly payment?: { readonly notional: string; readonly is: string };
}

/** A quoted rate, paid for `seconds` of its period, and the rise of the index in millionths of a money unit a lot. */
export interface IndexFact extends Named {
  readonly asks: 'index';
  readonly rule: FundingRule;
  readonly quoted: string;
  /** Money units of one lot. */
  readonly notional: string;
  readonly increment: string;
}

/** Votes of one whole interval, the same in each minute, and what the market settles at. */
export interface IntervalFact extends Named {
  readonly asks: 'interval';
  readonly rule: FundingRule;
  readonly margin: MarginRates;
  readonly minutes: number;
  readonly premium: string;
  readonly notional: string;
  readonly rate: string;
  readonly increment: number;
}

/** A book, an index, an impact notional, and the premium, limited and rounded as the venue does. */
export interface PremiumFact extends Named {
  readonly asks: 'premium';
  /** side, size, price; in any order. */
  readonly orders: readonly (readonly ['buy' | 'sell', string, string])[];
  readonly index: string;
  readonly impactNotional: number;
  readonly premiumMax: Rate;
  readonly premium: string;
}

export interface TailsFact extends Named {
  readonly asks: 'tails';
  readonly samples: readonly number[];
  readonly share: Rate;
  readonly kept: readonly number[];
}

export interface InterestFact extends Named {
  readonly asks: 'interest';
  readonly quote: Rate;
  readonly base: Rate;
  readonly perDay: number;
  readonly interest: string;
  readonly payment: { readonly contractUnits: string; readonly price: string; readonly is: string };
}

export type FundingFact = RateFact | IndexFact | IntervalFact | PremiumFact | TailsFact | InterestFact;
