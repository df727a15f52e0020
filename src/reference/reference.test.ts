import { describe, expect, it } from 'vitest';
import { Kind, Leg, MarginBasis, OrderMargin, type Command } from '../core/schema/commands.ts';
import { DEFAULT_LEVELS, LEVEL_NAMES } from '../core/schema/levels.ts';
import { REASON_NAMES } from '../core/schema/reasons.ts';
import { Reference } from './reference.ts';

type Fields = Record<string, unknown>;

/** USDT 1e-6; BTC-PERP with tick 0.1, lot 0.001 and mark tick 0.1: one lot gains 100 units per mark tick. */
const SETTINGS: Fields = {
  kind: Kind.settings,
  rules: 1,
  asset: 'USDT',
  decimals: 6,
  inclusive: false,
  levels: DEFAULT_LEVELS,
};
const TIERS = [
  { floor: 0, mmr: { num: 4, den: 1000 }, imr: { num: 8, den: 1000 } },
  { floor: 50_000_000_000, mmr: { num: 1, den: 200 }, imr: { num: 1, den: 100 } },
];
const MARKET: Fields = {
  kind: Kind.market,
  name: 'BTC-PERP',
  tick: '0.1',
  lot: '0.001',
  markTick: '0.1',
  markUnit: 100,
  tickUnit: { num: 100, den: 1 },
  tiers: TIERS,
  closeFee: { num: 0, den: 1 },
  basis: MarginBasis.mark,
  orderMargin: OrderMargin.none,
  orderRate: { num: 0, den: 1 },
};

const CROSS = { account: 0, market: 0, leg: Leg.net, isolated: false };
const ISOLATED = { ...CROSS, isolated: true };

/** A reference with names instead of numbers in what it answers. */
class Bench {
  readonly reference = new Reference();

  /** The reason, then refused rows, then level changes. */
  do(fields: Fields): string {
    const command = { timeUs: 0, origin: null, ...fields } as unknown as Command;
    const { reason, refusals, levels } = this.reference.apply(command);
    return [
      REASON_NAMES[reason],
      ...refusals.map(({ row, reason }) => `row ${row} ${REASON_NAMES[reason]}`),
      ...levels.map(({ account, isolated, market, leg, from, to }) => {
        const name = isolated ? `${account}/${market}.${leg}` : `${account}`;
        return `${name} ${LEVEL_NAMES[from]} > ${LEVEL_NAMES[to]}`;
      }),
    ].join(', ');
  }

  mark(price: number, market = 0): string {
    return this.do({ kind: Kind.marks, marks: [{ market, price }], text: '' });
  }

  collateral(amount: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.collateral, ...place, amount });
  }

  position(size: number, costBasis: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.position, ...place, size, costBasis, fundingIndex: null });
  }

  fill(size: number, price: number, place: Fields = CROSS, fee = 0): string {
    return this.do({ kind: Kind.fill, ...place, size, price, fee });
  }

  order(id: number, size: number, price: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.order, ...place, id, size, price });
  }

  funding(index: number, market = 0): string {
    return this.do({ kind: Kind.funding, market, index });
  }

  bucket(at = 0, account = 0) {
    return this.reference.inspect(account)!.buckets[at];
  }

  held(account = 0): string[] {
    return this.reference
      .inspect(account)!
      .buckets.flatMap(({ isolated, positions }) =>
        positions.map(({ size, costBasis }) => `${isolated ? 'isolated' : 'cross'} ${size} for ${costBasis}`),
      );
  }
}

/** Settings, one market at 50000.0 and one account. */
function bench(market: Fields = {}, settings: Fields = {}): Bench {
  const made = new Bench();
  made.do({ ...SETTINGS, ...settings });
  made.do({ ...MARKET, ...market });
  made.mark(500_000);
  made.do({ kind: Kind.account, name: 'ada' });
  return made;
}

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

