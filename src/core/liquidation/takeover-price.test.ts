import { describe, expect, it } from 'vitest';
import { TakeoverBasis, takeoverPrices, type TakenPosition, type TakeoverTerms } from './takeover-price.ts';

/** BTCUSDT: a tick of 0.1 is 100 millionths for one lot of 0.001. */
const BTC: TakeoverTerms = { isInverse: false, num: 100n, den: 1n, priceMax: 10_000_000 };
const usd = (amount: number): bigint => BigInt(Math.round(amount * 1e6));
const btc = (lots: number, price: number, mmr: number): TakenPosition => ({
  size: BigInt(lots),
  notional: (usd(Math.abs(lots) * price) * 1n) / 1000n,
  maintenance: (usd(Math.abs(lots) * price * mmr) * 1n) / 1000n,
});

function pricesOf(
  equity: bigint,
  positions: readonly TakenPosition[],
  terms = positions.map(() => BTC),
): { basis: TakeoverBasis; prices: number[] } {
  const prices = new Float64Array(positions.length);
  const basis = takeoverPrices(equity, positions, terms, prices);
  return { basis, prices: [...prices] };
}

describe('of one position it is where equity is zero', () => {
  it.each([
    ['long with something left', 100, 40_160, usd(16), 400_000],
    ['long in debt', 100, 40_000, usd(-100), 410_000],
    ['long, rounded up', 100, 40_000, usd(100) - 1n, 390_001],
    ['short with something left', -100, 40_000, usd(16), 401_600],
    ['short in debt', -100, 40_000, usd(-100), 390_000],
    ['short, rounded down', -100, 40_000, usd(100) - 1n, 409_999],
  ] as const)('%s', (_name, lots, mark, equity, price) => {
    expect(pricesOf(equity, [btc(lots, mark, 0.004)])).toEqual({
      basis: TakeoverBasis.maintenance,
      prices: [price],
    });
  });
});

it('shares equity by maintenance', () => {
  // 300 of equity, 400 of maintenance: the first is owed 75, the second 225.
  const positions = [btc(1000, 10_000, 0.01), btc(-1000, 10_000, 0.03)];
  expect(pricesOf(usd(300), positions).prices).toEqual([99_250, 102_250]);
});

it('shares it by notional where there is no maintenance', () => {
  const positions = [btc(1000, 10_000, 0), btc(-3000, 10_000, 0)];
  expect(pricesOf(usd(400), positions)).toEqual({
    basis: TakeoverBasis.notional,
    prices: [99_000, 101_000],
  });
});

it('shares it by notional where maintenance would bring a price under the first tick', () => {
  const positions = [btc(1000, 100, 1), btc(1000, 10_000, 0)];
  expect(pricesOf(usd(202), positions)).toEqual({ basis: TakeoverBasis.notional, prices: [980, 98_000] });
});

it('ends at the limits and says so', () => {
  expect(pricesOf(usd(20_000), [btc(1000, 10_000, 0.01)])).toEqual({
    basis: TakeoverBasis.clamped,
    prices: [1],
  });
  expect(pricesOf(usd(2_000_000), [btc(-1000, 10_000, 0.01)])).toEqual({
    basis: TakeoverBasis.clamped,
    prices: [10_000_000],
  });
  expect(pricesOf(usd(-20_000), [btc(-1000, 10_000, 0.01)])).toEqual({
    basis: TakeoverBasis.clamped,
    prices: [1],
  });
});

it('knows inverse markets, whose positions are turned round inside', () => {
  // Contracts of 100 USD at 10,000, money in 1e-8 BTC, ticks of 0.5: a lot is worth 1e6, at p ticks 2e10 / p.
  const inverse: TakeoverTerms = { isInverse: true, num: 20_000_000_000n, den: 1n, priceMax: 1_000_000 };
  const long = { size: -100n, notional: 100_000_000n, maintenance: 500_000n };
  const short = { size: 100n, notional: 100_000_000n, maintenance: 500_000n };
  expect(pricesOf(25_000_000n, [long], [inverse]).prices).toEqual([16_000]);
  expect(pricesOf(20_000_000n, [short], [inverse]).prices).toEqual([25_000]);
  expect(pricesOf(100_000_000n, [short], [inverse])).toEqual({
    basis: TakeoverBasis.clamped,
    prices: [1_000_000],
  });
});
