/** Orders: who may enter them, what they take up, and that exactly this is given back however they end. */
import { describe, expect, it } from 'vitest';
import { Form, Kind, Leg } from '../schema/commands.ts';
import { GateKind } from '../schema/gate-commands.ts';
import { GroupKind } from '../schema/gate-limits.ts';
import { OrderType } from '../schema/orders.ts';
import { Reason, REASON_NAMES } from '../schema/reasons.ts';
import { forAccounts, GateDesk } from './testing/desk.ts';
import { recounted, summed } from './testing/recount.ts';

function begun(): { desk: GateDesk; account: number } {
  const desk = new GateDesk();
  return { desk, account: desk.account('fund') };
}

/** What all orders take up: sums of groups, the account's value and count. */
function taken(desk: GateDesk): unknown {
  const { state } = desk.gate;
  expect(summed(state)).toEqual(recounted(state));
  return { sums: summed(state), orders: state.reservations.orders.count };
}

describe('an order that cannot be read is refused alone', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['account_unknown', { account: 9 }],
    ['account_unknown', { account: -1 }],
    ['market_unknown', { market: 9 }],
    ['market_unknown', { market: 0.5 }],
    ['number_invalid', { size: 0 }],
    ['number_invalid', { size: -1 }],
    ['number_invalid', { size: NaN }],
    ['number_invalid', { size: 1.5 }],
    ['number_invalid', { size: 2 ** 53 }],
    ['number_invalid', { price: -1 }],
    ['number_invalid', { price: 2 ** 30 + 1 }],
    ['number_invalid', { price: Infinity }],
    ['number_invalid', { leg: 3 }],
    ['number_invalid', { side: 2 }],
    ['number_invalid', { type: 2 }],
    ['number_invalid', { clientId: -1 }],
    ['number_invalid', { parent: 0.1 }],
    ['order_invalid', { price: 0 }],
    ['order_invalid', { type: OrderType.market }],
    ['amount_out_of_range', { size: 2 ** 52, price: 4 }],
    ['nothing_to_reduce', { reduceOnly: true }],
    ['nothing_to_reduce', { leg: Leg.short }],
    // In the order in which they are looked at.
    ['account_unknown', { account: 9, market: 9, size: 0 }],
    ['number_invalid', { size: 0, type: OrderType.market }],
  ];
  it.each(cases)('%s %o', (reason, body) => {
    const { desk, account } = begun();
    expect(desk.enter(account, 5, 100, body as never)).toBe(0);
    expect(desk.reason).toBe(reason);
    expect(desk.gate.decision.findings.count).toBe(0);
    expect(taken(desk)).toMatchObject({ orders: 0 });
  });

  it('where the market is an asset held as collateral', () => {
    const { desk, account } = begun();
    const market = desk.market('BTC', {
      tiers: [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }],
    });
    const weight = { num: 9, den: 10 };
    desk.accept({ kind: Kind.contract, market, form: Form.collateral, value: { num: 1, den: 1 }, weight });
    expect(desk.enter(account, 5, 100, { market })).toBe(0);
    expect(desk.reason).toBe('collateral_market');
  });

  it('where its name is taken by another that works, until that is done', () => {
    const { desk, account } = begun();
    const other = desk.account('other');
    expect(desk.enter(account, 5, 100, { clientId: 7 })).toBe(1);
    expect(desk.enter(account, 5, 100, { clientId: 7 })).toBe(0);
    expect(desk.reason).toBe('client_id_taken');
    expect(desk.enter(other, 5, 100, { clientId: 7 })).toBe(2);
    desk.done(1);
    expect(desk.enter(account, 5, 100, { clientId: 7 })).toBe(3);
  });
});

