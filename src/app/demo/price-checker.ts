/**
 * Compares what the engine reported with what the reference says, price by price, at the prices it can afford.
 *
 * It is told every mark and every reported level change, in order. A price is checked when all holders of all markets
 * that moved were computed anew, whole, at the marks after it: each bucket's level must be what the rule makes of the
 * level **reported before** the price (levels depend on the path), and exactly the changes must have been reported.
 * While a check is under way, later prices are noted; they are not checked, and never called so. What goes wrong at
 * one of them is found at the next check of the market, unless it has put itself right by then.
 *
 *   missed   a level changed and it was not reported
 *   late     it was reported after a later price
 *   extra    a change was reported that did not happen
 */
import { LEVEL_NAMES, type Level } from '../../core/schema/levels.ts';
import { BUCKET_UNKNOWN, type CheckedBook } from './checked-book.ts';
import type { PriceRecord } from './price-ring.ts';

export interface Counts {
  /** Prices. */
  readonly checked: number;
  readonly missed: number;
  readonly late: number;
  readonly extra: number;
  /** The last price that was noted. */
  readonly sequence: number;
  /** How much of the opening book has been checked, from 0 to 1. */
  readonly opening: number;
}

export interface Difference {
  readonly kind: 'missed' | 'extra';
  readonly sequence: number;
  readonly account: number;
  /** One line. */
  readonly text: string;
}

/** Everything reported up to and including price `sequence`: marks, and all levels that are not `safe`. */
export interface ReportedState {
  readonly sequence: number;
  readonly marks: Float64Array;
  readonly accounts: Int32Array;
  readonly places: Int32Array;
  readonly levels: Uint8Array;
}

interface Check {
  sequence: number;
  /** The market that moved; SEVERAL: those flagged in `#moved`, whose holders are looked for among all buckets. */
  market: number;
  isOpening: boolean;
  at: number;
}

const SEVERAL = -1;
const BETWEEN_CLOCKS = 32;
const DIFFERENCES_TOLD = 100;

export class PriceChecker {
  readonly book: CheckedBook;
  /** Called for the first differences. */
  onDifference: ((difference: Difference) => void) | null = null;
  /** As last reported. */
  readonly #levels: Uint8Array;
  /** As reported before and after the price under check. */
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  readonly #moved: Uint8Array;
  #check: Check | null = null;
  /**
   * Buckets with a change that is not reported yet, and the level it should have said. Until the engine's next report of
   * the bucket its level as reported is wrong, and whatever follows from that is the same miss, counted once.
   */
  readonly #behind = new Map<number, number>();
  #checked = 0;
  #missed = 0;
  #late = 0;
  #extra = 0;
  #told = 0;
  #sequence = 0;
  #isOpen = false;

  constructor(book: CheckedBook) {
    this.book = book;
    this.#levels = new Uint8Array(book.buckets);
    this.#before = new Uint8Array(book.buckets);
    this.#after = new Uint8Array(book.buckets);
    this.#moved = new Uint8Array(book.marks.length);
  }

  get counts(): Counts {
    const opening = this.#isOpen
      ? 1
      : this.#check?.isOpening === true
        ? this.#check.at / this.book.buckets
        : 0;
    return {
      checked: this.#checked,
      missed: this.#missed,
      late: this.#late,
      extra: this.#extra,
      sequence: this.#sequence,
      opening,
    };
  }

  get isChecking(): boolean {
    return this.#check !== null;
  }

  /** The levels reported while the book was loaded. All of them are checked: each account was judged once, from `safe`. */
  open(state: ReportedState): void {
    this.#take(state);
    this.#before.fill(0);
    this.#after.set(this.#levels);
    this.#moved.fill(1);
    this.book.valueAt(this.book.marks);
    this.#check = { sequence: 0, market: SEVERAL, isOpening: true, at: 0 };
  }

  /** Prices were left out up to here. They are not checked; from the next one on everything is as if they had been told. */
  resync(state: ReportedState): void {
    this.#take(state);
    for (const [bucket, level] of this.#behind) {
      if (this.#levels[bucket] === level) {
        this.#late++;
        this.#missed--;
      }
    }
    this.#behind.clear();
  }

  /** Notes a price, and begins to check it if nothing else is under check. */
  price(record: PriceRecord): void {
    const { sequence, markCount, market, price } = record;
    const isFree = this.#check === null;
    if (isFree) this.#before.set(this.#levels);
    for (let at = 0; at < markCount; at++) this.book.marks[market[at]] = price[at];
    if (isFree) {
      this.#moved.fill(0);
      for (let at = 0; at < markCount; at++) this.#moved[market[at]] = 1;
    }
    for (let at = 0; at < record.changeCount; at++) this.#note(record, at, isFree);
    this.#sequence = sequence;
    if (!isFree) return;
    this.#after.set(this.#levels);
    this.book.valueAt(this.book.marks);
    this.#check = { sequence, market: markCount === 1 ? market[0] : SEVERAL, isOpening: false, at: 0 };
  }

