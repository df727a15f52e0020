/** What an account is worth and what it must keep: equity, maintenance, levels, funding. */
import { describe, expect, it } from 'vitest';
import { Kind, Leg, MarginBasis } from '../core/schema/commands.ts';
import { bench, CROSS, ISOLATED } from './testing/bench.ts';

describe('equity and maintenance', () => {
  it('takes a long over when equity falls under maintenance, and not before', () => {
    const made = bench();
    made.collateral(1_000_000_000);
    // 0.1 BTC at 50000: basis 5000, maintenance 5000 * 0.4 % = 20
    made.position(100, 5_000_000_000);
    // 40161.0: equity 1000 + 4016.1 - 5000 = 16.1, maintenance 4016.1 * 0.4 % = 16.0644: health 1.002
    expect(made.mark(401_610)).toBe('accepted, 0 safe > critical');
    expect(made.bucket()).toMatchObject({ equity: 16_100_000n, maintenance: 16_064_400n });
    // 40160.0: equity 16.0, maintenance 16.064
    expect(made.mark(401_600)).toBe('accepted, 0 critical > liquidatable');
    expect(made.bucket()).toMatchObject({ equity: 16_000_000n, maintenance: 16_064_000n });
    // 40107.0: equity 10.7, 2/3 of 16.0428 is 10.6952; at 40106.9 equity 10.69, 2/3 of 16.04276 is 10.69517
    expect(made.mark(401_070)).toBe('accepted');
    expect(made.mark(401_069)).toBe('accepted, 0 liquidatable > backstop');
    expect(made.mark(400_000)).toBe('accepted');
    expect(made.mark(399_999)).toBe('accepted, 0 backstop > bankrupt');
  });

  it.each([
    [false, 'accepted'],
    [true, 'accepted, 0 critical > liquidatable'],
  ])('at equity = maintenance the trigger decides (inclusive: %s)', (inclusive, expected) => {
    const made = bench({}, { inclusive });
    made.position(100, 5_000_000_000);
    made.collateral(20_000_001);
    expect(made.bucket().level).toBe(3);
    // maintenance 20.000000 and equity 20.000000
    expect(made.collateral(20_000_000)).toBe(expected);
  });

  it('an empty bucket is safe at zero, inclusive or not, and bankrupt under it', () => {
    const made = bench({}, { inclusive: true });
    expect(made.collateral(0)).toBe('accepted');
    expect(made.collateral(-1)).toBe('accepted, 0 safe > bankrupt');
  });

  it('cum makes maintenance continuous where the rate steps up', () => {
    const made = bench();
    // notional 50000.0 on the floor of tier 1: cum = 50000 * (0.5 % - 0.4 %) = 50; 250 - 50 = 200 = 50000 * 0.4 %
    made.position(1000, 50_000_000_000);
    expect(made.bucket().positions[0]).toMatchObject({ tier: 1, maintenance: 200_000_000n });
    expect(made.bucket().positions[0].cum).toEqual({ num: 50_000_000n, den: 1n });
    made.mark(499_999);
    expect(made.bucket().positions[0]).toMatchObject({ tier: 0, notional: 49_999_900_000n });
    // 60000: 60000 * 0.5 % - 50 = 250
    made.mark(600_000);
    expect(made.bucket().maintenance).toBe(250_000_000n);
  });

  it('rounds rate, deduction and close fee once, up', () => {
    const tiers = [
      { floor: 0, mmr: { num: 1, den: 30 }, imr: { num: 1, den: 10 } },
      { floor: 10, mmr: { num: 1, den: 7 }, imr: { num: 1, den: 5 } },
    ];
    const made = bench({ markUnit: 1, tiers, closeFee: { num: 1, den: 1000 } });
    made.mark(1);
    made.position(11, 11);
    // cum = 10 * (1/7 - 1/30) = 230/210 = 23/21; 11/7 - 23/21 + 11/1000 = 33/21 - 23/21 + 0.011 = 0.4872 -> 1
    expect(made.bucket().positions[0].maintenanceUnrounded).toEqual({ num: 10_231n, den: 21_000n });
    expect(made.bucket().maintenance).toBe(1n);
  });

  it('an entry basis takes margin on the cost basis, whatever its sign', () => {
    const made = bench({ basis: MarginBasis.entry });
    made.position(-100, -5_000_000_000);
    made.mark(900_000);
    expect(made.bucket()).toMatchObject({ equity: -4_000_000_000n, maintenance: 20_000_000n });
  });

  it('hedge legs pay maintenance each and share equity', () => {
    const made = bench();
    made.position(100, 5_000_000_000, { ...CROSS, leg: Leg.long });
    made.position(-40, -2_000_000_000, { ...CROSS, leg: Leg.short });
    // at 50010.0 the long 0.1 gains 1.0, the short 0.04 loses 0.4; each pays 0.4 % of its own notional
    made.mark(500_100);
    expect(made.bucket()).toMatchObject({ equity: 600_000n, maintenance: 20_004_000n + 8_001_600n });
  });
});

describe('hysteresis', () => {
  it('leaves a level only at its exit', () => {
    const made = bench();
    made.position(100, 5_000_000_000);
    const health = (hundredths: number): string => made.collateral(200_000 * hundredths);
    health(300);
    // enter 2, 3/2, 6/5; exit 21/10, 8/5, 5/4
    expect(health(200)).toBe('accepted');
    expect(health(199)).toBe('accepted, 0 safe > warning');
    expect(health(209)).toBe('accepted');
    expect(health(119)).toBe('accepted, 0 warning > critical');
    expect(health(124)).toBe('accepted');
    expect(health(125)).toBe('accepted, 0 critical > danger');
    expect(health(119)).toBe('accepted, 0 danger > critical');
    expect(health(205)).toBe('accepted, 0 critical > warning');
    expect(health(210)).toBe('accepted, 0 warning > safe');
    expect(health(10)).toBe('accepted, 0 safe > backstop');
    expect(health(99)).toBe('accepted, 0 backstop > liquidatable');
    expect(health(100)).toBe('accepted, 0 liquidatable > critical');
    expect(health(-1)).toBe('accepted, 0 critical > bankrupt');
    expect(health(300)).toBe('accepted, 0 bankrupt > safe');
  });
});

describe('funding', () => {
  it('accrues against the account, rounded down for either sign', () => {
    const made = bench();
    made.position(3, 150_000_000);
    // 3 * 500000 / 1e6 = 1.5: a long pays 2, a short receives 1
    made.funding(500_000);
    expect(made.bucket().accruedFunding).toBe(-2n);
    made.funding(-500_000);
    expect(made.bucket().accruedFunding).toBe(1n);
  });

  it('counts towards the level without a new mark', () => {
    const made = bench();
    made.collateral(40_000_000);
    made.position(100, 5_000_000_000);
    // 100 lots * 10000 / 1e6 = 1 unit
    expect(made.funding(10_000)).toBe('accepted, 0 safe > warning');
  });

  it('settles into collateral and starts anew', () => {
    const made = bench();
    made.position(3, 150_000_000);
    made.funding(500_000);
    expect(made.do({ kind: Kind.settle, ...CROSS })).toBe('accepted');
    expect(made.bucket()).toMatchObject({ collateral: -2n, accruedFunding: 0n });
    expect(made.do({ kind: Kind.settle, ...CROSS, leg: Leg.long })).toBe('position_unknown');
    expect(made.do({ kind: Kind.settle, ...ISOLATED })).toBe('position_unknown');
  });
});
