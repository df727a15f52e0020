/**
 * Sums over all buckets that are kept as things change, never counted again: lots per market, side and level (so
 * open interest and notional per level cost one multiplication at the present mark), cost basis per market and side,
 * and buckets per level. Exact: lots fit into 2^53, cost and notional are wide.
 */
import { WideColumn } from '../num/wide-sum.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';

export class Aggregates {
  /** Lots held long (as a positive number) and short (likewise), at [market * LEVEL_COUNT + level]. */
  longLots = new Float64Array(16 * LEVEL_COUNT);
  shortLots = new Float64Array(16 * LEVEL_COUNT);
  /** Cost basis of long positions at [market * 2], of short ones at [market * 2 + 1]. */
  readonly cost = new WideColumn();
  /** Margin buckets at each level. */
  readonly buckets = new Float64Array(LEVEL_COUNT);

  addMarket(market: number): void {
    if ((market + 1) * LEVEL_COUNT > this.longLots.length) {
      const long = new Float64Array(this.longLots.length * 2);
      const short = new Float64Array(long.length);
      long.set(this.longLots);
      short.set(this.shortLots);
      this.longLots = long;
      this.shortLots = short;
    }
    this.cost.reserve((market + 1) * 2);
  }

  /** A position of `size` lots and `cost` basis comes (sign +1) or goes (-1) in a bucket at `level`. */
  position(market: number, level: number, size: number, cost: number, sign: 1 | -1): void {
    if (size === 0) return;
    const at = market * LEVEL_COUNT + level;
    if (size > 0) {
      this.longLots[at] += sign * size;
      this.cost.add(market * 2, sign * cost);
    } else {
      this.shortLots[at] -= sign * size;
      this.cost.add(market * 2 + 1, sign * cost);
    }
  }

  /** Moves a position's lots from one level to another. Cost is not kept by level. */
  shift(market: number, size: number, from: number, to: number): void {
    const base = market * LEVEL_COUNT;
    if (size > 0) {
      this.longLots[base + from] -= size;
      this.longLots[base + to] += size;
    } else {
      this.shortLots[base + from] += size;
      this.shortLots[base + to] -= size;
    }
  }

  lots(market: number): { long: number; short: number } {
    let long = 0;
    let short = 0;
    for (let level = 0; level < LEVEL_COUNT; level++) {
      long += this.longLots[market * LEVEL_COUNT + level];
      short += this.shortLots[market * LEVEL_COUNT + level];
    }
    return { long, short };
  }
}
