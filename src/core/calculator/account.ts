/**
 * The calculator's input once read: numbers are fractions, defaults are filled in, positions stand in
 * the margin bucket that carries them.
 */

import type { Rational } from '../num/rational.ts';
import type { ContractKind, LegSide, MarketRules } from './input.ts';
import type { VenueRatio } from './presets.ts';
import type { Rounding } from './rounding.ts';
import type { Schedule } from './schedule.ts';

export interface Roundings {
  readonly contractValue: Rounding | null;
  readonly rate: Rounding | null;
  readonly scaledRate: Rounding | null;
  readonly initialMargin: Rounding | null;
  readonly maintenanceMargin: Rounding | null;
}

export interface Market {
  readonly name: string;
  readonly kind: ContractKind;
  readonly mark: Rational;
  readonly tick: Rational | null;
  /** How many decimals the tick was written with: what its prices are printed with. */
  readonly tickDecimals: number;
  readonly lot: Rational | null;
  readonly contractValue: Rational;
  readonly schedule: Schedule;
  readonly openInterestScaling: {
    readonly lower: Rational;
    readonly upper: Rational;
    readonly openInterest: Rational;
  } | null;
  readonly rules: MarketRules;
  readonly closeFee: Rational;
  readonly orderRate: Rational | null;
  readonly initialFactor: Rational | null;
  readonly roundings: Roundings;
}

export interface Position {
  readonly market: Market;
  readonly leg: LegSide | null;
  readonly size: Rational;
  readonly entryPrice: Rational;
  readonly leverage: Rational | null;
  readonly accruedFunding: Rational;
}

export interface Order {
  readonly market: Market;
  /** Signed: + buy, - sell. */
  readonly size: Rational;
  readonly price: Rational;
}

/** What is liquidated together: an account's cross positions, or one isolated position. */
export interface Bucket {
  readonly name: string;
  readonly collateral: Rational;
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
  readonly inclusive: boolean;
}

export interface Account {
  readonly buckets: readonly Bucket[];
  readonly ratio: VenueRatio | null;
}