describe('tier tables in time', () => {
  const dear = [{ floor: 0, mmr: { num: 1, den: 10 }, imr: { num: 1, den: 5 } }];

  it('come due with the time of any command, even a refused one', () => {
    const made = bench();
    made.collateral(400_000_000);
    made.position(100, 5_000_000_000);
    expect(made.do({ kind: Kind.tiers, market: 0, tiers: dear, effectiveUs: 10 })).toBe('accepted');
    expect(made.do({ kind: Kind.funding, market: 0, index: 0, timeUs: 9 })).toBe('accepted');
    const late = made.do({ kind: Kind.funding, market: 7, index: 0, timeUs: 10 });
    expect(late).toBe('market_unknown, 0 safe > liquidatable');
  });

  it('of several that are due the newest stays', () => {
    const made = bench();
    made.collateral(400_000_000);
    made.position(100, 5_000_000_000);
    made.do({ kind: Kind.tiers, market: 0, tiers: TIERS, effectiveUs: 12 });
    made.do({ kind: Kind.tiers, market: 0, tiers: dear, effectiveUs: 11 });
    made.do({ kind: Kind.tiers, market: 0, tiers: dear, effectiveUs: 14 });
    made.do({ kind: Kind.tiers, market: 0, tiers: TIERS, effectiveUs: 14 });
    expect(made.do({ kind: Kind.account, name: 'b', timeUs: 20 })).toBe('accepted');
    expect(made.bucket().maintenance).toBe(20_000_000n);
  });

  it.each([
    [[]],
    [[{ ...dear[0], floor: 1 }]],
    [[dear[0], { ...dear[0], floor: 0 }]],
    [[dear[0], { ...TIERS[0], floor: 5 }]],
    [[{ ...dear[0], imr: { num: 1, den: 11 } }]],
    [[{ ...dear[0], imr: { num: 2, den: 1 } }]],
    [[{ ...dear[0], mmr: { num: -1, den: 10 } }]],
    [[{ ...dear[0], mmr: { num: 1, den: 1e9 + 1 } }]],
    [Array.from({ length: 256 }, (_, at) => ({ ...dear[0], floor: at }))],
  ])('refuses %j', (tiers) => {
    const made = bench();
    expect(made.do({ kind: Kind.tiers, market: 0, tiers, effectiveUs: 0 })).toBe('tiers_invalid');
  });
});

describe('transactions', () => {
  it('evaluates once, after all rows; a refused row does not undo the others', () => {
    const made = bench();
    const head = { timeUs: Number.NaN, origin: null };
    const rows = [
      { ...head, kind: Kind.account, name: 'ben' },
      { ...head, kind: Kind.fill, ...CROSS, account: 1, size: 100, price: 500_000, fee: 0 },
      { ...head, kind: Kind.fill, ...CROSS, account: 2, size: 100, price: 500_000, fee: 0 },
      { ...head, kind: Kind.transaction, rows: [] },
      { ...head, ...MARKET, name: 'inside' },
      { ...head, kind: Kind.collateral, ...CROSS, account: 1, amount: 1_000_000_000, origin: { source: 0 } },
      { ...head, kind: Kind.collateral, ...CROSS, account: 1, amount: 1_000_000_000 },
    ];
    expect(made.do({ kind: Kind.transaction, rows })).toBe(
      'accepted, row 2 account_unknown, row 3 transaction_nested, row 4 transaction_nested, row 5 transaction_nested',
    );
    expect(made.bucket(0, 1)).toMatchObject({ level: 0, equity: 1_000_000_000n });
  });

  it('reports levels by account, cross before isolated, market, leg', () => {
    const made = bench();
    made.do({ kind: Kind.account, name: 'ben' });
    const debt = { timeUs: 0, origin: null, kind: Kind.collateral, amount: -1 };
    const rows = [
      { ...debt, ...ISOLATED, account: 1 },
      { ...debt, ...ISOLATED, leg: Leg.short },
      { ...debt, ...ISOLATED, leg: Leg.long },
      { ...debt, ...CROSS },
    ];
    expect(made.do({ kind: Kind.transaction, rows })).toBe(
      'accepted, 0 safe > bankrupt, 0/0.1 safe > bankrupt, 0/0.2 safe > bankrupt, 1/0.0 safe > bankrupt',
    );
  });
});

describe('sources', () => {
  const at = (position: number, previous: number | null = null, source = 0): Fields => ({
    kind: Kind.funding,
    market: 0,
    index: position,
    origin: { source, position, previous },
  });

  it('refuses duplicates, and everything after a gap until the resync', () => {
    const made = bench();
    expect(made.do(at(1))).toBe('source_unknown');
    expect(made.do({ kind: Kind.source, name: 'feed' })).toBe('accepted');
    expect(made.do({ kind: Kind.source, name: 'feed' })).toBe('name_taken');
    expect(made.do(at(-1))).toBe('number_invalid');
    expect(made.do(at(10))).toBe('accepted');
    expect(made.do(at(10))).toBe('duplicate');
    expect(made.do(at(11))).toBe('accepted');
    expect(made.do(at(20, 11))).toBe('accepted');
    expect(made.do(at(22))).toBe('source_gap');
    expect(made.do(at(20))).toBe('duplicate');
    expect(made.do(at(21))).toBe('source_gapped');
    expect(made.do({ kind: Kind.resync, source: 1, position: 22 })).toBe('source_unknown');
    expect(made.do({ kind: Kind.resync, source: 0, position: 22 })).toBe('accepted');
    expect(made.do(at(22))).toBe('duplicate');
    expect(made.do(at(23))).toBe('accepted');
  });

  it('a refused command has still been seen', () => {
    const made = bench();
    made.do({ kind: Kind.source, name: 'feed' });
    expect(made.do({ ...at(1), market: 5 })).toBe('market_unknown');
    expect(made.do(at(1))).toBe('duplicate');
  });
});

