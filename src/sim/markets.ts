/**
 * The markets of simulated books: the best known perpetuals with plausible prices of August 2024, then as many
 * synthetic ones as asked for. Tier tables are a venue's where the name of the table says so.
 */
import { markFromText, type Grid } from '../core/num/grid.ts';
import type { MarkTicks } from '../core/num/units.ts';
import { OrderMargin } from '../core/schema/commands.ts';
import { gridOfSpec, type MarketSpec, type TierRow } from '../io/ingest/market-spec.ts';
import { BTCUSDT, ETHUSDT } from '../io/ingest/venues/binance/markets.ts';
import { logUniform } from './log-uniform.ts';
import { Random } from './random.ts';

export interface SimMarket {
  readonly spec: MarketSpec;
  readonly grid: Grid;
  /** Where its mark starts. */
  readonly mark: MarkTicks;
}

/**
 * Hyperliquid's tables by their largest leverage: maintenance is half of initial. The same name with an amount has its
 * second tier there.
 */
const HYPERLIQUID = {
  x40: [
    [0, [1, 80], [1, 40]],
    [150_000_000, [1, 40], [1, 20]],
  ],
  x25: [
    [0, [1, 50], [1, 25]],
    [100_000_000, [1, 30], [1, 15]],
  ],
  x20: [
    [0, [1, 40], [1, 20]],
    [70_000_000, [1, 20], [1, 10]],
  ],
  x20at40m: [
    [0, [1, 40], [1, 20]],
    [40_000_000, [1, 20], [1, 10]],
  ],
  x10at20m: [
    [0, [1, 20], [1, 10]],
    [20_000_000, [1, 10], [1, 5]],
  ],
  x10at3m: [
    [0, [1, 20], [1, 10]],
    [3_000_000, [1, 10], [1, 5]],
  ],
  x5: [[0, [1, 10], [1, 5]]],
  x3: [[0, [1, 6], [1, 3]]],
} as const satisfies Record<string, readonly TierRow[]>;

/** In the manner of Binance's smaller listings: low floors and many steps, so that ordinary accounts cross them. */
const STEPPED = {
  x75: [
    [0, [1, 200], [1, 75]],
    [50_000, [1, 100], [1, 50]],
    [250_000, [1, 50], [1, 25]],
    [1_000_000, [1, 40], [1, 20]],
    [5_000_000, [1, 20], [1, 10]],
    [20_000_000, [1, 10], [1, 5]],
    [100_000_000, [1, 2], [1, 1]],
  ],
  x50: [
    [0, [1, 100], [1, 50]],
    [5_000, [1, 40], [1, 20]],
    [25_000, [1, 20], [1, 10]],
    [100_000, [1, 10], [1, 5]],
    [250_000, [1, 8], [1, 4]],
    [1_000_000, [1, 2], [1, 1]],
  ],
} as const satisfies Record<string, readonly TierRow[]>;

const KNOWN: readonly (readonly [spec: MarketSpec, price: string])[] = [
  [BTCUSDT, '61800.2'],
  [ETHUSDT, '2681.6'],
  [{ name: 'SOLUSDT', tick: '0.001', lot: '1', tiers: HYPERLIQUID.x20 }, '155.25'],
  [{ name: 'XRPUSDT', tick: '0.0001', lot: '0.1', tiers: HYPERLIQUID.x20at40m }, '0.6121'],
  [{ name: 'BNBUSDT', tick: '0.01', lot: '0.01', tiers: STEPPED.x75 }, '510.4'],
  [{ name: 'DOGEUSDT', tick: '0.00001', lot: '1', tiers: HYPERLIQUID.x10at20m }, '0.10412'],
  [{ name: '1000PEPEUSDT', tick: '0.0000001', lot: '1', tiers: HYPERLIQUID.x10at20m }, '0.0079'],
  [{ name: 'ADAUSDT', tick: '0.0001', lot: '1', tiers: STEPPED.x75 }, '0.3451'],
  [{ name: 'AVAXUSDT', tick: '0.001', lot: '1', tiers: STEPPED.x50 }, '21.94'],
  [{ name: 'LINKUSDT', tick: '0.001', lot: '0.01', tiers: STEPPED.x50 }, '10.43'],
  [{ name: 'LTCUSDT', tick: '0.01', lot: '0.001', tiers: STEPPED.x75 }, '58.5'],
  [{ name: 'NEARUSDT', tick: '0.001', lot: '1', tiers: HYPERLIQUID.x10at3m }, '3.91'],
];

/** Of the synthetic markets, in turn. One market in eight charges open orders: the larger side, or both sides. */
const TABLES: readonly (readonly TierRow[])[] = [
  STEPPED.x50,
  HYPERLIQUID.x10at3m,
  HYPERLIQUID.x5,
  STEPPED.x75,
  HYPERLIQUID.x20,
  HYPERLIQUID.x3,
  HYPERLIQUID.x25,
  HYPERLIQUID.x40,
];

/** The first `count` markets. Only the synthetic ones depend on the seed. */
export function simMarkets(count: number, seed: number, decimals: number): SimMarket[] {
  const random = new Random(seed, 1);
  return Array.from({ length: count }, (_, index) => {
    if (index < KNOWN.length) return simMarket(...KNOWN[index], decimals);
    return synthetic(index - KNOWN.length + 1, random, decimals);
  });
}

export function simMarket(spec: MarketSpec, price: string, decimals: number): SimMarket {
  const grid = gridOfSpec(spec, decimals);
  const mark = markFromText(price, grid);
  if (mark === null) throw new RangeError(`market ${spec.name} cannot start at ${price}`);
  return { spec, grid, mark };
}

/** A price of four or five digits somewhere between 0.001 and 1000, and lots of about one unit of the asset. */
function synthetic(number: number, random: Random, decimals: number): SimMarket {
  // A price is `digits` x 10^(exponent - 4), so a tick is 10^(exponent - 4) and a lot 10^-exponent: all in text.
  const digits = Math.floor(logUniform(random, 10_000, 99_999));
  const exponent = random.below(6) - 3;
  const orderMargin =
    number % 16 === 3 ? OrderMargin.worst : number % 16 === 11 ? OrderMargin.sum : OrderMargin.none;
  const spec: MarketSpec = {
    name: `ALT${String(number).padStart(3, '0')}USDT`,
    tick: `1e${exponent - 4}`,
    lot: `1e${-exponent}`,
    tiers: TABLES[number % TABLES.length],
    closeFee: number % 4 === 0 ? { num: 1, den: 2000 } : { num: 0, den: 1 },
    orderMargin,
    orderRate: orderMargin === OrderMargin.none ? { num: 0, den: 1 } : { num: 1, den: 100 },
  };
  return simMarket(spec, `${digits}e${exponent - 4}`, decimals);
}
