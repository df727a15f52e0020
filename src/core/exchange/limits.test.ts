/** What grows with what is asked of an exchange must not grow without end, and nothing that is asked brings it down. */
import { expect, test } from 'vitest';
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
