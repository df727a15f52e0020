import { describe, expect, test } from 'vitest';
import { Kind, Leg } from '../../core/schema/commands.ts';
import { GateKind, HaltState } from '../../core/schema/gate-commands.ts';
import { GateBench, limitsFields } from './testing/gate-bench.ts';

const halt = { kind: GateKind.halt, group: 0, account: null, market: null, by: 'officer', why: 'test' };

describe('orders that work', () => {
  test('two that fit one by one do not fit together', () => {
    const bench = new GateBench({ position_max: 5 });
    expect(bench.enter(0, 3)).toBe('accepted');
    expect(bench.enter(0, 3)).toBe('position_max, position_max 6>5');
    expect(bench.enter(1, 3)).toBe('accepted');
    expect(bench.do({ kind: GateKind.done, order: 1 })).toBe('accepted');
    expect(bench.enter(0, 5)).toBe('accepted');
  });

  test('a fill moves lots from what works to what is held, and takes no room', () => {
    const bench = new GateBench({ position_max: 5 });
    bench.enter(0, 3);
    expect(bench.trade(0, 2, { order: 1 })).toBe('accepted');
    expect(bench.enter(0, 3)).toBe('position_max, position_max 6>5');
    expect(bench.enter(0, 2)).toBe('accepted');
  });

  test('a replace counts as the larger of both until it is confirmed', () => {
    const bench = new GateBench({ position_max: 5 });
    bench.enter(0, 4);
    expect(bench.do({ kind: GateKind.replace, account: 0, order: 1, clientId: 0, price: 100, size: 1 })).toBe(
      'accepted',
    );
    expect(bench.enter(0, 2)).toBe('position_max, position_max 6>5');
    expect(bench.do({ kind: GateKind.confirm, order: 1, taken: true })).toBe('accepted');
    expect(bench.enter(0, 2)).toBe('accepted');
  });

  test('a cancel releases nothing, done does', () => {
    const bench = new GateBench({ working_max: 1 });
    bench.enter(0, 1, { clientId: 7 });
    expect(bench.do({ kind: GateKind.cancel, account: 0, order: 0, clientId: 7 })).toBe('accepted');
    expect(bench.enter(0, 1)).toBe('working_limit, working_limit 2>1');
    bench.do({ kind: GateKind.done, order: 1 });
    expect(bench.enter(0, 1)).toBe('accepted');
  });

  test('every reason is told at once', () => {
    const bench = new GateBench(
      { order_size_max: 2, position_max: 2, gross_max: 200, group_gross_value_max: 250 },
      10,
    );
    expect(bench.enter(0, 3)).toBe(
      'order_size, order_size 3>2, position_max 3>2, gross_value 300>200, group_gross 300>250, initial_margin 30>10',
    );
  });
});

describe('orders that reduce', () => {
  test('pass a halt of all, as far as others of their side leave something to reduce', () => {
    const bench = new GateBench();
    bench.trade(0, 5);
    expect(bench.do({ ...halt, state: HaltState.halted })).toBe('accepted, ! halted');
    expect(bench.enter(0, -3)).toBe('accepted');
    expect(bench.enter(0, -3)).toBe('halted, halted NaN>NaN');
    expect(bench.enter(0, -2)).toBe('accepted');
    expect(bench.enter(0, 1)).toBe('halted, halted NaN>NaN');
  });

  test('do not pass where their price is a slip', () => {
    const bench = new GateBench({ collar_mark: 50_000 });
    bench.trade(0, 5);
    expect(bench.enter(0, -5, { price: 95 })).toBe('accepted');
    expect(bench.enter(0, -5, { price: 94 })).toBe('collar_mark, collar_mark 60000>50000');
  });

  test('a reduce-only order that would not reduce is refused', () => {
    const bench = new GateBench();
    expect(bench.enter(0, -1, { reduceOnly: true })).toBe('nothing_to_reduce');
    expect(bench.enter(0, -1, { leg: Leg.long })).toBe('nothing_to_reduce');
  });
});

