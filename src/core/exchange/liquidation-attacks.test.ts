/** How a liquidation could have been dodged, or made worse for others than it had to be. Each of these worked once. */
import { expect, test } from 'vitest';
import { DoneReason, MarketState } from '../schema/orders.ts';
import { ClosePolicy, VenueKind } from '../schema/venue-commands.ts';
import { LiquidationOutcome } from '../schema/venue-events.ts';
import { Desk, LISTING, SECOND } from './testing/desk.ts';

function listSecond(desk: Desk): void {
  desk.accept(SECOND);
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
}

function isolate(desk: Desk, name: string, market = 0): void {
  const account = desk.account(name);
  desk.accept({ kind: VenueKind.mode, account, market, isolated: true, hedge: false });
}

function exempt(desk: Desk, name: string, isExempt: boolean): void {
  desk.accept({ kind: VenueKind.exempt, account: desk.account(name), exempt: isExempt, text: 'a test' });
}

test('what others cannot take of a bankrupt position goes to the fund once it can carry it', () => {
  const desk = new Desk();
  desk.fund(95);
  desk.account('long', 500);
  desk.account('short', 100_000);
  desk.account('poor', 310);
  exempt(desk, 'long', true);
  exempt(desk, 'poor', true);
  desk.trade('long', 'short', 100, 100);
  desk.mark(88);
  desk.trade('short', 'poor', 50, 88);
  desk.mark(94);
  exempt(desk, 'long', false);
  expect(desk.of('adl').map(({ size }) => size)).toEqual([50, 10]);
  expect([desk.position('long'), desk.positionOf(0)]).toEqual([0, 40]);
  expect(desk.of('liquidation_end')).toMatchObject([{ outcome: LiquidationOutcome.taken_over }]);
  expect(desk.of('deficit')).toEqual([]);
});

test('an isolated position that is bankrupt at the mark is closed in the book where the book pays for it', () => {
  const desk = new Desk();
  desk.account('long', 400);
  desk.account('short', 100_000);
  desk.account('maker', 100_000);
  isolate(desk, 'long');
  desk.trade('long', 'short', 100, 100);
  desk.buy('maker', 100, 97);
  desk.mark(95);
  expect([desk.position('long'), desk.position('maker')]).toEqual([0, 100]);
  expect(desk.equity('long')).toBe(100);
  expect(desk.of('adl')).toEqual([]);
});

test('a small position that waits for its own liquidation keeps no other from being deleveraged', () => {
  const desk = new Desk();
  listSecond(desk);
  desk.account('long', 500);
  desk.account('winner', 100_000);
  desk.account('other', 100_000);
  isolate(desk, 'winner', 1);
  desk.trade('long', 'winner', 100, 100);
  desk.sell('other', 1, 100, { market: 1 as never });
  desk.buy('winner', 1, 100, { market: 1 as never });
  desk.accept({ kind: VenueKind.state, market: 1, state: MarketState.halted, text: '' });
  desk.mark(97, 1);
  desk.mark(90);
  expect(desk.of('adl')).toMatchObject([{ against: desk.account('winner'), size: 100 }]);
});

test('orders of who waits for liquidation open nothing more', () => {
  const desk = new Desk();
  listSecond(desk);
  desk.account('a', 900);
  desk.account('b', 100_000);
  desk.trade('a', 'b', 100, 100);
  desk.buy('a', 10, 100, { market: 1 as never });
  desk.accept({ kind: VenueKind.state, market: 0, state: MarketState.halted, text: '' });
  desk.mark(92);
  desk.sell('b', 10, 100, { market: 1 as never });
  expect(desk.position('a', 1)).toBe(0);
  expect(desk.of('done').at(-1)).toMatchObject({ account: desk.account('a'), why: DoneReason.refused });
});

test('an order that turns an isolated position round closes it, also where nothing is there to open the other', () => {
  const desk = new Desk();
  desk.account('a', 400);
  desk.account('b', 100_000);
  isolate(desk, 'a');
  desk.trade('a', 'b', 100, 100);
  desk.sell('a', 150, 100);
  desk.buy('b', 150, 100);
  expect(desk.position('a')).toBeLessThanOrEqual(0);
});

test('bids at the bankruptcy price do not make a liquidation go on a few lots at a time', () => {
  const desk = new Desk();
  const tiers = [{ floor: 0, mmr: { num: 20_001, den: 1_000_000 }, imr: { num: 1, den: 25 } }];
  desk.accept({ ...SECOND, tiers });
  const liquidation = { ...LISTING.liquidation, policy: ClosePolicy.shortage };
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1, liquidation });
  desk.mark(52, 1);
  desk.account('a', 300_000);
  desk.account('b', 10_000_000);
  desk.sell('b', 100_000, 52, { market: 1 } as never);
  desk.buy('a', 100_000, 52, { market: 1 } as never);
  desk.buy('b', 100_000, 49, { market: 1 } as never);
  // 5 are missing of 100,005, and would be won back by 5 lots at the mark. At 49 they cost as much.
  desk.mark(50, 1);
  const sizes = desk.of('step').map(({ size }) => size);
  expect([sizes[0], sizes.length]).toEqual([5, 33]);
  expect(desk.position('a', 1)).toBe(0);
});
