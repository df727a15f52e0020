/**
 * What would be liquidated at each price of a market, the other marks as they are, made anew in the background for the markets that somebody looks at. Every
 * bucket that holds the market is tried at the steps' edges, by halving: further against it is never better for it.
 */
import { Sum, Valuation, value } from '../../../core/margin/valuation.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import { Level, LEVEL_COUNT } from '../../../core/schema/levels.ts';
import { Flag, BUCKET_I32, BucketLink } from '../../../core/state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../../../core/state/markets.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../../../core/state/positions.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { Replica } from '../replica.ts';
import type { Job } from './background.ts';

/** Steps of half a percent, up to thirty. */
export const STEP = 0.005;
export const STEPS = 60;
const BUCKETS_A_STEP = 32;
const EVERY_MS = 5_000;
const WANTED_MS = 30_000;

export interface MapSide {
  /** By step: notional at the present mark, of longs and of shorts, and buckets. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  readonly buckets: Float64Array;
}

export interface CountedMap {
  readonly sequence: number;
  readonly timeUs: number;
  readonly atMs: number;
  readonly mark: number;
  readonly levels: readonly number[];
  readonly down: MapSide;
  readonly up: MapSide;
}

export class LiquidationMaps implements Job {
  readonly #replica: Replica;
  readonly #maps: (CountedMap | undefined)[] = [];
  readonly #wantedAt: number[] = [];
  readonly #madeAt: number[] = [];
  #waiting: { readonly market: number; readonly resolve: () => void }[] = [];

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** The newest there is; the first time it is waited for. */
  async of(market: number): Promise<CountedMap> {
    this.#wantedAt[market] = performance.now();
    const known = this.#maps[market];
    if (known !== undefined) return known;
    await new Promise<void>((resolve) => this.#waiting.push({ market, resolve }));
    return this.#maps[market]!;
  }

  isDue(nowMs: number): boolean {
    return this.#due(nowMs) >= 0;
  }

  *work(): Generator<void, void, undefined> {
    const market = this.#due(performance.now());
    if (market < 0) return;
    this.#maps[market] = yield* countMap(this.#replica, market);
    this.#madeAt[market] = performance.now();
    for (const { resolve } of this.#waiting.filter((one) => one.market === market)) resolve();
    this.#waiting = this.#waiting.filter((one) => one.market !== market);
  }

  #due(nowMs: number): number {
    const { markets } = this.#replica.exchange.engine.book;
    return this.#wantedAt.findIndex(
      (at, market) =>
        at !== undefined &&
        nowMs - at < WANTED_MS &&
        nowMs - (this.#madeAt[market] ?? -Infinity) >= EVERY_MS &&
        markets.mark(market as MarketRow) !== MARK_NONE,
    );
  }
}

export function* countMap(replica: Replica, market: number): Generator<void, CountedMap, undefined> {
  const { engine, venue, sequence, timeUs } = replica.exchange;
  const { book } = engine;
  const { buckets } = book;
  const told = book.markets.mark(market as MarketRow);
  const insides = insidesOf(engine, market, told);
  const tester = new Tester(engine, market);
  const side = (): MapSide => ({
    long: new Float64Array(STEPS),
    short: new Float64Array(STEPS),
    buckets: new Float64Array(STEPS),
  });
  const [down, up] = [side(), side()];
  const levels = Array.from({ length: LEVEL_COUNT }, () => 0);
  const sign = book.markets.sign(market as MarketRow);
  let tried = 0;
  for (let bucket = 0; bucket < buckets.used; bucket++) {
    if ((bucket & 1023) === 0) yield;
    if ((buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) !== 0) continue;
    // Nobody liquidates the fund, whatever it has taken over, nor anybody else who is exempt.
    if (venue.members.isExempt(buckets.account(bucket))) continue;
    const held = heldOf(engine, bucket, market);
    if (held.long === 0 && held.short === 0) continue;
    const level = buckets.levels[bucket];
    levels[level]++;
    if (level >= Level.liquidatable) continue;
    if (++tried % BUCKETS_A_STEP === 0) yield;
    const isLong = sign * (held.long - held.short) > 0;
    const step = tester.firstStep(bucket, isLong ? insides.down : insides.up);
    if (step < 0) continue;
    const lotWorth = tester.lotWorth;
    const { long, short, buckets: counts } = isLong ? down : up;
    long[step] += (sign === 1 ? held.long : held.short) * lotWorth;
    short[step] += (sign === 1 ? held.short : held.long) * lotWorth;
    counts[step]++;
  }
  return { sequence, timeUs, atMs: Date.now(), mark: told, levels, down, up };
}

/** The marks at the far edge of every step, as inside. */
function insidesOf({ book }: Engine, market: number, told: number): { down: Float64Array; up: Float64Array } {
  const at = (move: number): number =>
    book.markets.inside(market as MarketRow, Math.max(1, Math.round(told * (1 + move))));
  return {
    down: Float64Array.from({ length: STEPS }, (_, step) => at(-(step + 1) * STEP)),
    up: Float64Array.from({ length: STEPS }, (_, step) => at((step + 1) * STEP)),
  };
}

/** Lots of both sides, positive, as inside. */
function heldOf({ book }: Engine, bucket: number, market: number): { long: number; short: number } {
  const { i32, f64 } = book.positions;
  const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  let long = 0;
  let short = 0;
  for (let row = start; row < end; row++) {
    if (marketOfTag(i32[row * POSITION_I32 + PositionLink.tag]) !== market) continue;
    const size = f64[row * POSITION_F64 + PositionField.size];
    if (size > 0) long += size;
    else short -= size;
  }
  return { long, short };
}

/** Values buckets with one mark put in the place of another, and puts it back at once: nobody else runs meanwhile. */
class Tester {
  readonly #engine: Engine;
  readonly #at: number;
  readonly #unit: number;
  readonly #valuation = new Valuation();

  constructor(engine: Engine, market: number) {
    this.#engine = engine;
    this.#at = market * MARKET_STRIDE + MarketField.mark;
    this.#unit = engine.book.markets.unit(market as MarketRow);
  }

  /** Money units of a lot at the present mark. */
  get lotWorth(): number {
    return this.#engine.book.markets.fields[this.#at] * this.#unit;
  }

  /** The first step at whose far edge the bucket is liquidatable; -1 where it is at none. */
  firstStep(bucket: number, insides: Float64Array): number {
    const { fields } = this.#engine.book.markets;
    const now = fields[this.#at];
    try {
      if (!this.#isOver(bucket, insides[STEPS - 1])) return -1;
      let low = 0;
      let high = STEPS - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.#isOver(bucket, insides[middle])) high = middle;
        else low = middle + 1;
      }
      return low;
    } finally {
      fields[this.#at] = now;
    }
  }

  #isOver(bucket: number, inside: number): boolean {
    const { book, thresholds } = this.#engine;
    if (inside <= 0) return false;
    book.markets.fields[this.#at] = inside;
    value(book, bucket, this.#valuation);
    const { sums } = this.#valuation;
    const { inclusive } = thresholds!.enter[Level.liquidatable - 1];
    const excess = sums[Sum.equity] - sums[Sum.maintenance];
    return excess < 0 || (inclusive && excess === 0 && sums[Sum.maintenance] > 0);
  }
}
