/**
 * Seeded pseudo-random numbers: xoshiro128** (Blackman and Vigna), its state filled from the seed by splitmix32.
 * Period 2^128 - 1; fit for simulation, not for secrets. The same seed gives the same numbers on every machine: all of
 * it is 32-bit integer arithmetic, and the fractions are exact products with powers of two.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` is a whole number up to 2^53; `stream` separates uses of one seed (accounts, prices) from each other. */
  constructor(seed: number, stream = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`a seed is a whole number from 0 to 2^53 - 1, not ${seed}`);
    let state =
      (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca6b);
    const word = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return mixed ^ (mixed >>> 15);
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    // One bit keeps the state from being all zeros, from which nothing would ever come.
    this.#d = word() | 1;
  }

  /** A whole number in [0, 2^32). */
  u32(): number {
    const b = this.#b;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ shifted;
    this.#d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  /** A fraction in [0, 1), a multiple of 2^-32. */
  unit(): number {
    return this.u32() * 2.3283064365386963e-10;
  }

  /** A whole number in [0, count), for counts far below 2^32: some numbers are likelier by count / 2^32. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** A fraction in [low, high). */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.unit() * times < 1;
  }
}
