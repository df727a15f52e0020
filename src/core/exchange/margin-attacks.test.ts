/** How margin could have been carried off before a liquidation came for it, so that the fund got the position without it. */
import { expect, test } from 'vitest';
import { Kind } from '../schema/commands.ts';
import { DoneReason, MarketState, TimeInForce } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { Desk, LISTING } from './testing/desk.ts';

const SECOND = { market: 1 as never };

/** A long of 100 lots with 200 dollars where 184 are its maintenance, as `more` has prepared it at a mark of 100. */
function nearTheEdge(more: (desk: Desk) => void): Desk {
  const desk = new Desk();
  desk.fund(10_000);
  desk.accept({ ...desk.exchange.engine.book.markets.specs[0], kind: Kind.market, name: 'SECOND' });
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('a', 1_000);
  desk.account('b', 100_000);
  desk.trade('a', 'b', 100, 100);
  more(desk);
  desk.mark(92);
  expect([desk.equity('a'), desk.of('liquidation')]).toEqual([200, []]);
  return desk;
}

test('an order far from the mark does not hand on what a position is maintained by', () => {
  const desk = nearTheEdge((before) => before.buy('a', 5, 140, SECOND));
  desk.sell('b', 5, 140, SECOND);
  expect([desk.position('a'), desk.equity('a'), desk.positionOf(0)]).toEqual([100, 200, 0]);
  expect(desk.of('done').at(-1)).toMatchObject({ account: 2, why: DoneReason.refused });
});

test('nor does one that reduces, beyond what it frees', () => {
  const desk = nearTheEdge((before) => before.sell('a', 50, 100, { reduceOnly: true }));
  desk.accept({ kind: VenueKind.cancel_all, account: 2, market: null });
  desk.sell('a', 50, 80, { reduceOnly: true });
  desk.buy('b', 50, 80);
  // Each lot loses 12 and frees 2: one of them fits into the 16 that it has over its maintenance.
  expect([desk.position('a'), desk.equity('a')]).toEqual([99, 188]);
  expect(desk.of('liquidation')).toEqual([]);
});

test('who closes all of a position for what he has may do so, lot by lot', () => {
  const desk = nearTheEdge(() => {});
  for (let at = 0; at < 4; at++) desk.buy('b', 25, 90);
  desk.sell('a', 100, 90, { reduceOnly: true });
  expect([desk.position('a'), desk.equity('a')]).toEqual([0, 0]);
});

test('what opens leaves its own maintenance too', () => {
  const desk = new Desk();
  desk.account('a', 400);
  desk.account('b', 100_000);
  desk.buy('a', 100, 100);
  desk.mark(97);
  desk.sell('b', 100, 100);
  // With 80 lots it has 400 - 240, and maintains them by 156.
  expect([desk.position('a'), desk.equity('a')]).toEqual([80, 160]);
  expect(desk.of('liquidation')).toEqual([]);
});

test('a fill-or-kill order does not count on what would be refused so', () => {
  const desk = nearTheEdge((before) => before.buy('a', 5, 140, SECOND));
  const fok = { ...SECOND, timeInForce: TimeInForce.fok };
  expect(desk.order('b', 'sell', 4, 140, fok)).toBe(Reason.fok_unfillable);
});

test('who is bankrupt and waits does not leave his debt to the last lot of another market', () => {
  const desk = new Desk();
  desk.accept({ ...desk.exchange.engine.book.markets.specs[0], kind: Kind.market, name: 'SECOND' });
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('a', 600);
  desk.account('b', 100_000);
  desk.account('victim', 5_000);
  desk.trade('a', 'b', 100, 100);
  desk.sell('victim', 1, 100, SECOND);
  desk.buy('a', 1, 100, SECOND);
  desk.accept({ kind: VenueKind.state, market: 1, state: MarketState.halted, text: '' });
  desk.mark(80);
  desk.buy('b', 100, 80);
  desk.sell('a', 100, 80, { reduceOnly: true, timeInForce: TimeInForce.ioc });
  const fok = { reduceOnly: true, timeInForce: TimeInForce.fok };
  expect(desk.order('a', 'sell', 100, 80, fok)).toBe(Reason.fok_unfillable);
  expect(desk.position('a')).toBe(100);
  // At 80 it is short of 1,400, of which the one lot bears a small part once all can be closed.
  desk.accept({ kind: VenueKind.state, market: 1, state: MarketState.active, text: '' });
  expect(desk.position('a')).toBe(0);
  expect(desk.equity('victim')).toBeGreaterThan(4_900);
});
