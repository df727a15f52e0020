/** Short ways to write inputs: one market called M, one position, all else at its default. */

import type {
  CalculatorInput,
  MarketInput,
  OrderInput,
  PositionInput,
  TierInput,
} from '../../../src/core/calculator/input.ts';

type Top = Partial<Pick<CalculatorInput, 'model' | 'asOf' | 'rounding' | 'settleUnit'>>;

/** Cross, one position (or with `size: null` none). Entry price defaults to the mark. */
export function single(
  top: Top,
  market: MarketInput,
  position: { size: string; entryPrice?: string; leverage?: string; accruedFunding?: string } | null,
  collateral: string,
  orders: readonly Omit<OrderInput, 'market'>[] = [],
): CalculatorInput {
  const positions: PositionInput[] =
    position === null ? [] : [{ market: 'M', entryPrice: market.mark, ...position }];
  return {
    ...top,
    markets: { M: market },
    account: { collateral, positions, orders: orders.map((order) => ({ market: 'M', ...order })) },
  };
}

export function isolated(
  top: Top,
  market: MarketInput,
  position: { size: string; entryPrice?: string; leverage?: string; isolated: string },
): CalculatorInput {
  return {
    ...top,
    markets: { M: market },
    account: { positions: [{ market: 'M', entryPrice: market.mark, ...position }] },
  };
}

/** One tier for every notional. */
export function flat(mmr: string, imr?: string): TierInput[] {
  return [imr === undefined ? { floor: '0', mmr } : { floor: '0', mmr, imr }];
}

/** Tiers by rows of [floor, mmr], or [floor, mmr, cum] to have the deduction cross-checked. */
export function table(rows: readonly (readonly string[])[]): TierInput[] {
  return rows.map(([floor, mmr, cum]) => (cum === undefined ? { floor, mmr } : { floor, mmr, cum }));
}
