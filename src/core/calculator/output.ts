/** What the margin calculator answers. Decimal strings, exact wherever a finite decimal exists. */

export interface CalculatorError {
  /** snake_case, one of those in docs/reference/margin.md. */
  code: string;
  message: string;
  /** Where, as in `markets.BTCUSDT.tiers[1].mmr`. Empty for the document itself. */
  field: string;
  /** What stood there; null when it was missing. */
  value: unknown;
}

export interface LiquidationPriceOutput {
  price: string | null;
  reason: string | null;
  assumption: string;
}

export interface BankruptcyPriceOutput {
  price: string | null;
  reason: string | null;
  /** What closing the whole position at that point brings in, unrounded: also where it is no price. */
  value: string | null;
}

export interface PositionOutput {
  market: string;
  leg?: 'long' | 'short';
  notional: string;
  unrealizedPnl: string;
  maintenanceMargin: string;
  liquidationPrice: LiquidationPriceOutput;
  bankruptcyPrice: BankruptcyPriceOutput;
}

export interface BucketOutput {
  name: string;
  equity: string;
  maintenanceMargin: string;
  /** Null when a position or order has no initial rate. */
  initialMargin: string | null;
  excess: string;
  /** equity / maintenance; null at zero maintenance. */
  health: string | null;
  liquidatable: boolean;
  bankrupt: boolean;
  /** maintenance / equity, left out where equity is not positive: there its sign would read as safe. */
  binanceMarginRatio?: string;
  bybitAccountMmRate?: string;
  /** equity / (maintenance + close fee), left out at zero maintenance. */
  okxMgnRatio?: string;
  positions: PositionOutput[];
}

export interface CalculatorOutput {
  buckets: BucketOutput[];
}
