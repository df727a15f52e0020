import { describe, expect, test } from 'vitest';
import { DoneReason, SelfTrade, TimeInForce, TriggerBy, TriggerKind } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { Desk } from './testing/desk.ts';

const rate = (num: number, den: number): { num: number; den: number } => ({ num, den });

describe('trades', () => {
  test('move positions and money, and fees go to the treasury', () => {
    const desk = new Desk({}, { makerFee: rate(1, 1000), takerFee: rate(5, 1000) });
    desk.account('maker', 10_000);
    desk.account('taker', 10_000);
    desk.sell('maker', 10, 100);
    desk.buy('taker', 4, 100);
    expect([desk.position('maker'), desk.position('taker')]).toEqual([-4, 4]);
    // 400 dollars: 0.4 is rounded up to 1, 2 stay 2.
    expect([desk.equity('maker'), desk.equity('taker'), desk.equityOf(1)]).toEqual([9_999, 9_998, 3]);
    desk.mark(110);
    expect([desk.equity('maker'), desk.equity('taker')]).toEqual([9_959, 10_038]);
  });

  test('go by price, then by time', () => {
    const desk = new Desk();
    for (const name of ['a', 'b', 'c', 'taker']) desk.account(name, 10_000);
    desk.sell('a', 5, 101);
    desk.sell('b', 5, 100);
    desk.sell('c', 5, 100);
    desk.buy('taker', 12, 101);
    expect(['a', 'b', 'c'].map((name) => desk.position(name))).toEqual([-2, -5, -5]);
    expect(desk.of('trade').map(({ price, size }) => [price, size])).toEqual([
      [100, 5],
      [100, 5],
      [101, 2],
    ]);
  });

  test('with oneself are not made', () => {
    const modes = [
      [SelfTrade.cancel_taker, [DoneReason.self_trade], 5],
      [SelfTrade.cancel_maker, [DoneReason.self_trade], 0],
      [SelfTrade.cancel_both, [DoneReason.self_trade, DoneReason.self_trade], 0],
      [SelfTrade.reduce_both, [DoneReason.self_trade], 2],
    ] as const;
    for (const [selfTrade, dones, left] of modes) {
      const desk = new Desk();
      desk.account('a', 10_000);
      desk.sell('a', 5, 100);
      desk.buy('a', 3, 100, { selfTrade });
      expect(desk.of('done').map(({ why }) => why)).toEqual(dones);
      expect(desk.position('a')).toBe(0);
      expect(desk.exchange.venue.listings[0]!.book.sizeAt(1, 100 as never)).toBe(left);
    }
  });
});

