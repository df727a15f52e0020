/**
 * The checker's own copy of the book, and what every bucket's level must be: the reference's definitions of markets, its
 * margin and its levels, all in BigInt, over columns that let millions of accounts fit.
 *
 *   account  first bucket                                         buckets of an account lie side by side
 *   bucket   account, place, collateral, order charge, first position, how many
 *   position market, size, cost basis                             positions of a bucket lie side by side
 *   market   buckets that hold it
 *
 * Nothing here comes from the engine but the vocabulary of commands. After loading, a book of the demo only ever sees
 * prices: no funding, no fills, no transfers.
 */
import {
  Kind,
  type Command,
  type OrderCommand,
  type TransactionCommand,
} from '../../core/schema/commands.ts';
import type { Level } from '../../core/schema/levels.ts';
import { applyMarket, applySettings } from '../../reference/definitions.ts';
import { levelAfter, type Lines } from '../../reference/levels.ts';
import { marginOf, totalOrderCharge, type OrderSide } from '../../reference/margin.ts';
import { orderValue } from '../../reference/worth.ts';
import { emptyBucket, emptyState, type Bucket, type Market, type Position } from '../../reference/state.ts';

export const BUCKET_UNKNOWN = -1;

interface Scratch {
  readonly bucket: Bucket;
  /** Those of the bucket, to write to. */
  readonly positions: { market: Market; size: bigint; costBasis: bigint }[];
}

export class CheckedBook {
  accounts = 0;
  buckets = 0;
  positions = 0;
  /** Marks as last streamed, by market. */
  marks = new Float64Array(0);
  readonly #state = emptyState();
  #firstBucket = new Int32Array(1024);
  #account = new Int32Array(1024);
  #place = new Int32Array(1024);
  #collateral = new Float64Array(1024);
  #charge = new Float64Array(1024);
  #start = new Int32Array(1024);
  #count = new Uint8Array(1024);
  #market = new Uint16Array(1024);
  #size = new Float64Array(1024);
  #cost = new Float64Array(1024);
  /** Holders of market m: from #holderStarts[m] to #holderStarts[m + 1]. */
  #holderStarts = new Int32Array(1);
  #holders = new Int32Array(0);
  /** Buckets of the reference to fill, by number of positions. */
  readonly #scratch: Scratch[] = [];
  /** Markets at the marks that `valueAt` was last told. */
  #markets: Market[] = [];

  get lines(): Lines {
    return this.#state.lines;
  }

  marketName(market: number): string {
    return this.#state.markets[market].definition.name;
  }

