import { expect, it } from 'vitest';
import { PRICE_NONE } from '../num/units.ts';
import { TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { Triggers } from './triggers.ts';

const { stop, take_profit, trailing } = TriggerKind;

/** Puts orders in rows 0, 1, … and names those that each price fires. */
function firedBy(
  orders: readonly (readonly [Side, TriggerKind, number])[],
  start: number,
  prices: readonly number[],
): number[][] {
  const triggers = new Triggers();
  triggers.move(start);
  for (const [row, [side, kind, number]] of orders.entries())
    triggers.add(row, side, kind, kind === trailing ? 0 : number, kind === trailing ? number : 0, start);
  return prices.map((price) => fired(triggers, price));
}

function fired(triggers: Triggers, price: number): number[] {
  return [...triggers.fired.subarray(0, triggers.move(price))].sort((a, b) => a - b);
}

it('a stop fires when the price moves its way, a take-profit when it comes back', () => {
  const orders = [
    [Side.bid, stop, 105],
    [Side.ask, stop, 95],
    [Side.bid, take_profit, 95],
    [Side.ask, take_profit, 105],
  ] as const;
  expect(firedBy(orders, 100, [104, 96, 105, 95])).toEqual([[], [], [0, 3], [1, 2]]);
});

it('one that is beyond its trigger fires by the next price, also by the same', () => {
  expect(firedBy([[Side.bid, stop, 99]], 100, [100, 100])).toEqual([[0], []]);
});

it('a trailing stop fires when the price turns back by its distance from the best', () => {
  const orders = [
    [Side.ask, trailing, 10],
    [Side.bid, trailing, 10],
  ] as const;
  expect(firedBy(orders, 100, [109, 120, 111, 110])).toEqual([[], [1], [], [0]]);
  expect(firedBy(orders, 100, [91, 80, 89, 90])).toEqual([[], [0], [], [1]]);
});

it('says what a trailing stop has seen, and where it would fire', () => {
  const triggers = new Triggers();
  triggers.add(3, Side.ask, trailing, 0, 10, 100);
  triggers.add(4, Side.bid, trailing, 0, 10, 100);
  triggers.add(5, Side.ask, trailing, 0, 500, 100);
  expect([3, 4, 5].map((row) => triggers.triggerPrice(row))).toEqual([90, 110, PRICE_NONE]);
  triggers.move(104);
  expect([3, 4].map((row) => triggers.triggerPrice(row))).toEqual([94, 110]);
  triggers.move(97);
  expect([3, 4].map((row) => triggers.triggerPrice(row))).toEqual([94, 107]);
});

it('a trailing stop without a price begins with the first', () => {
  const triggers = new Triggers();
  triggers.add(0, Side.ask, trailing, 0, 5, PRICE_NONE);
  triggers.add(1, Side.bid, trailing, 0, 5, PRICE_NONE);
  expect([0, 1].map((row) => triggers.triggerPrice(row))).toEqual([PRICE_NONE, PRICE_NONE]);
  const seen: [number, number][] = [];
  triggers.each((row, extreme) => seen.push([row, extreme]));
  expect(seen).toEqual([
    [0, PRICE_NONE],
    [1, PRICE_NONE],
  ]);
  expect(fired(triggers, 50)).toEqual([]);
  expect([0, 1].map((row) => triggers.triggerPrice(row))).toEqual([45, 55]);
});

it('holds a caller to what it says', () => {
  const triggers = new Triggers();
  triggers.move(100);
  triggers.add(0, Side.ask, trailing, 0, 5, 100);
  expect(() => triggers.add(0, Side.ask, stop, 90, 0, 100)).toThrow('a row waits once');
  expect(() => triggers.add(1, Side.ask, trailing, 0, 5, 101)).toThrow('no more than those before it');
  expect(() => triggers.add(2, Side.ask, trailing, 0, 0, 100)).toThrow('has a distance');
  expect(() => triggers.remove(7)).toThrow('the row waits');
});
