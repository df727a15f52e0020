/** Halts: whom they stop, that they stay, and who sets them by themselves. */
import { describe, expect, it } from 'vitest';
import { HaltCause, HaltState } from '../schema/gate-commands.ts';
import { FIRM, GroupKind } from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { Gate } from './gate.ts';
import { forAccounts, GateDesk } from './testing/desk.ts';

function begun(): { desk: GateDesk; one: number; two: number; group: number } {
  const desk = new GateDesk();
  const [one, two] = [desk.account('one'), desk.account('two')];
  const above = desk.group('desk', GroupKind.desk);
  const group = desk.group('sub-desk', GroupKind.desk, above);
  desk.member(one, group);
  return { desk, one, two, group };
}

/** Which of both accounts may trade in which of both markets. */
function open({ desk, one, two }: { desk: GateDesk; one: number; two: number }): string {
  const may = (account: number, market: number): string => {
    const order = desk.enter(account, 1, 100, { market });
    if (order !== 0) desk.done(order);
    return order === 0 ? '-' : 'y';
  };
  return may(one, 0) + may(one, 1) + may(two, 0) + may(two, 1);
}

describe('a halt', () => {
  it('stops whom it is for, and nobody else', () => {
    const world = begun();
    const { desk, one, group } = world;
    const scopes: [Record<string, number>, string][] = [
      [{ group: FIRM }, '----'],
      [{ group }, '--yy'],
      [{ group: 1 }, '--yy'],
      [{ account: one }, '--yy'],
      [{ market: 1 }, 'y-y-'],
      [{ account: one, market: 1 }, 'y-yy'],
    ];
    for (const [scope, who] of scopes) {
      expect(desk.halt(scope)).toBe(Reason.accepted);
      expect(open(world)).toBe(who);
      expect(desk.release(scope)).toBe(Reason.accepted);
      expect(open(world)).toBe('yyyy');
    }
  });

  it('is refused where it is not of one scope, of nothing, or unexplained', () => {
    const { desk, one, group } = begun();
    for (const act of ['halt', 'release'] as const) {
      expect(desk[act]({ group: 9 })).toBe(Reason.group_unknown);
      expect(desk[act]({ account: 9 })).toBe(Reason.account_unknown);
      expect(desk[act]({ market: 9 })).toBe(Reason.market_unknown);
      expect(desk[act]({})).toBe(Reason.halt_invalid);
      expect(desk[act]({ group, account: one })).toBe(Reason.halt_invalid);
      expect(desk[act]({ group, market: 0 })).toBe(Reason.halt_invalid);
    }
    expect(desk.halt({ account: one }, HaltState.active)).toBe(Reason.halt_invalid);
    expect(desk.halt({ account: one }, 3)).toBe(Reason.halt_invalid);
    const scope = { group: null, account: one, market: null };
    expect(desk.do({ kind: 133, ...scope, state: 2, by: '', why: 'x' })).toBe(Reason.unexplained);
    expect(desk.do({ kind: 134, ...scope, by: 'x', why: '' })).toBe(Reason.unexplained);
    expect(desk.release({ account: one })).toBe(Reason.halt_unknown);
  });

  it('is the worst of all that apply, of equals the oldest', () => {
    const { desk, one } = begun();
    desk.halt({ account: one }, HaltState.reduce_only);
    desk.halt({ market: 0 }, HaltState.reduce_only);
    const told = (): unknown => {
      desk.enter(one, 1, 100);
      return [desk.refusals[0], desk.gate.decision.findings.scope[0]];
    };
    expect(told()).toEqual(['reduce_only', 1]);
    desk.halt({ group: FIRM }, HaltState.halted);
    desk.halt({ market: 0 }, HaltState.halted);
    expect(told()).toEqual(['halted', 3]);
    // All of one scope end together, others stand.
    desk.release({ group: FIRM });
    expect(told()).toEqual(['halted', 4]);
    desk.release({ market: 0 });
    expect(desk.notices()).toMatchObject([
      { kind: NoticeKind.released, epoch: 2, market: 0, by: 'officer' },
      { kind: NoticeKind.released, epoch: 4, market: 0 },
    ]);
    expect(told()).toEqual(['reduce_only', 1]);
  });

  it('stays, whatever time passes, and lets cancels and what reduces pass', () => {
    const { desk, one } = begun();
    desk.execute(one, 10, 100);
    const order = desk.enter(one, 5, 100);
    desk.halt({ group: FIRM });
    desk.tick(1e12);
    desk.day();
    expect(desk.enter(one, 1, 100)).toBe(0);
    expect(desk.cancel(one, order)).toBe(Reason.accepted);
    expect(desk.enter(one, -5, 100)).toBeGreaterThan(0);
  });
});

