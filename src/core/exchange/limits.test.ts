/** What grows with what is asked of an exchange must not grow without end, and nothing that is asked brings it down. */
import { expect, test, vi } from 'vitest';
import { Form, Kind } from '../schema/commands.ts';
import { DoneReason, TimeInForce } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { Desk } from './testing/desk.ts';

test('a market that is listed is told no more what kind of market it is', () => {
  const desk = new Desk();
  const one = { num: 1, den: 1 };
  const tiers = [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }];
  desk.accept({ ...desk.exchange.engine.book.markets.specs[0], kind: Kind.market, name: 'GOLD', tiers });
  desk.accept({ kind: VenueKind.listing, ...desk.exchange.venue.listings[0]!.rules, market: 1 });
  const contract = { kind: Kind.contract, market: 1, form: Form.collateral, value: one, weight: one };
  expect(desk.do(contract)).toBe(Reason.contract_fixed);
});

test('orders that were cancelled are not remembered for the time at which they would have ended', () => {
  const desk = new Desk();
  desk.account('a', 10_000);
  for (let at = 1; at <= 2_000; at++) {
    desk.buy('a', 1, 50, { timeInForce: TimeInForce.gtd, expiresUs: (desk.timeUs + at) as never });
    if (at > 10) desk.accept({ kind: VenueKind.cancel, account: 2, order: at, clientId: 0 });
  }
  expect(desk.exchange.venue.expiries.count).toBeLessThan(200);
  desk.timeUs += 5_000;
  desk.accept({ kind: VenueKind.tick });
  expect(
    desk
      .of('done')
      .slice(-10)
      .map(({ order }) => order),
  ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a trade does not go over all orders of an account because some only reduce', () => {
  const desk = new Desk();
  desk.account('a', 1_000_000);
  desk.account('b', 1_000_000);
  desk.trade('a', 'b', 100, 100);
  for (let at = 0; at < 50; at++) desk.buy('a', 1, 90);
  for (let at = 0; at < 20; at++) desk.sell('a', 1, 100, { reduceOnly: true });
  const looks = vi.spyOn(desk.exchange.desk.life, 'ordersOf');
  desk.buy('b', 19, 100);
  desk.sell('b', 20, 90);
  expect(looks).not.toHaveBeenCalled();
});

test('what goes with an order is found without going over all that its account has', () => {
  const desk = new Desk();
  desk.account('a', 1_000_000);
  desk.account('b', 1_000_000);
  for (let at = 0; at < 50; at++) desk.buy('a', 1, 90);
  desk.sell('a', 5, 100, { pair: 7 });
  desk.sell('a', 5, 101, { pair: 7 });
  desk.sell('a', 5, 102, { takeProfit: 80 as never, stopLoss: 120 as never });
  const looks = vi.spyOn(desk.exchange.desk.life, 'ordersOf');
  desk.buy('b', 7, 102);
  desk.buy('b', 3, 102);
  expect(desk.of('done')[0]).toMatchObject({ order: 52, why: DoneReason.pair });
  expect(desk.of('amended').map(({ order, size }) => [order, size])).toEqual([
    [55, 5],
    [56, 5],
  ]);
  expect(looks).not.toHaveBeenCalled();
});

test('what the fund could not count any more is deleveraged', () => {
  const price = 1_000_000_000;
  const lots = 2_000_000 as never;
  const desk = new Desk(
    {},
    { priceMax: (2 ** 30) as never, positionMax: lots, sizeMax: lots, openInterestMax: 1e12 as never },
  );
  desk.mark(price);
  for (let at = 0; at < 6; at++) {
    desk.account(`short ${at}`, 2e15);
    desk.account(`long ${at}`, 1e14);
    desk.trade(`long ${at}`, `short ${at}`, lots, price);
  }
  desk.mark(955_000_000);
  expect(desk.of('takeover')).toHaveLength(2);
  expect(desk.of('adl')).toHaveLength(4);
  expect(desk.of('deficit')).toEqual([]);
});
