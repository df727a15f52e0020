/**
 * Facts about what happens to money and positions: fills, funding that is paid, takeovers, what a liquidation closes and costs, and losses
 * that are shared. Facts are data; `run-facts.ts` asks, nothing here computes an answer.
 */
import type { TierInput } from '../../../src/core/calculator/input.ts';
import type { LiquidationRules } from '../../../src/core/schema/venue-commands.ts';
import type { Evidence, Expected, FillFact, MarginFact } from '../venues/fact.ts';

/** The steps in which a market of the fact counts. */
export interface Steps {
  readonly tick: string;
  readonly lot: string;
  readonly decimals: number;
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly note?: string;
}

/** A fact of the calculator's suite, put to the engine: fills made one by one. */
export interface FillsFact {
  readonly asks: 'fills';
  readonly fact: FillFact;
  readonly steps: Steps;
}

/** The same, an account that is valued: equity, or unrealised profit. */
export interface ValueFact {
  readonly asks: 'value';
  readonly fact: MarginFact;
  readonly steps: Steps;
}

/** The same, a bucket that is taken over: the price of its position, and what is left when all of it is filled there. */
export interface TakeoverFact {
  readonly asks: 'takeover';
  readonly fact: MarginFact;
  readonly steps: Steps;
  /** Where our answer is another, on purpose. */
  readonly differs?: { readonly price: string; readonly because: string };
}

/** A position that is liquidated at one price: what the insurance fund gains by it, or loses. */
export interface InsuranceFact extends Named {
  readonly asks: 'insurance';
  readonly steps: Steps;
  readonly mark: string;
  readonly tiers: readonly TierInput[];
  readonly collateral: string;
  readonly entryPrice: string;
  readonly size: string;
  readonly fillPrice: string;
  readonly rate: string;
  readonly fund: Expected;
}

/** A fee alone: of `value`, with `left` above bankruptcy. */
export interface FeeFact extends Named {
  readonly asks: 'fee';
  readonly rate: string;
  readonly value: number;
  readonly left: number;
  readonly fee: number;
}

/** How many lots are closed at once. Money in whole units of any size. */
export interface CloseFact extends Named {
  readonly asks: 'close';
  readonly rules: LiquidationRules;
  readonly size: number;
  readonly lotNotional: number;
  readonly rate: string;
  readonly equity: number;
  readonly maintenance: number;
  readonly lots: Expected;
}

/** Funding that a long and a short of `size` pay: the long this, the short its opposite. */
export interface FundingFact extends Named {
  readonly asks: 'funding';
  readonly steps: Steps;
  readonly kind: 'linear' | 'inverse';
  readonly size: string;
  readonly price: string;
  /** Per unit of size. */
  readonly paid: string;
  readonly expect: { readonly payment: Expected; readonly closedAt?: string; readonly total?: Expected };
}

/** Losses of one settlement after the other, a fund, and gains. */
export interface SharedFact extends Named {
  readonly asks: 'shared';
  readonly losses: readonly number[];
  readonly fund: number;
  readonly gains: readonly number[];
  readonly expect: { readonly fundAfter: number; readonly haircuts: readonly (Expected | null)[] };
}

export type SettlementFact =
  | FillsFact
  | ValueFact
  | TakeoverFact
  | InsuranceFact
  | FeeFact
  | CloseFact
  | FundingFact
  | SharedFact;

export function nameOf(fact: SettlementFact): Named {
  return 'fact' in fact ? fact.fact : fact;
}
