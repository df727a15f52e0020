/**
 * Which liquidatable buckets may be acted on, and which are held because the price of one of their markets is not fit for it
 * (`Verdict`). Exact after every command, and free while no market is held: then verdicts follow from levels alone.
 *
 * With a market held, a command can change the verdict of a bucket in three ways: its level changed, a position of its own did,
 * or a market came to be or ceased to be held. The first are in the watch's changes, the second are named by the command, and
 * for the third all that are liquidatable are gone over.
 */
import type { Thresholds } from '../margin/levels.ts';
import { widened } from '../num/columns.ts';
import { isRow } from '../num/exact.ts';
import { Kind, type Command } from '../schema/commands.ts';
import type { Standing, VerdictChange } from '../schema/events.ts';
import { Level } from '../schema/levels.ts';
import { Verdict } from '../schema/quality.ts';
import { BUCKET_NONE, type Book } from '../state/book.ts';
import { BUCKET_I32, BucketLink, placeOf } from '../state/buckets.ts';
import { marketOfTag, POSITION_I32, PositionLink } from '../state/positions.ts';
import type { Changes } from '../watch/changes.ts';
import { bucketName, compareBuckets } from './bucket-name.ts';
import { referenceLevel } from './reference-level.ts';

interface Move {
  readonly bucket: number;
  readonly from: Verdict;
  readonly to: Verdict;
}

const { liquidatable: LIQUIDATABLE } = Level;
const { actionable: ACTIONABLE, held: HELD } = Verdict;
const NONE: readonly number[] = [];

export class Verdicts {
  /** Buckets that are held. */
  heldCount = 0;
  /** 1 by row of the bucket where it is. */
  #held = new Uint8Array(1024);
  /** `Markets.holdChanges` as of the last command. */
  #holdChanges = 0;
  /** Of the last command; null where they follow from its level changes. */
  #moves: Move[] | null = null;
  readonly #book: Book;
  #thresholds: Thresholds | null = null;

  constructor(book: Book) {
    this.#book = book;
  }

  begin(thresholds: Thresholds): void {
    this.#thresholds = thresholds;
  }

  /** Buckets that may be acted on. */
  get actionableCount(): number {
    const { buckets } = this.#book.aggregates;
    let count = -this.heldCount;
    for (let level: number = LIQUIDATABLE; level < buckets.length; level++) count += buckets[level];
    return count;
  }

  of(bucket: number): Verdict {
    return this.#verdictAt(bucket, this.#book.buckets.levels[bucket]);
  }

  /** Of a held bucket; null for others and where there is no reference price. */
  referenceLevel(bucket: number): Level | null {
    return this.of(bucket) === Verdict.held ? referenceLevel(this.#book, this.#thresholds!, bucket) : null;
  }

  /** After the levels of `command`, and after what the breaker made of them. */
  settle(changes: Changes, command: Command): void {
    const { markets } = this.#book;
    this.#moves = null;
    if (markets.heldCount === 0 && this.heldCount === 0) this.#holdChanges = markets.holdChanges;
    else this.#settleHeld(changes, command);
  }

  /** After a command that changed nothing. */
  rest(): void {
    this.#moves = null;
  }

  /** Everything anew, from levels and markets as they are. */
  rebuild(): void {
    this.#holdChanges = this.#book.markets.holdChanges;
    this.heldCount = 0;
    this.#held.fill(0);
    this.#reserve();
    for (const bucket of this.#liquidatable()) this.#judge(bucket, this.#book.buckets.levels[bucket]);
    this.#moves = null;
  }

  /** What changed with the last command; `changes` are its level changes. Read it before the next. */
  changes(changes: Changes): VerdictChange[] {
    const { buckets } = this.#book;
    return (this.#moves ?? movesOf(changes)).map(({ bucket, from, to }) => ({
      ...bucketName(buckets, bucket),
      from,
      to,
      level: buckets.level(bucket),
      referenceLevel: this.referenceLevel(bucket),
    }));
  }

