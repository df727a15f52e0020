/** Histories that the simulation came upon and that were decided wrongly, shrunk to what mattered. */
import { expect, test } from 'vitest';
import { Form, Kind, Leg } from '../schema/commands.ts';
import { DoneReason, MarketState, SelfTrade, TimeInForce, TriggerBy, TriggerKind } from '../schema/orders.ts';
import { Quality, Use, USES_ALL } from '../schema/quality.ts';
import { Reason } from '../schema/reasons.ts';
import { ClosePolicy, VenueKind } from '../schema/venue-commands.ts';
import { Desk, LISTING, SECOND } from './testing/desk.ts';

test('orders of one account that give up lots against each other say so', () => {
  const desk = new Desk();
  desk.account('a', 10_000);
  desk.buy('a', 13, 100);
  desk.sell('a', 16, 100, { selfTrade: SelfTrade.reduce_both });
  expect(desk.of('amended').map(({ order, size, left, kept }) => [order, size, left, kept])).toEqual([
    [2, 3, 3, 1],
    [1, 0, 0, 1],
  ]);
  expect(desk.of('done')).toMatchObject([{ order: 1, left: 0, why: DoneReason.self_trade }]);
  expect(desk.of('rested').at(-1)).toMatchObject({ order: 2, size: 3 });
  desk.buy('a', 1, 100, { selfTrade: SelfTrade.reduce_both });
  expect(desk.of('amended').slice(2)).toMatchObject([
    { order: 3, size: 0, left: 0 },
    { order: 2, size: 2, left: 2 },
  ]);
});

test('a fill-or-kill order that only reduces is refused where it is larger than the position', () => {
  const desk = new Desk();
  desk.account('maker', 1_000_000);
  desk.account('a', 1_000_000);
  desk.trade('a', 'maker', 349, 100);
  desk.buy('maker', 872, 100);
  const fok = { timeInForce: TimeInForce.fok, reduceOnly: true };
  expect(desk.order('a', 'sell', 872, 0, fok)).toBe(Reason.fok_unfillable);
  expect(desk.order('a', 'sell', 349, 0, fok)).toBe(Reason.accepted);
});

test('a fill-or-kill order is refused where an order of its own account stands before what it needs', () => {
  const desk = new Desk();
  desk.account('maker', 10_000);
  desk.account('a', 10_000);
  desk.sell('maker', 5, 100);
  desk.sell('a', 5, 101);
  desk.sell('maker', 5, 102);
  const fok = { timeInForce: TimeInForce.fok };
  expect(desk.order('a', 'buy', 10, 102, fok)).toBe(Reason.fok_unfillable);
  expect(desk.order('a', 'buy', 10, 102, { ...fok, selfTrade: SelfTrade.cancel_maker })).toBe(
    Reason.accepted,
  );
  expect(desk.position('a')).toBe(10);
});

test('a market order of an inverse market fires', () => {
  const desk = new Desk();
  desk.accept(SECOND);
  const one = { num: 1, den: 1 };
  desk.accept({
    kind: Kind.contract,
    market: 1,
    form: Form.inverse,
    value: { num: 1_000_000, den: 1 },
    weight: one,
  });
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1, positionMax: 1_000, sizeMax: 1_000 });
  desk.mark(1_000, 1);
  desk.account('a', 100_000);
  const trigger = { kind: TriggerKind.stop, by: TriggerBy.mark, price: 990, distance: 0 };
  desk.sell('a', 5, 0, { market: 1, trigger } as never);
  desk.mark(980, 1);
  expect(desk.of('triggered')).toHaveLength(1);
  expect(desk.of('done')).toMatchObject([{ order: 1, why: DoneReason.unfilled, left: 5 }]);
});

test('orders whose time is over leave also before a command that is refused', () => {
  const desk = new Desk();
  desk.account('a', 10_000);
  desk.buy('a', 1, 100, { timeInForce: TimeInForce.gtd, expiresUs: desk.timeUs + 5 } as never);
  desk.timeUs += 6;
  const place = { account: 2, market: 0, leg: Leg.net, isolated: false };
  expect(desk.do({ kind: Kind.settle, ...place })).toBe(Reason.not_by_command);
  expect(desk.of('done')).toMatchObject([{ order: 1, why: DoneReason.expired }]);
});

