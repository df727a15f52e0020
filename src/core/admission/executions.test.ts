/** Trades that happened: what is held after them, to the unit, and what is counted once. */
import { describe, expect, it } from 'vitest';
import { Leg } from '../schema/commands.ts';
import { HaltCause } from '../schema/gate-commands.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { POSITION_F64, PositionField } from '../state/positions.ts';
import { forAccounts, GateDesk } from './testing/desk.ts';
import { recounted, summed } from './testing/recount.ts';

/** Lots held, their entry price, and what is in the account. */
function holding(desk: GateDesk, account: number): { lots: number; entry: number; collateral: number } {
  const { book } = desk.gate.engine;
  const bucket = book.cross[account];
  const row = book.findPosition(bucket, 0, Leg.net);
  const f = row * POSITION_F64;
  const lots = row < 0 ? 0 : book.positions.f64[f + PositionField.size];
  const cost = row < 0 ? 0 : book.positions.f64[f + PositionField.cost];
  return { lots, entry: lots === 0 ? 0 : cost / lots, collateral: book.collateral(bucket) };
}

function traded(...trades: [lots: number, price: number][]): ReturnType<typeof holding> {
  const desk = new GateDesk();
  const account = desk.account('fund', 0);
  for (const [lots, price] of trades) expect(desk.execute(account, lots, price)).toBe(Reason.accepted);
  expect(summed(desk.gate.state)).toEqual(recounted(desk.gate.state));
  return holding(desk, account);
}

describe('what is held after trades', () => {
  it('is entered at the mean of what was paid', () => {
    expect(traded([10, 100], [10, 110])).toEqual({ lots: 20, entry: 105, collateral: 0 });
  });

  it('is, after a trade through nothing, the rest at its price, with the gain realised', () => {
    expect(traded([-10, 100], [15, 90])).toEqual({ lots: 5, entry: 90, collateral: 100 });
    expect(traded([10, 100], [-15, 90])).toEqual({ lots: -5, entry: 90, collateral: -100 });
  });

  it('keeps its entry when some of it is bought back', () => {
    expect(traded([-20, 100], [10, 100])).toEqual({ lots: -10, entry: 100, collateral: 0 });
    expect(traded([-20, 100], [10, 90])).toEqual({ lots: -10, entry: 100, collateral: 100 });
  });

  it('is nothing after as much was sold', () => {
    expect(traded([20, 100], [-20, 101])).toEqual({ lots: 0, entry: 0, collateral: 20 });
  });
});

describe('a trade is counted once', () => {
  it('for its market, side and id, whatever else it says', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const other = desk.account('other');
    expect(desk.execute(account, 5, 100, { trade: 7 })).toBe(Reason.accepted);
    const digest = desk.gate.digest();
    expect(desk.execute(account, 5, 100, { trade: 7 })).toBe(Reason.duplicate_execution);
    expect(desk.execute(other, 9, 90, { trade: 7 })).toBe(Reason.duplicate_execution);
    expect(desk.gate.digest()).toBe(digest);
    expect(desk.execute(other, -5, 100, { trade: 7 })).toBe(Reason.accepted);
    expect(desk.execute(account, 5, 100, { trade: 7, market: 1 })).toBe(Reason.accepted);
  });

  it('through the day after its own, and among many', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    for (let trade = 1; trade <= 3000; trade++)
      desk.execute(account, trade % 2 === 0 ? 1 : -1, 100, { trade });
    desk.day();
    for (let trade = 1; trade <= 3000; trade++)
      expect(desk.execute(account, trade % 2 === 0 ? 1 : -1, 100, { trade })).toBe(
        Reason.duplicate_execution,
      );
    desk.day();
    expect(desk.execute(account, 1, 100, { trade: 2 })).toBe(Reason.accepted);
  });

  it('and not at all where it is refused', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const blank = desk.market('NEW');
    expect(desk.execute(account, 1, 100, { market: blank, trade: 1 })).toBe(Reason.market_unpriced);
    desk.mark(blank, 100);
    expect(desk.execute(account, 1, 100, { market: blank, trade: 1 })).toBe(Reason.accepted);
  });
});

describe('an execution that cannot be', () => {
  const cases: [keyof typeof Reason, Record<string, unknown>][] = [
    ['account_unknown', { account: 9 }],
    ['market_unknown', { market: 9 }],
    ['name_invalid', { account: null, name: '' }],
    ['name_taken', { account: null, name: 'fund' }],
    ['number_invalid', { lots: 0 }],
    ['number_invalid', { lots: -3 }],
    ['number_invalid', { price: 0 }],
    ['number_invalid', { fee: 0.5 }],
    ['number_invalid', { trade: 0 }],
    ['number_invalid', { order: -1 }],
    ['number_invalid', { leg: 5 }],
    ['order_unknown', { order: 50 }],
    ['order_unknown', { order: 1, market: 1 }],
    ['order_unknown', { order: 1, side: 1 }],
    ['order_unknown', { order: 1, account: 1 }],
    ['order_unknown', { order: 1, leg: 1 }],
    ['leg_sign', { leg: 2 }],
    ['amount_out_of_range', { lots: 2 ** 52 }],
  ];
  it.each(cases)('%s %o', (reason, body) => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.account('other');
    desk.enter(account, 5, 100);
    const digest = desk.gate.digest();
    expect(desk.execute(account, 1, 100, body)).toBe(Reason[reason]);
    expect(desk.gate.digest()).toBe(digest);
  });
});

