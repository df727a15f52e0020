/** What an account holds: fills, positions, orders. */
import { describe, expect, it } from 'vitest';
import { Kind, Leg, OrderMargin } from '../core/schema/commands.ts';
import { bench, CROSS, ISOLATED, MARKET } from './testing/bench.ts';

describe('fills', () => {
  it('opens, adds, closes a part at its share of the basis, flips', () => {
    const made = bench();
    made.collateral(1_000_000_000);
    expect(made.fill(3, 500_000)).toBe('accepted');
    made.fill(4, 500_001);
    // 3 * 50 + 4 * 50.0001 = 350.0004
    expect(made.held()).toEqual(['cross 7 for 350000400']);
    // sells 2 at 51: releases floor(350000400 * 2 / 7) = 100000114, gets 102; fee 0.01
    made.fill(-2, 510_000, CROSS, 10_000);
    expect(made.held()).toEqual(['cross 5 for 250000286']);
    expect(made.bucket().collateral).toBe(1_000_000_000n + 102_000_000n - 100_000_114n - 10_000n);
    // sells 8 at 50: 5 close (releases all), 3 open short
    made.fill(-8, 500_000);
    expect(made.held()).toEqual(['cross -3 for -150000000']);
    expect(made.bucket().collateral).toBe(1_001_989_886n - 286n);
  });

  it('rounds values up and released basis down, against the account', () => {
    const made = bench({ tickUnit: { num: 1, den: 10 } });
    // value(3) at price 5 = ceil(1.5) = 2; value(-3) = ceil(-1.5) = -1
    made.fill(3, 5);
    expect(made.held()).toEqual(['cross 3 for 2']);
    made.fill(-1, 5);
    // released floor(2 / 3) = 0, value(-1) = ceil(-0.5) = 0
    expect(made.held()).toEqual(['cross 2 for 2']);
    made.fill(-5, 5);
    // closes 2: released 2, value(-2) = -1: -1 money; opens 3 short: basis ceil(-1.5) = -1
    expect(made.held()).toEqual(['cross -3 for -1']);
    expect(made.bucket().collateral).toBe(-1n);
    made.fill(1, 5);
    // released floor(-1 / 3) = -1, value(1) = 1: nothing realised
    expect(made.held()).toEqual(['cross -2 for 0']);
    expect(made.bucket().collateral).toBe(-1n);
  });

  it('settles funding first', () => {
    const made = bench();
    made.fill(10, 500_000);
    made.funding(1_000_000);
    made.fill(10, 500_000);
    expect(made.bucket()).toMatchObject({ collateral: -10n, accruedFunding: 0n });
  });

  it('a closed isolated position hands its collateral to the cross bucket', () => {
    const made = bench();
    made.collateral(50_000_000, ISOLATED);
    made.fill(10, 500_000, ISOLATED);
    expect(made.fill(-10, 500_100, ISOLATED)).toBe('accepted');
    expect(made.reference.inspect(0)!.buckets).toHaveLength(1);
    expect(made.bucket().collateral).toBe(50_100_000n);
  });

  it.each([
    ['size 0', { size: 0 }, 'number_invalid'],
    ['price 0', { price: 0 }, 'number_invalid'],
    ['fee NaN', { fee: Number.NaN }, 'number_invalid'],
    ['leg 3', { leg: 3 }, 'number_invalid'],
    ['account 1', { account: 1, market: 9 }, 'account_unknown'],
    ['market 1', { market: 1, size: 0 }, 'market_unknown'],
    ['a short size in a long leg', { leg: Leg.long, size: -1 }, 'leg_sign'],
    ['value past 2^53', { size: 200_000, price: 1_000_000_000 }, 'amount_out_of_range'],
    ['the other mode', { isolated: true }, 'margin_mode_conflict'],
  ])('refuses %s', (_, fields, reason) => {
    const made = bench();
    made.fill(1, 500_000);
    const before = made.held();
    expect(made.do({ kind: Kind.fill, ...CROSS, size: 1, price: 1, fee: 0, ...fields })).toBe(reason);
    expect(made.held()).toEqual(before);
  });
});

describe('positions', () => {
  it.each([
    [{ account: 9, market: 9 }, 'account_unknown'],
    [{ market: 9, size: Number.NaN }, 'market_unknown'],
    [{ size: 1.5, leg: Leg.short }, 'number_invalid'],
    [{ size: 2 ** 53 }, 'number_invalid'],
    [{ fundingIndex: Number.POSITIVE_INFINITY }, 'number_invalid'],
    [{ market: 1, leg: Leg.short }, 'leg_sign'],
    [{ market: 1, isolated: true }, 'market_unpriced'],
    [{ market: 1, size: 0 }, 'accepted'],
    [{ isolated: true, size: 200_000_000_000 }, 'margin_mode_conflict'],
    [{ size: 180_143_985 }, 'accepted'],
    [{ size: 180_143_986 }, 'amount_out_of_range'],
  ])('%j: %s', (fields, reason) => {
    const made = bench();
    made.do({ ...MARKET, name: 'unpriced' });
    made.collateral(9_007_199_254_740_991);
    made.position(1, 0);
    const command = { kind: Kind.position, ...CROSS, size: 1, costBasis: 0, fundingIndex: null };
    expect(made.do({ ...command, ...fields })).toBe(reason);
  });

  it('an isolated bucket exists while it holds anything and goes with a level change of its own', () => {
    const made = bench();
    expect(made.collateral(0, ISOLATED)).toBe('accepted');
    expect(made.reference.inspect(0)!.buckets).toHaveLength(1);
    expect(made.position(100, 5_000_000_000, ISOLATED)).toBe('accepted, 0/0.0 safe > backstop');
    expect(made.reference.inspect(0)!.buckets).toHaveLength(2);
    expect(made.position(0, 0, ISOLATED)).toBe('accepted, 0/0.0 backstop > safe');
    expect(made.reference.inspect(0)!.buckets).toHaveLength(1);
  });
});

describe('orders', () => {
  it.each([
    [OrderMargin.none, 0n],
    // bids ceil(3 * 5 / 10) + ceil(1 * 5 / 10) = 2 + 1, asks ceil(7 * 11 / 10) = 8; a rate of 1/3
    [OrderMargin.worst, 3n],
    [OrderMargin.sum, 4n],
  ])('rule %i charges %s', (orderMargin, charge) => {
    const made = bench({ tickUnit: { num: 1, den: 10 }, orderMargin, orderRate: { num: 1, den: 3 } });
    made.order(1, 3, 5);
    made.order(2, 1, 5, { ...CROSS, leg: Leg.long });
    made.order(3, -7, 11, { ...CROSS, leg: Leg.short });
    expect(made.bucket().maintenance).toBe(charge);
  });

  it('an id replaces itself wherever it was, and 0 removes it', () => {
    const made = bench({ orderMargin: OrderMargin.sum, orderRate: { num: 1, den: 1 } });
    expect(made.order(1, 1, 10, ISOLATED)).toBe('accepted, 0/0.0 safe > backstop');
    expect(made.order(1, 1, 10)).toBe('accepted, 0 safe > backstop, 0/0.0 backstop > safe');
    expect(made.reference.inspect(0)!.buckets).toHaveLength(1);
    expect(made.order(1, 0, 0, ISOLATED)).toBe('accepted, 0 backstop > safe');
    expect(made.order(1, 0, 0)).toBe('accepted');
    expect(made.order(0, 1, 1)).toBe('number_invalid');
    expect(made.order(1, 1, 0)).toBe('number_invalid');
    expect(made.order(1, 90_071_993, 1_000_000)).toBe('amount_out_of_range');
  });
});
