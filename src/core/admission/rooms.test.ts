/** Of which accounts bounds are known, and until when. That they hold is held against the reference (test/fuzz/gate/bounds.ts). */
import { describe, expect, it } from 'vitest';
import { Form, Kind } from '../schema/commands.ts';
import { Reason } from '../schema/reasons.ts';
import { GateDesk } from './testing/desk.ts';

/** A market of large numbers: a 256th of its worth is something. */
function deskWithLarge(): { desk: GateDesk; market: number } {
  const desk = new GateDesk();
  const market = desk.market('LARGE-PERP');
  desk.mark(market, 25_600);
  return { desk, market };
}

const isKnown = (desk: GateDesk, account: number): boolean => desk.gate.state.rooms.isKnown(account);

describe('what is known of an account', () => {
  it('is so after an order that was accepted, and lasts while marks stay in their bands', () => {
    const { desk, market } = deskWithLarge();
    const account = desk.account('a1', 100_000_000);
    expect(isKnown(desk, account)).toBe(false);
    expect(desk.enter(account, 10, 25_600, { market })).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(true);
    desk.mark(market, 25_700);
    desk.mark(market, 25_500);
    expect(isKnown(desk, account)).toBe(true);
    desk.mark(market, 25_701);
    expect(isKnown(desk, account)).toBe(false);
    expect(desk.enter(account, 10, 25_600, { market })).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(true);
  });

  it('is nothing with a leg of a hedge', () => {
    const desk = new GateDesk();
    const account = desk.account('a1');
    expect(desk.enter(account, 1, 100, { leg: 1 })).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(false);
    expect(desk.enter(account, 1, 100)).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(false);
  });

  it('is nothing with an isolated position', () => {
    const desk = new GateDesk();
    const account = desk.account('a1');
    desk.position(account, 1, 1, 100, { isolated: true });
    expect(desk.enter(account, 1, 100)).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(false);
  });

  it.each([Form.inverse, Form.collateral] as const)('is nothing with a position of form %s', (form) => {
    const desk = new GateDesk();
    const market = desk.market('OTHER', {
      tickUnit: { num: 10, den: 1 },
      tiers: [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }],
    });
    desk.accept({
      kind: Kind.contract,
      market,
      form,
      value: { num: form === Form.inverse ? 1_000 : 1, den: 1 },
      weight: { num: 1, den: form === Form.collateral ? 2 : 1 },
    });
    desk.mark(market, 100);
    const account = desk.account('a1');
    desk.position(account, market, 5, 0);
    expect(desk.enter(account, 1, 100)).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(false);
  });

  it('ends with tiers that come into force', () => {
    const desk = new GateDesk();
    const account = desk.account('a1');
    const tiers = [{ floor: 0, mmr: { num: 1, den: 10 }, imr: { num: 1, den: 2 } }];
    desk.accept({ kind: Kind.tiers, market: 0, tiers, effectiveUs: desk.timeUs + 10 });
    expect(desk.enter(account, 1, 100)).toBeGreaterThan(0);
    expect(isKnown(desk, account)).toBe(true);
    desk.tick(10);
    desk.gate.state.instruments.refresh();
    expect(isKnown(desk, account)).toBe(false);
  });

  it('decides as the exact amounts do, to the last unit of a limit', () => {
    const { desk, market } = deskWithLarge();
    // Initial margin is a twenty-fifth: 100 lots of 25,600 ask for 102,400.
    const account = desk.account('a1', 102_400);
    for (let at = 0; at < 100; at++) expect(desk.enter(account, 1, 25_600, { market })).toBeGreaterThan(0);
    expect(desk.enter(account, 1, 25_600, { market })).toBe(0);
    expect(desk.refusals).toEqual(['initial_margin']);
  });

  it('is forgotten where lots of a reduce-only order trade, which move both ends of a leg', () => {
    const desk = new GateDesk();
    const account = desk.account('a1');
    expect(desk.execute(account, 10, 100)).toBe(Reason.accepted);
    const order = desk.enter(account, -5, 100, { reduceOnly: true });
    expect(isKnown(desk, account)).toBe(true);
    expect(desk.execute(account, -5, 100, { order })).toBe(Reason.accepted);
    expect(isKnown(desk, account)).toBe(false);
  });
});
