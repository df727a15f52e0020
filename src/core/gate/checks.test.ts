/** Every check at its limit, one beyond, with a warning, with no limit on purpose, with none stated, and for an order that only reduces. */
import { describe, expect, it } from 'vitest';
import { HaltState, ShortRule } from '../schema/gate-commands.ts';
import { GROUP_KIND_NAMES, GroupKind, Limit, LIMIT_NAMES, LimitLevel } from '../schema/gate-limits.ts';
import { REASON_NAMES } from '../schema/reasons.ts';
import { LIMIT_NONE, LIMIT_UNSET, PRICE_ABSENT, type Candidate } from './candidate.ts';
import { findAll, GATE_CHECKS } from './checks.ts';
import { Findings } from './findings.ts';
import { finding, found, GROUPS, plain, state } from './testing/candidate.ts';

type Field = {
  [Name in keyof Candidate]: Candidate[Name] extends number ? Name : never;
}[keyof Candidate];

/** Amounts of the account that are held against one limit each, from above. */
const atMost: readonly [reason: string, limit: keyof typeof Limit, field: Field][] = [
  ['order_size', 'order_size_max', 'size'],
  ['order_value', 'order_value_max', 'value'],
  ['order_rate', 'orders_max', 'ordersInWindow'],
  ['value_rate', 'order_rate_value_max', 'valueInWindow'],
  ['cancel_rate', 'cancels_max', 'cancelsInWindow'],
  ['working_limit', 'working_max', 'workingOrders'],
  ['position_max', 'position_max', 'worst'],
  ['long_max', 'long_max', 'longWorst'],
  ['short_max', 'short_max', 'shortWorst'],
  ['market_value', 'market_value_max', 'marketValue'],
  ['gross_value', 'gross_max', 'grossValue'],
  ['net_value', 'net_max', 'netValue'],
  ['sector_value', 'sector_value_max', 'sectorValue'],
  ['issuer_value', 'issuer_value_max', 'issuerValue'],
  ['loss', 'loss_max', 'lostToday'],
  ['drawdown', 'drawdown_max', 'drawdown'],
];

const AMOUNT = 700;

function withAmount(field: Field, amount: number, limit: Limit, hard: number, soft = LIMIT_UNSET): Candidate {
  const candidate = plain();
  Object.assign(candidate, { [field]: amount });
  state(candidate, limit, hard, soft);
  return candidate;
}

