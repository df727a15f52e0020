/** What is read from an engine whose markets are inverse or assets: prices at which a bucket falls, who is nearest, and snapshots. */
import { expect, it } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import { restoreEngine, snapshotChunks } from '../../src/core/engine/snapshot.ts';
import { jointDistance } from '../../src/core/margin/joint-distance.ts';
import { slackWide } from '../../src/core/margin/levels.ts';
import { liquidationPrice } from '../../src/core/margin/liquidation-price.ts';
import { valueWide } from '../../src/core/margin/valuation-wide.ts';
import { MARK_MAX, type MarketRow } from '../../src/core/num/units.ts';
import type { Command } from '../../src/core/schema/commands.ts';
import { Level } from '../../src/core/schema/levels.ts';
import { MARKET_STRIDE, MarketField } from '../../src/core/state/markets.ts';
import { nearest, nearestByScan } from '../../src/core/watch/nearest.ts';
import { Reference } from '../../src/reference/reference.ts';
import { openBuckets } from '../../src/sim/holdings.ts';
import { Random } from './random.ts';
import { Stream } from './stream.ts';

const BOOKS = 150;

/** The engine after a book of forms, and what comes next in it. */
function played(seed: number, length: number, more = 0): { engine: Engine; next: Command[] } {
  const engine = new Engine();
  const reference = new Reference();
  const commands: Command[] = [];
  for (const command of new Stream(new Random(seed), 'forms', reference).commands(length + more)) {
    reference.apply(command);
    commands.push(command);
  }
  const next = commands.splice(commands.length - more);
  for (const command of commands) engine.apply(command);
  return { engine, next };
}

/** With marks as they come in changed by `move`; null where one would be out of range. */
function isLiquidatableAt(
  engine: Engine,
  bucket: number,
  move: (mark: number, market: number) => number,
): boolean | null {
  const { markets } = engine.book;
  const before = markets.fields.slice();
  let isFit = true;
  for (let market = 0; market < markets.count; market++) {
    const mark = markets.mark(market as MarketRow);
    const moved = move(mark, market);
    if (mark < 0 || moved === mark) continue;
    const inside = moved >= 1 && moved <= MARK_MAX ? markets.inside(market as MarketRow, moved) : 0;
    if (inside === 0) isFit = false;
    else markets.fields[market * MARKET_STRIDE + MarketField.mark] = inside;
  }
  const { equity, maintenance } = valueWide(engine.book, bucket);
  markets.fields.set(before);
  if (!isFit) return null;
  return slackWide(engine.thresholds!.enter[Level.liquidatable - 1], equity, maintenance) < 0n;
}

it('liquidation prices hold at the tick and not one tick before, in ticks of the price that comes in', () => {
  let [solved, none] = [0, 0];
  for (let seed = 0; seed < BOOKS; seed++) {
    const { engine } = played(seed, 80);
    for (const bucket of openBuckets(engine)) {
      if (isLiquidatableAt(engine, bucket, (mark) => mark) === true) continue;
      for (const { market } of valueWide(engine.book, bucket).positions) {
        const mark = engine.book.markets.mark(market as MarketRow);
        const at = (price: number): boolean | null =>
          isLiquidatableAt(engine, bucket, (present, row) => (row === market ? price : present));
        const { price } = liquidationPrice(engine.book, engine.thresholds!, bucket, market);
        if (price === null) {
          none++;
          for (const share of [0.01, 0.5, 0.9, 1.1, 2, 50])
            expect(at(Math.max(1, Math.round(mark * share)))).not.toBe(true);
        } else {
          solved++;
          expect(at(price)).toBe(true);
          expect(at(price + Math.sign(mark - price))).toBe(false);
        }
      }
    }
  }
  expect(solved).toBeGreaterThan(300);
  expect(none).toBeGreaterThan(50);
});

it('the nearest are those that a look at every bucket finds', () => {
  for (let seed = 0; seed < BOOKS; seed++) {
    const { engine } = played(seed, 60);
    for (const count of [1, 5, 100])
      expect(nearest(engine, count)).toEqual(nearestByScan(engine.book, count));
  }
});

it('a joint move of all prices short of the distance liquidates nobody, one just beyond it does', () => {
  let [near, reached] = [0, 0];
  for (let seed = 0; seed < BOOKS; seed++) {
    const { engine } = played(seed, 60);
    for (const bucket of openBuckets(engine)) {
      const distance = jointDistance(engine.book, bucket);
      // Distances leave out roundings: not where lots are worth a handful of units.
      if (distance < 1e-3 || distance > 0.5 || !isFine(engine, bucket)) continue;
      const by = (share: number): boolean | null =>
        isLiquidatableAt(engine, bucket, (mark) => Math.round(mark * (1 + share)));
      const beyond = new Set([by(distance * 1.03), by(-distance * 1.03)]);
      if (beyond.has(null)) continue;
      near++;
      expect([by(distance * 0.97), by(-distance * 0.97)]).not.toContain(true);
      reached += +beyond.has(true);
    }
  }
  expect(near).toBeGreaterThan(50);
  expect(reached).toBe(near);
});

/** Whether rounding is a small part of what moves it. */
function isFine({ book }: Engine, bucket: number): boolean {
  const { positions } = valueWide(book, bucket);
  return positions.every(({ mark, notional, market }) => {
    const told = book.markets.mark(market as MarketRow);
    return mark > 20_000n && told > 20_000 && notional > 1_000_000n;
  });
}

it('snapshots restore to the same hash and the same decisions', () => {
  for (let seed = 0; seed < BOOKS; seed++) {
    const { engine, next } = played(seed, 60, 40);
    if (engine.settings === null) continue;
    const bytes = Buffer.concat([...snapshotChunks(engine)]);
    const restored = restoreEngine(bytes);
    expect(restored.digest()).toBe(engine.digest());
    for (const command of next) {
      const { reason, levels } = engine.apply(command);
      expect(restored.apply(command)).toMatchObject({ reason, levels });
    }
    expect(restored.digest()).toBe(engine.digest());
  }
});
