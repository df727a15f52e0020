import { expect, test } from 'vitest';
import { orderBookConformance } from '../../../test/conformance/order-book.ts';
import { Random } from '../../../test/fuzz/random.ts';
import { PRICE_MAX, type OrderRow, type PriceTicks, type SizeLots } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { DirectOrderBook } from './direct-order-book.ts';
import { NaiveOrderBook } from './naive-order-book.ts';

orderBookConformance('NaiveOrderBook', () => new NaiveOrderBook());
orderBookConformance('DirectOrderBook', () => new DirectOrderBook());

test('memory goes with what rests, not with the prices that were ever seen', () => {
  const book = new DirectOrderBook();
  const random = new Random(5);
  const resting = 50;
  const move = (row: number): void => {
    if (book.count === resting) book.remove(row as OrderRow);
    const side = random.chance(0.5) ? Side.bid : Side.ask;
    book.add(row as OrderRow, side, random.whole(1, PRICE_MAX) as PriceTicks, 1 as SizeLots);
  };
  // Once around, and then some: what it needs at most for so many, wherever they are.
  for (let step = 0; step < 100 * resting; step++) move(step % resting);
  const before = process.memoryUsage().arrayBuffers;
  // Without reuse it would be a hundred times that: three nodes of 264 bytes for nearly each step.
  for (let step = 0; step < 2000 * resting; step++) move(step % resting);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  expect(book.count).toBe(resting);
});