  /** Goes on with the check under way until `isTime` says so. True when there is none left. */
  work(isTime: () => boolean): boolean {
    const check = this.#check;
    if (check === null) return true;
    const { book } = this;
    const count = check.market === SEVERAL ? book.buckets : book.holderCount(check.market);
    while (check.at < count) {
      const bucket = check.market === SEVERAL ? check.at : book.holder(check.market, check.at);
      check.at++;
      if (check.isOpening || check.market !== SEVERAL || book.holdsAny(bucket, this.#moved))
        this.#compare(bucket, check.sequence);
      if (check.at % BETWEEN_CLOCKS === 0 && isTime()) return false;
    }
    if (check.isOpening) this.#isOpen = true;
    else this.#checked++;
    this.#check = null;
    return true;
  }

  #note(record: PriceRecord, at: number, isChecked: boolean): void {
    const from = record.from[at];
    const to = record.to[at];
    const bucket = this.book.find(record.account[at], record.place[at]);
    if (bucket === BUCKET_UNKNOWN) {
      this.#differ(
        'extra',
        record.sequence,
        record.account[at],
        `a bucket that there is not went from ${LEVEL_NAMES[from]} to ${LEVEL_NAMES[to]}`,
      );
      return;
    }
    const expected = this.#behind.get(bucket);
    if (expected !== undefined) {
      if (from === this.#levels[bucket] && to === expected) {
        this.#late++;
        this.#missed--;
      }
      this.#behind.delete(bucket);
    } else if (from !== this.#levels[bucket]) {
      this.#differ(
        'missed',
        record.sequence,
        record.account[at],
        `it comes from ${LEVEL_NAMES[from]}, and ${LEVEL_NAMES[this.#levels[bucket]]} was the last that was reported`,
      );
    }
    // Those that hold what moved are compared; nothing else can have changed.
    if (isChecked && !this.book.holdsAny(bucket, this.#moved)) {
      this.#differ(
        'extra',
        record.sequence,
        record.account[at],
        `it went from ${LEVEL_NAMES[from]} to ${LEVEL_NAMES[to]} and holds nothing that moved`,
      );
    }
    this.#levels[bucket] = to;
  }

  #compare(bucket: number, sequence: number): void {
    const before = this.#before[bucket] as Level;
    const after = this.#after[bucket] as Level;
    const expected = this.book.expected(bucket, before);
    if (expected === after) return;
    if (after !== before)
      this.#differ('extra', sequence, this.book.accountOf(bucket), this.#describe(bucket, expected, after));
    if (expected === before || this.#behind.has(bucket)) return;
    // While this price was under check, later ones were noted: the report may have come by now.
    if (after === before && this.#levels[bucket] === expected) {
      this.#late++;
      return;
    }
    this.#differ('missed', sequence, this.book.accountOf(bucket), this.#describe(bucket, expected, after));
    if (this.#levels[bucket] === after) this.#behind.set(bucket, expected);
  }

  #describe(bucket: number, expected: Level, reported: Level): string {
    const { equity, maintenance } = this.book.margin(bucket);
    const place = this.book.placeOf(bucket);
    const where = place === 0 ? 'cross bucket' : `isolated ${this.book.marketName((place >>> 8) & 0xffff)}`;
    return `${where}: the reference says ${LEVEL_NAMES[expected]} (equity ${equity}, maintenance ${maintenance}), the engine ${LEVEL_NAMES[reported]}`;
  }

  #differ(kind: 'missed' | 'extra', sequence: number, account: number, what: string): void {
    if (kind === 'missed') this.#missed++;
    else this.#extra++;
    if (this.#told++ >= DIFFERENCES_TOLD) return;
    this.onDifference?.({ kind, sequence, account, text: `price ${sequence}: account ${account}, ${what}` });
  }

  #take({ sequence, marks, accounts, places, levels }: ReportedState): void {
    this.book.marks.set(marks);
    this.#levels.fill(0);
    for (let at = 0; at < accounts.length; at++) {
      const bucket = this.book.find(accounts[at], places[at]);
      if (bucket === BUCKET_UNKNOWN)
        this.#differ('extra', sequence, accounts[at], 'a bucket that there is not has a level');
      else this.#levels[bucket] = levels[at];
    }
    this.#sequence = sequence;
  }
}