describe('the first steps', () => {
  it('settings come first and once', () => {
    const made = new Bench();
    expect(made.do(MARKET)).toBe('settings_missing');
    expect(made.do({ ...SETTINGS, decimals: 13 })).toBe('settings_invalid');
    expect(made.do(SETTINGS)).toBe('accepted');
    expect(made.do(SETTINGS)).toBe('settings_repeated');
    expect(made.do({ ...MARKET, timeUs: -1 })).toBe('number_invalid');
  });

  it.each([
    [
      {
        enter: [
          [2, 1],
          [2, 1],
          [6, 5],
        ],
      },
    ],
    [
      {
        enter: [
          [2, 1],
          [3, 2],
          [1, 1],
        ],
      },
    ],
    [
      {
        exit: [
          [2, 1],
          [8, 5],
          [6, 5],
        ],
        enter: [
          [21, 10],
          [3, 2],
          [6, 5],
        ],
      },
    ],
    [
      {
        exit: [
          [2, 1],
          [3, 1],
          [6, 5],
        ],
      },
    ],
    [{ backstop: [1, 1] }],
    [{ backstop: [0, 1] }],
    [
      {
        enter: [
          [33, 1],
          [3, 2],
          [6, 5],
        ],
        exit: [
          [33, 1],
          [8, 5],
          [5, 4],
        ],
      },
    ],
  ])('refuses the levels %j', (levels) => {
    const made = new Bench();
    expect(made.do({ ...SETTINGS, levels: { ...DEFAULT_LEVELS, ...levels } })).toBe('settings_invalid');
  });

  it.each([
    [{ markUnit: 1.5, name: '' }, 'number_invalid'],
    [{ name: '' }, 'name_invalid'],
    [{ name: 'a\nb' }, 'name_invalid'],
    [{ name: 'é'.repeat(33) }, 'name_invalid'],
    [{ name: 'BTC-PERP', markUnit: 0 }, 'name_taken'],
    [{ markUnit: 0, tiers: [] }, 'market_invalid'],
    [{ closeFee: { num: 2, den: 1 } }, 'market_invalid'],
    [{ tick: '' }, 'market_invalid'],
    [{ tiers: [] }, 'tiers_invalid'],
  ])('a market with %j is refused as %s', (fields, reason) => {
    expect(bench().do({ ...MARKET, name: 'ETH-PERP', ...fields })).toBe(reason);
  });

  it('marks are taken together or not at all', () => {
    const made = bench();
    made.do({ ...MARKET, name: 'ETH-PERP' });
    const marks = (...updates: [number, number][]): string =>
      made.do({
        kind: Kind.marks,
        marks: updates.map(([market, price]) => ({ market, price })),
        text: '',
      });
    expect(marks()).toBe('number_invalid');
    expect(marks([0, 1], [1, 0], [2, 1])).toBe('mark_out_of_range');
    expect(marks([0, 1], [2, 0])).toBe('market_unknown');
    expect(marks([1, 2 ** 44 + 1])).toBe('mark_out_of_range');
    made.position(1, 0);
    expect(made.bucket().positions[0].mark).toBe(500_000n);
    expect(marks([0, 7], [0, 8])).toBe('accepted');
    expect(made.bucket().positions[0].mark).toBe(8n);
  });
});

describe('the state hash', () => {
  it('knows neither the sequence nor the order in which rows arrived', () => {
    const one = bench();
    const two = bench();
    one.collateral(5);
    one.position(1, 2, ISOLATED);
    two.position(1, 2, ISOLATED);
    expect(two.reference.digest()).not.toBe(one.reference.digest());
    two.collateral(5);
    expect(two.reference.digest()).toBe(one.reference.digest());
    two.collateral(5);
    expect(two.reference.digest()).toBe(one.reference.digest());
    two.collateral(6);
    expect(two.reference.digest()).not.toBe(one.reference.digest());
  });
});
