/** What commands do beside one account: tiers in time, transactions, sources, definitions, the state hash. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEVELS } from '../core/schema/levels.ts';
import { Kind, Leg } from '../core/schema/commands.ts';
import { Bench, bench, CROSS, ISOLATED, MARKET, SETTINGS, TIERS, type Fields } from './testing/bench.ts';

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
