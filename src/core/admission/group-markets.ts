/**
 * Lots that the members of a group could come to hold in a market, over all their legs, in records of 64 bytes. With h lots held, b bid and a asked a
 * leg's upper end is h + b and its lower end h - a:
 *
 *   byte  0  sum of upper ends, of lower ends                    2 x f64     exact (`num/wide-sum.ts`)
 *        16  of what upper ends are above 0, of what lower ends are under it     2 x f64
 *        32  of the larger of both, without signs                f64
 *        40  group, market, next of the market                   3 x i32
 *        52  where its limits there stand, and since when (`Seat`)    2 x i32
 */
import { asIntegers, inLines, widened, widenedInLines } from '../num/columns.ts';
import { PairTable } from '../num/pair-table.ts';
import type { Beyond } from '../num/wide-sum.ts';

export const GROUP_MARKET_F64 = 8;
export const GROUP_MARKET_I32 = 16;
export const GroupMarketField = { upper: 0, lower: 1, long: 2, short: 3, worst: 4 } as const;
export const GroupMarketLink = { group: 10, market: 11, next: 12, limits: 13, epoch: 14 } as const;
export const NO_GROUP_MARKET = -1;
const BLOCK = 32;

// What it exports itself is looked up at every turn; constants of its own are compiled in.
const M_F64 = GROUP_MARKET_F64;
const M_I32 = GROUP_MARKET_I32;
const { group: M_GROUP, market: M_MARKET, next: M_NEXT } = GroupMarketLink;

export class GroupMarkets {
  f64 = inLines(64 * M_F64);
  i32 = asIntegers(this.f64);
  readonly beyond: Beyond = new Map();
  used = 0;
  /** First of each market. */
  #first = new Int32Array(16).fill(NO_GROUP_MARKET);
  /** Where the next row of each market goes, where that is in a block that was begun; else a multiple of BLOCK. */
  #blocks = new Int32Array(16);
  readonly #rows = new PairTable();

  ensure(group: number, market: number): number {
    const found = this.find(group, market);
    if (found !== NO_GROUP_MARKET) return found;
    if (market >= this.#first.length) {
      const before = this.#first.length;
      this.#first = widened(this.#first, Math.max(market + 1, 2 * before));
      this.#first.fill(NO_GROUP_MARKET, before);
      this.#blocks = widened(this.#blocks, this.#first.length);
    }
    const row = this.#place(market);
    const i = row * M_I32;
    this.i32[i + M_GROUP] = group;
    this.i32[i + M_MARKET] = market;
    this.i32[i + M_NEXT] = this.#first[market];
    this.#first[market] = row;
    this.#rows.set(group, market, row);
    return row;
  }

  /** Rows of a market lie together in blocks: a mark goes over all of them. */
  #place(market: number): number {
    if (this.#blocks[market] % BLOCK === 0) {
      this.#blocks[market] = this.used;
      this.used += BLOCK;
      if (this.used * M_F64 > this.f64.length) {
        this.f64 = widenedInLines(this.f64, this.f64.length * 2);
        this.i32 = asIntegers(this.f64);
      }
    }
    return this.#blocks[market]++;
  }

  find(group: number, market: number): number {
    return this.#rows.get(group, market);
  }

  group(row: number): number {
    return this.i32[row * M_I32 + M_GROUP];
  }

  market(row: number): number {
    return this.i32[row * M_I32 + M_MARKET];
  }

  firstOf(market: number): number {
    return market < this.#first.length ? this.#first[market] : NO_GROUP_MARKET;
  }

  next(row: number): number {
    return this.i32[row * M_I32 + M_NEXT];
  }
}
