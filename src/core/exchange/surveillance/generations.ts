/**
 * Sums over about the last window, in bounded memory: what was added in this generation and in the one before. A generation ends when its
 * time is over or when it is full, so that a sum looks back on one to two windows, and on less where very much happens.
 */
export class Generations {
  readonly #windowUs: number;
  readonly #entriesMax: number;
  #sinceUs = -Infinity;
  #current = new Map<string, number>();
  #before = new Map<string, number>();

  constructor(windowUs: number, entriesMax: number) {
    this.#windowUs = windowUs;
    this.#entriesMax = entriesMax;
  }

  /** How many sums are kept. */
  get size(): number {
    return this.#current.size + this.#before.size;
  }

  /** To be called with the time before anything of that time is added. True when a generation ended. */
  advance(timeUs: number): boolean {
    if (timeUs - this.#sinceUs < this.#windowUs && this.#current.size < this.#entriesMax) return false;
    this.#before = timeUs - this.#sinceUs < 2 * this.#windowUs ? this.#current : new Map();
    this.#current = new Map();
    this.#sinceUs = timeUs;
    return true;
  }

  /** Returns the sum of both generations. */
  add(key: string, amount: number): number {
    const sum = (this.#current.get(key) ?? 0) + amount;
    this.#current.set(key, sum);
    return sum + (this.#before.get(key) ?? 0);
  }

  sum(key: string): number {
    return (this.#current.get(key) ?? 0) + (this.#before.get(key) ?? 0);
  }
}
