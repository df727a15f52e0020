import { expect, it } from 'vitest';
import { generateBook } from '../../sim/book.ts';
import { Random } from '../../sim/random.ts';
import { Engine } from '../engine/engine.ts';
import { Kind, type MarksCommand } from '../schema/commands.ts';
import { Level } from '../schema/levels.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../num/units.ts';
import { nearest, nearestByScan } from './nearest.ts';
import { worstFirst } from './worst-first.ts';
import { valueWide } from '../margin/valuation-wide.ts';

function engineOf(accounts: number, book: 'spread' | 'edge', seed: number): Engine {
  const engine = new Engine();
  for (const command of generateBook({ accounts, markets: 12, book, popularity: 'zipf', seed }))
    engine.apply(command);
  return engine;
}

function moveAll(engine: Engine, random: Random, share: number): void {
  moveEach(engine, () => random.between(-share, share));
}

function moveAllBy(engine: Engine, share: number): void {
  moveEach(engine, () => share);
}

function moveEach(engine: Engine, shareOf: () => number): void {
  const marks = engine.book.markets.specs.map((_, market) => {
    const mark = engine.book.markets.mark(market as MarketRow);
    return {
      market: market as MarketRow,
      price: Math.max(1, Math.round(mark * (1 + shareOf()))) as MarkTicks,
    };
  });
  engine.apply({
    kind: Kind.marks,
    timeUs: engine.timeUs as TimeUs,
    origin: null,
    text: '',
    marks,
  } satisfies MarksCommand);
}

it.each(['spread', 'edge'] as const)('finds the same nearest as a look at every bucket: %s', (book) => {
  const engine = engineOf(3000, book, 5);
  const random = new Random(9, 0);
  for (let round = 0; round < 12; round++) {
    moveAll(engine, random, round % 4 === 3 ? 0.08 : 0.004);
    for (const count of [1, 10, 100])
      expect(nearest(engine, count)).toEqual(nearestByScan(engine.book, count));
  }
});

it('a joint move just short of the distance liquidates nobody, one just beyond it the nearest', () => {
  const { bucket, distance } = nearest(engineOf(500, 'spread', 7), 1)[0];
  const levelsAfter = (share: number): number[] =>
    [share, -share].map((signed) => {
      const engine = engineOf(500, 'spread', 7);
      moveAllBy(engine, signed);
      return engine.book.buckets.level(bucket);
    });
  expect(distance).toBeGreaterThan(1e-3);
  expect(levelsAfter(distance * 0.99).every((level) => level < Level.liquidatable)).toBe(true);
  expect(levelsAfter(distance * 1.01).some((level) => level >= Level.liquidatable)).toBe(true);
});

it('lists the liquidatable worst first: bankrupt by equity, the rest by health', () => {
  const engine = engineOf(3000, 'edge', 11);
  moveAll(engine, new Random(3, 0), 0.2);
  const rows = [...worstFirst(engine)];
  const { levels } = engine.book.buckets;
  expect(rows.length).toBe(
    [...levels.subarray(0, engine.book.buckets.used)].filter((level) => level >= Level.liquidatable).length,
  );
  expect(rows.length).toBeGreaterThan(100);
  const values = rows.map((row) => valueWide(engine.book, row));
  for (let at = 1; at < values.length; at++) {
    const [a, b] = [values[at - 1], values[at]];
    if (a.equity < 0n) {
      if (b.equity < 0n) expect(a.equity <= b.equity).toBe(true);
    } else {
      expect(b.equity >= 0n).toBe(true);
      expect(a.equity * b.maintenance <= b.equity * a.maintenance).toBe(true);
    }
  }
});