describe('what happens elsewhere', () => {
  test('a trade counts once', () => {
    const bench = new GateBench({ position_max: 5 });
    expect(bench.trade(0, 3, { trade: 9 })).toBe('accepted');
    expect(bench.trade(0, 3, { trade: 9 })).toBe('duplicate_execution');
    expect(bench.enter(0, 2)).toBe('accepted');
    bench.do({ kind: GateKind.day });
    expect(bench.trade(0, 3, { trade: 9 })).toBe('duplicate_execution');
    bench.do({ kind: GateKind.day });
    expect(bench.trade(0, 3, { trade: 9 })).toBe('accepted');
  });

  test('more than an order had left counts, and is an alarm', () => {
    const bench = new GateBench();
    bench.enter(0, 2);
    expect(bench.trade(0, 3, { order: 1 })).toBe('accepted, ! overfill');
    expect(bench.trade(0, 1, { order: 1 })).toBe('accepted, ! overfill');
    expect(bench.trade(0, 1, { order: 2 })).toBe('order_unknown');
    expect(bench.enter(0, -4)).toBe('accepted');
    expect(bench.enter(0, -1, { reduceOnly: true })).toBe('nothing_to_reduce');
  });

  test('an account that trades before it is opened starts halted', () => {
    const bench = new GateBench();
    const stray = { account: null, name: 'c' };
    expect(bench.trade(0, 3, stray)).toBe('accepted, ! unknown_account');
    expect(bench.do({ kind: Kind.account, name: 'c' })).toBe('accepted, ! halted');
    expect(bench.enter(2, 1)).toContain('halted');
  });

  test('so many executions in a row on one side halt the account there', () => {
    const bench = new GateBench({ repeat_max: 3, repeat_us: 10 });
    bench.trade(0, 1);
    bench.trade(0, 1, { timeUs: 9 });
    expect(bench.trade(0, 1, { timeUs: 19 })).toBe('accepted');
    expect(bench.trade(0, 1, { timeUs: 28 })).toBe('accepted');
    expect(bench.trade(0, 1, { timeUs: 37 })).toBe('accepted, ! halted');
    expect(bench.enter(0, 1)).toContain('halted');
  });
});

describe('what is counted for a while', () => {
  test('an order counts until sixteen whole slices lie after its own', () => {
    const bench = new GateBench({ window_us: 160, orders_max: 1 });
    expect(bench.enter(0, 1, { timeUs: 1_009 })).toBe('accepted');
    expect(bench.enter(0, 1, { timeUs: 1_169 })).toBe('order_rate, order_rate 2>1');
    expect(bench.enter(0, 1, { timeUs: 1_170 })).toBe('accepted');
  });

  test('losses of the day, without what was paid in or out', () => {
    const bench = new GateBench({ loss_max: 100 });
    bench.trade(0, 10);
    bench.do({ kind: Kind.transfer, account: 0, market: 0, leg: Leg.net, isolated: false, amount: -500 });
    bench.mark(90);
    expect(bench.enter(0, 1)).toBe('accepted');
    bench.mark(89);
    expect(bench.enter(0, 1)).toBe('loss, loss 110>100, ! halted');
    const release = {
      kind: GateKind.release,
      group: null,
      account: 0,
      market: null,
      by: 'officer',
      why: 'test',
    };
    expect(bench.do(release)).toBe('halt_condition_holds');
    bench.do({ kind: GateKind.day });
    expect(bench.do(release)).toBe('accepted, ! released');
  });
});

describe('limits', () => {
  test('hold from their time on, and what is not said of a limit that must be there refuses', () => {
    const bench = new GateBench({ order_size_max: 2 });
    bench.do({ ...limitsFields({}, 2), effectiveUs: 100 });
    expect(bench.enter(0, 3, { timeUs: 99 })).toBe('order_size, order_size 3>2');
    expect(bench.enter(0, 3, { timeUs: 100 })).toBe('accepted, ! limits_active');
    bench.do({ ...limitsFields({}, 3), sets: [] });
    expect(bench.enter(0, 3, { timeUs: 100 })).toBe('limit_missing, limit_missing NaN>NaN');
  });

  test('a grant of two people stands before the limit of its scope, for its time', () => {
    const bench = new GateBench({ order_size_max: 2 });
    const grant = {
      kind: GateKind.grant,
      level: 0,
      group: 0,
      account: null,
      market: null,
      limit: 1,
      hard: 3,
      expiresUs: 50,
      why: 'test',
    };
    expect(bench.do({ ...grant, by: 'one', approvedBy: 'one' })).toBe('grant_invalid');
    expect(bench.do({ ...grant, by: 'one', approvedBy: 'two' })).toBe('accepted');
    expect(bench.enter(0, 3, { timeUs: 49 })).toBe('accepted');
    expect(bench.enter(0, 3, { timeUs: 50 })).toBe('order_size, order_size 3>2, ! grant_ended');
  });

  test('children are never more than their parent', () => {
    const bench = new GateBench();
    bench.do({ kind: GateKind.parent, parent: 5, account: 0, market: 0, side: 0, size: 4 });
    expect(bench.enter(0, 3, { parent: 5 })).toBe('accepted');
    expect(bench.enter(1, 1, { parent: 5 })).toBe('parent_unknown, parent_unknown NaN>NaN');
    bench.trade(0, 3, { order: 1 });
    expect(bench.enter(0, 1, { parent: 5 })).toBe('accepted');
    expect(bench.enter(0, 1, { parent: 5 })).toBe(
      'parent_exceeded, parent_exceeded 5>4, ! parent_exceeded, ! halted',
    );
    // A router that goes on is told once.
    expect(bench.enter(0, 2, { parent: 5 })).toBe('halted, halted NaN>NaN, parent_exceeded 6>4');
  });
});
