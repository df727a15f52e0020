import { expect, it } from 'vitest';
import type { MarkTicks } from '../../core/num/units.ts';
import { DemoPrices } from './prices.ts';

const marks = [61_800_200, 2_681_600, 104_120, 5000] as MarkTicks[];

it('goes through every regime and is the same for the same seed', () => {
  const one = new DemoPrices(marks, 3, 'zipf');
  const other = new DemoPrices(marks, 3, 'zipf');
  const regimes = new Set<string>();
  for (let count = 0; count < 2_000_000; count++) {
    const { marks: updates } = one.next();
    const [{ market, price }] = updates;
    const [again] = other.next().marks;
    if (again.market !== market || again.price !== price) throw new Error(`price ${count} differs`);
    regimes.add(one.regime);
  }
  expect([...regimes].sort()).toEqual(['calm', 'crash', 'jump', 'volatile']);
});

it('comes back, and does not jump where a regime ends', () => {
  const prices = new DemoPrices(marks, 5, 'uniform');
  const now = Float64Array.from(marks);
  let before: string = prices.regime;
  for (let count = 0; count < 3_000_000; count++) {
    const { marks: updates } = prices.next();
    for (const { market, price } of updates) {
      // 8 % is the largest jump, 1.5 % the largest fall.
      if (Math.abs(price / now[market] - 1) > 0.081)
        throw new Error(`price ${count} of market ${market} goes from ${now[market]} to ${price}`);
      if (prices.regime !== before && prices.regime !== 'jump' && Math.abs(price / now[market] - 1) > 0.02)
        throw new Error('a regime began elsewhere');
      now[market] = price;
    }
    before = prices.regime;
  }
  for (const [market, mark] of marks.entries()) expect(Math.abs(now[market] / mark - 1)).toBeLessThan(0.5);
});