describe('what an order takes up', () => {
  it('is given back when it is done, and not before', () => {
    const { desk, account } = begun();
    const before = taken(desk);
    const order = desk.enter(account, 10, 100);
    const with10 = taken(desk);
    expect(with10).not.toEqual(before);
    expect(desk.cancel(account, order)).toBe(Reason.accepted);
    expect(taken(desk)).toEqual(with10);
    desk.done(order);
    expect(taken(desk)).toEqual(before);
  });

  it('is given back as it fills, and turns into what is held', () => {
    const { desk, account } = begun();
    const held = new GateDesk();
    const same = held.account('fund');
    held.execute(same, 10, 100);
    const order = desk.enter(account, 10, 100);
    for (let n = 0; n < 10; n++) {
      expect(desk.execute(account, 1, 100, { order })).toBe(Reason.accepted);
      taken(desk);
    }
    expect(desk.done(order)).toBe(Reason.order_unknown);
    expect(taken(desk)).toEqual(taken(held));
  });

  it('is the larger size at the dearer price while a replace waits, then that of one of both', () => {
    for (const isTaken of [true, false]) {
      const { desk, account } = begun();
      const order = desk.enter(account, 10, 100);
      const old = taken(desk);
      expect(desk.replace(account, order, 4, 103)).toBe(Reason.accepted);
      const { working } = summed(desk.gate.state)[0];
      expect(working).toBe(10 * 103);
      expect(desk.replace(account, order, 4, 103)).toBe(Reason.replace_waits);
      expect(desk.confirm(order, isTaken)).toBe(Reason.accepted);
      expect(desk.confirm(order, isTaken)).toBe(Reason.nothing_to_confirm);
      if (isTaken) expect(summed(desk.gate.state)[0].working).toBe(4 * 103);
      else expect(taken(desk)).toEqual(old);
      desk.done(order);
      expect(taken(desk)).toEqual(taken(begun().desk));
    }
  });

  it('ends with the confirm of a size that was filled already', () => {
    const { desk, account } = begun();
    const order = desk.enter(account, 10, 100);
    desk.execute(account, 3, 100, { order });
    expect(desk.replace(account, order, 3, 100)).toBe(Reason.amend_filled);
    expect(desk.replace(account, order, 5, 100)).toBe(Reason.accepted);
    desk.execute(account, 4, 100, { order });
    expect(desk.confirm(order, true)).toBe(Reason.accepted);
    expect(desk.done(order)).toBe(Reason.order_unknown);
  });

  it('is nothing where it was refused, and where a replace was, what it was', () => {
    const { desk, account } = begun();
    const order = desk.enter(account, 10, 100);
    const before = taken(desk);
    const digest = desk.gate.digest();
    expect(desk.enter(account, 2_000_000, 100)).toBe(0);
    expect(desk.replace(account, order, 2_000_000, 100)).toBe(Reason.order_size);
    expect(taken(desk)).toEqual(before);
    expect(desk.gate.digest()).toBe(digest);
  });

  it('stays apart for reduce-only orders, which take nothing of the room', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ position_max: 10 })]);
    desk.execute(account, 10, 100);
    expect(desk.enter(account, -10, 100, { reduceOnly: true })).toBe(1);
    expect(desk.enter(account, -1, 100, { reduceOnly: true })).toBe(0);
    expect(desk.reason).toBe('nothing_to_reduce');
    expect(summed(desk.gate.state)[0].lots[0]).toEqual([10, 10, 10, 0, 10]);
  });
});

describe('two orders of one account', () => {
  it('never see the same room', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ position_max: 10 })]);
    expect(desk.enter(account, 6, 100)).toBe(1);
    expect(desk.enter(account, 6, 100)).toBe(0);
    expect(desk.refusals).toEqual(['position_max']);
    // The other side has room of its own.
    expect(desk.enter(account, -10, 100)).toBe(2);
    desk.done(1);
    expect(desk.enter(account, 6, 100)).toBe(3);
  });

  it('together need margin for the worse of what they could come to', () => {
    const desk = new GateDesk();
    const account = desk.account('poor', 40);
    expect(desk.enter(account, 10, 100)).toBe(1);
    // 4 % of ten lots at 100 is 40: the other side needs no more.
    expect(desk.enter(account, -10, 100)).toBe(2);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['initial_margin']);
    // What it would lose at once against the mark is asked for.
    desk.done(1);
    expect(desk.enter(account, 10, 101)).toBe(0);
    expect(desk.refusals).toEqual(['initial_margin']);
  });
});

describe('an order that reduces', () => {
  it('passes where others do not', () => {
    const { desk, account } = begun();
    desk.execute(account, 100, 100);
    desk.limits([forAccounts({ position_max: 10, order_size_max: 1, orders_max: 0, gross_max: 1 })]);
    desk.halt({ group: 0 });
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toContain('halted');
    expect(desk.enter(account, -60, 100)).toBe(1);
    // No more than is held beyond the others of its side.
    expect(desk.enter(account, -41, 100)).toBe(0);
    expect(desk.enter(account, -40, 100)).toBe(2);
    expect(desk.enter(account, -1, 100)).toBe(0);
  });

  it('not beyond a collar', () => {
    const { desk, account } = begun();
    desk.execute(account, 100, 100);
    expect(desk.enter(account, -1, 79)).toBe(0);
    expect(desk.refusals).toEqual(['collar_mark']);
    expect(desk.enter(account, -1, 80)).toBe(1);
  });
});

