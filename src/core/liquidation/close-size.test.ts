import { describe, expect, it } from 'vitest';
import type { QuoteMicros } from '../num/units.ts';
import { ClosePolicy, type LiquidationRules } from '../schema/venue-commands.ts';
import { closeSize, type CloseFacts } from './close-size.ts';
import { LIQUIDATION_PRESETS } from './presets.ts';

const { full, binance, hyperliquid, drift, dydx } = LIQUIDATION_PRESETS;
const usd = (amount: number): number => Math.round(amount * 1e6);

/** 10 BTC in lots of 0.001 at 50,000: half a million. */
const FACTS: CloseFacts = {
  size: 10_000,
  lotNotional: usd(50),
  base: usd(500_000),
  tierFloor: usd(300_000),
  tierRate: { num: 1, den: 100 },
  equity: usd(4_000),
  maintenance: usd(4_100),
  takerFee: { num: 0, den: 1 },
  isSecondRound: false,
};

it('all at once', () => {
  expect(closeSize(full, FACTS)).toBe(10_000);
  expect(closeSize(dydx, FACTS)).toBe(10_000);
});

describe('by tiers: to just under the floor of the present one', () => {
  it.each([
    ['on the lots', usd(300_000), 4_001],
    ['between the lots', usd(300_001), 4_000],
    ['one lot at least', usd(500_000), 1],
    ['all where one lot is above the floor', usd(50), 10_000],
    ['all in the lowest tier', 0, 10_000],
  ])('%s', (_name, tierFloor, lots) => {
    expect(closeSize(binance, { ...FACTS, tierFloor })).toBe(lots);
  });

  it('by what it cost, where tiers go by that', () => {
    // Worth half a million, and 700,000 were paid.
    const facts = { ...FACTS, base: usd(700_000), tierFloor: usd(600_000) };
    expect(closeSize(binance, facts)).toBe(1_429);
  });
});

describe('a fraction where there is much, then all', () => {
  it.each([
    ['a fifth', {}, 2_000],
    ['after the pause all', { isSecondRound: true }, 10_000],
    ['at the threshold all', { size: 2_000 }, 2_000],
    ['just above it a fifth, rounded up', { size: 2_001 }, 401],
  ])('%s', (_name, facts, lots) => {
    expect(closeSize(hyperliquid, { ...FACTS, ...facts })).toBe(lots);
  });
});

describe('as much as covers the shortage', () => {
  // To 7/5 of 4,100 are 1,740 missing. A lot gives 50 * (0.014 - 0.01) = 0.2.
  it.each([
    ['exactly', {}, 8_700],
    ['rounded up', { equity: usd(3_999.99) }, 8_701],
    ['fees of trading counted', { takerFee: { num: 1, den: 1_000 } }, 10_000],
    ['all where it is little', { equity: usd(4_100 * 1.4 - 49.999999) }, 10_000],
    ['not all at the threshold', { equity: usd(4_100 * 1.4 - 50) }, 250],
    ['all where fees take what closing gives', { tierRate: { num: 1, den: 140 } }, 10_000],
    // A lot that cost 62.5 gives 62.5 * 0.014 - 50 * 0.01 = 0.375.
    ['by what it cost, where tiers go by that', { base: usd(625_000) }, 4_640],
  ])('%s', (_name, facts, lots) => {
    expect(closeSize(drift, { ...FACTS, ...facts })).toBe(lots);
  });

  it('one lot where nothing is short and nothing is little', () => {
    const rules: LiquidationRules = {
      ...full,
      policy: ClosePolicy.shortage,
      threshold: 0 as QuoteMicros,
    };
    expect(closeSize(rules, { ...FACTS, equity: FACTS.maintenance })).toBe(1);
  });
});
