/**
 * What the watch is compared with: the same book in columns made for nothing but sweeping, and two sweeps over it. One
 * evaluates the holders of a market, which is what a price costs without wires; the other evaluates everything.
 *
 * It is meant to be as fast as this can be made in plain JavaScript: 16 bytes a position, 32 a bucket, costs folded into
 * collateral, tiers remembered from the time before, no allocation. It handles what simulated books hold: margin at the
 * mark, no funding, amounts within 2^48. `build` refuses others, and its users compare its levels with the engine's.
 *
 *   bucket    0 f64 collateral less all costs    8 f64 order charge    16 i32 first position, 20 how many, 24 level
 *   position  0 f64 money per mark tick, signed  8 i32 market         12 i32 offset of the tier last seen
 */
import type { Engine } from '../../core/engine/engine.ts';
import { moveLevel, Thresholds } from '../../core/margin/levels.ts';
import { Sum } from '../../core/margin/valuation.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink, Flag } from '../../core/state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../../core/state/markets.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../../core/state/positions.ts';
import { DIRECT_MAX, TIER_STRIDE, TierField } from '../../core/state/tier-table.ts';

const BUCKET_WORDS = 8;
const POSITION_WORDS = 4;

export class ColumnarBook {
  readonly bucketCount: number;
  readonly positionCount: number;
  readonly marks: Float64Array;
  /** How many buckets hold each market. */
  readonly holders: Int32Array;
  readonly #bucketF64: Float64Array;
  readonly #bucketI32: Int32Array;
  readonly #positionF64: Float64Array;
  readonly #positionI32: Int32Array;
  readonly #tiers: Float64Array;
  readonly #thresholds: Thresholds;
  readonly #sums = new Float64Array(2);
  /** Holders of market m: rows from starts[m] to starts[m + 1], in order of memory. */
  readonly #starts: Int32Array;
  readonly #rows: Int32Array;
  /** The engine's row of each bucket here. */
  readonly #engineRows: Int32Array;

  constructor(engine: Engine) {
    const { buckets, positions, markets } = engine.book;
    const settings = engine.settings!;
    this.#thresholds = new Thresholds(settings.levels, settings.inclusive);
    this.#tiers = markets.tierTable.slice();
    this.marks = Float64Array.from(
      { length: markets.count },
      (_, row) => markets.fields[row * MARKET_STRIDE + MarketField.mark],
    );
    this.bucketCount = buckets.count;
    this.positionCount = positions.count;
    this.#bucketF64 = new Float64Array((this.bucketCount * BUCKET_WORDS) / 2);
    this.#bucketI32 = new Int32Array(this.#bucketF64.buffer);
    this.#positionF64 = new Float64Array((this.positionCount * POSITION_WORDS) / 2);
    this.#positionI32 = new Int32Array(this.#positionF64.buffer);
    this.#engineRows = new Int32Array(this.bucketCount);
    this.holders = new Int32Array(markets.count);
    let at = 0;
    let row = 0;
    for (let bucket = 0; bucket < buckets.used; bucket++) {
      const b = bucket * BUCKET_I32;
      if ((buckets.i32[b + BucketLink.flags] & Flag.free) !== 0) continue;
      const start = buckets.i32[b + BucketLink.start];
      const count = buckets.i32[b + BucketLink.count];
      let base = buckets.f64[bucket * BUCKET_F64 + BucketField.collateral];
      this.#bucketI32[at * BUCKET_WORDS + 4] = row;
      this.#bucketI32[at * BUCKET_WORDS + 5] = count;
      this.#bucketI32[at * BUCKET_WORDS + 6] = buckets.levels[bucket];
      let before = -1;
      for (let position = start; position < start + count; position++, row++) {
        const market = marketOfTag(positions.i32[position * POSITION_I32 + PositionLink.tag]);
        const m = market * MARKET_STRIDE;
        if (
          markets.fields[m + MarketField.entryBasis] === 1 ||
          markets.fields[m + MarketField.funding] !== 0 ||
          markets.fields[m + MarketField.wide] === 1
        ) {
          throw new RangeError('the columnar book takes neither margin at entry nor funding nor wide tiers');
        }
        base -= positions.f64[position * POSITION_F64 + PositionField.cost];
        this.#positionF64[row * 2] =
          positions.f64[position * POSITION_F64 + PositionField.size] * markets.fields[m + MarketField.unit];
        this.#positionI32[row * POSITION_WORDS + 2] = market;
        this.#positionI32[row * POSITION_WORDS + 3] = markets.fields[m + MarketField.tierStart] * TIER_STRIDE;
        if (market !== before) this.holders[market]++;
        before = market;
      }
      this.#bucketF64[at * 4] = base;
      this.#bucketF64[at * 4 + 1] = buckets.f64[bucket * BUCKET_F64 + BucketField.charge];
      this.#engineRows[at++] = bucket;
    }
    this.#starts = new Int32Array(markets.count + 1);
    for (let market = 0; market < markets.count; market++)
      this.#starts[market + 1] = this.#starts[market] + this.holders[market];
    this.#rows = new Int32Array(this.#starts[markets.count]);
    this.#list();
  }

