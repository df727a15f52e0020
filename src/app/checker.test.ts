import { expect, it } from 'vitest';
import { Engine } from '../core/engine/engine.ts';
import { Kind, Leg, type Command } from '../core/schema/commands.ts';
import type { Decision, LevelChange } from '../core/schema/events.ts';
import { DEFAULT_LEVELS } from '../core/schema/levels.ts';
import { Reason } from '../core/schema/reasons.ts';
import { Checker, type CheckerOptions } from './checker.ts';

const BOOK: Record<string, unknown>[] = [
  { kind: Kind.settings, rules: 1, asset: 'USDT', decimals: 6, inclusive: false, levels: DEFAULT_LEVELS },
  {
    kind: Kind.market,
    name: 'BTC-PERP',
    tick: '0.1',
    lot: '0.001',
    markTick: '0.1',
    markUnit: 100,
    tickUnit: { num: 100, den: 1 },
    tiers: [{ floor: 0, mmr: { num: 4, den: 1000 }, imr: { num: 8, den: 1000 } }],
    closeFee: { num: 0, den: 1 },
    basis: 0,
    orderMargin: 0,
    orderRate: { num: 0, den: 1 },
  },
  { kind: Kind.marks, marks: [{ market: 0, price: 500_000 }], text: '' },
  { kind: Kind.account, name: 'ada' },
  { kind: Kind.collateral, account: 0, market: 0, leg: Leg.net, isolated: false, amount: 1_000_000_000 },
  {
    kind: Kind.position,
    account: 0,
    market: 0,
    leg: Leg.net,
    isolated: false,
    size: 100,
    costBasis: 5_000_000_000,
    fundingIndex: null,
  },
];
const FIRST_MARK = BOOK.length + 1;

/** A copy: the engine reuses its decision. */
function copyOf({ sequence, reason, refusals, levels, verdicts, emergency }: Decision): Decision {
  return {
    sequence,
    reason,
    refusals: [...refusals],
    levels: [...levels],
    verdicts: [...verdicts],
    emergency,
  };
}

function change(from: number, to: number): LevelChange {
  return { account: 0, isolated: false, market: 0, leg: 0, from, to } as LevelChange;
}

/** Marks after the book; `twist` falsifies the engine's decision on each, counted from 0. */
function run(
  prices: readonly number[],
  twist: (decision: Decision, at: number) => Decision = (decision) => decision,
  options: Partial<CheckerOptions> = {},
): Checker {
  const engine = new Engine();
  const checker = new Checker(engine, options);
  const apply = (fields: Record<string, unknown>, at: number): void => {
    const command = { timeUs: 0, origin: null, ...fields } as unknown as Command;
    const decision = copyOf(engine.apply(command));
    checker.check(command, at < 0 ? decision : twist(decision, at));
  };
  for (const fields of BOOK) apply(fields, -1);
  for (const [at, price] of prices.entries()) {
    apply({ kind: Kind.marks, marks: [{ market: 0, price }], text: '' }, at);
  }
  checker.finish();
  return checker;
}

/** At 40161.0 critical, at 40160.0 liquidatable. */
const PRICES = [401_610, 401_600, 401_600, 401_600];

it('agrees where nothing is wrong', () => {
  expect(run(PRICES).summary).toEqual({
    checker: 'agrees',
    commands: FIRST_MARK + 3,
    compared: FIRST_MARK + 3,
    levelChanges: 2,
    missed: 0,
    late: 0,
    extra: 0,
    other: 0,
    first: null,
  });
});

it('a change never reported is missed, and the numbers are given', () => {
  const { summary } = run(PRICES, (decision, at) => (at === 1 ? { ...decision, levels: [] } : decision));
  expect(summary).toMatchObject({ checker: 'disagrees', missed: 1, late: 0, extra: 0, other: 0 });
  expect(summary.first).toMatchObject({ sequence: FIRST_MARK + 1, account: 0 });
  expect(summary.first!.text.split('\n')).toEqual([
    'command 8: account 0: reference says liquidatable, engine critical',
    'ada, cross bucket: liquidatable',
    '  equity 16.000000 = collateral 1000.000000, unrealized -984.000000, funding 0.000000',
    '  maintenance 16.064000 = positions 16.064000, orders 0.000000',
    '  excess -0.064000, health 0.9960',
    '  BTC-PERP net: 100 lots, basis 5000.000000, mark 401600 mark ticks',
    '    unrealized -984.000000, funding 0.000000 (index 0 to 0)',
    '    notional 4016.000000 in tier 0 from 0.000000: rate 1/250, deduction 0 units, close fee 0',
    '    maintenance 16064000 units, rounded up 16.064000',
  ]);
});

