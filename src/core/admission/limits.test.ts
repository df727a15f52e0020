/** Limits: how they are found, when they hold, who may lift them for a while. */
import { describe, expect, it } from 'vitest';
import { GateKind, type LimitSet } from '../schema/gate-commands.ts';
import { FIRM, GroupKind, Limit, LimitLevel } from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { forAccounts, forGroup, GateDesk, GENEROUS, GENEROUS_FIRM, limitSet } from './testing/desk.ts';

/** The largest order of this account that passes. */
function sizeMax(desk: GateDesk, account: number, market = 0): number {
  for (let size = 30; size > 0; size--) {
    const order = desk.enter(account, size, 100, { market });
    if (order === 0) continue;
    desk.done(order);
    return size;
  }
  return 0;
}

describe('a limit', () => {
  it('is the last that says something, from the firm to the account in its market', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const other = desk.account('other');
    const group = desk.group('desk', GroupKind.desk);
    const set = desk.group('watched', GroupKind.set);
    desk.member(account, group);
    desk.member(account, set);
    const sets: LimitSet[] = [];
    const say = (values: number, scope: Record<string, number>): void => {
      sets.push(forAccounts({ order_size_max: values }, scope));
      desk.limits(sets);
    };
    const both = (): number[] => [sizeMax(desk, account), sizeMax(desk, account, 1)];
    say(20, { group: FIRM });
    expect(both()).toEqual([20, 20]);
    say(19, { group: FIRM, market: 1 });
    expect(both()).toEqual([20, 19]);
    say(21, { group });
    expect(both()).toEqual([21, 21]);
    say(18, { group: set });
    expect(both()).toEqual([18, 18]);
    say(17, { group, market: 0 });
    expect(both()).toEqual([18, 18]);
    say(16, { account });
    expect(both()).toEqual([16, 16]);
    say(15, { account, market: 1 });
    expect(both()).toEqual([16, 15]);
    expect(sizeMax(desk, other)).toBe(20);
    desk.member(account, group, false);
    expect(both()).toEqual([16, 15]);
  });

  it('that has to be there and is not refuses every order that opens', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const { gross_max: _gone, ...rest } = GENEROUS;
    desk.state([forAccounts(rest), forGroup(FIRM, GENEROUS_FIRM)]);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['limit_missing']);
    expect(desk.gate.decision.findings.which[0]).toBe(Limit.gross_max);
    desk.state([forAccounts({ ...rest, gross_max: null }), forGroup(FIRM, { traded_value_max: null })]);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.gate.decision.findings.which[0]).toBe(Limit.group_gross_value_max);
    desk.state([forAccounts({ ...rest, gross_max: null }), forGroup(FIRM, GENEROUS_FIRM)]);
    expect(desk.enter(account, 1, 100)).toBe(1);
  });

  it('warns at its soft value and refuses at its hard', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ position_max: [10, 5] })]);
    expect(desk.enter(account, 5, 100)).toBe(1);
    expect(desk.warnings).toEqual([]);
    expect(desk.enter(account, 1, 100)).toBe(2);
    expect(desk.warnings).toEqual(['position_max']);
    expect(desk.enter(account, 5, 100)).toBe(0);
    expect(desk.refusals).toEqual(['position_max']);
  });
});

