/**
 * The USD-M perpetuals whose captures we read. BTCUSDT's brackets are the venue's of October 2024; ETHUSDT's have the
 * same shape with the caps that were usual then, and are not a record. The deductions ("cum") follow from floors and
 * rates and are computed. Spot captures of the same names use the same specs: they are marks for the perpetual.
 */
import type { MarketSpec } from '../../market-spec.ts';

export const BTCUSDT: MarketSpec = {
  name: 'BTCUSDT',
  tick: '0.1',
  lot: '0.001',
  tiers: [
    [0, [4, 1000], [1, 125]],
    [50_000, [5, 1000], [1, 100]],
    [600_000, [65, 10_000], [1, 75]],
    [3_000_000, [1, 100], [1, 50]],
    [12_000_000, [2, 100], [1, 25]],
    [70_000_000, [25, 1000], [1, 20]],
    [100_000_000, [5, 100], [1, 10]],
    [230_000_000, [1, 10], [1, 5]],
    [480_000_000, [125, 1000], [1, 4]],
    [600_000_000, [15, 100], [1, 3]],
    [800_000_000, [25, 100], [1, 2]],
    [1_200_000_000, [5, 10], [1, 1]],
  ],
};

export const ETHUSDT: MarketSpec = {
  name: 'ETHUSDT',
  tick: '0.01',
  lot: '0.001',
  tiers: [
    [0, [4, 1000], [1, 125]],
    [50_000, [5, 1000], [1, 100]],
    [600_000, [65, 10_000], [1, 75]],
    [3_000_000, [1, 100], [1, 50]],
    [12_000_000, [2, 100], [1, 25]],
    [50_000_000, [25, 1000], [1, 20]],
    [65_000_000, [5, 100], [1, 10]],
    [150_000_000, [1, 10], [1, 5]],
    [320_000_000, [125, 1000], [1, 4]],
    [400_000_000, [15, 100], [1, 3]],
    [530_000_000, [25, 100], [1, 2]],
    [800_000_000, [5, 10], [1, 1]],
  ],
};

export const BINANCE_MARKETS: readonly MarketSpec[] = [BTCUSDT, ETHUSDT];
