/** What playing the gate against its reference once found (`test/fuzz/gate`), each as short as it could be made. */
import { expect, test } from 'vitest';
import { Form, Kind, Leg } from '../schema/commands.ts';
import { GateKind } from '../schema/gate-commands.ts';
import { Limit } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { Findings } from '../gate/findings.ts';
import { forAccounts, GateDesk } from './testing/desk.ts';

test('none, on purpose, is said of duplicates: the same may come again however soon', () => {
  const desk = new GateDesk();
  const account = desk.account('a');
  desk.limits([forAccounts({ duplicate_us: null }, { account })]);
  expect(desk.enter(account, 1, 100)).toBe(1);
  expect(desk.enter(account, 1, 100)).toBe(2);
});

test('a market order that reduces has a price where the mark is under half a tick', () => {
  const desk = new GateDesk();
  const market = desk.market('INVERSE', { tickUnit: { num: 10, den: 1 } });
  const contract = {
    kind: Kind.contract,
    form: Form.inverse,
    value: { num: 1_000, den: 1 },
    weight: { num: 1, den: 1 },
  };
  desk.accept({ ...contract, market });
  desk.mark(market, 100);
  const account = desk.account('a');
  desk.position(account, market, -3, -30);
  desk.mark(market, 4);
  expect(desk.enter(account, 1, 0, { market })).toBe(1);
});

test('a market order to sell is valued at the highest price there is where the mark is beyond it', () => {
  const desk = new GateDesk();
  const market = desk.market('FINE', { markUnit: 2 ** 12 });
  const contract = {
    kind: Kind.contract,
    form: Form.inverse,
    value: { num: 2 ** 53 - 1, den: 1 },
    weight: { num: 1, den: 1 },
  };
  desk.accept({ ...contract, market });
  desk.mark(market, 2 ** 44);
  const account = desk.account('a');
  desk.position(account, market, 1, 512);
  expect(desk.enter(account, -1, 0, { market })).toBe(1);
});

test('a flag that is neither 0 nor 1 holds nobody back, so it is not taken', () => {
  const desk = new GateDesk();
  desk.account('a');
  expect(desk.limits([forAccounts({ self_trade: 2 })])).toBe(Reason.limits_invalid);
  expect(desk.limits([forAccounts({ self_trade: 1 })])).toBe(Reason.accepted);
});

test('funding that is settled leaves the equity with which the day began as it was', () => {
  const desk = new GateDesk();
  const account = desk.account('a', 1_000);
  const place = { account, market: 0, leg: Leg.net, isolated: false };
  desk.accept({ kind: Kind.position, ...place, size: 1, costBasis: 100, fundingIndex: null });
  desk.accept({ kind: Kind.funding, market: 0, index: 1_000_000 });
  desk.accept({ kind: GateKind.day });
  desk.accept({ kind: Kind.funding, market: 0, index: 1_500_000 });
  desk.accept({ kind: Kind.settle, ...place });
  desk.limits([forAccounts({ loss_max: 0 }, { account })]);
  // One was owed when the day began; the half that came counts as one.
  expect(desk.enter(account, 1, 100)).toBe(0);
  expect(desk.refusals).toEqual(['loss']);
});

test('times of equity are told where the exposure passes 2^53: it is not without end', () => {
  const findings = new Findings();
  findings.shareAtMost(Reason.leverage, Limit.leverage_max, 2 ** 54, 2 ** 53, 2_000_000, NaN);
  expect(findings.count).toBe(0);
  findings.shareAtMost(Reason.leverage, Limit.leverage_max, 2 ** 54, 2 ** 52, 2_000_000, NaN);
  expect([...findings.value.subarray(0, findings.count)]).toEqual([4_000_000]);
});
