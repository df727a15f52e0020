/**
 * What a number was, by time, in fixed memory: every value for a while, then bars of a second, a minute and an hour.
 *
 *   raw      |................|                 the last `raw` values
 *   1 s      |----------------------|           each ring forgets its own oldest
 *   1 min    |----------------------------|
 *   1 h      |----------------------------------|
 *
 * A value goes into all four at once, so that a coarse bar is always the sum of its fine ones.
 */
import { assert } from '../num/assert.ts';
import type { TimeUs } from '../num/units.ts';
import { type Bar, BarRing } from './series-bars.ts';

export interface SeriesRule {
  /** How many of each are kept. */
  readonly raw: number;
  readonly seconds: number;
  readonly minutes: number;
  readonly hours: number;
}

/** Ten minutes by seconds, a day and an hour by minutes, a month by hours: 153 kB. */
export const SERIES: SeriesRule = { raw: 1024, seconds: 600, minutes: 1500, hours: 744 };

export interface Point {
  readonly atUs: TimeUs;
  readonly value: number;
}

export type BarSpan = 'second' | 'minute' | 'hour';

const SECOND = 1_000_000;
const DAY_US = 86_400 * SECOND;

export class TimeSeries {
  readonly #at: Float64Array;
  readonly #value: Float64Array;
  #first = 0;
  #size = 0;
  readonly #bars: Readonly<Record<BarSpan, BarRing>>;
  #refused = 0;

  constructor(rule: SeriesRule) {
    assert(rule.raw > 0, 'a series has room');
    this.#at = new Float64Array(rule.raw);
    this.#value = new Float64Array(rule.raw);
    this.#bars = {
      second: new BarRing(SECOND, rule.seconds),
      minute: new BarRing(60 * SECOND, rule.minutes),
      hour: new BarRing(3600 * SECOND, rule.hours),
    };
  }

  /** Values that were not taken: behind the newest in time, or not a number. */
  get refused(): number {
    return this.#refused;
  }

  get last(): Point | null {
    return this.#size === 0 ? null : this.#point(this.#size - 1);
  }

  add(atUs: TimeUs, value: number): boolean {
    const behind = this.#size > 0 && !(atUs >= this.#at[this.#slotOf(this.#size - 1)]);
    if (behind || !Number.isSafeInteger(atUs) || !Number.isFinite(value)) {
      this.#refused += 1;
      return false;
    }
    if (this.#size === this.#at.length) this.#first = (this.#first + 1) % this.#at.length;
    else this.#size += 1;
    const slot = this.#slotOf(this.#size - 1);
    this.#at[slot] = atUs;
    this.#value[slot] = value;
    this.#bars.second.add(atUs, value);
    this.#bars.minute.add(atUs, value);
    this.#bars.hour.add(atUs, value);
    return true;
  }

  /** Values of [fromUs, toUs), oldest first, as far as they are kept. */
  points(fromUs: TimeUs, toUs: TimeUs): Point[] {
    const points: Point[] = [];
    for (let at = this.#firstFrom(fromUs); at < this.#size; at++) {
      const point = this.#point(at);
      if (point.atUs >= toUs) break;
      points.push(point);
    }
    return points;
  }

  /** Bars that begin in [fromUs, toUs), oldest first, as far as they are kept. */
  bars(span: BarSpan, fromUs: TimeUs, toUs: TimeUs): Bar[] {
    return this.#bars[span].range(fromUs, toUs);
  }

  /**
   * The value that held at `atUs`, by the finest that reaches back so far: a raw value, else the close of the last second,
   * minute or hour that had ended by then. Its time says how old it is (of a bar: its end). Null when nothing does.
   */
  valueAt(atUs: TimeUs): Point | null {
    const raw = this.#firstFrom(atUs + 1) - 1;
    if (raw >= 0) return this.#point(raw);
    for (const span of ['second', 'minute', 'hour'] as const) {
      const bar = this.#bars[span].endedBy(atUs);
      if (bar !== null) return { atUs: (bar.atUs + this.#bars[span].spanUs) as TimeUs, value: bar.close };
    }
    return null;
  }

  /** (last - then) / then, as a fraction, rounded once; null when that far back nothing is kept, or it was 0. */
  changeSince(atUs: TimeUs): number | null {
    const then = this.valueAt(atUs);
    const now = this.last;
    return then === null || now === null || then.value === 0 ? null : (now.value - then.value) / then.value;
  }

  /** The change of 24 hours. */
  dayChange(nowUs: TimeUs): number | null {
    return this.changeSince((nowUs - DAY_US) as TimeUs);
  }

  #firstFrom(fromUs: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at[this.#slotOf(middle)] < fromUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #point(at: number): Point {
    const slot = this.#slotOf(at);
    return { atUs: this.#at[slot] as TimeUs, value: this.#value[slot] };
  }

  #slotOf(at: number): number {
    return (this.#first + at) % this.#at.length;
  }
}