test('an order that is refused leaves no trace in the limit of its account', () => {
  const desk = new Desk({}, { leverageMax: 50 });
  desk.account('a', 1_000);
  const before = desk.exchange.digest();
  expect(desk.order('a', 'buy', 1_000, 100)).toBe(Reason.margin_insufficient);
  expect(desk.exchange.digest()).toBe(before);
  desk.accept({ kind: VenueKind.listing, ...LISTING, leverageMax: 2 });
  expect(desk.order('a', 'buy', 21, 100)).toBe(Reason.margin_insufficient);
  expect(desk.order('a', 'buy', 20, 100)).toBe(Reason.accepted);
});

test('a listing that allows less leverage stands above what accounts have set', () => {
  const desk = new Desk({}, { leverageMax: 50 });
  desk.account('a', 1_000);
  desk.accept({ kind: VenueKind.leverage, account: 2, market: 0, leverage: 20 });
  desk.accept({ kind: VenueKind.listing, ...LISTING, leverageMax: 2 });
  expect(desk.order('a', 'buy', 21, 100)).toBe(Reason.margin_insufficient);
});

test('a market is isolated in hedge mode as out of it', () => {
  const desk = new Desk();
  desk.account('maker', 100_000);
  desk.account('a', 1_000);
  desk.accept({ kind: VenueKind.mode, account: 3, market: 0, isolated: true, hedge: false });
  desk.accept({ kind: VenueKind.mode, account: 3, market: null, isolated: false, hedge: true });
  desk.sell('maker', 10, 100);
  desk.buy('a', 10, 100, { leg: Leg.long });
  expect(desk.of('fill').at(-2)).toMatchObject({ account: 3, leg: Leg.long, isolated: 1 });
});

test('the house has no modes, no limits and no exemption to lose', () => {
  const desk = new Desk();
  const house = {
    account: 0,
    market: 0,
    isolated: true,
    hedge: false,
    leverage: 2,
    exempt: false,
    text: 'why',
  };
  for (const kind of [VenueKind.mode, VenueKind.leverage, VenueKind.exempt])
    expect(desk.do({ kind, ...house })).toBe(Reason.account_reserved);
});

test('a fill-or-kill order is refused where the margin of an isolated maker cannot be had', () => {
  const desk = new Desk();
  desk.account('maker', 50);
  desk.account('a', 10_000);
  desk.accept({ kind: VenueKind.mode, account: 2, market: 0, isolated: true, hedge: false });
  desk.sell('maker', 10, 100);
  desk.mark(103);
  const fok = { timeInForce: TimeInForce.fok };
  expect(desk.order('a', 'buy', 10, 103, fok)).toBe(Reason.fok_unfillable);
  desk.mark(100);
  expect(desk.order('a', 'buy', 10, 103, fok)).toBe(Reason.accepted);
  expect(desk.position('a')).toBe(10);
});

test('what a trade loses is rounded as it is booked, so that none leaves a debt', () => {
  const desk = new Desk();
  desk.accept({ ...SECOND, tickUnit: { num: 3, den: 10 } });
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(66, 1);
  desk.account('maker', 100_000);
  desk.account('a', 102);
  desk.sell('maker', 10, 220, { market: 1 } as never);
  desk.buy('a', 10, 220, { market: 1 } as never);
  desk.accept({ kind: VenueKind.exempt, account: 3, exempt: true, text: 'a test' });
  desk.mark(56, 1);
  expect(desk.equity('a')).toBe(2);
  // A lot is worth 55.5 at 185 ticks: each sold costs half a unit, and ten of them five.
  desk.buy('maker', 10, 185, { market: 1 } as never);
  desk.sell('a', 10, 185, { market: 1, reduceOnly: true, timeInForce: TimeInForce.ioc } as never);
  expect([desk.position('a', 1), desk.equity('a')]).toEqual([7, 0]);
});

