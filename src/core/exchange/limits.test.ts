/** What grows with what is asked of an exchange must not grow without end, and nothing that is asked brings it down. */
import { expect, test, vi } from 'vitest';
import { TimeInForce } from '../schema/orders.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { Desk } from './testing/desk.ts';

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