describe('more than an order had left', () => {
  it('is counted all the same, and is an alarm', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    const order = desk.enter(account, 5, 100);
    desk.execute(account, 3, 100, { order });
    expect(desk.notices()).toEqual([]);
    desk.execute(account, 4, 100, { order });
    expect(desk.notices()).toMatchObject([{ kind: NoticeKind.overfill, account, order, lots: 2 }]);
    expect(holding(desk, account).lots).toBe(7);
    // Of an order that works no longer all is more.
    desk.execute(account, 4, 100, { order });
    expect(desk.notices()).toMatchObject([{ kind: NoticeKind.overfill, lots: 4 }]);
    expect(holding(desk, account).lots).toBe(11);
  });
});

describe('an execution on an account that nobody opened', () => {
  it('is an alarm, and the account starts halted until somebody has looked', () => {
    const desk = new GateDesk();
    expect(desk.execute(null, 5, 100, { name: 'ghost' })).toBe(Reason.accepted);
    expect(desk.notices()).toMatchObject([{ kind: NoticeKind.unknown_account, name: 'ghost', lots: 5 }]);
    expect(desk.execute(null, 5, 100, { name: 'ghost', trade: desk.trade })).toBe(Reason.duplicate_execution);
    desk.accept({ kind: 8, name: 'ghost' });
    expect(desk.notices()).toMatchObject([{ kind: NoticeKind.halted, cause: HaltCause.unknown_account }]);
    desk.transfer(0, 1000);
    expect(desk.enter(0, 1, 100)).toBe(0);
    expect(desk.refusals).toEqual(['halted']);
    expect(desk.release({ account: 0 })).toBe(Reason.accepted);
    expect(desk.enter(0, 1, 100)).toBe(1);
    desk.account('honest');
    expect(desk.notices()).toEqual([]);
  });
});

describe('executions in a row on one side', () => {
  it('halt the account in the market, until the row is begun anew', () => {
    const desk = new GateDesk();
    const account = desk.account('fund');
    desk.limits([forAccounts({ repeat_max: 3, repeat_us: 100 })]);
    const run = (lots: number, us: number): number => {
      desk.timeUs += us;
      desk.execute(account, lots, 100);
      return desk.notices().length;
    };
    // Two, then one too late; two, then one of the other side.
    expect([run(1, 0), run(1, 99), run(1, 100)]).toEqual([0, 0, 0]);
    expect([run(1, 1), run(-1, 1), run(1, 1), run(1, 1)]).toEqual([0, 0, 0, 0]);
    expect(run(1, 99)).toBe(1);
    expect(desk.notices()).toMatchObject([{ cause: HaltCause.repeats, account, market: 0 }]);
    expect(desk.enter(account, 1, 100)).toBe(0);
    expect(desk.enter(account, 1, 100, { market: 1 })).toBe(1);
    // It stands: there is no second one.
    expect(run(1, 1)).toBe(0);
    expect(desk.release({ account, market: 0 })).toBe(Reason.accepted);
    expect(desk.enter(account, 1, 100)).toBe(2);
    expect([run(1, 1), run(1, 1), run(1, 1)]).toEqual([0, 0, 1]);
  });
});

describe('a leg that is held isolated', () => {
  it('is filled where it is, and asks the cross bucket for what comes on top', () => {
    const desk = new GateDesk();
    const account = desk.account('fund', 100);
    desk.accept({ kind: 10, account, market: 0, leg: 0, isolated: true, amount: 50 });
    desk.position(account, 0, 10, 1000, { isolated: true });
    expect(desk.execute(account, 5, 100)).toBe(Reason.accepted);
    expect(summed(desk.gate.state)[0].lots[0][0]).toBe(15);
    // 25 lots at 100 on top need 100 of initial margin.
    expect(desk.enter(account, 26, 100)).toBe(0);
    expect(desk.refusals).toEqual(['initial_margin']);
    expect(desk.enter(account, 25, 100)).toBe(1);
    expect(desk.execute(account, -15, 100)).toBe(Reason.accepted);
    expect(desk.execute(account, 3, 100)).toBe(Reason.accepted);
    expect(holding(desk, account).lots).toBe(3);
  });
});
