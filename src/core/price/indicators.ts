/**
 * Averages, strength and deviation of a sampled number, each in fixed memory. They are fed values a fixed time apart (the
 * closes of bars) and know no time. Null until there are enough.
 */
import { assert } from '../num/assert.ts';

/**
 * The last `length` values: their mean and standard deviation, as the whole population they are.
 * Both are computed from the values themselves each time, relative to one of them, so that they neither drift nor make a
 * deviation of equal values.
 */
export class RollingWindow {
  readonly #values: Float64Array;
  #next = 0;
  #size = 0;

  constructor(length: number) {
    assert(Number.isInteger(length) && length > 0, 'a window has a length');
    this.#values = new Float64Array(length);
  }

  get isFull(): boolean {
    return this.#size === this.#values.length;
  }

  add(value: number): void {
    assert(Number.isFinite(value), 'an indicator is of numbers');
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#size = Math.min(this.#size + 1, this.#values.length);
  }

  /** The simple moving average; null until the window is full. */
  mean(): number | null {
    return this.isFull ? this.#values[0] + this.#meanFromFirst() : null;
  }

  deviation(): number | null {
    if (!this.isFull) return null;
    const mean = this.#meanFromFirst();
    let squares = 0;
    for (const value of this.#values) {
      const distance = value - this.#values[0] - mean;
      squares += distance * distance;
    }
    return Math.sqrt(squares / this.#values.length);
  }

  /** (value - mean) / deviation; null until full, and when all values are equal. */
  zScore(value: number): number | null {
    const deviation = this.deviation();
    return deviation === null || deviation === 0 ? null : (value - this.mean()!) / deviation;
  }

  #meanFromFirst(): number {
    let sum = 0;
    for (const value of this.#values) sum += value - this.#values[0];
    return sum / this.#values.length;
  }
}

/**
 * Exponential moving average, weight 2 / (length + 1) for the newest; begins as the simple average of the first `length`.
 */
export class Ema {
  readonly #weight: number;
  readonly #seed: RollingWindow;
  #value: number | null = null;

  constructor(length: number) {
    this.#seed = new RollingWindow(length);
    this.#weight = 2 / (length + 1);
  }

  add(value: number): number | null {
    if (this.#value !== null) {
      assert(Number.isFinite(value), 'an indicator is of numbers');
      this.#value += this.#weight * (value - this.#value);
    } else {
      this.#seed.add(value);
      this.#value = this.#seed.mean();
    }
    return this.#value;
  }

  get value(): number | null {
    return this.#value;
  }
}

/**
 * Relative strength index, 0 to 100: 100 * gain / (gain + loss), of averages that Wilder smooths with weight 1 / length
 * after a simple average of the first `length` changes. 50 when nothing moved.
 * Source: J. Welles Wilder, New Concepts in Technical Trading Systems (1978); `length` 14 there.
 */
export class Rsi {
  readonly #length: number;
  #last: number | null = null;
  #changes = 0;
  #gain = 0;
  #loss = 0;

  constructor(length = 14) {
    assert(Number.isInteger(length) && length > 0, 'an index has a length');
    this.#length = length;
  }

  add(value: number): number | null {
    assert(Number.isFinite(value), 'an indicator is of numbers');
    if (this.#last !== null) this.#take(value - this.#last);
    this.#last = value;
    return this.value;
  }

  get value(): number | null {
    if (this.#changes < this.#length) return null;
    const both = this.#gain + this.#loss;
    return both === 0 ? 50 : (100 * this.#gain) / both;
  }

  #take(change: number): void {
    this.#changes += 1;
    // Until the average is whole each change weighs 1 / changes, which is their simple mean.
    const weight = 1 / Math.min(this.#changes, this.#length);
    this.#gain += weight * (Math.max(change, 0) - this.#gain);
    this.#loss += weight * (Math.max(-change, 0) - this.#loss);
  }
}
