/** How somebody could have come by money of the house or of others. Each of these worked once. */
import { expect, test } from 'vitest';
import { Form, Kind, Leg } from '../schema/commands.ts';
import { Reason } from '../schema/reasons.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { TransferWhy } from '../schema/venue-events.ts';
import { Desk, LISTING, SECOND } from './testing/desk.ts';

const FREE = [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }];

function isolate(desk: Desk, name: string): void {
  const account = desk.account(name);
  desk.accept({ kind: VenueKind.mode, account, market: 0, isolated: true, hedge: false });
}

test('who is deleveraged with assets leaves them to the fund that pays his debt', () => {
  const desk = new Desk();
  desk.fund(10);
  desk.accept({ ...SECOND, name: 'GOLD', tiers: FREE });
  const one = { num: 1, den: 1 };
  desk.accept({ kind: Kind.contract, market: 1, form: Form.collateral, value: one, weight: one });
  desk.mark(10, 1);
  const long = desk.account('long');
  desk.accept({ kind: VenueKind.deposit, account: long, asset: 1, amount: 50 });
  desk.account('short', 100_000);
  desk.trade('long', 'short', 100, 100);
  desk.mark(90);
  expect(desk.of('adl')).toHaveLength(1);
  expect([desk.position('long'), desk.equity('long')]).toEqual([0, 0]);
  expect(desk.equityOf(0)).toBeGreaterThanOrEqual(10);
});

test('an asset does not leave behind a debt that only gains would cover', () => {
  const desk = new Desk();
  desk.accept({ ...SECOND, name: 'GOLD', tiers: FREE });
  const one = { num: 1, den: 1 };
  desk.accept({ kind: Kind.contract, market: 1, form: Form.collateral, value: one, weight: one });
  desk.mark(10, 1);
  const account = desk.account('a');
  desk.accept({ kind: VenueKind.deposit, account, asset: 1, amount: 50 });
  desk.account('b', 100_000);
  desk.trade('a', 'b', 10, 100);
  desk.mark(90);
  desk.trade('b', 'a', 10, 90);
  desk.trade('a', 'b', 10, 90);
  desk.mark(110);
  // A loss of 100 was paid with money of others. Equity is 600, and 44 of that is margin.
  const withdraw = (amount: number): Reason =>
    desk.do({ kind: VenueKind.withdraw, account, asset: 1, amount });
  expect(withdraw(41)).toBe(Reason.balance_insufficient);
  expect(withdraw(40)).toBe(Reason.accepted);
  expect(desk.equity('a')).toBe(200);
});

test('margin of an isolated position does not leave it against gains that do not count', () => {
  const desk = new Desk({ gainHaircut: { num: 1, den: 1 } });
  desk.account('a', 1_000);
  desk.account('b', 100_000);
  isolate(desk, 'a');
  desk.trade('a', 'b', 100, 100);
  desk.mark(200);
  const account = desk.account('a');
  const back = (amount: number): Reason =>
    desk.do({ kind: VenueKind.margin, account, market: 0, leg: Leg.net, amount: -amount });
  expect(back(400)).toBe(Reason.margin_insufficient);
});

test('an isolated position opened far from the mark has its margin', () => {
  const desk = new Desk();
  desk.fund(10_000);
  desk.account('a', 10_000);
  desk.account('b', 10_000);
  isolate(desk, 'a');
  desk.sell('b', 100, 104);
  desk.buy('a', 100, 104);
  expect(desk.of('liquidation')).toEqual([]);
  expect(desk.positionOf(0)).toBe(0);
});

test('a rebate is paid out of fees, also where a liquidation pays none', () => {
  const desk = new Desk({}, { makerFee: { num: -1, den: 100 }, takerFee: { num: 1, den: 100 } });
  desk.account('long', 600);
  desk.account('short', 100_000);
  desk.account('maker', 100_000);
  desk.trade('long', 'short', 100, 100);
  const before = desk.equityOf(1);
  desk.buy('maker', 100, 97);
  desk.mark(96);
  expect(desk.position('long')).toBe(0);
  expect(desk.equityOf(1)).toBeGreaterThanOrEqual(before);
});

