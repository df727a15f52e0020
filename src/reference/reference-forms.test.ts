/** Inverse contracts and assets held as collateral, by hand. */
import { describe, expect, it } from 'vitest';
import { Form, Kind, Leg } from '../core/schema/commands.ts';
import { Bench, CROSS, MARKET, SETTINGS, type Fields } from './testing/bench.ts';

const ONE = { num: 1, den: 1 };
const FREE = [{ floor: 0, mmr: { num: 0, den: 1 }, imr: ONE }];
const TIER = [{ floor: 0, mmr: { num: 1, den: 100 }, imr: ONE }];
const INVERSE: Fields = { form: Form.inverse, value: { num: 100, den: 1 }, weight: ONE };
const COLLATERAL: Fields = { form: Form.collateral, value: ONE, weight: { num: 19, den: 20 } };

/** One inverse market: lots of 100 dollars, mark ticks of a dollar, two ticks in each, a coin of 1,000,000 units. */
function inverse(): Bench {
  const made = new Bench();
  made.do({ ...SETTINGS, asset: 'BTC', decimals: 6 });
  made.do({ ...MARKET, tiers: TIER, markUnit: 2, tickUnit: ONE });
  expect(contract(made, INVERSE)).toBe('accepted');
  expect(made.mark(30_000)).toBe('accepted');
  made.do({ kind: Kind.account, name: 'ada' });
  return made;
}

function contract(made: Bench, fields: Fields, market = 0): string {
  return made.do({ kind: Kind.contract, market, ...fields });
}

describe('an inverse market', () => {
  it('values a lot to the unit at the mark, and a position by it', () => {
    const made = inverse();
    made.collateral(20_000);
    // 100 / 30,000 = 0.003333 to the unit; three lots bought at 25,000: floor(3 * 4,000)
    made.position(3, 12_000);
    const [position] = made.bucket().positions;
    expect(position).toMatchObject({ mark: 30_000n, notional: 9_999n, unrealizedPnl: 12_000n - 9_999n });
    expect(made.bucket()).toMatchObject({ equity: 22_001n, maintenance: 100n });
    // The coin falls, the long loses more and more coins: 100 / 4,000 is 25,000.
    expect(made.mark(4_000)).toBe('accepted, 0 safe > bankrupt');
    expect(made.bucket().equity).toBe(20_000n + 12_000n - 75_000n);
  });

  it('rounds a fill once, and against the account', () => {
    const made = inverse();
    // At 60,001 ticks a lot is worth 100 * 10^6 * 2 / 60,001 = 3333.27777870...
    made.fill(7, 60_001);
    expect(made.held()).toEqual(['cross 7 for 23332']);
    // sells 2: gets floor(-6666.55) = -6667, releases ceil(23332 * 2 / 7) = 6667
    made.fill(-2, 60_001);
    expect(made.held()).toEqual(['cross 5 for 16665']);
    expect(made.bucket().collateral).toBe(0n);
    // sells 8 at 120,000 ticks (1,666.67): 5 close for floor(-8333.3), 3 open short
    made.fill(-8, 120_000);
    expect(made.held()).toEqual(['cross -3 for -5000']);
    expect(made.bucket().collateral).toBe(16_665n - 8_334n);
  });

  it('has longs pay what the index rises by, in coin', () => {
    const made = inverse();
    made.position(10, 33_330);
    made.funding(2_500_000);
    expect(made.bucket()).toMatchObject({ accruedFunding: -25n, equity: -25n });
  });

  it('takes no mark at which a lot is worth nothing', () => {
    const made = inverse();
    expect(made.mark(200_000_000)).toBe('mark_out_of_range');
    // 0.500000005: one unit.
    expect(made.mark(199_999_998)).toBe('accepted');
  });
});