describe('prices of market orders', () => {
  it('are the mark and its collar, away from it', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ collar_mark: 15_001 })]);
    desk.enter(account, 1, 0, { type: OrderType.market });
    expect(summed(desk.gate.state)[0].working).toBe(102);
    desk.enter(account, -1, 0, { type: OrderType.market });
    expect(summed(desk.gate.state)[0].working).toBe(102 + 98);
  });
});

describe('orders are named', () => {
  it('by their id or by their account, never by another', () => {
    const { desk, account } = begun();
    const other = desk.account('other');
    const order = desk.enter(account, 5, 100, { clientId: 3 });
    expect(desk.cancel(other, order)).toBe(Reason.order_unknown);
    expect(desk.cancel(7, order)).toBe(Reason.account_unknown);
    expect(desk.do({ kind: GateKind.cancel, account, order: 0, clientId: 3 })).toBe(Reason.accepted);
    expect(desk.do({ kind: GateKind.cancel, account: other, order: 0, clientId: 3 })).toBe(
      Reason.order_unknown,
    );
    expect(desk.do({ kind: GateKind.cancel, account, order: 0, clientId: 0 })).toBe(Reason.order_unknown);
    expect(desk.confirm(99)).toBe(Reason.order_unknown);
    expect(desk.replace(account, 99, 1, 100)).toBe(Reason.order_unknown);
    expect(desk.replace(account, order, 0, 100)).toBe(Reason.number_invalid);
    expect(desk.replace(account, order, 1, 0)).toBe(Reason.order_invalid);
  });
});

describe('an order of its own account on the other side', () => {
  it('is not traded against, at the dearest of its prices', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ self_trade: 1 })]);
    const bid = desk.enter(account, 5, 99);
    expect(desk.enter(account, -5, 99)).toBe(0);
    expect(desk.refusals).toEqual(['self_trade']);
    desk.replace(account, bid, 5, 101);
    expect(desk.enter(account, -5, 101)).toBe(0);
    desk.confirm(bid, false);
    const ask = desk.enter(account, -5, 101);
    expect(ask).toBeGreaterThan(0);
    // The best of several, and again the next when it goes.
    const better = desk.enter(account, -5, 100);
    expect(desk.enter(account, 1, 100)).toBe(0);
    desk.done(better);
    expect(desk.enter(account, 1, 100)).toBeGreaterThan(0);
    expect(desk.enter(account, 1, 101)).toBe(0);
  });
});

describe('the same order again', () => {
  it('is refused within its time, where it is the same in everything', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ duplicate_us: 100 })]);
    expect(desk.enter(account, 5, 100)).toBe(1);
    desk.timeUs += 99;
    expect(desk.enter(account, 5, 100)).toBe(0);
    expect(desk.refusals).toEqual(['duplicate_order']);
    expect(desk.enter(account, 6, 100)).toBe(2);
    expect(desk.enter(account, 5, 99)).toBe(3);
    expect(desk.enter(account, -5, 100)).toBe(4);
    expect(desk.enter(account, 5, 100, { market: 1 })).toBe(5);
    desk.timeUs += 1;
    expect(desk.enter(account, 5, 100)).toBe(6);
  });

  it('is remembered beyond the last sixteen only', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ duplicate_us: 1_000_000 })]);
    for (let size = 1; size <= 16; size++) expect(desk.enter(account, size, 100)).toBe(size);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.enter(account, 17, 100)).toBe(17);
    expect(desk.enter(account, 1, 100)).toBe(18);
  });
});

