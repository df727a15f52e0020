/** The averages that marks are made of: the mean of the last samples, and Hyperliquid's average of irregular ones. */
import { decay } from '../num/elementary.ts';

/**
 * The mean of the last `size` samples, missing ones left out. With under half of them there is no mean: a basis of two
 * seconds is not one of thirty. Samples are whole, so that their sum is exact and adding and dropping leaves no drift.
 */
export class BasisMean {
  readonly size: number;
  /** How many of the last `size` samples there are. */
  count = 0;
  readonly #sample: Float64Array;
  readonly #isThere: Uint8Array;
  #at = 0;
  #sum = 0;

  constructor(size: number) {
    this.size = size;
    this.#sample = new Float64Array(size);
    this.#isThere = new Uint8Array(size);
  }

  add(sample: number): void {
    if (this.size === 0) return;
    this.#drop();
    this.#sample[this.#at] = sample;
    this.#isThere[this.#at] = 1;
    this.#sum += sample;
    this.count++;
    this.#next();
  }

  /** A sample that should be here is missing. */
  skip(): void {
    if (this.size === 0) return;
    this.#drop();
    this.#next();
  }

  get isThere(): boolean {
    return this.count > 0 && 2 * this.count >= this.size;
  }

  get value(): number {
    return this.#sum / this.count;
  }

  #drop(): void {
    if (this.#isThere[this.#at] === 0) return;
    this.#isThere[this.#at] = 0;
    this.#sum -= this.#sample[this.#at];
    this.count--;
  }

  #next(): void {
    this.#at = this.#at + 1 === this.size ? 0 : this.#at + 1;
  }
}

/**
 * Hyperliquid's average. With t the time since the last sample:
 *
 *   num = num * e^(-t/tau) + sample * t       den = den * e^(-t/tau) + t       average = num / den
 *
 * A sample counts for the time that it stands for, so that gaps and irregular samples need no care. The first has no time
 * before it and no weight. Time is in seconds, which cancels.
 */
export class TimeWeightedAverage {
  readonly #tauUs: number;
  #num = 0;
  #den = 0;
  #lastUs = 0;
  // Samples mostly come at equal distances.
  #knownUs = 0;
  #known = 1;

  constructor(tauUs: number) {
    this.#tauUs = tauUs;
  }

  add(sample: number, now: number): void {
    if (this.#tauUs === 0) return;
    const elapsedUs = this.#lastUs === 0 ? 0 : now - this.#lastUs;
    this.#lastUs = now;
    if (elapsedUs !== this.#knownUs) {
      this.#knownUs = elapsedUs;
      this.#known = decay(elapsedUs / this.#tauUs);
    }
    const elapsed = elapsedUs / 1e6;
    this.#num = this.#num * this.#known + sample * elapsed;
    this.#den = this.#den * this.#known + elapsed;
  }

  get isThere(): boolean {
    return this.#den > 0;
  }

  /** 0 until there is one. */
  get value(): number {
    return this.#den > 0 ? this.#num / this.#den : 0;
  }
}
