/** Windows at their edges, alone and through a gate. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { GroupKind } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { forAccounts, forGroup, GateDesk } from './testing/desk.ts';
import { sliceOf, WINDOW_F64, WindowField, Windows } from './windows.ts';

/** Sixteen slices of ten. */
const SLICE = 10;

function begun(): { clock: { timeUs: number }; windows: Windows; sums: () => number[] } {
  const clock = { timeUs: 0 };
  const windows = new Windows(clock);
  windows.add();
  const row = windows.add();
  const sums = (): number[] => {
    windows.expire(row);
    return [WindowField.orders, WindowField.cancels, WindowField.value].map(
      (field) => windows.f64[row * WINDOW_F64 + field],
    );
  };
  return { clock, windows, sums };
}

describe('a window', () => {
  it('has slices of a sixteenth of its length, up, and none where it has no length', () => {
    expect([160, 161, 1, 0, NaN, Infinity].map(sliceOf)).toEqual([10, 11, 1, 0, 0, 0]);
  });

  it('counts what happened until sixteen whole slices lie after its own', () => {
    const { clock, windows, sums } = begun();
    clock.timeUs = 1009;
    windows.value = 7;
    windows.count(1, SLICE, 1, 2);
    clock.timeUs = 1169;
    expect(sums()).toEqual([1, 2, 7]);
    clock.timeUs = 1170;
    expect(sums()).toEqual([0, 0, 0]);
  });

  it('is never shorter than its length', () => {
    const { clock, windows, sums } = begun();
    clock.timeUs = 1000;
    windows.value = 7;
    windows.count(1, SLICE, 1, 0);
    clock.timeUs = 1000 + 160;
    expect(sums()).toEqual([1, 0, 7]);
  });

  it('is what a list of all that happened says, whatever the times', () => {
    const random = new Random(7);
    const { clock, windows, sums } = begun();
    let list: { at: number; value: number }[] = [];
    for (let n = 0; n < 5000; n++) {
      clock.timeUs += random.below(4) === 0 ? random.below(400) : random.below(12);
      const now = Math.floor(clock.timeUs / SLICE);
      list = list.filter(({ at }) => at >= now - 16);
      if (random.below(3) > 0) {
        windows.value = random.below(1000);
        windows.count(1, SLICE, 1, 0);
        list.push({ at: now, value: windows.value });
      }
      expect(sums()).toEqual([list.length, 0, list.reduce((sum, { value }) => sum + value, 0)]);
    }
  });

  it('that gets another length counts what still counts as of then', () => {
    const { clock, windows, sums } = begun();
    clock.timeUs = 1000;
    windows.value = 7;
    windows.count(1, SLICE, 1, 0);
    clock.timeUs = 1100;
    windows.count(1, SLICE, 1, 0);
    clock.timeUs = 1175;
    // The first no longer counts.
    windows.count(1, 100, 1, 0);
    expect(sums()).toEqual([2, 0, 14]);
    clock.timeUs = 2799;
    expect(sums()).toEqual([2, 0, 14]);
    clock.timeUs = 2800;
    expect(sums()).toEqual([0, 0, 0]);
  });

  it('keeps nothing while it has no length', () => {
    const { clock, windows, sums } = begun();
    clock.timeUs = 1000;
    windows.count(1, SLICE, 1, 0);
    windows.count(1, 0, 1, 0);
    expect(sums()).toEqual([0, 0, 0]);
    windows.count(1, SLICE, 1, 0);
    expect(sums()).toEqual([1, 0, 0]);
  });

  it('that held more than 2^53 at a time leaves nothing of that behind', () => {
    const { clock, windows, sums } = begun();
    clock.timeUs = 1000;
    windows.value = 2 ** 53 - 1;
    for (let n = 0; n < 3; n++) windows.count(1, SLICE, 1, 0);
    clock.timeUs = 1100;
    windows.value = 5;
    windows.count(1, SLICE, 1, 0);
    clock.timeUs = 1175;
    expect(sums()).toEqual([1, 0, 5]);
  });
});

describe('rates of an account', () => {
  it('are of all its markets, and refused orders are none', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([
      forAccounts({ orders_max: 2, window_us: 1600, order_rate_value_max: 5000, cancels_max: 1 }),
    ]);
    expect(desk.enter(account, 10, 100)).toBe(1);
    expect(desk.enter(account, 10, 100, { market: 1 })).toBe(2);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['order_rate']);
    desk.timeUs += 1700;
    expect(desk.enter(account, 31, 100)).toBe(3);
    expect(desk.enter(account, 20, 100)).toBe(0);
    expect(desk.refusals).toEqual(['value_rate']);
    expect(desk.enter(account, 19, 100)).toBe(4);
    desk.timeUs += 1700;
    for (let n = 0; n < 2; n++) expect(desk.cancel(account, 1)).toBe(Reason.accepted);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['cancel_rate']);
    // A replace is an order as well.
    desk.timeUs += 1700;
    expect(desk.replace(account, 1, 9, 100)).toBe(Reason.accepted);
    expect(desk.enter(account, 1, 100)).toBe(5);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['order_rate']);
  });

  it('are counted in the groups that it was in then', () => {
    const desk = new GateDesk();
    const [one, two] = [desk.account('one'), desk.account('two')];
    const group = desk.group('desk', GroupKind.desk);
    desk.limits([forGroup(group, { group_window_us: 1600, group_orders_max: 1 })]);
    desk.member(one, group);
    expect(desk.enter(one, 1, 100)).toBe(1);
    desk.member(one, group, false);
    desk.member(two, group);
    expect(desk.enter(two, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['group_rate']);
    expect(desk.enter(one, 1, 100)).toBe(2);
    desk.timeUs += 1700;
    expect(desk.enter(two, 1, 100)).toBe(3);
  });
});