test('what the fund holds is sold at the price that it came at, each part at its own', () => {
  const desk = new Desk();
  desk.fund(10_000);
  for (const name of ['first', 'second']) desk.account(name, 500);
  desk.account('short', 100_000);
  desk.account('maker', 100_000);
  desk.trade('first', 'short', 100, 100);
  desk.mark(96);
  desk.trade('second', 'short', 100, 92);
  desk.mark(88);
  expect(desk.of('takeover').map(({ price }) => price)).toEqual([95, 87]);
  desk.buy('maker', 50, 90);
  desk.mark(89);
  expect(desk.positionOf(0)).toBe(150);
  desk.buy('maker', 200, 88);
  desk.mark(88);
  expect(desk.positionOf(0)).toBe(100);
});

test('at a settlement the fund pays out of what its own position leaves it', () => {
  const desk = new Desk({ fundFloor: 200 as never });
  desk.fund(1_100);
  for (const name of ['first', 'second']) desk.account(name, 500);
  desk.account('short', 100_000);
  desk.trade('first', 'short', 100, 100);
  desk.mark(96);
  expect(desk.positionOf(0)).toBe(100);
  desk.trade('second', 'short', 100, 96);
  desk.accept({ kind: VenueKind.settlement, market: 0, price: 88 });
  expect([desk.equityOf(0), desk.equity('second')]).toEqual([200, 0]);
});

test('a market order trades within the collar, whatever the bands', () => {
  const desk = new Desk();
  desk.account('a', 100_000);
  desk.account('b', 100_000);
  desk.sell('b', 10, 150);
  desk.accept({ kind: VenueKind.bands, market: 0, low: 140, high: 200 });
  expect(desk.order('a', 'buy', 10, 0)).toBe(Reason.price_outside_band);
  expect(desk.position('a')).toBe(0);
});

test('the fund does not sell far below the mark because what it holds came cheap', () => {
  const desk = new Desk();
  desk.fund(1_000);
  desk.account('long', 500);
  desk.account('short', 100_000);
  desk.account('thief', 100_000);
  desk.trade('long', 'short', 100, 100);
  desk.mark(96);
  expect(desk.positionOf(0)).toBe(100);
  desk.buy('thief', 100, 95);
  desk.mark(130);
  expect(desk.positionOf(0)).toBe(100);
  desk.mark(105);
  expect([desk.positionOf(0), desk.position('thief')]).toEqual([0, 100]);
});

test('a settlement takes no more of a gain than its bucket has', () => {
  const desk = new Desk();
  desk.accept({ ...desk.exchange.engine.book.markets.specs[0], kind: Kind.market, name: 'SECOND' });
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('poor', 1_000);
  desk.account('rich', 100_000);
  const loser = desk.account('loser', 500);
  desk.accept({ kind: VenueKind.exempt, account: loser, exempt: true, text: 'a test' });
  desk.trade('poor', 'loser', 50, 100);
  desk.trade('rich', 'loser', 50, 100);
  desk.mark(120);
  desk.sell('rich', 100, 100, { market: 1 as never });
  desk.buy('poor', 100, 100, { market: 1 as never });
  desk.mark(83, 1);
  expect(desk.equity('poor')).toBe(300);
  desk.accept({ kind: VenueKind.settlement, market: 0, price: 120 });
  expect(desk.of('transfer').filter(({ why }) => why === TransferWhy.haircut)).toMatchObject([
    { account: desk.account('poor'), amount: -300 },
    { account: desk.account('rich'), amount: -1_000 },
  ]);
  expect(desk.of('deficit')).toMatchObject([{ account: loser, amount: 200 }]);
});