describe('an asset held as collateral', () => {
  function asset(): Bench {
    const made = new Bench();
    made.do(SETTINGS);
    made.do({ ...MARKET, tiers: TIER });
    made.do({ ...MARKET, name: 'WBETH', tiers: FREE });
    expect(contract(made, COLLATERAL, 1)).toBe('accepted');
    made.mark(500_000);
    made.mark(38_001, 1);
    made.do({ kind: Kind.account, name: 'ada' });
    return made;
  }
  const BALANCE = { ...CROSS, market: 1 };

  it('counts for its price less its haircut, rounded down once', () => {
    const made = asset();
    expect(made.position(1_000, 0, BALANCE)).toBe('accepted');
    // floor(38,001 * 0.95) = 36,100 mark ticks of 100 units
    expect(made.bucket()).toMatchObject({ equity: 3_610_000_000n, maintenance: 0n });
  });

  it.each([
    ['a debt', { kind: Kind.position, size: -1, costBasis: 0, fundingIndex: null }, 'balance_negative'],
    ['a price paid', { kind: Kind.position, size: 1, costBasis: 1, fundingIndex: null }, 'collateral_market'],
    ['a funding index', { kind: Kind.position, size: 1, costBasis: 0, fundingIndex: 1 }, 'collateral_market'],
    [
      'a leg',
      { kind: Kind.position, size: 1, costBasis: 0, fundingIndex: null, leg: Leg.long },
      'collateral_market',
    ],
    ['a fill', { kind: Kind.fill, size: 1, price: 1, fee: 0 }, 'collateral_market'],
    ['a settlement', { kind: Kind.settle }, 'collateral_market'],
    ['an order', { kind: Kind.order, id: 1, size: 1, price: 1 }, 'collateral_market'],
    ['funding', { kind: Kind.funding, index: 1 }, 'collateral_market'],
    ['tiers', { kind: Kind.tiers, tiers: TIER, effectiveUs: 0 }, 'collateral_market'],
  ])('has no use for %s', (_, fields, reason) => {
    expect(asset().do({ ...BALANCE, ...fields })).toBe(reason);
  });
});

describe('a contract', () => {
  const market = (fields: Fields = {}): Bench => {
    const made = new Bench();
    made.do(SETTINGS);
    made.do({ ...MARKET, ...fields });
    made.do({ kind: Kind.account, name: 'ada' });
    return made;
  };

  it.each([
    ['no such market', { ...INVERSE, market: 1 }, 'market_unknown'],
    ['no such form', { ...INVERSE, form: 3 }, 'number_invalid'],
    ['half a dollar and a half', { ...INVERSE, value: { num: 1.5, den: 1 } }, 'number_invalid'],
    ['nothing', { ...INVERSE, value: { num: 0, den: 1 } }, 'market_invalid'],
    ['not in lowest terms', { ...INVERSE, value: { num: 2, den: 4 } }, 'market_invalid'],
    ['a weight', { ...INVERSE, weight: { num: 1, den: 2 } }, 'market_invalid'],
    ['a value', { ...COLLATERAL, value: { num: 2, den: 1 } }, 'market_invalid'],
    ['more than all', { ...COLLATERAL, weight: { num: 3, den: 2 } }, 'market_invalid'],
    ['an asset with maintenance', COLLATERAL, 'market_invalid'],
  ])('is refused for %s', (_, fields, reason) => {
    expect(contract(market(), fields, (fields as { market?: number }).market ?? 0)).toBe(reason);
  });

  it.each([
    ['a contract', (made: Bench) => contract(made, { ...COLLATERAL, form: Form.linear, weight: ONE })],
    ['a mark', (made: Bench) => made.mark(1)],
    ['funding', (made: Bench) => made.funding(-1)],
    ['an order', (made: Bench) => made.order(1, 1, 1)],
    [
      'a quality',
      (made: Bench) =>
        made.do({
          kind: Kind.quality,
          market: 0,
          quality: 0,
          allows: 31,
          mark: null,
          reference: 7,
          text: '',
        }),
    ],
  ])('comes before %s', (_, first) => {
    const made = market();
    expect(first(made)).toBe('accepted');
    expect(contract(made, INVERSE)).toBe('contract_fixed');
  });
});
