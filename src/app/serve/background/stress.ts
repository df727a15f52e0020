/**
 * What if marks moved: every bucket valued at the shocked marks, and the level it would move to, by the code that the engine values with. The real marks
 * are back in their place before anything else runs. It is what one command with these marks would find before anybody is liquidated.
 */
import { moveLevel } from '../../../core/margin/levels.ts';
import { Sum, Valuation, value } from '../../../core/margin/valuation.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { LEVEL_COUNT, Level } from '../../../core/schema/levels.ts';
import { Flag, BUCKET_I32, BucketLink } from '../../../core/state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../../../core/state/markets.ts';
import { HOUSE_NAMES } from '../../../core/schema/venue-commands.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../../../core/state/positions.ts';

const BUCKETS_A_STEP = 512;

/** A market whose mark moves, as inside. */
export interface Shock {
  readonly market: number;
  readonly inside: number;
}

export interface Hit {
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
  readonly notional: number;
}

export interface Stressed {
  readonly before: number[];
  readonly after: number[];
  readonly notionalAfter: number[];
  readonly buckets: number;
  readonly accounts: number;
  longNotional: number;
  shortNotional: number;
  /** Money units, of all but the house. */
  equityBefore: number;
  equityAfter: number;
  /** Of those who lose, and of those who gain: what their equity changes by. `lost - paid + owedBefore` is the deficit. */
  lost: number;
  won: number;
  /** What of it their own equity pays. */
  paid: number;
  /** Below nothing before the shock already, and still. */
  owedBefore: number;
  deficit: number;
  fundBefore: number;
  fundAfter: number;
  /** The worst first: those that lose most. */
  readonly hits: Hit[];
}

export function* stress(
  engine: Engine,
  shocks: readonly Shock[],
  limit: number,
): Generator<void, Stressed, undefined> {
  const { book, thresholds } = engine;
  const { buckets } = book;
  const here = new Valuation();
  const there = new Valuation();
  const result = {
    before: zeros(),
    after: zeros(),
    notionalAfter: zeros(),
    buckets: 0,
    accounts: 0,
    longNotional: 0,
    shortNotional: 0,
    equityBefore: 0,
    equityAfter: 0,
    lost: 0,
    won: 0,
    paid: 0,
    owedBefore: 0,
    deficit: 0,
    fundBefore: 0,
    fundAfter: 0,
    hits: [] as Hit[],
  };
  const worst = new Worst(limit);
  const hitAccounts = new Set<number>();
  /** Equity at the shocked marks, of the buckets of a step. */
  const shocked = new Float64Array(BUCKETS_A_STEP);
  for (let from = 0; from < buckets.used; from += BUCKETS_A_STEP) {
    const to = Math.min(buckets.used, from + BUCKETS_A_STEP);
    const real = swap(engine, shocks);
    try {
      for (let bucket = from; bucket < to; bucket++) {
        if ((buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) !== 0) continue;
        value(book, bucket, there);
        const was = buckets.levels[bucket];
        const after = there.sums[Sum.equity];
        const level = moveLevel(thresholds!, was, there.sums);
        result.before[was]++;
        result.after[level]++;
        result.notionalAfter[level] += there.sums[Sum.notional];
        const account = buckets.account(bucket);
        const isHouse = account < HOUSE_NAMES.length;
        shocked[bucket - from] = after;
        if (isHouse) {
          if (account === 0) result.fundAfter += after;
        } else {
          result.equityAfter += after;
          if (after < 0) result.deficit -= after;
        }
        if (level < Level.liquidatable || was >= Level.liquidatable || isHouse) continue;
        result.buckets++;
        hitAccounts.add(account);
        addSides(engine, bucket, result);
        if (worst.isIn(after))
          worst.add({ bucket, from: was, to: level, before: 0, after, notional: there.sums[Sum.notional] });
      }
    } finally {
      restore(engine, real);
    }
    for (let bucket = from; bucket < to; bucket++) {
      if ((buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) !== 0) continue;
      value(book, bucket, here);
      const account = buckets.account(bucket);
      const before = here.sums[Sum.equity];
      if (account >= HOUSE_NAMES.length) addChange(before, shocked[bucket - from], result);
      else if (account === 0) result.fundBefore += before;
    }
    yield;
  }
  result.accounts = hitAccounts.size;
  for (const hit of worst.list()) {
    value(book, hit.bucket, here);
    result.hits.push({ ...hit, before: here.sums[Sum.equity] });
  }
  return result;
}

function zeros(): number[] {
  return Array.from({ length: LEVEL_COUNT }, () => 0);
}

/** Puts the shocked marks in place; answers what was there. */
function swap({ book }: Engine, shocks: readonly Shock[]): Shock[] {
  const { fields } = book.markets;
  return shocks.map(({ market, inside }) => {
    const at = market * MARKET_STRIDE + MarketField.mark;
    const real = fields[at];
    fields[at] = inside;
    return { market, inside: real };
  });
}

function restore({ book }: Engine, real: readonly Shock[]): void {
  for (const { market, inside } of real)
    book.markets.fields[market * MARKET_STRIDE + MarketField.mark] = inside;
}

/** Who loses pays out of what there was; the rest is owed. */
function addChange(before: number, after: number, to: Stressed): void {
  to.equityBefore += before;
  if (after < before) {
    to.lost += before - after;
    to.paid += Math.max(0, before) - Math.max(0, after);
  } else to.won += after - before;
  to.owedBefore += Math.min(Math.max(0, -before), Math.max(0, -after));
}

/** Notional of a bucket's longs and shorts, as outside. */
function addSides(
  { book }: Engine,
  bucket: number,
  to: { longNotional: number; shortNotional: number },
): void {
  const { i32, f64 } = book.positions;
  const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  for (let row = start; row < end; row++) {
    const market = marketOfTag(i32[row * POSITION_I32 + PositionLink.tag]);
    const size = f64[row * POSITION_F64 + PositionField.size] * book.markets.sign(market as never);
    const notional =
      Math.abs(size) *
      book.markets.fields[market * MARKET_STRIDE + MarketField.mark] *
      book.markets.unit(market as never);
    if (size > 0) to.longNotional += notional;
    else to.shortNotional += notional;
  }
}

/** The `limit` with the least equity left. */
class Worst {
  readonly #limit: number;
  readonly #found: Hit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  isIn(after: number): boolean {
    if (this.#limit === 0) return false;
    return this.#found.length < this.#limit || after < this.#found[this.#found.length - 1].after;
  }

  add(hit: Hit): void {
    let at = this.#found.length;
    while (at > 0 && this.#found[at - 1].after > hit.after) at--;
    this.#found.splice(at, 0, hit);
    if (this.#found.length > this.#limit) this.#found.pop();
  }

  list(): readonly Hit[] {
    return this.#found;
  }
}
