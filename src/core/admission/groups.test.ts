/** Groups: who may be in which, and that their sums are those of their members, who come and go. */
import { describe, expect, it } from 'vitest';
import { GateKind } from '../schema/gate-commands.ts';
import { FIRM, FIRM_NAME, GroupKind } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { forAccounts, forGroup, GateDesk } from './testing/desk.ts';
import { recounted, summed } from './testing/recount.ts';

const checked = (desk: GateDesk): ReturnType<typeof summed> => {
  expect(summed(desk.gate.state)).toEqual(recounted(desk.gate.state));
  return summed(desk.gate.state);
};

describe('groups', () => {
  it('are refused where they make no sense', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const make = (body: Record<string, unknown>): Reason =>
      desk.do({ kind: GateKind.group, name: 'a', of: GroupKind.desk, parent: FIRM, ...body });
    expect(make({ name: '' })).toBe(Reason.name_invalid);
    expect(make({ name: FIRM_NAME })).toBe(Reason.name_taken);
    expect(make({ of: GroupKind.firm })).toBe(Reason.group_invalid);
    expect(make({ of: 9 })).toBe(Reason.group_invalid);
    expect(make({ parent: 5 })).toBe(Reason.group_invalid);
    expect(make({})).toBe(Reason.accepted);
    expect(make({})).toBe(Reason.name_taken);
    expect(make({ name: 'b', of: GroupKind.venue, parent: 1 })).toBe(Reason.group_invalid);
    expect(make({ name: 'b', parent: 1 })).toBe(Reason.accepted);
    expect(make({ name: 'c' })).toBe(Reason.accepted);
    expect(desk.member(7, 1)).toBe(Reason.account_unknown);
    expect(desk.member(account, 9)).toBe(Reason.group_unknown);
    expect(desk.member(account, FIRM)).toBe(Reason.group_invalid);
    expect(desk.member(account, 1, false)).toBe(Reason.group_invalid);
    expect(desk.member(account, 2)).toBe(Reason.accepted);
    // It is in that above it already, and in a desk; only that which it was put in can it leave.
    expect(desk.member(account, 1)).toBe(Reason.group_invalid);
    expect(desk.member(account, 3)).toBe(Reason.group_invalid);
    expect(desk.member(account, 2)).toBe(Reason.group_invalid);
    expect(desk.member(account, 1, false)).toBe(Reason.group_invalid);
    expect(desk.member(account, 2, false)).toBe(Reason.accepted);
  });

  it('are no more than eight of one account, those above counted', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    let above = FIRM as number;
    for (let n = 0; n < 5; n++) above = desk.group(`d${n}`, GroupKind.desk, above);
    expect(desk.member(account, above)).toBe(Reason.accepted);
    const sets = ['x', 'y', 'z'].map((name) => desk.group(name, GroupKind.set));
    expect(sets.map((set) => desk.member(account, set))).toEqual([
      Reason.accepted,
      Reason.accepted,
      Reason.group_invalid,
    ]);
  });

  it('have what their members have, whoever comes and goes, at every mark', () => {
    const desk = new GateDesk();
    const [one, two] = [desk.account('one'), desk.account('two')];
    const above = desk.group('desk', GroupKind.desk);
    const below = desk.group('sub-desk', GroupKind.desk, above);
    desk.execute(one, 10, 100);
    desk.execute(two, -4, 100);
    desk.enter(one, 5, 99);
    desk.enter(two, -3, 101, { market: 1 });
    expect(checked(desk)[above]).toMatchObject({ gross: 0, working: 0 });
    desk.member(one, below);
    desk.member(two, above);
    expect(checked(desk)[above]).toMatchObject({ gross: 1500 + 400 + 300, working: 495 + 303 });
    expect(checked(desk)[below]).toMatchObject({ gross: 1500, upper: 1500, lower: 1000 });
    desk.mark(0, 110);
    expect(checked(desk)[above].gross).toBe(15 * 110 + 4 * 110 + 300);
    desk.execute(one, -12, 110);
    desk.mark(0, 90);
    checked(desk);
    desk.member(one, below, false);
    expect(checked(desk)[below]).toMatchObject({ gross: 0, upper: 0, lower: 0, working: 0 });
    expect(checked(desk)[above].gross).toBe(4 * 90 + 300);
    desk.enter(one, 1, 90);
    desk.done(1);
    checked(desk);
  });

  it('keep what was traded while an account was in them', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const group = desk.group('retail', GroupKind.customer);
    desk.member(account, group);
    desk.limits([forGroup(group, { traded_value_max: 1500 })]);
    desk.execute(account, 10, 100);
    expect(desk.enter(account, 6, 100)).toBe(0);
    expect(desk.refusals).toEqual(['credit']);
    desk.member(account, group, false);
    desk.member(account, group);
    expect(desk.enter(account, 5, 100)).toBe(1);
    expect(desk.enter(account, 1, 100)).toBe(0);
    desk.day();
    // The order still works, what was traded was yesterday.
    expect(desk.enter(account, 10, 100)).toBe(2);
    expect(desk.enter(account, 1, 100)).toBe(0);
  });

  it('are each held to limits of their own, in lots and in value', () => {
    const desk = new GateDesk();
    const [one, two] = [desk.account('one'), desk.account('two')];
    const group = desk.group('venue', GroupKind.venue);
    desk.member(one, group);
    desk.member(two, group);
    desk.limits([
      forGroup(group, { group_long_max: 10, group_net_max: 12 }),
      forGroup(group, { group_long_max: 5 }, 1),
    ]);
    expect(desk.enter(one, 6, 100)).toBe(1);
    expect(desk.enter(two, 5, 100)).toBe(0);
    expect(desk.refusals).toEqual(['venue_exposure']);
    expect(desk.enter(two, 4, 100)).toBe(2);
    expect(desk.enter(two, 6, 100, { market: 1 })).toBe(0);
    expect(desk.enter(two, 5, 100, { market: 1 })).toBe(3);
  });
});