test('after a halt a post-only order does not take, though it is the younger', () => {
  const desk = new Desk();
  for (const name of ['a', 'b', 'maker']) desk.account(name, 10_000);
  desk.trade('b', 'a', 5, 100);
  const trigger = { kind: TriggerKind.stop, by: TriggerBy.mark, price: 105, distance: 0 };
  desk.buy('a', 5, 110, { trigger } as never);
  desk.sell('maker', 5, 102, { postOnly: true });
  desk.accept({ kind: VenueKind.state, market: 0, state: MarketState.halted, text: 'a test' });
  desk.mark(105);
  desk.accept({ kind: VenueKind.state, market: 0, state: MarketState.active, text: 'a test' });
  expect(desk.of('trade').at(-1)).toMatchObject({ takerOrder: 3, makerOrder: 4, price: 102 });
});

test('a change of state that is refused does not stir liquidations that wait', () => {
  const desk = new Desk();
  desk.account('a', 1_000);
  desk.account('b', 1_000);
  desk.trade('a', 'b', 100, 100);
  // More than any price could bring: nobody can take it over.
  desk.accept({ kind: Kind.funding, market: 0, index: 2 ** 50 });
  expect(desk.of('deficit').length).toBeGreaterThan(0);
  const before = desk.events.length;
  expect(desk.do({ kind: VenueKind.state, market: 9, state: MarketState.halted, text: 'a test' })).toBe(
    Reason.market_unknown,
  );
  expect(desk.events.slice(before).map(({ event }) => event)).toEqual(['cut']);
});

test('a fill-or-kill order counts on one order of a pair', () => {
  const desk = new Desk();
  desk.account('maker', 10_000);
  desk.account('a', 10_000);
  desk.sell('maker', 4, 100, { pair: 585 });
  desk.sell('maker', 4, 101, { pair: 585 });
  const fok = { timeInForce: TimeInForce.fok };
  expect(desk.order('a', 'buy', 7, 110, fok)).toBe(Reason.fok_unfillable);
  expect(desk.order('a', 'buy', 4, 110, fok)).toBe(Reason.accepted);
  expect(desk.position('a')).toBe(4);
});

test('who would turn with all of a trade, and only closes with what the other has, pays for what he closes', () => {
  const desk = new Desk({}, { makerFee: { num: 1, den: 10 }, takerFee: { num: 1, den: 10 } });
  for (const name of ['m', 'a', 't']) desk.account(name, 10_000);
  desk.accept({ kind: VenueKind.mode, account: 2, market: 0, isolated: true, hedge: false });
  desk.trade('t', 'a', 3, 100);
  desk.sell('m', 4, 100);
  desk.buy('a', 4, 100);
  desk.buy('m', 10, 100);
  desk.sell('t', 10, 100, { reduceOnly: true, timeInForce: TimeInForce.ioc });
  // Four lots have a margin of 16, and closing one of them costs a fee of 10.
  expect([desk.position('m'), desk.position('t')]).toEqual([-3, 2]);
});

test('a mark at which positions could not be counted is refused, and a listing too that allows such positions', () => {
  const desk = new Desk();
  desk.account('a', 1_000);
  const marks = (price: number): Reason =>
    desk.do({ kind: Kind.marks, marks: [{ market: 0, price }], text: '' });
  // Of 1,000,000 lots.
  expect(marks(2_300_000_000)).toBe(Reason.mark_out_of_range);
  expect(marks(2_000_000_000)).toBe(Reason.accepted);
  const wider = { kind: VenueKind.listing, ...LISTING, positionMax: 2_000_000, priceMax: 1 };
  expect(desk.do(wider)).toBe(Reason.listing_invalid);
});

test('a liquidation that waits for a market that is halted goes on when that is settled', () => {
  const desk = new Desk();
  desk.accept(SECOND);
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('a', 1_000);
  desk.account('b', 100_000);
  desk.trade('a', 'b', 100, 100);
  desk.sell('b', 10, 100, { market: 1 } as never);
  desk.buy('a', 10, 100, { market: 1 } as never);
  desk.accept({ kind: VenueKind.state, market: 1, state: MarketState.halted, text: 'a test' });
  desk.mark(91);
  expect(desk.of('liquidation')).toHaveLength(0);
  desk.accept({ kind: VenueKind.settlement, market: 1, price: 100 });
  expect(desk.of('liquidation')).toHaveLength(1);
  expect(desk.position('a')).toBe(0);
});