describe('orders', () => {
  test('beyond the margin are refused, and those that reduce are not', () => {
    const desk = new Desk();
    desk.account('a', 400);
    desk.account('b', 100_000);
    expect(desk.order('a', 'buy', 101, 100)).toBe(Reason.margin_insufficient);
    desk.trade('a', 'b', 100, 100);
    expect(desk.order('a', 'buy', 1, 100)).toBe(Reason.margin_insufficient);
    desk.sell('a', 100, 100);
    expect(desk.order('a', 'sell', 101, 100)).toBe(Reason.margin_insufficient);
  });

  test('that must be whole or nothing are', () => {
    const desk = new Desk();
    desk.account('a', 10_000);
    desk.account('b', 10_000);
    desk.sell('a', 5, 100);
    const fok = { timeInForce: TimeInForce.fok };
    expect(desk.order('b', 'buy', 6, 100, fok)).toBe(Reason.fok_unfillable);
    desk.buy('b', 5, 100, fok);
    expect(desk.position('b')).toBe(5);
  });

  test('keep their place where they shrink, and lose it where they grow', () => {
    const desk = new Desk();
    for (const name of ['a', 'b', 'taker']) desk.account(name, 10_000);
    desk.sell('a', 5, 100, { clientId: 7 });
    desk.sell('b', 5, 100);
    desk.accept({
      kind: VenueKind.amend,
      account: desk.account('a'),
      order: 0,
      clientId: 7,
      price: 100,
      size: 4,
    });
    desk.buy('taker', 2, 100);
    expect([desk.position('a'), desk.position('b')]).toEqual([-2, 0]);
    desk.accept({
      kind: VenueKind.amend,
      account: desk.account('a'),
      order: 0,
      clientId: 7,
      price: 100,
      size: 6,
    });
    desk.buy('taker', 6, 100);
    expect([desk.position('a'), desk.position('b')]).toEqual([-3, -5]);
  });

  test('wait for their trigger, and take their pair with them', () => {
    const desk = new Desk();
    for (const name of ['a', 'b', 'maker']) desk.account(name, 100_000);
    desk.trade('a', 'b', 10, 100);
    const trigger = { kind: TriggerKind.stop, by: TriggerBy.mark, price: 95 as never, distance: 0 };
    desk.order('a', 'sell', 10, 0, { trigger, reduceOnly: true, pair: 3 });
    desk.order('a', 'sell', 10, 120, { reduceOnly: true, pair: 3 });
    desk.buy('maker', 20, 94);
    desk.mark(96);
    expect(desk.position('a')).toBe(10);
    desk.mark(95);
    expect(desk.position('a')).toBe(0);
    expect(desk.of('done').map(({ why }) => why)).toContain(DoneReason.pair);
  });

  test('bring their take-profit and stop-loss', () => {
    const desk = new Desk();
    for (const name of ['a', 'b', 'maker']) desk.account(name, 100_000);
    desk.sell('b', 6, 100);
    desk.buy('a', 10, 100, { takeProfit: 110 as never, stopLoss: 90 as never });
    desk.sell('b', 4, 100);
    expect(desk.position('a')).toBe(10);
    desk.buy('maker', 20, 109);
    desk.mark(111);
    expect(desk.position('a')).toBe(0);
    expect(desk.exchange.venue.members.orders(desk.account('a'))).toBe(0);
  });
});

describe('a liquidation', () => {
  test('closes in the book first', () => {
    const desk = new Desk();
    desk.fund(1_000);
    for (const [name, money] of [
      ['long', 500],
      ['short', 100_000],
      ['maker', 100_000],
    ] as const)
      desk.account(name, money);
    desk.trade('long', 'short', 100, 100);
    desk.buy('maker', 200, 97);
    desk.mark(97);
    expect(desk.position('long')).toBe(100);
    desk.mark(96);
    expect([desk.position('long'), desk.equity('long')]).toEqual([0, 200]);
    expect(desk.position('maker')).toBe(100);
  });

  test('is taken over by the fund, which then closes at that price or better', () => {
    const desk = new Desk();
    desk.fund(1_000);
    desk.account('long', 500);
    desk.account('short', 100_000);
    desk.account('maker', 100_000);
    desk.trade('long', 'short', 100, 100);
    desk.mark(96);
    expect([desk.position('long'), desk.equity('long'), desk.positionOf(0)]).toEqual([0, 0, 100]);
    expect(desk.equityOf(0)).toBe(1_100);
    expect(desk.of('takeover').map(({ price }) => price)).toEqual([95]);
    desk.buy('maker', 200, 96);
    desk.mark(96);
    expect([desk.positionOf(0), desk.equityOf(0)]).toEqual([0, 1_100]);
  });

  test('that the fund cannot carry closes against the best ranked at the bankruptcy price', () => {
    const desk = new Desk();
    desk.fund(10);
    desk.account('long', 500);
    desk.account('rich', 100_000);
    desk.account('keen', 1_000);
    desk.trade('long', 'rich', 60, 100);
    desk.trade('long', 'keen', 40, 100);
    desk.mark(90);
    expect(desk.of('adl').map(({ against, size, price }) => [against, size, price])).toEqual([
      [desk.account('keen'), 40, 95],
      [desk.account('rich'), 60, 95],
    ]);
    expect([desk.position('long'), desk.equity('long'), desk.equity('keen')]).toEqual([0, 0, 1_200]);
    expect(desk.equityOf(0)).toBe(10);
  });
});
