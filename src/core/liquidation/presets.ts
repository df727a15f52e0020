/**
 * How venues liquidate, as far as public sources tell, in the terms of our rules. Money is in millionths, of an asset with
 * six decimals; `presetRules` has them of any asset.
 */
import { POWERS_OF_TEN } from '../num/decimal.ts';
import type { QuoteMicros, Rate } from '../num/units.ts';
import { ClosePolicy, type LiquidationRules } from '../schema/venue-commands.ts';

const ALL: Rate = { num: 1, den: 1 };
const NOTHING: Rate = { num: 0, den: 1 };
const NO_MONEY = 0 as QuoteMicros;

const FULL: LiquidationRules = {
  policy: ClosePolicy.full,
  share: ALL,
  threshold: NO_MONEY,
  cooldownUs: 0,
  buffer: ALL,
  fee: NOTHING,
};

export const LIQUIDATION_PRESETS = {
  /** All at once, for no fee. */
  full: FULL,
  /**
   * Down by tiers, then the fund at the bankruptcy price. Source: Binance, "Liquidation protocols"; the fee is `liquidationFee` of BTCUSDT
   * in its exchange information. It is charged on what is liquidated alone.
   */
  binance: { ...FULL, policy: ClosePolicy.tier_step, fee: { num: 1, den: 80 } },
  /**
   * One fifth of a position worth more than 100,000 USDC, then a pause of 30 s; after it, and of smaller ones, all. No fee. Source:
   * hyperliquid.gitbook.io, Liquidations.
   */
  hyperliquid: {
    ...FULL,
    policy: ClosePolicy.fraction,
    share: { num: 1, den: 5 },
    threshold: 100_000_000_000 as QuoteMicros,
    cooldownUs: 30_000_000,
  },
  /** All that its block limits allow, for at most half a percent. Source: dydxprotocol/v4-chain, default of `MaxLiquidationFeePpm`. */
  dydx: { ...FULL, fee: { num: 1, den: 200 } },
  /**
   * What covers the shortage; all of it under 50 USD. Drift's buffer is 2 % of notional on top of maintenance: 7/5 of it where that is 5 %. Its
   * fee of 1 % goes to the liquidator, and it closes no faster than a ramp over time, which we have not. Source:
   * drift-labs/protocol-v2, math/liquidation and its constants.
   */
  drift: {
    ...FULL,
    policy: ClosePolicy.shortage,
    threshold: 50_000_000 as QuoteMicros,
    buffer: { num: 7, den: 5 },
    fee: { num: 1, den: 100 },
  },
} as const satisfies Readonly<Record<string, LiquidationRules>>;

export type LiquidationPreset = keyof typeof LIQUIDATION_PRESETS;
export const LIQUIDATION_PRESET_NAMES = Object.keys(LIQUIDATION_PRESETS) as LiquidationPreset[];

/** A preset for an asset of so many decimals: its threshold is a whole number of dollars, so nothing is rounded. */
export function presetRules(name: LiquidationPreset, decimals: number): LiquidationRules {
  const rules = LIQUIDATION_PRESETS[name];
  return { ...rules, threshold: ((rules.threshold / 1e6) * POWERS_OF_TEN[decimals]) as QuoteMicros };
}
