import { describe, expect, it } from 'vitest';
import { MARK_MAX, type MarkTicks } from '../core/num/units.ts';
import { generatePrices, PriceStream, type PriceOptions } from './prices.ts';

const marks = [61800250, 2681600, 155250000, 7900, 1].map((mark) => mark as MarkTicks);
const options: PriceOptions = { marks, seed: 1, popularity: 'uniform' };

const collect = (given: PriceOptions, count: number): string[] =>
  [...generatePrices(given, count)].length === count
    ? [...map(generatePrices(given, count), (command) => JSON.stringify(command))]
    : [];
function* map<A, B>(items: Iterable<A>, change: (item: A) => B): Generator<B> {
  for (const item of items) yield change(item);
}

describe('steps', () => {
  it('are one basis point of one market, or one tick where that is less', () => {
    const before = Float64Array.from(marks);
    let last = 0;
    for (const { timeUs, marks: updates } of generatePrices(options, 10_000)) {
      expect(updates.length).toBe(1);
      const [{ market, price }] = updates;
      const way = Math.abs(price - before[market]);
      if (market !== 4) expect(way).toBe(Math.max(1, Math.floor(before[market] / 10_000 + 0.5)));
      before[market] = price;
      if (last > 0) expect(timeUs - last).toBe(1000);
      last = timeUs;
    }
  });

  it('are as large as asked for', () => {
    const [{ market, price }] = new PriceStream({ ...options, marks: marks.slice(0, 1), stepBp: 25 }).next()
      .marks;
    expect(market).toBe(0);
    expect(Math.abs(price - marks[0])).toBe(154501);
    expect(() => new PriceStream({ ...options, stepBp: 0 })).toThrow('a step is');
  });

  it('choose markets by popularity', () => {
    const counts = new Float64Array(5);
    for (const command of generatePrices({ ...options, popularity: 'zipf' }, 50_000))
      counts[command.marks[0].market]++;
    expect(counts[0] / counts[4]).toBeGreaterThan(4.5);
    expect(counts[0] / counts[4]).toBeLessThan(5.5);
  });
});

describe('regimes', () => {
  it('take turns, and a crash takes all markets down together', () => {
    const stream = new PriceStream({ ...options, mode: 'regimes' });
    const seen = new Set<string>();
    let batches = 0;
    for (let left = 2_000_000; left > 0; left--) {
      const command = stream.next();
      seen.add(stream.regime);
      if (command.marks.length === 1) continue;
      expect(stream.regime).toBe('crash');
      expect(command.marks.map(({ market }) => market)).toEqual([0, 1, 2, 3, 4]);
      batches++;
    }
    expect([...seen].sort()).toEqual(['calm', 'crash', 'jump', 'volatile']);
    expect(batches).toBeGreaterThan(10);
    const crash = new PriceStream({ ...options, mode: 'crash' });
    for (let left = 400; left > 0; left--) crash.next();
    for (let market = 0; market < 3; market++) expect(crash.marks[market] / marks[market]).toBeLessThan(0.9);
  });

  it.each(['steps', 'regimes', 'volatile', 'jump', 'crash'] as const)(
    '%s never leave the range of marks',
    (mode) => {
      const stream = new PriceStream({ ...options, mode, stepBp: 1000 });
      for (let left = 100_000; left > 0; left--) {
        for (const { market, price } of stream.next().marks) {
          if (
            !(
              Number.isSafeInteger(price) &&
              price >= 1 &&
              price <= MARK_MAX &&
              price <= marks[market] * 16 &&
              price >= marks[market] / 17
            )
          ) {
            throw new Error(`market ${market} at ${price}`);
          }
        }
      }
    },
  );

  it('are the same for the same seed', () => {
    expect(collect({ ...options, mode: 'regimes' }, 5000)).toEqual(
      collect({ ...options, mode: 'regimes' }, 5000),
    );
    expect(collect({ ...options, mode: 'regimes', seed: 2 }, 50)).not.toEqual(
      collect({ ...options, mode: 'regimes' }, 50),
    );
  });
});
