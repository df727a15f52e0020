/**
 * Sums of money over a whole exchange pass 2^53. Each is kept as two doubles, high * 2^40 + low with low in
 * [0, 2^40), so adding is two additions and exact up to 2^93.
 */
import { widened } from './columns.ts';
import { SAFE_MAX } from './units.ts';

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

/** The same within a record of other things: high at `at`, low after it. Adds a whole number of up to 2^53. */
export function addWide(record: Float64Array, at: number, amount: number): void {
  const sum = record[at + 1] + amount;
  if (sum >= 0 && sum < RADIX) {
    record[at + 1] = sum;
    return;
  }
  const carry = Math.floor(amount / RADIX);
  const low = record[at + 1] + (amount - carry * RADIX);
  if (low >= RADIX) {
    record[at + 1] = low - RADIX;
    record[at] += carry + 1;
  } else {
    record[at + 1] = low;
    record[at] += carry;
  }
}

/** Adds the product of two whole numbers of up to 2^53. */
export function addWideProduct(record: Float64Array, at: number, a: number, b: number): void {
  const product = a * b;
  if (product <= SAFE_MAX && product >= -SAFE_MAX) addWide(record, at, product);
  else addBig(record, at, BigInt(a) * BigInt(b));
}

/** Adds the sum at `of` of another record, times `factor`. */
export function addWideTimes(
  record: Float64Array,
  at: number,
  sums: Float64Array,
  of: number,
  factor: number,
): void {
  const sum = wideToNumber(sums, of);
  if (sum <= SAFE_MAX && sum >= -SAFE_MAX) addWideProduct(record, at, sum, factor);
  else addBig(record, at, (BigInt(sums[of]) * BigInt(RADIX) + BigInt(sums[of + 1])) * BigInt(factor));
}

/** Rounded once where it passes 2^53. */
export function wideToNumber(record: Float64Array, at: number): number {
  return record[at] * RADIX + record[at + 1];
}

function addBig(record: Float64Array, at: number, amount: bigint): void {
  record[at] += Number(amount >> 40n);
  addWide(record, at, Number(amount & 0xffffffffffn));
}