describe.each(atMost)('%s (%s)', (reason, name, field) => {
  const which = Limit[name];

  it('may be as much as the limit and no more', () => {
    expect(found(withAmount(field, AMOUNT, which, AMOUNT))).toEqual([]);
    expect(found(withAmount(field, AMOUNT + 1, which, AMOUNT))).toEqual([
      finding(reason, { which, limit: AMOUNT, value: AMOUNT + 1 }),
    ]);
  });

  it('is warned of above the soft limit, and refused once where it is above both', () => {
    expect(found(withAmount(field, AMOUNT, which, LIMIT_NONE, AMOUNT))).toEqual([]);
    const warning = finding(reason, { hard: false, which, limit: AMOUNT, value: AMOUNT + 1 });
    expect(found(withAmount(field, AMOUNT + 1, which, LIMIT_NONE, AMOUNT))).toEqual([warning]);
    expect(found(withAmount(field, AMOUNT + 9, which, AMOUNT + 5, AMOUNT))).toEqual([
      finding(reason, { which, limit: AMOUNT + 5, value: AMOUNT + 9 }),
    ]);
  });

  it('is not limited where there is none on purpose, and not by this check where nothing was said', () => {
    expect(found(withAmount(field, 2 ** 52, which, LIMIT_NONE))).toEqual([]);
    expect(found(withAmount(field, 2 ** 52, which, LIMIT_UNSET))).toEqual([]);
  });

  it('does not hold back an order that only reduces', () => {
    const candidate = withAmount(field, AMOUNT + 1, which, AMOUNT, 1);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe.each([
  ['order_size', 'order_size_min', 'size'],
  ['order_value', 'order_value_min', 'value'],
] as const)('%s (%s)', (reason, name, field) => {
  const which = Limit[name];

  it('may be as little as the limit and no less', () => {
    expect(found(withAmount(field, AMOUNT, which, AMOUNT))).toEqual([]);
    const few = finding(reason, { which, limit: AMOUNT, value: AMOUNT - 1 });
    expect(found(withAmount(field, AMOUNT - 1, which, AMOUNT))).toEqual([few]);
    const warning = finding(reason, { hard: false, which, limit: AMOUNT, value: AMOUNT - 1 });
    expect(found(withAmount(field, AMOUNT - 1, which, 1, AMOUNT))).toEqual([warning]);
  });

  it('has no least where that is none on purpose, or nothing was said', () => {
    expect(found(withAmount(field, 1, which, LIMIT_NONE, LIMIT_NONE))).toEqual([]);
    expect(found(withAmount(field, 1, which, LIMIT_UNSET))).toEqual([]);
  });

  it('does not hold back an order that only reduces', () => {
    const candidate = withAmount(field, 1, which, AMOUNT);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

const collars = [
  ['collar_mark', 'mark'],
  ['collar_index', 'index'],
  ['collar_last', 'last'],
] as const;

describe.each(collars)('%s', (name, field) => {
  const which = Limit[name];
  const priced = (
    isBid: boolean,
    price: number,
    reference: number,
    hard: number,
    soft?: number,
  ): Candidate => {
    const candidate = plain();
    Object.assign(candidate, { isBid, price, [field]: reference });
    state(candidate, which, hard, soft);
    return candidate;
  };

  it.each([
    { isBid: true, at: 10_500, beyond: 10_501, worse: 50_100 },
    { isBid: false, at: 9500, beyond: 9499, worse: 50_100 },
  ])('holds a price against 5% of 10000, bid: $isBid', ({ isBid, at, beyond, worse }) => {
    expect(found(priced(isBid, at, 10_000, 50_000))).toEqual([]);
    const refusal = finding(name, { which, limit: 50_000, value: worse });
    expect(found(priced(isBid, beyond, 10_000, 50_000))).toEqual([refusal]);
    const warning = finding(name, { hard: false, which, limit: 50_000, value: worse });
    expect(found(priced(isBid, beyond, 10_000, 60_000, 50_000))).toEqual([warning]);
    expect(found(priced(isBid, beyond, 10_000, LIMIT_NONE))).toEqual([]);
    expect(found(priced(isBid, beyond, 10_000, LIMIT_UNSET))).toEqual([]);
  });

  it('lets a price be as far on the better side as it likes', () => {
    expect(found(priced(true, 1, 10_000, 0))).toEqual([]);
    expect(found(priced(false, 1_000_000, 10_000, 0))).toEqual([]);
    expect(found(priced(true, 10_000, 10_000, 0))).toEqual([]);
  });

  it('holds an order that only reduces as well', () => {
    const candidate = priced(true, 10_501, 10_000, 50_000);
    candidate.isReducing = true;
    expect(found(candidate)).toHaveLength(1);
  });

  it('compares with nothing where there is no such price, and no market order', () => {
    expect(found(priced(true, 10_501, PRICE_ABSENT, 50_000))).toEqual([]);
    const candidate = priced(true, 10_501, 10_000, 50_000);
    candidate.isMarketOrder = true;
    expect(found(candidate)).toEqual([]);
  });

  it('is exact where the product is not', () => {
    const reference = 2 ** 43 + 7;
    const ticks = Number((BigInt(reference) * 50_000n) / 1_000_000n);
    expect(found(priced(true, reference + ticks, reference, 50_000))).toEqual([]);
    expect(found(priced(true, reference + ticks + 1, reference, 50_000))).toEqual([
      finding(name, { which, limit: 50_000, value: 50_001 }),
    ]);
    expect(found(priced(false, reference - ticks, reference, 50_000))).toEqual([]);
    expect(found(priced(false, reference - ticks - 1, reference, 50_000))).toHaveLength(1);
  });
});

describe('price_not_valid', () => {
  it('lets nothing open without a mark that may be used, and reduces', () => {
    const candidate = plain();
    candidate.isMarkUsable = false;
    expect(found(candidate)).toEqual([finding('price_not_valid')]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('halted, reduce_only', () => {
  it.each([
    { state: HaltState.active, findings: [] },
    { state: HaltState.reduce_only, findings: [finding('reduce_only', { scope: 4 })] },
    { state: HaltState.halted, findings: [finding('halted', { scope: 4 })] },
  ])('state $state', ({ state: haltState, findings }) => {
    const candidate = plain();
    Object.assign(candidate, { haltState, halt: 4 });
    expect(found(candidate)).toEqual(findings);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('limit_missing', () => {
  it.each([
    { level: LimitLevel.account, missing: Limit.order_size_min, scope: -1 },
    { level: LimitLevel.account, missing: Limit.orders_max, scope: -1 },
    { level: LimitLevel.group, missing: Limit.traded_value_max, scope: 0 },
  ])('names limit $missing at level $level', ({ level, missing, scope }) => {
    const candidate = plain();
    Object.assign(candidate, { missingLimit: missing, missingLevel: level });
    expect(found(candidate)).toEqual([finding('limit_missing', { which: missing, scope })]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('market_restricted', () => {
  it('lets only reduce', () => {
    const candidate = plain();
    candidate.isRestricted = true;
    expect(found(candidate)).toEqual([finding('market_restricted')]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('duplicate_order', () => {
  it('refuses what is the same again', () => {
    const candidate = plain();
    state(candidate, Limit.duplicate_us, 1_000_000);
    expect(found(candidate)).toEqual([]);
    candidate.isDuplicate = true;
    const same = finding('duplicate_order', { which: Limit.duplicate_us, limit: 1_000_000 });
    expect(found(candidate)).toEqual([same]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('order_trade_ratio', () => {
  const which = Limit.order_trade_max;
  const day = (orders: number, trades: number, hard: number, floor: number, soft?: number): Candidate => {
    const candidate = plain();
    Object.assign(candidate, { ordersToday: orders, executionsToday: trades });
    state(candidate, which, hard, soft);
    state(candidate, Limit.order_trade_floor, floor);
    return candidate;
  };

  it('holds orders a trade, rounded up, against the limit', () => {
    expect(found(day(400, 100, 4_000_000, 0))).toEqual([]);
    const refusal = finding('order_trade_ratio', { which, limit: 4_000_000, value: 4_010_000 });
    expect(found(day(401, 100, 4_000_000, 0))).toEqual([refusal]);
    expect(found(day(7, 3, 2_333_333, 0))).toEqual([
      finding('order_trade_ratio', { which, limit: 2_333_333, value: 2_333_334 }),
    ]);
    expect(found(day(401, 100, LIMIT_NONE, 0, 4_000_000))).toEqual([{ ...refusal, hard: false }]);
  });

  it('looks from above the floor on; without one always', () => {
    expect(found(day(50, 1, 4_000_000, 50))).toEqual([]);
    expect(found(day(51, 1, 4_000_000, 50))).toHaveLength(1);
    expect(found(day(50, 1, 4_000_000, LIMIT_NONE))).toHaveLength(1);
    expect(found(day(50, 1, 4_000_000, LIMIT_UNSET))).toHaveLength(1);
  });

  it('counts a day without trades as one with one, and lets reduce', () => {
    expect(found(day(4, 0, 4_000_000, 0))).toEqual([]);
    const candidate = day(5, 0, 4_000_000, 0);
    expect(found(candidate)).toMatchObject([{ value: 5_000_000 }]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('market_share', () => {
  const which = Limit.market_share_max;
  const held = (here: number, all: number, hard: number, floor: number, soft?: number): Candidate => {
    const candidate = plain();
    Object.assign(candidate, { marketValue: here, grossValue: all });
    state(candidate, which, hard, soft);
    state(candidate, Limit.share_floor, floor);
    return candidate;
  };

  it('may be the share and no more, where there is enough to have shares', () => {
    expect(found(held(500, 1000, 500_000, 0))).toEqual([]);
    expect(found(held(501, 1000, 500_000, 0))).toEqual([
      finding('market_share', { which, limit: 500_000, value: 501_000 }),
    ]);
    expect(found(held(501, 1000, 600_000, 0, 500_000))).toEqual([
      finding('market_share', { hard: false, which, limit: 500_000, value: 501_000 }),
    ]);
    expect(found(held(1000, 1000, 500_000, 1000))).toEqual([]);
    expect(found(held(1000, 1000, 500_000, 999))).toHaveLength(1);
    expect(found(held(1000, 1000, 500_000, LIMIT_NONE))).toHaveLength(1);
    expect(found(held(0, 0, 0, LIMIT_UNSET))).toEqual([]);
    expect(found(held(501, 1000, LIMIT_NONE, 0))).toEqual([]);
  });

  it('is exact where a quotient of doubles is a hair too large or too small', () => {
    expect((83 / 40) * 1e6).toBeGreaterThan(2_075_000);
    expect(found(held(83, 40, 2_075_000, 0))).toEqual([]);
    const [here, all] = [866_237_150_754_806, 1_655_924_235_930_994];
    expect((here / all) * 1e6).toBeLessThan(523_114);
    expect(BigInt(here) * 1_000_000n).toBeGreaterThan(523_114n * BigInt(all));
    expect(found(held(here, all, 523_114, 0))).toMatchObject([{ value: 523_115 }]);
  });

  it('is exact in large sums, and lets reduce', () => {
    const all = 2 ** 52;
    expect(found(held(all / 2, all, 500_000, 0))).toEqual([]);
    const candidate = held(all / 2 + 1, all, 500_000, 0);
    expect(found(candidate)).toMatchObject([{ value: 500_001 }]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('leverage', () => {
  const which = Limit.leverage_max;
  const geared = (gross: number, equity: number, hard: number, soft?: number): Candidate => {
    const candidate = plain();
    Object.assign(candidate, { grossValue: gross, equity, required: Math.min(0, equity) });
    state(candidate, which, hard, soft);
    return candidate;
  };

  it('may be so many times the equity', () => {
    expect(found(geared(5000, 1000, 5_000_000))).toEqual([]);
    expect(found(geared(5001, 1000, 5_000_000))).toEqual([
      finding('leverage', { which, limit: 5_000_000, value: 5_001_000 }),
    ]);
    expect(found(geared(5001, 1000, LIMIT_NONE, 5_000_000))).toMatchObject([{ hard: false }]);
    expect(found(geared(5001, 1000, LIMIT_UNSET))).toEqual([]);
  });

  it('is exact where the product is not', () => {
    const equity = 3 ** 30;
    expect(found(geared(5 * equity, equity, 5_000_000))).toEqual([]);
    expect(found(geared(5 * equity + 1, equity, 5_000_000))).toMatchObject([{ value: 5_000_001 }]);
  });

  it('is without end where there is no equity, and lets reduce', () => {
    for (const equity of [0, -1, -1000]) {
      const candidate = geared(1, equity, 1e12);
      expect(found(candidate)).toEqual([finding('leverage', { which, limit: 1e12, value: Infinity })]);
      candidate.isReducing = true;
      expect(found(candidate)).toEqual([]);
      expect(found(geared(1, equity, LIMIT_NONE))).toEqual([]);
      expect(found(geared(0, equity, 0))).toEqual([]);
    }
  });
});

describe('initial_margin', () => {
  it('asks equity for margin, loss at once and fee together', () => {
    const candidate = plain();
    Object.assign(candidate, { equity: 175, required: 100, lossAtOnce: 50, fee: 25 });
    expect(found(candidate)).toEqual([]);
    candidate.equity = 174;
    expect(found(candidate)).toEqual([finding('initial_margin', { limit: 174, value: 175 })]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('short_banned, locate_missing', () => {
  const sale = (shortRule: ShortRule, shortWorst: number, locatedLots = 0): Candidate => {
    const candidate = plain();
    Object.assign(candidate, { isBid: false, shortRule, shortWorst, locatedLots });
    return candidate;
  };

  it.each([
    { rule: ShortRule.free, short: 10, located: 0, findings: [] },
    { rule: ShortRule.banned, short: 0, located: 0, findings: [] },
    { rule: ShortRule.banned, short: -5, located: 0, findings: [] },
    {
      rule: ShortRule.banned,
      short: 1,
      located: 9,
      findings: [finding('short_banned', { limit: 0, value: 1 })],
    },
    { rule: ShortRule.locate, short: 9, located: 9, findings: [] },
    { rule: ShortRule.locate, short: 0, located: 0, findings: [] },
    {
      rule: ShortRule.locate,
      short: 10,
      located: 9,
      findings: [finding('locate_missing', { limit: 9, value: 10 })],
    },
  ])('rule $rule, $short short of $located located', ({ rule, short, located, findings }) => {
    expect(found(sale(rule, short, located))).toEqual(findings);
    const purchase = sale(rule, short, located);
    purchase.isBid = true;
    expect(found(purchase)).toEqual([]);
    const reducing = sale(rule, short, located);
    reducing.isReducing = true;
    expect(found(reducing)).toEqual([]);
  });
});

describe('self_trade', () => {
  it.each([
    { isBid: true, price: 100, own: 101, meets: false },
    { isBid: true, price: 101, own: 101, meets: true },
    { isBid: false, price: 101, own: 100, meets: false },
    { isBid: false, price: 100, own: 100, meets: true },
    { isBid: true, price: 100, own: PRICE_ABSENT, meets: false },
    { isBid: false, price: 100, own: PRICE_ABSENT, meets: false },
  ])('$price against its own $own, bid: $isBid', ({ isBid, price, own, meets }) => {
    const candidate = plain();
    Object.assign(candidate, { isBid, dearest: price, ownOpposite: own });
    state(candidate, Limit.self_trade, 1);
    expect(found(candidate)).toEqual(meets ? [finding('self_trade', { which: Limit.self_trade })] : []);
    for (const allowed of [0, LIMIT_NONE, LIMIT_UNSET]) {
      state(candidate, Limit.self_trade, allowed);
      expect(found(candidate)).toEqual([]);
    }
    state(candidate, Limit.self_trade, 1);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

describe('parent_missing, parent_unknown, parent_exceeded', () => {
  it.each([
    { parent: 0, known: false, children: 0, required: 1, reasons: ['parent_missing'] },
    { parent: 0, known: false, children: 0, required: 0, reasons: [] },
    { parent: 0, known: false, children: 0, required: LIMIT_NONE, reasons: [] },
    { parent: 0, known: false, children: 0, required: LIMIT_UNSET, reasons: [] },
    { parent: 8, known: false, children: 0, required: 1, reasons: ['parent_unknown'] },
    { parent: 8, known: true, children: 100, required: 1, reasons: [] },
    { parent: 8, known: true, children: 101, required: 0, reasons: ['parent_exceeded'] },
  ])('parent $parent, known: $known, $children of 100', ({ parent, known, children, required, reasons }) => {
    const candidate = plain();
    Object.assign(candidate, { parent, isParentKnown: known, parentSize: 100, childrenLots: children });
    state(candidate, Limit.parent_required, required);
    expect(found(candidate).map(({ reason }) => reason)).toEqual(reasons);
    if (reasons[0] === 'parent_exceeded')
      expect(found(candidate)).toEqual([finding('parent_exceeded', { limit: 100, value: 101 })]);
    candidate.isReducing = true;
    expect(found(candidate)).toEqual([]);
  });
});

type GroupColumn = {
  [Name in keyof Candidate]: Candidate[Name] extends Float64Array ? Name : never;
}[keyof Candidate];

/** By limit: the column, and the reason in a group that is no venue and no counterparty; these two have reasons of their own for what is held there. */
const ofGroups: readonly [
  limit: keyof typeof Limit,
  column: GroupColumn,
  reason: string,
  isHeldThere: boolean,
][] = [
  ['group_long_max', 'groupLong', 'group_position', true],
  ['group_short_max', 'groupShort', 'group_position', true],
  ['group_net_max', 'groupNet', 'group_position', true],
  ['group_gross_value_max', 'groupGrossValue', 'group_gross', true],
  ['group_net_value_max', 'groupNetValue', 'group_net', true],
  ['group_orders_max', 'groupOrders', 'group_rate', false],
  ['group_rate_value_max', 'groupRateValue', 'group_rate', false],
  ['open_interest_max', 'groupLong', 'open_interest', false],
  ['open_interest_max', 'groupShort', 'open_interest', false],
  ['traded_value_max', 'groupTradedValue', 'credit', false],
];

function groupReason(kind: GroupKind, reason: string, isHeldThere: boolean): string {
  if (isHeldThere && kind === GroupKind.venue) return 'venue_exposure';
  if (isHeldThere && kind === GroupKind.counterparty) return 'counterparty_exposure';
  return reason === 'credit' && kind === GroupKind.firm ? 'capital' : reason;
}

describe.each(ofGroups)('%s of %s', (name, column, plainReason, isHeldThere) => {
  const which = Limit[name];

  it.each(GROUPS.map(({ kind, row }, at) => ({ kind, row, at, called: GROUP_KIND_NAMES[kind] })))(
    'holds a $called against its own limit',
    ({ kind, row, at }) => {
      const reason = groupReason(kind, plainReason, isHeldThere);
      const candidate = plain();
      const values = candidate[column] as Float64Array;
      // The others have more, and nothing is said of them.
      values.fill(AMOUNT * 2);
      values[at] = AMOUNT;
      state(candidate, which, AMOUNT, LIMIT_UNSET, at);
      expect(found(candidate)).toEqual([]);
      values[at] = AMOUNT + 1;
      const refusal = finding(reason, { which, limit: AMOUNT, value: AMOUNT + 1, scope: row });
      expect(found(candidate)).toEqual([refusal]);
      state(candidate, which, LIMIT_NONE, AMOUNT, at);
      expect(found(candidate)).toEqual([{ ...refusal, hard: false }]);
      state(candidate, which, LIMIT_NONE, LIMIT_UNSET, at);
      expect(found(candidate)).toEqual([]);
      state(candidate, which, AMOUNT, LIMIT_UNSET, at);
      candidate.isReducing = true;
      expect(found(candidate)).toEqual([]);
    },
  );

  it('looks at no more groups than the account is in', () => {
    const candidate = plain();
    const last = GROUPS.length - 1;
    (candidate[column] as Float64Array)[last] = AMOUNT + 1;
    state(candidate, which, AMOUNT, LIMIT_UNSET, last);
    candidate.groupCount = last;
    expect(found(candidate)).toEqual([]);
  });
});

describe('findAll', () => {
  it('says everything at once, in the order of the checks, and forgets the order before', () => {
    const candidate = plain();
    Object.assign(candidate, {
      isMarkUsable: false,
      haltState: HaltState.halted,
      halt: 2,
      isRestricted: true,
    });
    Object.assign(candidate, { isDuplicate: true, equity: 99, price: 120, parent: 5 });
    state(candidate, Limit.order_size_max, 9);
    state(candidate, Limit.collar_mark, 100_000);
    state(candidate, Limit.gross_max, 2000, 900);
    const reasons = found(candidate).map(({ reason }) => reason);
    expect(reasons).toEqual([
      'price_not_valid',
      'halted',
      'market_restricted',
      'order_size',
      'collar_mark',
      'duplicate_order',
      'gross_value',
      'initial_margin',
      'parent_unknown',
    ]);
    const findings = new Findings();
    findAll(candidate, findings);
    findAll(plain(), findings);
    expect([findings.count, findings.hardCount]).toEqual([0, 0]);
  });

  it('of an order that only reduces, says what the collars say', () => {
    const held = GATE_CHECKS.filter(({ holdsReducing }) => holdsReducing).map(
      ({ reason }) => REASON_NAMES[reason],
    );
    expect(held).toEqual(['collar_mark', 'collar_index', 'collar_last']);
  });

  it('has room for all that can be found', () => {
    const candidate = plain();
    for (const limit of LIMIT_NAMES.keys())
      for (let at = -1; at < GROUPS.length; at++) state(candidate, limit as Limit, -1, -1, at);
    Object.assign(candidate, { isDuplicate: true, lossAtOnce: 1e6, isRestricted: true, price: 200 });
    const all = found(candidate);
    expect(all.length).toBeGreaterThan(60);
    expect(all.every(({ reason }) => reason !== undefined)).toBe(true);
  });
});
