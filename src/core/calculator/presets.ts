/**
 * The venues as plain configurations of one margin model. Nothing here computes: each entry says which
 * switches a venue has thrown, since when as far as a public source tells, and where that is known from.
 *
 * A version holds from its `from` date until the next one. `null` is "as far back as we have seen".
 */

import type { MarketRules, RoundingRules } from './input.ts';

export type VenueRatio = 'binanceMarginRatio' | 'bybitAccountMmRate' | 'okxMgnRatio';

export interface ModelVersion {
  readonly from: string | null;
  readonly rules: Partial<MarketRules>;
  /** Applied only when the input asks for `rounding: "venue"`. */
  readonly venueRounding: RoundingRules | null;
  readonly ratio: VenueRatio | null;
  readonly source: string;
}

/** No model: linear or inverse, margin on the mark, liquidatable strictly below maintenance. */
export const DEFAULT_RULES: MarketRules = {
  mmBasis: 'mark',
  imBasis: 'mark',
  trigger: 'strict',
  closeFee: '0',
  closeFeeBasis: 'mark',
  closeFeeInInitial: false,
  closeFeeInBankruptcy: false,
  orderMargin: 'none',
  orderRate: null,
  orderInitial: 'worst_position',
  bankruptcy: 'equity_zero',
  liquidationRounding: 'adverse',
  bankruptcyRounding: 'favourable',
  maintenanceInLiquidation: 'moving',
  maintenanceFrom: 'rate',
  initialFactor: null,
  rounding: null,
};

export const PRESETS: Readonly<Record<string, readonly ModelVersion[]>> = {
  binance: [
    {
      from: null,
      rules: { trigger: 'inclusive' },
      venueRounding: { maintenanceMargin: { unit: '0.00000001', direction: 'floor' } },
      ratio: 'binanceMarginRatio',
      source: 'binance.com FAQ b3c689c1f50a44cabb3a84e663b81d93; recorded maintMargin is cut to 8 decimals',
    },
  ],
  hyperliquid: [
    {
      from: null,
      rules: { maintenanceInLiquidation: 'frozen' },
      venueRounding: null,
      ratio: null,
      source: 'account of 2023-03-27 recorded in hyperliquid-python-sdk: no (1 - l * side) divisor',
    },
    {
      // The change itself is not dated; this is the day after the last record of the old formula.
      from: '2023-03-28',
      rules: {},
      venueRounding: null,
      ratio: null,
      source: 'hyperliquid.gitbook.io, Liquidations and Margin tiers',
    },
  ],
  dydx: [
    {
      from: null,
      rules: { orderInitial: 'none', bankruptcy: 'maintenance_share', maintenanceFrom: 'initial' },
      venueRounding: {
        scaledRate: { unit: '0.000001', direction: 'floor' },
        initialMargin: { unit: '0.000001', direction: 'ceil' },
        maintenanceMargin: { unit: '0.000001', direction: 'ceil' },
      },
      ratio: null,
      source: 'dydxprotocol/v4-chain: perpetuals/lib, clob/keeper/liquidations',
    },
  ],
  drift: [
    {
      from: null,
      rules: { orderMargin: 'worst_position' },
      venueRounding: {
        rate: { unit: '0.0001', direction: 'floor' },
        initialMargin: { unit: '0.000001', direction: 'floor' },
        maintenanceMargin: { unit: '0.000001', direction: 'floor' },
      },
      ratio: null,
      source: 'drift-labs/protocol-v2: math/margin, state/perp_market',
    },
  ],
  okx: [
    {
      from: null,
      rules: { trigger: 'inclusive', closeFee: '0.0005' },
      venueRounding: null,
      ratio: 'okxMgnRatio',
      source: 'OKX API v5 examples; the 0.05 % fee is inferred from them',
    },
  ],
  bybit: [
    {
      from: null,
      rules: {
        trigger: 'inclusive',
        mmBasis: 'entry',
        imBasis: 'entry',
        liquidationRounding: 'favourable',
      },
      venueRounding: null,
      ratio: 'bybitAccountMmRate',
      source: 'Bybit help center 2020 to 2024: liquidation price of USDT and inverse contracts',
    },
    {
      from: '2026-05-01',
      rules: {
        trigger: 'inclusive',
        closeFee: '0.00055',
        closeFeeBasis: 'leverage',
        closeFeeInInitial: true,
        liquidationRounding: 'favourable',
      },
      venueRounding: null,
      ratio: 'bybitAccountMmRate',
      source: 'Bybit help center 2026-05, unified trading account; fee rate inferred from a 2025 record',
    },
  ],
  bitmex: [
    {
      from: null,
      rules: {
        trigger: 'inclusive',
        mmBasis: 'entry',
        imBasis: 'entry',
        closeFeeBasis: 'entry',
        closeFeeInInitial: true,
        closeFeeInBankruptcy: true,
        liquidationRounding: 'favourable',
      },
      venueRounding: { contractValue: { unit: '0.00000001', direction: 'half-even' } },
      ratio: null,
      source: 'BitMEX position record of 2018-08-27 and the documented margin terms',
    },
  ],
  deribit: [
    {
      from: null,
      rules: {},
      venueRounding: null,
      ratio: null,
      source: 'support.deribit.com, linear perpetual margins; use a curve',
    },
  ],
};

/** The version in force on `asOf` (YYYY-MM-DD), or the newest. Null when the model is unknown. */
export function modelVersion(model: string, asOf: string | null): ModelVersion | null {
  if (!Object.hasOwn(PRESETS, model)) return null;
  const versions = PRESETS[model];
  if (asOf === null) return versions[versions.length - 1];
  return versions.findLast((version) => version.from === null || version.from <= asOf) ?? null;
}