describe('a version of limits', () => {
  const value = (limit: Limit, hard: number | null, soft: number | null = null): LimitSet => ({
    level: LimitLevel.account,
    group: FIRM,
    account: null,
    market: null,
    values: [{ limit, hard, soft }],
  });
  const all: LimitSet[] = [forAccounts(GENEROUS), forGroup(FIRM, GENEROUS_FIRM)];

  it('is refused where it is not the next, unexplained, or makes no sense', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const digest = desk.gate.digest();
    expect(desk.state(all, { version: 1 })).toBe(Reason.version_invalid);
    expect(desk.state(all, { version: 3 })).toBe(Reason.version_invalid);
    expect(desk.state(all, { author: ' ' })).toBe(Reason.unexplained);
    expect(desk.state(all, { why: '' })).toBe(Reason.unexplained);
    const bad: LimitSet[] = [
      value(Limit.gross_max, -1),
      value(Limit.gross_max, 0.5),
      value(Limit.gross_max, 2 ** 53),
      value(Limit.gross_max, NaN),
      value(Limit.gross_max, 1, -1),
      value(99 as Limit, 1),
      value(Limit.group_long_max, 1),
      limitSet(LimitLevel.group, { group: FIRM }, { gross_max: 1 }),
      limitSet(LimitLevel.group, { account }, { group_long_max: 1 }),
      limitSet(LimitLevel.account, { group: 5 }, { gross_max: 1 }),
      limitSet(LimitLevel.account, { account: 5 }, { gross_max: 1 }),
      limitSet(LimitLevel.account, { account, market: 5 }, { gross_max: 1 }),
      limitSet(LimitLevel.account, { account, group: FIRM }, { gross_max: 1 }),
      limitSet(LimitLevel.account, {}, { gross_max: 1 }),
      limitSet(LimitLevel.account, { account, market: 0 }, { window_us: 1 }),
      limitSet(LimitLevel.group, { group: FIRM, market: 0 }, { group_window_us: 1 }),
    ];
    expect(bad.filter((set) => desk.state([set]) !== Reason.limits_invalid)).toEqual([]);
    expect(desk.state([value(Limit.gross_max, 1), value(Limit.gross_max, 2)])).toBe(Reason.limits_invalid);
    expect(desk.state(all, { effectiveUs: -1 })).toBe(Reason.limits_invalid);
    expect(desk.gate.digest()).toBe(digest);
  });

  it('holds from its time on, between two orders', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_size_max: 5 })], { effectiveUs: desk.timeUs + 100 });
    expect(desk.notices()).toEqual([]);
    desk.timeUs += 99;
    expect(desk.enter(account, 6, 100)).toBe(1);
    desk.timeUs += 1;
    expect(desk.enter(account, 6, 100)).toBe(0);
    expect(desk.notices()).toMatchObject([{ kind: NoticeKind.limits_active, version: 2, author: 'risk' }]);
    expect(desk.enter(account, 5, 100)).toBe(2);
    expect(desk.notices()).toEqual([]);
  });

  it('that waits gives its place to the next', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_size_max: 5 })], { effectiveUs: desk.timeUs + 100 });
    desk.limits([forAccounts({ order_size_max: 7 })], { effectiveUs: desk.timeUs + 200 });
    desk.timeUs += 150;
    expect(sizeMax(desk, account)).toBe(30);
    desk.timeUs += 50;
    expect(sizeMax(desk, account)).toBe(7);
    desk.limits([forAccounts({ order_size_max: 5 })], { effectiveUs: desk.timeUs + 100 });
    desk.limits([forAccounts({ order_size_max: 9 })]);
    desk.timeUs += 100;
    expect(sizeMax(desk, account)).toBe(9);
  });

  it('takes back what was said of an account before', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_size_max: 5 }, { account })]);
    expect(sizeMax(desk, account)).toBe(5);
    desk.limits();
    expect(sizeMax(desk, account)).toBe(30);
  });
});

describe('a grant', () => {
  const grant = (desk: GateDesk, body: Record<string, unknown>): Reason =>
    desk.do({
      kind: GateKind.grant,
      level: LimitLevel.account,
      group: null,
      account: 0,
      market: null,
      limit: Limit.order_size_max,
      hard: 12,
      expiresUs: desk.timeUs + 100,
      by: 'one',
      approvedBy: 'two',
      why: 'a block trade',
      ...body,
    });

  it('takes two people, a reason, a scope, and a time to come', () => {
    const desk = new GateDesk();
    desk.account('fund');
    expect(grant(desk, { by: '' })).toBe(Reason.unexplained);
    expect(grant(desk, { approvedBy: '' })).toBe(Reason.unexplained);
    expect(grant(desk, { why: ' ' })).toBe(Reason.unexplained);
    expect(grant(desk, { approvedBy: 'one' })).toBe(Reason.grant_invalid);
    expect(grant(desk, { approvedBy: ' one ' })).toBe(Reason.grant_invalid);
    expect(grant(desk, { expiresUs: desk.timeUs })).toBe(Reason.grant_invalid);
    expect(grant(desk, { account: null })).toBe(Reason.grant_invalid);
    expect(grant(desk, { group: 0 })).toBe(Reason.grant_invalid);
    expect(grant(desk, { level: LimitLevel.group })).toBe(Reason.grant_invalid);
    expect(grant(desk, { hard: -1 })).toBe(Reason.limits_invalid);
    expect(grant(desk, { limit: Limit.group_long_max })).toBe(Reason.limits_invalid);
    expect(grant(desk, { limit: Limit.window_us, market: 0 })).toBe(Reason.limits_invalid);
    expect(grant(desk, { account: null, group: 4 })).toBe(Reason.group_unknown);
    expect(grant(desk, { account: 4 })).toBe(Reason.account_unknown);
    expect(grant(desk, { market: 4 })).toBe(Reason.market_unknown);
  });

  it('stands in for a limit of its scope, without a warning, until it is over', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_size_max: [5, 3] }, { account })]);
    expect(sizeMax(desk, account)).toBe(5);
    expect(grant(desk, {})).toBe(Reason.accepted);
    expect(desk.enter(account, 12, 100)).toBeGreaterThan(0);
    expect(desk.warnings).toEqual([]);
    // A later one takes its place, and a version of limits does not end it.
    grant(desk, { hard: 9 });
    desk.limits([forAccounts({ order_size_max: [5, 3] }, { account })]);
    expect(sizeMax(desk, account)).toBe(9);
    desk.timeUs += 100;
    desk.tick();
    expect(desk.notices()).toMatchObject([
      { kind: NoticeKind.grant_ended, account, limit: Limit.order_size_max },
    ]);
    expect(sizeMax(desk, account)).toBe(5);
  });

  it('of one scope leaves what is more special', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ order_size_max: 5 }, { account, market: 1 })]);
    grant(desk, { hard: 9 });
    expect([sizeMax(desk, account), sizeMax(desk, account, 1)]).toEqual([9, 5]);
  });
});
