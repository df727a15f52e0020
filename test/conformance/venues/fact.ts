/**
 * A fact: a number that a venue recorded, published or tests itself with, and the question to put to
 * the calculator. Facts are data. `run-facts.ts` asks and compares; nothing here computes an answer.
 */

import type { CalculatorInput } from '../../../src/core/calculator/input.ts';

/** How good the source of the expected number is, best first. */
export type Evidence =
  /** The venue's own output, with every parameter in the record. */
  | 'recorded'
  /** The venue's own output, but a parameter or a rounding rule was inferred to match it. */
  | 'recorded_inferred'
  /** A worked example in public documents. */
  | 'published'
  /** What a venue's own tests expect. */
  | 'upstream_test'
  /** A consequence of a published rule; nobody printed this number. */
  | 'rule'
  /** Arithmetic in a comment of an upstream test; taken where a table there asserts its result. */
  | 'comment';

export interface Within {
  readonly value: string;
  readonly tolerance: string;
  /** Why not exactly. */
  readonly because: string;
}

export type Expected = string | boolean | null | Within;

export interface Expectation {
  /** Default: the first bucket, its first position. */
  readonly bucket?: string;
  readonly position?: number;
  readonly equity?: Expected;
  readonly maintenanceMargin?: Expected;
  readonly initialMargin?: Expected;
  readonly excess?: Expected;
  readonly liquidatable?: boolean;
  readonly bankrupt?: boolean;
  readonly notional?: Expected;
  readonly unrealizedPnl?: Expected;
  readonly positionMaintenance?: Expected;
  readonly liquidationPrice?: Expected;
  readonly bankruptcyPrice?: Expected;
  /** What closing the whole position there brings in. */
  readonly bankruptcyValue?: Expected;
}

export interface Check {
  readonly input: CalculatorInput;
  readonly expect: Expectation;
  /** What a formula evaluated in today's tier would say: must not be our answer. */
  readonly naiveLiquidationPrice?: string;
}

export interface MarginFact {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly note?: string;
  /** What of the fact is not about margin and waits for that capability. */
  readonly partly?: string;
  readonly checks: readonly Check[];
}

export interface FillFact {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly note?: string;
  /** size (signed), price. */
  readonly fills: readonly (readonly [string, string])[];
  readonly feeRate: string;
  readonly expect: readonly {
    readonly afterFill: number;
    readonly entryPrice?: Expected;
    readonly realizedPnl?: Expected;
    readonly size?: Expected;
  }[];
}

/** A fact whose answer we do not give; said out loud with the exact difference. */
export interface DifferingFact {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly input: unknown;
  readonly venueSays: string;
  /** The code we refuse with. */
  readonly weRefuseWith: string;
  readonly because: string;
}