test('a funding index by which positions could not be counted is refused', () => {
  const desk = new Desk();
  const funding = (index: number): Reason => desk.do({ kind: Kind.funding, market: 0, index });
  // By 1,000,000 lots, an index of so much is 2^50 money units.
  expect(funding(2 ** 50)).toBe(Reason.accepted);
  expect(funding(-(2 ** 50) - 1)).toBe(Reason.amount_out_of_range);
  const wider = { kind: VenueKind.listing, ...LISTING, positionMax: 2_000_000, priceMax: 1 };
  expect(desk.do(wider)).toBe(Reason.listing_invalid);
});

test('what closes part of an isolated position leaves the rest its share of the funding that has accrued', () => {
  const desk = new Desk();
  desk.account('m', 10_000);
  desk.account('a', 10_000);
  desk.accept({ kind: VenueKind.mode, account: 3, market: 0, isolated: true, hedge: false });
  desk.trade('a', 'm', 10, 100);
  // 40 of margin; the index falls, and a long is owed 20.
  desk.accept({ kind: Kind.funding, market: 0, index: -2_000_000 });
  desk.buy('m', 5, 100);
  desk.sell('a', 5, 100, { reduceOnly: true });
  expect(desk.of('transfer').at(-1)).toMatchObject({ account: 3, isolated: 1, amount: -30 });
});

test('a liquidation that waits for a price that is held goes on when a trade closes what it has there', () => {
  const desk = new Desk();
  desk.accept(SECOND);
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('a', 1_000);
  desk.account('b', 100_000);
  desk.trade('a', 'b', 100, 100);
  desk.buy('b', 1, 100, { market: 1 } as never);
  desk.sell('a', 1, 100, { market: 1 } as never);
  desk.buy('a', 1, 100, { market: 1 } as never);
  const price = { quality: Quality.stale, allows: USES_ALL & ~Use.liquidate, mark: null, reference: null };
  desk.accept({ kind: Kind.quality, market: 1, ...price, text: '' });
  desk.mark(91);
  expect(desk.of('liquidation')).toHaveLength(0);
  desk.sell('b', 1, 100, { market: 1 } as never);
  expect(desk.of('liquidation')).toHaveLength(1);
  expect(desk.position('a')).toBe(0);
});

test('a step goes under the floor of the tier at once, also where tiers go by entry', () => {
  const desk = new Desk();
  const tiers = [
    { floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } },
    { floor: 5_000, mmr: { num: 1, den: 25 }, imr: { num: 2, den: 25 } },
  ];
  desk.accept({ ...SECOND, tiers, basis: 1 });
  const liquidation = { ...LISTING.liquidation, policy: ClosePolicy.tier_step };
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1, liquidation });
  desk.mark(50, 1);
  desk.account('a', 500);
  desk.account('b', 10_000);
  desk.sell('b', 110, 50, { market: 1 } as never);
  desk.buy('a', 110, 50, { market: 1 } as never);
  desk.buy('b', 110, 46, { market: 1 } as never);
  // 60 are left against 120. What cost 5,500 is worth 5,060, which a lot less is under the floor too, and 99 lots cost 4,950.
  desk.mark(46, 1);
  expect(desk.of('step').map(({ size }) => size)).toEqual([11, 99]);
});

test('a mark is held against the largest position there can be, not the largest that is allowed now', () => {
  const desk = new Desk();
  desk.account('a', 1e15);
  desk.account('b', 1e15);
  const large = 1_000_000;
  desk.trade('a', 'b', large, 100);
  const small = { ...LISTING, sizeMax: 10, positionMax: 10 };
  desk.accept({ kind: VenueKind.listing, ...small });
  const mark = (price: number): Reason =>
    desk.do({ kind: Kind.marks, marks: [{ market: 0, price }], text: '' });
  // A million lots at 2^31.3 are 2^51.2.
  expect(mark(2_600_000_000)).toBe(Reason.mark_out_of_range);
  expect(desk.do({ kind: VenueKind.listing, ...small, priceMax: 2 ** 30, positionMax: 2_200_000 })).toBe(
    Reason.listing_invalid,
  );
  desk.accept({ kind: VenueKind.listing, ...LISTING });
  desk.trade('b', 'a', large, 100);
  desk.accept({ kind: VenueKind.listing, ...small });
  expect(mark(2_600_000_000)).toBe(Reason.accepted);
});
