import { expect, it } from 'vitest';
import { STYLES, type Style } from '../../../test/fuzz/books.ts';
import { play } from '../../../test/fuzz/play.ts';
import type { Reference } from '../../reference/reference.ts';
import type { MarketRow } from '../num/units.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';
import { Aggregates } from './aggregates.ts';
import { POSITION_F64, PositionField, Positions, tagOf } from './positions.ts';
import { aggregatesOf, type MarketAggregates } from './aggregates-of-market.ts';

const STYLES_PLAYED = STYLES.filter((style) => style !== 'history');
const SEEDS_PER_STYLE = 12;
const SEEDS_LARGE = 2;

/** The same from all positions of all accounts, as the reference knows them. */
function recount(reference: Reference, market: number): MarketAggregates {
  const { lotValue } = reference.inspectMarket(market)!;
  const lots = { long: 0n, short: 0n };
  const notional = { long: 0n, short: 0n };
  const pnl = { long: 0n, short: 0n };
  const notionals = Array.from({ length: LEVEL_COUNT }, () => 0n);
  for (let account = 0; account < reference.accountCount; account++) {
    for (const { level, positions } of reference.inspect(account)!.buckets) {
      for (const position of positions) {
        if (position.market !== market) continue;
        const side = position.size > 0n ? 'long' : 'short';
        const size = position.size > 0n ? position.size : -position.size;
        lots[side] += size;
        notional[side] += size * lotValue;
        pnl[side] += position.unrealizedPnl;
        notionals[level] += size * lotValue;
      }
    }
  }
  return {
    longLots: lots.long,
    shortLots: lots.short,
    longNotional: notional.long,
    shortNotional: notional.short,
    longPnl: pnl.long,
    shortPnl: pnl.short,
    notionals,
  };
}

function countPositions(reference: Reference, market: number): number {
  let count = 0;
  for (let account = 0; account < reference.accountCount; account++)
    for (const { positions } of reference.inspect(account)!.buckets)
      count += positions.filter((position) => position.market === market).length;
  return count;
}

function countLevels(reference: Reference): number[] {
  const counts = Array.from({ length: LEVEL_COUNT }, () => 0);
  for (let account = 0; account < reference.accountCount; account++) {
    for (const { level } of reference.inspect(account)!.buckets) counts[level]++;
  }
  return counts;
}

it.each(STYLES_PLAYED)('are what a recount of all accounts finds: %s', (style: Style) => {
  for (let seed = 0; seed < (style === 'large' ? SEEDS_LARGE : SEEDS_PER_STYLE); seed++) {
    for (const { engine, reference, commands } of play(seed, style, seed % 2 === 0 ? 'auto' : 'sweep')) {
      if (commands % 20 !== 0) continue;
      const { aggregates, markets } = engine.book;
      expect([...aggregates.buckets]).toEqual(countLevels(reference));
      for (let market = 0; market < markets.count; market++) {
        const wanted = recount(reference, market);
        expect(aggregatesOf(engine.book, market as MarketRow)).toEqual(wanted);
        expect(aggregates.positions[market] ?? 0).toBe(countPositions(reference, market));
      }
    }
  }
});

function positionsOf(market: number, sizes: readonly number[]): Positions {
  const positions = new Positions();
  for (const size of sizes) {
    const row = positions.allocate(Positions.classOf(1));
    positions.clear(row, 0, tagOf(market, 0));
    positions.f64[row * POSITION_F64 + PositionField.size] = size;
  }
  return positions;
}

it('stay exact past 2^53 lots, through every level and back', () => {
  const aggregates = new Aggregates();
  const largest = Number.MAX_SAFE_INTEGER;
  const sizes = [largest, -largest, largest - 2, 1, -1, 3, -(largest - 6), largest];
  const longs = 3n * BigInt(largest) + 2n;
  const shorts = 2n * BigInt(largest) - 5n;
  for (let market = 0; market < 40; market++) aggregates.addMarket(market);
  for (const market of [0, 39]) {
    for (const size of sizes) aggregates.position(market, 0, size, size, 1);
    for (let level = 1; level < LEVEL_COUNT; level++) {
      const held = positionsOf(market, sizes);
      aggregates.shift(held, 0, sizes.length, level - 1, level);
      expect(aggregates.longAt(market, level)).toBe(longs);
      expect(aggregates.shortAt(market, level)).toBe(shorts);
      expect(aggregates.longAt(market, level - 1) + aggregates.shortAt(market, level - 1)).toBe(0n);
    }
    for (const size of sizes) aggregates.position(market, LEVEL_COUNT - 1, size, size, -1);
    expect(aggregates.longAt(market, LEVEL_COUNT - 1)).toBe(0n);
    expect(aggregates.shortAt(market, LEVEL_COUNT - 1)).toBe(0n);
    expect(aggregates.cost.value(market * 2)).toBe(0n);
  }
});