  /** Buckets that were held before the last command and may be acted on since, also where their level is the same. */
  released(): readonly number[] {
    if (this.#moves === null) return NONE;
    return this.#moves
      .filter(({ from, to }) => from === HELD && to === ACTIONABLE)
      .map(({ bucket }) => bucket);
  }

  /** All that are liquidatable or worse, in the order of reports. */
  standing(): Standing[] {
    const { buckets } = this.#book;
    const rows = [...this.#liquidatable()].sort((a, b) => compareBuckets(buckets, a, b));
    return rows.map((bucket) => ({
      ...bucketName(buckets, bucket),
      verdict: this.of(bucket),
      level: buckets.level(bucket),
      referenceLevel: this.referenceLevel(bucket),
    }));
  }

  #settleHeld(changes: Changes, command: Command): void {
    const { markets, buckets } = this.#book;
    const moves: Move[] = [];
    const seen = new Set<number>();
    const judge = (bucket: number, was: number): void => {
      if (seen.has(bucket)) return;
      seen.add(bucket);
      const move = this.#judge(bucket, was);
      if (move !== null) moves.push(move);
    };
    this.#reserve();
    for (let at = 0; at < changes.count; at++) judge(changes.bucket[at], changes.from[at]);
    if (markets.holdChanges === this.#holdChanges) {
      for (const bucket of this.#restated(command)) judge(bucket, buckets.levels[bucket]);
    } else {
      this.#holdChanges = markets.holdChanges;
      for (const bucket of this.#liquidatable()) judge(bucket, buckets.levels[bucket]);
    }
    moves.sort((a, b) => compareBuckets(buckets, a.bucket, b.bucket));
    this.#moves = moves;
  }

  /** Brings the bucket's verdict up to date; `was` is its level before the command. Null where there is nothing to report. */
  #judge(bucket: number, was: number): Move | null {
    const level = this.#book.buckets.levels[bucket];
    const from = this.#verdictAt(bucket, was);
    const isHeld = level >= LIQUIDATABLE && holdsHeldMarket(this.#book, bucket);
    this.heldCount += +isHeld - this.#held[bucket];
    this.#held[bucket] = +isHeld;
    const to = this.#verdictAt(bucket, level);
    return from !== to || (isHeld && level !== was) ? { bucket, from, to } : null;
  }

  #verdictAt(bucket: number, level: number): Verdict {
    if (level < LIQUIDATABLE) return Verdict.none;
    // Rows that came after the last command with a market held are past the end of the column: none of them is.
    return this.#held[bucket] === 1 ? Verdict.held : Verdict.actionable;
  }

  #reserve(): void {
    const { length } = this.#book.buckets.levels;
    if (length > this.#held.length) this.#held = widened(this.#held, length);
  }

  *#liquidatable(): Generator<number> {
    const { levels, used } = this.#book.buckets;
    for (let bucket = 0; bucket < used; bucket++) if (levels[bucket] >= LIQUIDATABLE) yield bucket;
  }

  /** Buckets whose positions the command states or fills, also where it was refused. */
  *#restated(command: Command): Generator<number> {
    if (command.kind === Kind.transaction) {
      for (const row of command.rows) if (row.kind !== Kind.transaction) yield* this.#restated(row);
    }
    if (command.kind !== Kind.position && command.kind !== Kind.fill) return;
    const { account, isolated, market, leg } = command;
    if (!isRow(account, this.#book.accounts.count)) return;
    const bucket = this.#book.findBucket(account, placeOf(isolated, market, leg));
    if (bucket !== BUCKET_NONE) yield bucket;
  }
}

/** Whether a market among the bucket's positions is held. */
export function holdsHeldMarket({ buckets, positions, markets }: Book, bucket: number): boolean {
  if (markets.heldCount === 0) return false;
  const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const end = start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  for (let row = start; row < end; row++) {
    const market = marketOfTag(positions.i32[row * POSITION_I32 + PositionLink.tag]);
    if (markets.isHeld(market as never)) return true;
  }
  return false;
}

/** With no market held, verdicts move as levels cross liquidatable. */
function movesOf(changes: Changes): Move[] {
  const moves: Move[] = [];
  for (let at = 0; at < changes.count; at++) {
    const from = changes.from[at] >= LIQUIDATABLE ? Verdict.actionable : Verdict.none;
    const to = changes.to[at] >= LIQUIDATABLE ? Verdict.actionable : Verdict.none;
    if (from !== to) moves.push({ bucket: changes.bucket[at], from, to });
  }
  return moves;
}
