import { expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import { IdChain } from './id-chain.ts';

const RECEIVED = 1000;
const heard = (ids: readonly (readonly [id: number, eventUs: number])[], chain = new IdChain()): boolean[] =>
  ids.map(([id, eventUs]) => chain.isNew(id, { eventUs: eventUs as TimeUs, receivedUs: RECEIVED as TimeUs }));

it('takes what rises, and neither what is repeated nor what is late', () => {
  expect(
    heard([
      [5, 1],
      [6, 1],
      [6, 1],
      [5, 1],
      [4, 0],
      [9, 2],
    ]),
  ).toEqual([true, true, false, false, false, true]);
});

it('takes a lower id that is later by the clock of the venue: it counts anew', () => {
  expect(
    heard([
      [500, 1],
      [1, 2],
      [1, 2],
      [2, 3],
    ]),
  ).toEqual([true, true, false, true]);
});

it('does not take our clock for that of the venue', () => {
  const chain = new IdChain();
  expect(
    heard(
      [
        [500, RECEIVED],
        [1, RECEIVED],
      ],
      chain,
    ),
  ).toEqual([true, false]);
  chain.restart();
  expect(heard([[1, RECEIVED]], chain)).toEqual([true]);
});
