/**
 * Durations in steps of less than one percent, and the worst one exactly: percentiles of any number of samples in a
 * fixed 25 kB, with nothing dropped and nothing averaged.
 *
 * Nanoseconds up to 256 have a step each; from there on every doubling has 128.
 */
const STEPS = 128;
const NS_MAX = 2 ** 31 - 1;
const LENGTH = indexOf(NS_MAX) + 1;

export interface LatencyReport {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export class Latencies {
  count = 0;
  /** All durations together, ms. */
  total = 0;
  /** The longest, ms. */
  longest = 0;
  readonly #counts = new Float64Array(LENGTH);

  add(ms: number): void {
    this.count++;
    this.total += ms;
    if (ms > this.longest) this.longest = ms;
    const ns = ms * 1e6;
    this.#counts[indexOf(ns < NS_MAX ? ns | 0 : NS_MAX)]++;
  }

  addAll(other: Latencies): void {
    this.count += other.count;
    this.total += other.total;
    if (other.longest > this.longest) this.longest = other.longest;
    for (let index = 0; index < LENGTH; index++) this.#counts[index] += other.#counts[index];
  }

  /** The least duration that `share` of all do not exceed, in µs, up to the width of a step; 0 of none. */
  percentileUs(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let index = 0; index < LENGTH; index++) {
      seen += this.#counts[index];
      if (seen >= wanted) return Math.min(topOf(index), this.longest * 1e6) / 1000;
    }
    return this.longest * 1000;
  }

  report(): LatencyReport {
    const rounded = (us: number): number => Math.round(us * 100) / 100;
    return {
      p50: rounded(this.percentileUs(0.5)),
      p99: rounded(this.percentileUs(0.99)),
      p999: rounded(this.percentileUs(0.999)),
      max: rounded(this.longest * 1000),
    };
  }

  clear(): void {
    this.count = 0;
    this.total = 0;
    this.longest = 0;
    this.#counts.fill(0);
  }
}

function indexOf(ns: number): number {
  if (ns < 2 * STEPS) return ns;
  const shift = 24 - Math.clz32(ns);
  return shift * STEPS + (ns >>> shift);
}

/** The longest duration of a step, ns. */
function topOf(index: number): number {
  if (index < 2 * STEPS) return index;
  const shift = Math.floor(index / STEPS) - 1;
  return (index - shift * STEPS + 1) * 2 ** shift - 1;
}