it('a change reported by a later command is late', () => {
  const { summary } = run(PRICES, (decision, at) => {
    if (at === 1) return { ...decision, levels: [] };
    return at === 3 ? { ...decision, levels: [change(3, 4)] } : decision;
  });
  expect(summary).toMatchObject({ missed: 0, late: 1, extra: 0, other: 0 });
  expect(summary.first!.sequence).toBe(FIRST_MARK + 1);
});

it('a change that did not happen is extra', () => {
  const { summary } = run(PRICES, (decision, at) =>
    at === 2 ? { ...decision, levels: [change(4, 5)] } : decision,
  );
  expect(summary).toMatchObject({ missed: 0, late: 0, extra: 1, other: 0 });
});

it('a level that went and came back unnoticed is missed', () => {
  const { summary } = run([401_610, 401_600, 401_610], (decision, at) =>
    at > 0 ? { ...decision, levels: [] } : decision,
  );
  expect(summary).toMatchObject({ missed: 1, late: 0, extra: 0 });
});

it('reasons, the level changed from and state hashes count as other', () => {
  const reason = run(PRICES, (decision, at) =>
    at === 0 ? { ...decision, reason: Reason.duplicate } : decision,
  );
  expect(reason.summary).toMatchObject({ other: 1, missed: 0 });
  expect(reason.summary.first!.what).toBe('command 7: engine says duplicate, reference accepted');
  const from = run(PRICES, (decision, at) => (at === 1 ? { ...decision, levels: [change(2, 4)] } : decision));
  expect(from.summary).toMatchObject({ other: 1, missed: 0, late: 0, extra: 0 });
  const verdicts = run(PRICES, (decision, at) => (at === 1 ? { ...decision, verdicts: [] } : decision));
  expect(verdicts.summary).toMatchObject({ other: 1, missed: 0, late: 0, extra: 0 });
  const emergency = run(PRICES, (decision, at) =>
    at === 0
      ? { ...decision, emergency: { kind: 'system_implausible', accounts: 1, holders: 1, markets: [] } }
      : decision,
  );
  expect(emergency.summary.first!.what).toBe('command 7: the emergency is reported differently');
  const hash = new Checker({ digest: () => 'other' });
  expect(hash.finish()!.what).toContain('state hash');
});

it('compares every Nth command only, but applies all', () => {
  // Command 8 changed the level; 9 is compared, and both hold the same by then.
  const late = run(
    [401_610, 401_600, 401_600],
    (decision, at) =>
      at === 1 ? { ...decision, levels: [] } : at === 2 ? { ...decision, levels: [change(3, 4)] } : decision,
    { every: 3 },
  );
  expect(late.summary).toMatchObject({ checker: 'agrees', compared: 3, missed: 0, late: 0 });
  const missed = run(PRICES, (decision, at) => (at === 1 ? { ...decision, levels: [] } : decision), {
    every: 3,
  });
  expect(missed.summary).toMatchObject({ checker: 'disagrees', missed: 1 });
});

it('tells of the first difference once', () => {
  const engine = new Engine();
  const checker = new Checker(engine);
  const command = { kind: Kind.account, timeUs: 0, origin: null, name: 'ada' } as Command;
  const wrong = {
    sequence: 1,
    reason: Reason.accepted,
    refusals: [],
    levels: [],
    verdicts: [],
    emergency: null,
  };
  expect(checker.check(command, wrong)!.what).toBe(
    'command 1: engine says accepted, reference settings_missing',
  );
  expect(checker.check(command, { ...wrong, sequence: 2 })).toBeNull();
  expect(checker.summary.other).toBe(2);
});
