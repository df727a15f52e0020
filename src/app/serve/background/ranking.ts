/**
 * All accounts in order of what lists are sorted by, made anew in the background: figures of every account in columns, then their rows by radix sort. With it
 * come the sums that nothing else keeps: equity at risk, what bankrupt buckets owe, how health is spread.
 *
 * Keys are single floats: accounts that differ by less than one in ten million may stand in either order.
 */
import { jointDistance } from '../../../core/margin/joint-distance.ts';
import { Sum, Valuation, value } from '../../../core/margin/valuation.ts';
import { LEVEL_COUNT, Level } from '../../../core/schema/levels.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import type { AccountSort } from '../../../io/api/contract/accounts.ts';
import type { RankedAt } from '../../../io/api/contract/scalars.ts';
import { HOUSE_NAMES } from '../../../core/schema/venue-commands.ts';
import type { Replica } from '../replica.ts';
import type { Job } from './background.ts';

export type RankedSort = Exclude<AccountSort, 'row'>;
const SORTS: readonly RankedSort[] = ['distance', 'health', 'equity', 'notional'];
const ACCOUNTS_A_STEP = 64;
const ROWS_A_STEP = 8192;
const EVERY_MS = 2000;
/** Made only as long as somebody asks for it. */
const WANTED_MS = 60_000;
const DIGITS = 11;
const RADIX = 2 ** DIGITS;
const HEALTH_BINS = 512;

/** One order of all accounts, and the same once more by level. */
interface Order {
  /** Rows, the least first; those without a value behind all that have one. */
  readonly rows: Int32Array;
  readonly valued: number;
  /** Of `rows` by level of the account, in the same order within each; `starts[level]` is where a level begins. */
  readonly byLevel: Int32Array;
  readonly starts: Int32Array;
  readonly valuedByLevel: Int32Array;
}

/** When a look at all accounts began: nothing in it is older. */
export interface Looked {
  readonly sequence: number;
  readonly atMs: number;
}

export interface Ranked extends Looked {
  readonly orders: Readonly<Record<RankedSort, Order>>;
  readonly accounts: number;
}

export interface RiskSums extends Looked {
  /** Money units. */
  readonly equityAtRisk: number;
  readonly deficit: number;
  readonly quantiles: {
    readonly p1: number;
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
  } | null;
}

export class Ranking implements Job {
  ranked: Ranked | null = null;
  sums: RiskSums | null = null;
  readonly #replica: Replica;
  readonly #valuation = new Valuation();
  #wantedAt = performance.now();
  #madeAt = -Infinity;

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** Somebody asked for it. */
  want(): void {
    this.#wantedAt = performance.now();
  }

  isDue(nowMs: number): boolean {
    const isWanted = nowMs - this.#wantedAt < WANTED_MS || this.ranked === null;
    return isWanted && nowMs - this.#madeAt >= EVERY_MS && this.#replica.exchange.engine.watch !== null;
  }