describe('losses', () => {
  const world = (): { desk: GateDesk; account: number } => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ loss_max: 100, drawdown_max: 150 })]);
    desk.day();
    return { desk, account };
  };

  it('halt an account that is seen with more than it may lose, once', () => {
    const { desk, account } = world();
    desk.execute(account, 10, 100);
    desk.mark(0, 90);
    // A hundred is no more than a hundred.
    expect(desk.enter(account, 1, 90)).toBe(1);
    desk.mark(0, 89);
    expect(desk.enter(account, 1, 89)).toBe(0);
    expect(desk.refusals).toEqual(['loss']);
    expect(desk.notices()).toMatchObject([
      { kind: NoticeKind.halted, account, cause: HaltCause.loss, state: HaltState.halted },
    ]);
    expect(desk.enter(account, 1, 89)).toBe(0);
    expect(desk.refusals).toEqual(['halted', 'loss']);
    expect(desk.notices()).toEqual([]);
    expect(desk.release({ account })).toBe(Reason.halt_condition_holds);
    desk.mark(0, 95);
    expect(desk.release({ account })).toBe(Reason.accepted);
    expect(desk.enter(account, 1, 95)).toBeGreaterThan(0);
  });

  it('are seen at executions, orders that reduce, and ticks', () => {
    for (const how of ['execution', 'order', 'tick']) {
      const { desk, account } = world();
      desk.execute(account, 10, 100);
      desk.mark(0, 80);
      expect(desk.notices()).toEqual([]);
      if (how === 'execution') desk.execute(account, -1, 80);
      if (how === 'order') desk.enter(account, -1, 80);
      if (how === 'tick') desk.tick();
      expect(desk.notices()).toMatchObject([{ cause: HaltCause.loss, account }]);
    }
  });

  it('count from the best moment that was seen as well', () => {
    const { desk, account } = world();
    desk.execute(account, 10, 100);
    desk.mark(0, 120);
    desk.mark(0, 110);
    desk.tick();
    // Two hundred was there, and nobody saw it.
    desk.mark(0, 95);
    expect(desk.enter(account, 1, 95)).toBe(1);
    desk.mark(0, 94);
    expect(desk.enter(account, 1, 94)).toBe(0);
    expect(desk.refusals).toEqual(['drawdown']);
    expect(desk.notices()).toMatchObject([{ cause: HaltCause.loss }]);
  });

  it('are those since the day began, at the marks of then, exactly', () => {
    const { desk, account } = world();
    desk.execute(account, 10, 100);
    desk.mark(0, 91);
    desk.day();
    desk.mark(0, 81);
    expect(desk.enter(account, 1, 81)).toBeGreaterThan(0);
    desk.mark(0, 80);
    expect(desk.enter(account, 1, 80)).toBe(0);
    expect(desk.refusals).toEqual(['loss']);
  });

  it('are none where money comes and goes, or a position is stated', () => {
    const { desk, account } = world();
    desk.transfer(account, -500_000);
    desk.accept({ kind: 9, account, market: 0, leg: 0, isolated: false, amount: 300_000 });
    desk.position(account, 0, 10, 5000);
    const rows = [
      { kind: 10, timeUs: 0, origin: null, account, market: 0, leg: 0, isolated: false, amount: -7000 },
      { kind: 6, timeUs: 0, origin: null, marks: [{ market: 0, price: 60 }], text: '' },
    ];
    desk.accept({ kind: 15, rows });
    expect(desk.enter(account, 1, 60)).toBe(1);
    desk.mark(0, 49);
    expect(desk.enter(account, 1, 49)).toBe(0);
    expect(desk.refusals).toEqual(['loss']);
  });

  it('of an account that was opened with money in one transaction are none', () => {
    const { desk } = world();
    const rows = [
      { kind: 8, timeUs: 0, origin: null, name: 'late' },
      { kind: 10, timeUs: 0, origin: null, account: 1, market: 0, leg: 0, isolated: false, amount: 7000 },
    ];
    desk.accept({ kind: 15, rows });
    desk.execute(1, 10, 100);
    desk.mark(0, 89);
    expect(desk.enter(1, 1, 89)).toBe(0);
    expect(desk.refusals).toEqual(['loss']);
  });

  it('of many accounts are looked at in turns', () => {
    const { desk } = world();
    const rows = Array.from({ length: 5000 }, (_, at) => ({
      kind: 8,
      timeUs: 0,
      origin: null,
      name: `n${at}`,
    }));
    desk.accept({ kind: 15, rows });
    const last = desk.gate.state.accounts.count - 1;
    desk.execute(last, 10, 100);
    desk.mark(0, 80);
    desk.tick();
    expect(desk.notices()).toEqual([]);
    desk.tick();
    expect(desk.notices()).toMatchObject([{ account: last, cause: HaltCause.loss }]);
  });
});