  /** A price the plain way: every holder of `market`. Answers how many levels changed. */
  sweepMarket(market: number, mark: number): number {
    this.marks[market] = mark;
    let changed = 0;
    for (let at = this.#starts[market], end = this.#starts[market + 1]; at < end; at++)
      changed += this.#evaluate(this.#rows[at]);
    return changed;
  }

  /** Every bucket, in order of memory. */
  sweepAll(): number {
    let changed = 0;
    for (let bucket = 0; bucket < this.bucketCount; bucket++) changed += this.#evaluate(bucket);
    return changed;
  }

  /** Buckets whose level is not the engine's. */
  countDifferences(engine: Engine): number {
    let different = 0;
    for (let bucket = 0; bucket < this.bucketCount; bucket++) {
      if (this.#bucketI32[bucket * BUCKET_WORDS + 6] !== engine.book.buckets.levels[this.#engineRows[bucket]])
        different++;
    }
    return different;
  }

  #evaluate(bucket: number): number {
    const positionF64 = this.#positionF64;
    const positionI32 = this.#positionI32;
    const tiers = this.#tiers;
    const marks = this.marks;
    const links = this.#bucketI32;
    const b = bucket * BUCKET_WORDS;
    let equity = this.#bucketF64[bucket * 4];
    let maintenance = this.#bucketF64[bucket * 4 + 1];
    for (let row = links[b + 4], end = row + links[b + 5]; row < end; row++) {
      const worth = positionF64[row * 2] * marks[positionI32[row * POSITION_WORDS + 2]];
      const notional = worth < 0 ? -worth : worth;
      const before = positionI32[row * POSITION_WORDS + 3];
      let t = before;
      while (notional < tiers[t + TierField.floor]) t -= TIER_STRIDE;
      while (notional >= tiers[t + TierField.next]) t += TIER_STRIDE;
      if (t !== before) positionI32[row * POSITION_WORDS + 3] = t;
      equity += worth;
      const num = tiers[t + TierField.num];
      const den = tiers[t + TierField.den];
      const scaled = notional * num;
      if (scaled < DIRECT_MAX) {
        maintenance += Math.ceil((scaled - tiers[t + TierField.cut]) / den);
      } else {
        const whole = Math.floor(notional / den);
        maintenance +=
          whole * num -
          tiers[t + TierField.cutWhole] +
          Math.ceil(((notional - whole * den) * num - tiers[t + TierField.cutRest]) / den);
      }
    }
    const level = links[b + 6];
    this.#sums[Sum.equity] = equity;
    this.#sums[Sum.maintenance] = maintenance;
    const next = moveLevel(this.#thresholds, level, this.#sums);
    if (next === level) return 0;
    links[b + 6] = next;
    return 1;
  }

  #list(): void {
    const filled = this.#starts.slice();
    for (let bucket = 0; bucket < this.bucketCount; bucket++) {
      const start = this.#bucketI32[bucket * BUCKET_WORDS + 4];
      const end = start + this.#bucketI32[bucket * BUCKET_WORDS + 5];
      let before = -1;
      for (let row = start; row < end; row++) {
        const market = this.#positionI32[row * POSITION_WORDS + 2];
        if (market !== before) this.#rows[filled[market]++] = bucket;
        before = market;
      }
    }
  }
}
