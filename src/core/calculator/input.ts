/**
 * What the margin calculator reads. Every quantity is a decimal string, or where it is a rate also a
 * fraction like "1/30"; `parse-input.ts` says what is refused. `docs/reference/margin.md` is the
 * reference for each field. Everything in `MarketRules` overrides the model's value for that market.
 */

export type MarginBasis = 'mark' | 'entry';
export type CloseFeeBasis = 'mark' | 'entry' | 'leverage' | 'bankruptcy';
export type Trigger = 'strict' | 'inclusive';
export type OrderMargin = 'none' | 'worst' | 'sum' | 'worst_position';
export type OrderInitial = 'none' | 'worst_position';
export type PriceRounding = 'adverse' | 'favourable';
export type Direction = 'floor' | 'ceil' | 'half-even';
export type ContractKind = 'linear' | 'inverse';
export type LegSide = 'long' | 'short';

export interface UnitRounding {
  unit: string;
  direction: Direction;
}

/** Where a venue rounds on the way. Absent means exact. */
export interface RoundingRules {
  /** The value of one contract at one price (BitMEX: whole satoshi per contract, then times contracts). */
  contractValue?: UnitRounding;
  /** The margin rates themselves. */
  rate?: UnitRounding;
  /** The initial rate after it was scaled by open interest. */
  scaledRate?: UnitRounding;
  initialMargin?: UnitRounding;
  /** Of one position, close fee included. */
  maintenanceMargin?: UnitRounding;
}

export interface MarketRules {
  mmBasis: MarginBasis;
  imBasis: MarginBasis;
  trigger: Trigger;
  /** Estimated cost of closing as a fraction of value; part of maintenance. */
  closeFee: string;
  /** The value the close fee is charged on; `leverage` is the mark moved by 1/leverage. */
  closeFeeBasis: CloseFeeBasis;
  closeFeeInInitial: boolean;
  /** Bankrupt when equity no longer pays for closing, rather than when equity is zero. */
  closeFeeInBankruptcy: boolean;
  /** What open orders add to maintenance. */
  orderMargin: OrderMargin;
  /** With `worst` and `sum`: the charge as a fraction of order value at the order price. */
  orderRate: string | null;
  /** What open orders add to initial margin. */
  orderInitial: OrderInitial;
  /** Whose loss the bucket's equity is, when several positions share it. */
  bankruptcy: 'equity_zero' | 'maintenance_share';
  /** `adverse` is the first tick past the boundary, `favourable` the last one before it. */
  liquidationRounding: PriceRounding;
  bankruptcyRounding: PriceRounding;
  /** `frozen` solves with today's maintenance, as Hyperliquid did in early 2023. */
  maintenanceInLiquidation: 'moving' | 'frozen';
  /** `initial` rounds the initial requirement first and takes the maintenance fraction of that. */
  maintenanceFrom: 'rate' | 'initial';
  /** Initial margin as a multiple of maintenance, instead of `imr`. */
  initialFactor: string | null;
  rounding: RoundingRules | null;
}

export interface TierInput {
  floor: string;
  mmr?: string;
  imr?: string;
  /** mmr as a fraction of imr, for venues that publish it so. */
  maintenanceFraction?: string;
  /** The deduction a venue publishes. Ours is computed; this one must agree with it. */
  cum?: string;
}

/** rate(size) = clamp(base + slope * size ^ power, min, max), size in base units (coin notional if inverse). */
export interface CurveRate {
  base: string;
  slope: string;
  /** 0, 0.5, 1, 1.5 or 2. */
  power: string;
  min?: string;
  max?: string;
}

export interface CurveInput extends CurveRate {
  initial?: CurveRate;
}

/** dYdX: the initial rate rises to 1 as the market's open interest goes from `lower` to `upper`. */
export interface OpenInterestScaling {
  lower: string;
  upper: string;
  /** In the units of position sizes; valued at the mark. */
  openInterest: string;
}

export interface MarketInput extends Partial<MarketRules> {
  kind?: ContractKind;
  mark: string;
  tick?: string;
  lot?: string;
  /** Linear: base units per contract (default 1). Inverse: quote value of one contract (required). */
  contractValue?: string;
  tiers?: TierInput[];
  curve?: CurveInput;
  openInterestScaling?: OpenInterestScaling;
}

export interface PositionInput {
  market: string;
  /** Signed: + long, - short. */
  size: string;
  entryPrice: string;
  /** The position's own collateral, or null or absent for cross. */
  isolated?: string | null;
  leg?: LegSide | null;
  /** Initial margin is at least notional / leverage. */
  leverage?: string;
  /** Funding accrued and not settled; + is owed to the account. */
  accruedFunding?: string;
}

export interface OrderInput {
  market: string;
  side: 'buy' | 'sell';
  size: string;
  price: string;
}

export interface AccountInput {
  /** Of the cross bucket. May be left out when every position is isolated. */
  collateral?: string;
  positions?: PositionInput[];
  orders?: OrderInput[];
}

export interface CalculatorInput {
  model?: string;
  /** A date, YYYY-MM-DD: the model's formulas as they were then. Default: the newest. */
  asOf?: string;
  /** `exact` (default) or `venue`: with the model's own roundings. */
  rounding?: 'exact' | 'venue';
  /** With it, margins are rounded up to this unit of money, as the engine does. */
  settleUnit?: string;
  markets: Record<string, MarketInput>;
  account: AccountInput;
}