  *work(): Generator<void, void, undefined> {
    const { engine, sequence } = this.#replica.exchange;
    const looked = { sequence, atMs: Date.now() };
    const { book } = engine;
    const count = book.accounts.count;
    const keys: Record<RankedSort, Float32Array> = {
      distance: new Float32Array(count),
      health: new Float32Array(count),
      equity: new Float32Array(count),
      notional: new Float32Array(count),
    };
    const levels = new Uint8Array(count);
    const spread = new Spread();
    let equityAtRisk = 0;
    let deficit = 0;
    for (let account = 0; account < count; account++) {
      if (account % ACCOUNTS_A_STEP === 0) yield;
      let [equity, notional, health, distance, level] = [0, 0, Infinity, Infinity, 0];
      for (let row = book.cross[account]; row !== BUCKET_NONE; row = book.nextBucket(row)) {
        value(book, row, this.#valuation);
        const { sums, legs } = this.#valuation;
        const own = sums[Sum.equity];
        equity += own;
        if (own < 0) deficit -= own;
        if (legs === 0) continue;
        notional += sums[Sum.notional];
        const here = sums[Sum.maintenance] > 0 ? own / sums[Sum.maintenance] : Infinity;
        if (here < health) health = here;
        if (account >= HOUSE_NAMES.length) spread.add(here, sums[Sum.notional]);
        distance = Math.min(distance, jointDistance(book, row));
        level = Math.max(level, book.buckets.levels[row]);
      }
      if (level >= Level.danger) equityAtRisk += equity;
      keys.distance[account] = distance;
      keys.health[account] = health;
      keys.equity[account] = equity;
      keys.notional[account] = notional;
      levels[account] = level;
    }
    this.sums = { ...looked, equityAtRisk, deficit, quantiles: spread.quantiles() };
    const orders = {} as Record<RankedSort, Order>;
    for (const sort of SORTS) orders[sort] = yield* orderOf(keys[sort], levels);
    this.ranked = { ...looked, orders, accounts: count };
    this.#madeAt = performance.now();
  }
}

/** Least significant digits first, each pass stable. */
function* orderOf(keys: Float32Array, levels: Uint8Array): Generator<void, Order, undefined> {
  const count = keys.length;
  const bits = new Int32Array(keys.buffer);
  let rows = new Int32Array(count);
  let other = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  yield;
  for (let shift = 0; shift < 32; shift += DIGITS) {
    const counts = new Int32Array(RADIX + 1);
    for (let from = 0; from < count; from += ROWS_A_STEP) {
      const to = Math.min(count, from + ROWS_A_STEP);
      for (let at = from; at < to; at++) counts[((sortable(bits[at]) >>> shift) & (RADIX - 1)) + 1]++;
      yield;
    }
    for (let digit = 0; digit < RADIX; digit++) counts[digit + 1] += counts[digit];
    for (let from = 0; from < count; from += ROWS_A_STEP) {
      const to = Math.min(count, from + ROWS_A_STEP);
      for (let at = from; at < to; at++) {
        const row = rows[at];
        other[counts[(sortable(bits[row]) >>> shift) & (RADIX - 1)]++] = row;
      }
      yield;
    }
    [rows, other] = [other, rows];
  }
  const starts = new Int32Array(LEVEL_COUNT + 1);
  const valuedByLevel = new Int32Array(LEVEL_COUNT);
  let valued = 0;
  for (let at = 0; at < count; at++) {
    starts[levels[at] + 1]++;
    if (keys[at] === Infinity) continue;
    valued++;
    valuedByLevel[levels[at]]++;
  }
  yield;
  for (let level = 0; level < LEVEL_COUNT; level++) starts[level + 1] += starts[level];
  const next = starts.slice();
  for (let from = 0; from < count; from += ROWS_A_STEP) {
    const to = Math.min(count, from + ROWS_A_STEP);
    for (let at = from; at < to; at++) other[next[levels[rows[at]]]++] = rows[at];
    yield;
  }
  return { rows, valued, byLevel: other, starts, valuedByLevel };
}

/** The bits of a float as a number that sorts as the float does. */
function sortable(bits: number): number {
  return bits < 0 ? ~bits : bits | 0x80000000;
}

/** How notional is spread over health, in steps of a few percent. */
class Spread {
  readonly #bins = new Float64Array(HEALTH_BINS);
  #total = 0;

  add(health: number, notional: number): void {
    const bin = Math.floor(binOf(health));
    this.#bins[Math.max(0, Math.min(HEALTH_BINS - 1, bin))] += notional;
    this.#total += notional;
  }

  quantiles(): RiskSums['quantiles'] {
    if (this.#total === 0) return null;
    const at = (share: number): number => {
      let sum = 0;
      for (let bin = 0; bin < HEALTH_BINS; bin++) {
        sum += this.#bins[bin];
        if (sum >= share * this.#total) return healthOf(bin);
      }
      return healthOf(HEALTH_BINS - 1);
    };
    return { p1: at(0.01), p10: at(0.1), p50: at(0.5), p90: at(0.9) };
  }
}

/** Health of 0.01 and less is the first bin; every 51 bins double it or so. */
function binOf(health: number): number {
  return health <= 0.01 ? 0 : Math.log(health * 100) * 40;
}
function healthOf(bin: number): number {
  return Math.exp(bin / 40) / 100;
}

/** As answers say it. */
export function rankedAt({ sequence, atMs }: Looked): RankedAt {
  return { sequence, ageMs: Math.max(0, Date.now() - atMs) };
}
