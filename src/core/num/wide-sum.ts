/**
 * Sums of money over a whole exchange pass 2^53. Each is kept as two doubles, high * 2^40 + low with low in
 * [0, 2^40), so adding is two additions and exact up to 2^93.
 */
import { widened } from './columns.ts';
import { SAFE_MAX } from './units.ts';

/** Its own: another module's constants are looked up at every turn. */
const MOST = SAFE_MAX;
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

/**
 * The same within records of other things. A sum stands there as one double while that is exact, as nearly all do for good; beyond 2^53 it is
 * kept as a BigInt beside, by its place, and the double is that, rounded once. So reading is reading a double, and what comes back from
 * beyond is what it was.
 */
export type Beyond = Map<number, bigint>;

/** Adds a whole number of up to 2^53. */
export function addTo(record: Float64Array, at: number, amount: number, beyond: Beyond): void {
  const before = record[at];
  const sum = before + amount;
  if (sum <= MOST && sum >= -MOST && before <= MOST && before >= -MOST) record[at] = sum;
  else addBig(record, at, BigInt(amount), beyond);
}

/** Adds the product of a sum in another record and a whole number of up to 2^53. */
export function addTimes(
  record: Float64Array,
  at: number,
  beyond: Beyond,
  of: Float64Array,
  ofAt: number,
  ofBeyond: Beyond,
  factor: number,
): void {
  const product = of[ofAt] * factor;
  if (product <= MOST && product >= -MOST) addTo(record, at, product, beyond);
  else addBig(record, at, exactly(of, ofAt, ofBeyond) * BigInt(factor), beyond);
}

export function addBig(record: Float64Array, at: number, amount: bigint, beyond: Beyond): void {
  const sum = exactly(record, at, beyond) + amount;
  record[at] = Number(sum);
  if (record[at] <= MOST && record[at] >= -MOST) beyond.delete(at);
  else beyond.set(at, sum);
}

export function exactly(record: Float64Array, at: number, beyond: Beyond): bigint {
  return beyond.get(at) ?? BigInt(record[at]);
}
