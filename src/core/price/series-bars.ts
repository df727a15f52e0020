/**
 * Open, high, low and close of equal spans of time, the last `capacity` of them. A span without a value has no bar: a gap
 * stays visible. The newest bar is still open.
 */
import { assert } from '../num/assert.ts';

export interface Bar {
  /** It covers [atUs, atUs + span). */
  readonly atUs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Values in it. */
  readonly count: number;
}

/** Fields of a row. */
const AT = 0;
const OPEN = 1;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;
const COUNT = 5;
const STRIDE = 6;

export class BarRing {
  readonly spanUs: number;
  readonly #capacity: number;
  readonly #rows: Float64Array;
  /** Row of the oldest bar, and how many there are. */
  #first = 0;
  #size = 0;

  constructor(spanUs: number, capacity: number) {
    assert(spanUs > 0 && capacity > 0, 'bars have a span and room');
    this.spanUs = spanUs;
    this.#capacity = capacity;
    this.#rows = new Float64Array(capacity * STRIDE);
  }

  get size(): number {
    return this.#size;
  }

  /** Times do not go back: the caller sees to it. */
  add(atUs: number, value: number): void {
    const rows = this.#rows;
    const start = Math.floor(atUs / this.spanUs) * this.spanUs;
    const last = this.#size === 0 ? -1 : this.#rowOf(this.#size - 1);
    if (last !== -1 && rows[last + AT] === start) {
      if (value > rows[last + HIGH]) rows[last + HIGH] = value;
      if (value < rows[last + LOW]) rows[last + LOW] = value;
      rows[last + CLOSE] = value;
      rows[last + COUNT] += 1;
      return;
    }
    if (this.#size === this.#capacity) this.#first = (this.#first + 1) % this.#capacity;
    else this.#size += 1;
    const row = this.#rowOf(this.#size - 1);
    rows[row + AT] = start;
    rows[row + OPEN] = rows[row + HIGH] = rows[row + LOW] = rows[row + CLOSE] = value;
    rows[row + COUNT] = 1;
  }

  /** The bars that begin in [fromUs, toUs), oldest first. */
  range(fromUs: number, toUs: number): Bar[] {
    const bars: Bar[] = [];
    for (let at = this.#firstFrom(fromUs); at < this.#size; at++) {
      const bar = this.#bar(at);
      if (bar.atUs >= toUs) break;
      bars.push(bar);
    }
    return bars;
  }

  /** The last bar that had ended by `atUs`; null when none is kept. */
  endedBy(atUs: number): Bar | null {
    // Times are whole: one that begins a span before, to the microsecond, has ended too.
    const at = this.#firstFrom(atUs - this.spanUs + 1) - 1;
    return at < 0 ? null : this.#bar(at);
  }

  /** The first bar, by age, that begins at `fromUs` or later. */
  #firstFrom(fromUs: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[this.#rowOf(middle) + AT] < fromUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #bar(at: number): Bar {
    const rows = this.#rows;
    const row = this.#rowOf(at);
    return {
      atUs: rows[row + AT],
      open: rows[row + OPEN],
      high: rows[row + HIGH],
      low: rows[row + LOW],
      close: rows[row + CLOSE],
      count: rows[row + COUNT],
    };
  }

  #rowOf(at: number): number {
    return ((this.#first + at) % this.#capacity) * STRIDE;
  }
}