describe('children of a parent', () => {
  const given = (desk: GateDesk, account: number, size: number): Reason =>
    desk.do({ kind: GateKind.parent, parent: 5, account, market: 0, side: 0, size });

  it('together are never more than it', () => {
    const { desk, account } = begun();
    expect(desk.enter(account, 1, 100, { parent: 5 })).toBe(0);
    expect(desk.refusals).toEqual(['parent_unknown']);
    expect(given(desk, account, 10)).toBe(Reason.accepted);
    expect(given(desk, account, 10)).toBe(Reason.parent_taken);
    expect(desk.enter(account, -1, 100, { parent: 5 })).toBe(0);
    expect(desk.enter(account, 1, 100, { parent: 5, market: 1 })).toBe(0);
    const first = desk.enter(account, 6, 100, { parent: 5 });
    desk.execute(account, 2, 100, { order: first });
    desk.done(first);
    expect(desk.enter(account, 8, 100, { parent: 5 })).toBe(2);
    expect(desk.notices()).toEqual([]);
    expect(desk.enter(account, 1, 100, { parent: 5 })).toBe(0);
    expect(desk.refusals).toEqual(['parent_exceeded']);
    // Whoever sends that is stopped.
    expect(desk.notices()).toMatchObject([
      { kind: 4, size: 10, lots: 11 },
      { kind: 0, account, cause: 3 },
    ]);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['halted']);
    // And told of once, until somebody lets it go on.
    expect(desk.enter(account, 2, 100, { parent: 5 })).toBe(0);
    expect(desk.refusals).toEqual(['halted', 'parent_exceeded']);
    expect(desk.notices()).toEqual([]);
    const release = {
      kind: GateKind.release,
      group: null,
      account,
      market: null,
      by: 'a',
      why: 'b',
    } as const;
    expect(desk.do(release)).toBe(Reason.accepted);
    expect(desk.enter(account, 2, 100, { parent: 5 })).toBe(0);
    expect(desk.notices().map(({ kind }) => kind)).toEqual([4, 0]);
  });

  it('that trade more than it are an alarm and a halt', () => {
    const { desk, account } = begun();
    given(desk, account, 10);
    const order = desk.enter(account, 10, 100, { parent: 5 });
    desk.execute(account, 12, 100, { order });
    expect(desk.notices().map(({ kind }) => kind)).toEqual([4, 3, 0]);
  });

  it('are asked for where every order has to have one', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ parent_required: 1 })]);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['parent_missing']);
  });

  it('keep it known beyond a second day only while they work', () => {
    const { desk, account } = begun();
    given(desk, account, 10);
    const order = desk.enter(account, 10, 100, { parent: 5 });
    for (let day = 0; day < 4; day++) desk.day();
    expect(given(desk, account, 10)).toBe(Reason.parent_taken);
    desk.done(order);
    desk.day();
    expect(given(desk, account, 10)).toBe(Reason.accepted);
    desk.day();
    expect(given(desk, account, 10)).toBe(Reason.parent_taken);
    desk.day();
    expect(given(desk, account, 10)).toBe(Reason.accepted);
  });
});

describe('a gate that fails', () => {
  it('refuses as that, with nothing reserved and nothing said', () => {
    let isBroken = false;
    const desk = new GateDesk(() => {
      if (isBroken) throw new Error('assertion failed: a check was wrong about itself');
    });
    const account = desk.account('fund');
    expect(desk.enter(account, 5, 100)).toBe(1);
    const before = taken(desk);
    const digest = desk.gate.digest();
    isBroken = true;
    expect(desk.enter(account, 5, 100)).toBe(0);
    expect(desk.reason).toBe('gate_failed');
    expect(desk.replace(account, 1, 6, 100)).toBe(Reason.gate_failed);
    expect(desk.gate.decision.findings.count).toBe(0);
    expect(taken(desk)).toEqual(before);
    expect(desk.gate.digest()).toBe(digest);
    isBroken = false;
    expect(desk.enter(account, 5, 100)).toBe(2);
  });
});

describe('what the checks see of legs', () => {
  it('are positions of their own, and lots of a market their sum', () => {
    const { desk, account } = begun();
    desk.limits([forAccounts({ long_max: 10, short_max: 10 })]);
    expect(desk.execute(account, 8, 100, { leg: Leg.long })).toBe(Reason.accepted);
    expect(desk.execute(account, -8, 100, { leg: Leg.short })).toBe(Reason.accepted);
    expect(desk.enter(account, 3, 100, { leg: Leg.long })).toBe(0);
    expect(desk.refusals).toEqual(['long_max']);
    expect(desk.enter(account, 2, 100, { leg: Leg.long })).toBe(1);
    expect(desk.enter(account, 1, 100)).toBe(0);
    // To buy of a short leg only reduces.
    expect(desk.enter(account, 8, 100, { leg: Leg.short })).toBe(2);
    expect(desk.enter(account, 1, 100, { leg: Leg.short })).toBe(0);
    expect(desk.reason).toBe('nothing_to_reduce');
  });
});

describe('commands of the engine that a gate makes itself', () => {
  it('are refused, alone and in a transaction', () => {
    const { desk, account } = begun();
    const fill = {
      kind: Kind.fill,
      account,
      market: 0,
      leg: 0,
      isolated: false,
      size: 1,
      price: 100,
      fee: 0,
    };
    const order = {
      kind: Kind.order,
      account,
      market: 0,
      leg: 0,
      isolated: false,
      id: 1,
      size: 1,
      price: 100,
    };
    expect(desk.do(fill)).toBe(Reason.not_by_command);
    expect(desk.do(order)).toBe(Reason.not_by_command);
    const rows = [{ ...fill, timeUs: 0, origin: null }];
    expect(desk.do({ kind: Kind.transaction, rows })).toBe(Reason.not_by_command);
    expect(REASON_NAMES[desk.do({ kind: 999 })]).toBe('number_invalid');
    expect(GroupKind.firm).toBe(0);
  });
});