describe('a day', () => {
  it('begins what is counted by it anew', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_trade_max: 2_000_000, order_trade_floor: 1 })]);
    expect([1, 2, 3].map((size) => desk.enter(account, size, 100))).toEqual([1, 2, 0]);
    expect(desk.refusals).toEqual(['order_trade_ratio']);
    desk.execute(account, 1, 100);
    desk.execute(account, 1, 100);
    expect(desk.enter(account, 3, 100)).toBe(3);
    desk.day();
    expect([4, 5, 6].map((size) => desk.enter(account, size, 100))).toEqual([4, 5, 0]);
  });
});

describe('the door', () => {
  it('wants settings first, and counts sources and time as the engine does', () => {
    expect(new Gate().apply({ kind: 145, timeUs: 1 as never, origin: null })).toBe(Reason.settings_missing);
    const desk = new GateDesk();
    const account = desk.account('fund');
    expect(desk.gate.sequence).toBe(desk.commands.length);
    desk.accept({ kind: 2, name: 'oms' });
    const from = (position: number, body: Record<string, unknown>): Reason =>
      desk.do({ origin: { source: 0, position, previous: null }, ...body });
    const order = { kind: 138, account, market: 0, leg: 0, side: 0, type: 0, price: 100, size: 1 };
    const rest = { reduceOnly: false, clientId: 0, parent: 0 };
    expect(from(1, { ...order, ...rest })).toBe(Reason.accepted);
    expect(from(1, { ...order, ...rest })).toBe(Reason.duplicate);
    expect([desk.reason, desk.gate.decision.order]).toEqual(['duplicate', 0]);
    expect(from(3, { ...order, ...rest })).toBe(Reason.source_gap);
    expect(from(4, { kind: 142, order: 1 })).toBe(Reason.source_gapped);
    expect(desk.do({ kind: 145, timeUs: -1 })).toBe(Reason.number_invalid);
    desk.timeUs -= 1000;
    expect(desk.do({ kind: 145 })).toBe(Reason.accepted);
    expect(desk.gate.timeUs).toBe(desk.timeUs + 1000);
  });
});
