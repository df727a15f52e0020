/**
 * Sums over all buckets that are kept as things change, never counted again: lots per market, side and level (so
 * open interest and notional per level cost one multiplication at the present mark), cost basis per market and side,
 * positions per market, and buckets per level. All exact: lots and cost are wide. `aggregates-of-market.ts` reads them as money.
 */
import { widened } from '../num/columns.ts';
import { WideColumn } from '../num/wide-sum.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';
import { POSITION_F64, POSITION_I32, PositionField, PositionLink, type Positions } from './positions.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const LEVELS = LEVEL_COUNT;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const { size: P_SIZE } = PositionField;
const { tag: P_TAG } = PositionLink;

/** A sum of lots is carry * RADIX + lots, with |lots| < RADIX. */
const RADIX = 2 ** 53;

export class Aggregates {
  /**
   * Lots held, at [(market * LEVEL_COUNT + level) * 2 + side], side 0 long and 1 short, both as positive numbers; of sums past
   * 2^53 what is not carried. `longAt` and `shortAt` have the whole of it.
   */
  #lots = new Float64Array(32 * LEVEL_COUNT);
  #carry = new Float64Array(32 * LEVEL_COUNT);
  /** Cost basis of long positions at [market * 2], of short ones at [market * 2 + 1]. */
  readonly cost = new WideColumn();
  /** Positions open in each market. */
  positions = new Int32Array(32);
  /** Margin buckets at each level. */
  readonly buckets = new Float64Array(LEVEL_COUNT);

  addMarket(market: number): void {
    if ((market + 1) * LEVEL_COUNT * 2 > this.#lots.length) {
      this.#lots = widened(this.#lots, this.#lots.length * 2);
      this.#carry = widened(this.#carry, this.#carry.length * 2);
    }
    this.cost.reserve((market + 1) * 2);
    if (market >= this.positions.length) this.positions = widened(this.positions, 2 * market);
  }

  /** A position of `size` lots and `cost` basis comes (sign +1) or goes (-1) in a bucket at `level`. */
  position(market: number, level: number, size: number, cost: number, sign: 1 | -1): void {
    if (size === 0) return;
    this.positions[market] += sign;
    const side = +(size < 0);
    add(this.#lots, this.#carry, (market * LEVEL_COUNT + level) * 2 + side, sign * Math.abs(size));
    this.cost.add(market * 2 + side, sign * cost);
  }

  /** Moves the lots of the positions from row `start` up to `end` from one level to another. Cost is not kept by level. */
  shift({ f64, i32 }: Positions, start: number, end: number, from: number, to: number): void {
    const lots = this.#lots;
    const carry = this.#carry;
    for (let row = start; row < end; row++) {
      const size = f64[row * P_F64 + P_SIZE];
      const side = ((i32[row * P_I32 + P_TAG] >>> 8) & 0xffff) * LEVELS * 2 + +(size < 0);
      const amount = Math.abs(size);
      add(lots, carry, side + from * 2, -amount);
      add(lots, carry, side + to * 2, amount);
    }
  }

  longAt(market: number, level: number): bigint {
    return sumAt(this.#lots, this.#carry, (market * LEVEL_COUNT + level) * 2);
  }

  /** As a positive number. */
  shortAt(market: number, level: number): bigint {
    return sumAt(this.#lots, this.#carry, (market * LEVEL_COUNT + level) * 2 + 1);
  }
}

/**
 * Adds a whole number under 2^53 in absolute terms. Rounding keeps order, so a sum that does not fit cannot look as if it
 * did; one that does is one addition, and the rest of this is a branch that is never taken in a market of this world.
 */
function add(lots: Float64Array, carry: Float64Array, at: number, amount: number): void {
  const sum = lots[at] + amount;
  if (sum < RADIX && sum > -RADIX) {
    lots[at] = sum;
    return;
  }
  // Both have the sign of the sum, so taking RADIX off the one first is exact.
  const sign = sum > 0 ? 1 : -1;
  lots[at] = lots[at] - sign * RADIX + amount;
  carry[at] += sign;
}

function sumAt(lots: Float64Array, carry: Float64Array, at: number): bigint {
  return BigInt(carry[at]) * BigInt(RADIX) + BigInt(lots[at]);
}
