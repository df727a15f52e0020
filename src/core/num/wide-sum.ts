/**
 * Sums of money over a whole exchange pass 2^53. Each is kept as two doubles, high * 2^40 + low with low in
 * [0, 2^40), so adding is two additions and exact up to 2^93.
 */
import { widened } from './columns.ts';

const RADIX = 2 ** 40;

export class WideColumn {
  #high = new Float64Array(32);
  #low = new Float64Array(32);

  reserve(count: number): void {
    if (count <= this.#high.length) return;
    const size = Math.max(count, this.#high.length * 2);
    this.#high = widened(this.#high, size);
    this.#low = widened(this.#low, size);
  }

  /** Adds a whole number of up to 2^53. */
  add(at: number, amount: number): void {
    const carry = Math.floor(amount / RADIX);
    const low = this.#low[at] + (amount - carry * RADIX);
    if (low >= RADIX) {
      this.#low[at] = low - RADIX;
      this.#high[at] += carry + 1;
    } else {
      this.#low[at] = low;
      this.#high[at] += carry;
    }
  }

  value(at: number): bigint {
    return BigInt(this.#high[at]) * BigInt(RADIX) + BigInt(this.#low[at]);
  }
}
