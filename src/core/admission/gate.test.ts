import { describe, expect, it } from 'vitest';
import { Reason } from '../schema/reasons.ts';
import { GateDesk } from './testing/desk.ts';

describe('a gate', () => {
  it('gives an accepted order the next id and counts it until it is done', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    expect(desk.enter(account, 10, 100)).toBe(1);
    expect(desk.enter(account, 5, 101)).toBe(2);
    expect(desk.gate.state.reservations.orders.count).toBe(2);
    expect(desk.done(1)).toBe(Reason.accepted);
    expect(desk.done(1)).toBe(Reason.order_unknown);
    expect(desk.gate.state.reservations.orders.count).toBe(1);
  });

  it('refuses and reserves nothing', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    expect(desk.enter(account, 2_000_000, 100)).toBe(0);
    expect(desk.reason).toBe('order_size');
    expect(desk.refusals).toEqual(['order_size', 'position_max', 'initial_margin']);
    expect(desk.gate.state.reservations.orders.count).toBe(0);
  });
});
