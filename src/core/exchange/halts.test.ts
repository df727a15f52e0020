/** A market halts by the move of its mark. */
import { expect, test } from 'vitest';
import { MarketState } from '../schema/orders.ts';
import { Desk } from './testing/desk.ts';

const HALTS = { haltMove: { num: 1, den: 10 }, haltWindowUs: 1_000 };

function play(...marks: readonly (readonly [afterUs: number, price: number])[]): MarketState {
  const desk = new Desk({}, HALTS);
  const beginUs = desk.timeUs;
  for (const [afterUs, price] of marks) {
    desk.timeUs = beginUs + afterUs;
    desk.mark(price);
  }
  return desk.exchange.venue.listings[0]!.state;
}

test.each([
  ['within the window', MarketState.halted, [[500, 111]]],
  [
    'in steps within the window',
    MarketState.halted,
    [
      [300, 105],
      [900, 111],
    ],
  ],
  ['by no more than it may', MarketState.active, [[500, 110]]],
  [
    'slowly',
    MarketState.active,
    [
      [900, 105],
      [1_800, 109],
      [2_700, 113],
    ],
  ],
  ['in one jump after the window', MarketState.halted, [[5_000, 111]]],
  [
    'in one jump at the end of the window',
    MarketState.halted,
    [
      [990, 104],
      [1_010, 120],
    ],
  ],
] as const)('%s: state %i', (_how, state, marks) => {
  expect(play(...marks)).toBe(state);
});