describe('sums beyond 2^53', () => {
  it('come back to what they were', () => {
    const desk = new GateDesk();
    const accounts = ['a', 'b', 'c'].map((name) => desk.account(name, 0));
    desk.enter(accounts[0], 1, 100);
    const before = checked(desk);
    const big = 2 ** 52 + 12345;
    for (const account of accounts) {
      desk.mark(0, 1);
      desk.position(account, 0, big, 0);
    }
    expect(summed(desk.gate.state)[FIRM].gross).toBeGreaterThan(2 ** 53);
    desk.mark(0, 3);
    desk.mark(0, 100);
    desk.mark(0, 7);
    for (const account of accounts) desk.position(account, 0, 0, 0);
    desk.mark(0, 100);
    expect(checked(desk)).toEqual(before);
  });
});

describe('what is said of markets', () => {
  it('is sectors and issuers, summed over what they have in common', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const third = desk.market('SOL');
    desk.mark(third, 100);
    const say = (market: number, sector: string, issuer: string, more = {}): Reason =>
      desk.do({ kind: GateKind.instrument, market, sector, issuer, short: 0, restricted: false, ...more });
    expect(say(9, '', '')).toBe(Reason.market_unknown);
    expect(say(0, '\n', '')).toBe(Reason.name_invalid);
    expect(say(0, '', '', { short: 3 })).toBe(Reason.number_invalid);
    say(0, 'coins', 'x');
    say(1, 'coins', 'y');
    say(third, 'chains', 'x');
    desk.limits([forAccounts({ sector_value_max: 1000, issuer_value_max: 1500 })]);
    desk.execute(account, -6, 100);
    expect(desk.enter(account, 5, 100, { market: 1 })).toBe(0);
    expect(desk.refusals).toEqual(['sector_value']);
    expect(desk.enter(account, 4, 100, { market: 1 })).toBe(1);
    expect(desk.enter(account, 10, 100, { market: third })).toBe(0);
    expect(desk.refusals).toEqual(['issuer_value']);
    expect(desk.enter(account, 9, 100, { market: third })).toBe(2);
  });

  it('is whether it may be short, and by how much was located until when', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const say = (short: number, restricted = false): Reason =>
      desk.do({ kind: GateKind.instrument, market: 0, sector: '', issuer: '', short, restricted });
    const locate = (lots: number, us: number, body = {}): Reason =>
      desk.do({ kind: GateKind.locate, account, market: 0, lots, expiresUs: desk.timeUs + us, ...body });
    say(2);
    expect(desk.enter(account, -1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['short_banned']);
    say(1);
    expect(desk.enter(account, -1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['locate_missing']);
    expect(locate(5, 100)).toBe(Reason.accepted);
    expect(locate(-1, 100)).toBe(Reason.number_invalid);
    expect(locate(1, 100, { account: 5 })).toBe(Reason.account_unknown);
    expect(locate(1, 100, { market: 5 })).toBe(Reason.market_unknown);
    expect(desk.enter(account, -5, 100)).toBe(1);
    expect(desk.enter(account, -1, 100)).toBe(0);
    locate(7, 100);
    desk.timeUs += 99;
    expect(desk.enter(account, -1, 100)).toBe(2);
    desk.timeUs += 1;
    expect(desk.enter(account, -1, 100)).toBe(0);
    locate(7, 100);
    locate(0, 100);
    expect(desk.enter(account, -1, 100)).toBe(0);
    say(0, true);
    expect(desk.enter(account, -1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['market_restricted']);
  });

  it('is prices to hold orders against, which executions move', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const refer = (index: number | null, last: number | null, market = 0): Reason =>
      desk.do({ kind: GateKind.reference, market, index, last });
    expect(refer(1, 1, 9)).toBe(Reason.market_unknown);
    expect(refer(0, 1)).toBe(Reason.mark_out_of_range);
    expect(refer(1, 0)).toBe(Reason.number_invalid);
    desk.limits([forAccounts({ collar_index: 50_000, collar_last: 20_000 })]);
    expect(desk.enter(account, 1, 106)).toBe(1);
    refer(100, 105);
    expect(desk.enter(account, 1, 106)).toBe(0);
    expect(desk.refusals).toEqual(['collar_index']);
    expect(desk.enter(account, -1, 102)).toBe(0);
    expect(desk.refusals).toEqual(['collar_last']);
    desk.execute(account, 1, 102);
    expect(desk.enter(account, -1, 102)).toBe(2);
    refer(null, null);
    expect(desk.enter(account, 1, 110)).toBe(3);
  });
});