  /** Commands of a generated book, in order. */
  load(command: Command): void {
    if (command.kind === Kind.settings) applySettings(this.#state, command);
    if (command.kind === Kind.market) applyMarket(this.#state, command);
    if (command.kind === Kind.marks) this.marks = Float64Array.from(command.marks, ({ price }) => price);
    if (command.kind === Kind.transaction) this.#addAccount(command);
  }

  /** After the last command: who holds what. */
  finish(): void {
    this.#markets = this.#state.markets.map((market) => ({ ...market }));
    const markets = this.#markets.length;
    this.#holderStarts = new Int32Array(markets + 1);
    this.#eachHolding((_, market) => this.#holderStarts[market + 1]++);
    for (let market = 0; market < markets; market++)
      this.#holderStarts[market + 1] += this.#holderStarts[market];
    this.#holders = new Int32Array(this.#holderStarts[markets]);
    const filled = this.#holderStarts.slice();
    this.#eachHolding((bucket, market) => (this.#holders[filled[market]++] = bucket));
  }

  accountOf(bucket: number): number {
    return this.#account[bucket];
  }

  placeOf(bucket: number): number {
    return this.#place[bucket];
  }

  /** The bucket of an account in this place, or BUCKET_UNKNOWN. */
  find(account: number, place: number): number {
    if (!(account >= 0 && account < this.accounts)) return BUCKET_UNKNOWN;
    const end = account + 1 < this.accounts ? this.#firstBucket[account + 1] : this.buckets;
    for (let bucket = this.#firstBucket[account]; bucket < end; bucket++)
      if (this.#place[bucket] === place) return bucket;
    return BUCKET_UNKNOWN;
  }

  holderCount(market: number): number {
    return this.#holderStarts[market + 1] - this.#holderStarts[market];
  }

  holder(market: number, at: number): number {
    return this.#holders[this.#holderStarts[market] + at];
  }

  /** Whether the bucket holds any of the flagged markets. */
  holdsAny(bucket: number, flags: Uint8Array): boolean {
    const start = this.#start[bucket];
    for (let row = start; row < start + this.#count[bucket]; row++)
      if (flags[this.#market[row]] === 1) return true;
    return false;
  }

  /** Fixes the marks of the valuations to come. */
  valueAt(marks: Float64Array): void {
    for (const market of this.#markets) {
      market.mark = BigInt(marks[market.row]);
      market.lotValue = market.mark * market.markUnit;
    }
  }

  /** The level after `before`, by the reference, at the marks of `valueAt`. */
  expected(bucket: number, before: Level): Level {
    const { equity, maintenance } = this.margin(bucket);
    return levelAfter(before, equity, maintenance, this.lines);
  }

  margin(bucket: number): { equity: bigint; maintenance: bigint } {
    const count = this.#count[bucket];
    const scratch = this.#scratchOf(count);
    scratch.bucket.collateral = BigInt(this.#collateral[bucket]);
    const start = this.#start[bucket];
    for (let at = 0; at < count; at++) {
      const position = scratch.positions[at];
      position.market = this.#markets[this.#market[start + at]];
      position.size = BigInt(this.#size[start + at]);
      position.costBasis = BigInt(this.#cost[start + at]);
    }
    const { equity, maintenance } = marginOf(scratch.bucket);
    return { equity, maintenance: maintenance + BigInt(this.#charge[bucket]) };
  }

  #addAccount({ rows }: TransactionCommand): void {
    const first = this.buckets;
    if (this.accounts === this.#firstBucket.length) this.#firstBucket = longer(this.#firstBucket, Int32Array);
    const account = this.accounts++;
    this.#firstBucket[account] = first;
    this.#bucketAt(account, 0);
    for (const row of rows) {
      if (row.kind !== Kind.collateral && row.kind !== Kind.position && row.kind !== Kind.order) continue;
      const bucket = this.#bucketAt(account, placeOf(row.isolated, row.market, row.leg));
      if (row.kind === Kind.collateral) this.#collateral[bucket] = row.amount;
      // Counted now, laid side by side below.
      if (row.kind === Kind.position) this.#count[bucket]++;
    }
    let at = this.positions;
    for (let bucket = first; bucket < this.buckets; bucket++) {
      this.#start[bucket] = at;
      at += this.#count[bucket];
      this.#count[bucket] = 0;
    }
    this.#reservePositions(at);
    this.positions = at;
    let orders: OrderCommand[] | null = null;
    for (const row of rows) {
      if (row.kind === Kind.order) (orders ??= []).push(row);
      if (row.kind !== Kind.position) continue;
      const bucket = this.#bucketAt(account, placeOf(row.isolated, row.market, row.leg));
      const place = this.#start[bucket] + this.#count[bucket]++;
      this.#market[place] = row.market;
      this.#size[place] = row.size;
      this.#cost[place] = row.costBasis;
    }
    if (orders !== null) this.#chargeOrders(account, orders);
  }

  #chargeOrders(account: number, orders: readonly OrderCommand[]): void {
    const sides = new Map<number, OrderSide[]>();
    for (const { isolated, market, leg, size, price } of orders) {
      const bucket = this.#bucketAt(account, placeOf(isolated, market, leg));
      const of = this.#state.markets[market];
      const lots = BigInt(size);
      const notional = orderValue(of, lots, BigInt(price));
      sides.set(bucket, [...(sides.get(bucket) ?? []), { market: of, size: lots, notional }]);
    }
    for (const [bucket, own] of sides) this.#charge[bucket] = Number(totalOrderCharge(own));
  }

  /** The account's bucket in this place, new if need be. Only the last account's buckets are looked at. */
  #bucketAt(account: number, place: number): number {
    for (let bucket = this.#firstBucket[account]; bucket < this.buckets; bucket++)
      if (this.#place[bucket] === place) return bucket;
    if (this.buckets === this.#account.length) {
      this.#account = longer(this.#account, Int32Array);
      this.#place = longer(this.#place, Int32Array);
      this.#collateral = longer(this.#collateral, Float64Array);
      this.#charge = longer(this.#charge, Float64Array);
      this.#start = longer(this.#start, Int32Array);
      this.#count = longer(this.#count, Uint8Array);
    }
    const bucket = this.buckets++;
    this.#account[bucket] = account;
    this.#place[bucket] = place;
    return bucket;
  }

  #reservePositions(count: number): void {
    while (count > this.#market.length) {
      this.#market = longer(this.#market, Uint16Array);
      this.#size = longer(this.#size, Float64Array);
      this.#cost = longer(this.#cost, Float64Array);
    }
  }

  /** Each market that a bucket holds, once. */
  #eachHolding(visit: (bucket: number, market: number) => void): void {
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      const start = this.#start[bucket];
      const end = start + this.#count[bucket];
      for (let row = start; row < end; row++) {
        let earlier = start;
        while (this.#market[earlier] !== this.#market[row]) earlier++;
        if (earlier === row) visit(bucket, this.#market[row]);
      }
    }
  }

  #scratchOf(count: number): Scratch {
    while (this.#scratch.length <= count) {
      const bucket = emptyBucket(0, false, 0, 0);
      const positions = Array.from({ length: this.#scratch.length }, () => ({
        market: this.#markets[0],
        leg: 0 as const,
        size: 0n,
        costBasis: 0n,
        entryIndex: 0n,
      }));
      bucket.positions = positions satisfies Position[];
      this.#scratch.push({ bucket, positions });
    }
    return this.#scratch[count];
  }
}

/** Sorts buckets of an account as reports do: 0 the cross bucket, then by market and leg. Fits 25 bits. */
export function placeOf(isolated: boolean, market: number, leg: number): number {
  return isolated ? 2 ** 24 + market * 256 + leg : 0;
}

function longer<Column extends { readonly length: number; set(other: Column): void }>(
  column: Column,
  make: new (length: number) => Column,
): Column {
  const grown = new make(Math.ceil(column.length * 1.5));
  grown.set(column);
  return grown;
}
