/**
 * How long to wait before the next try: any time up to a limit that doubles with every failure ("full jitter"), so that
 * many clients that lost the same server do not come back together.
 */
export interface BackOffLimits {
  /** Of the wait after the first failure. */
  readonly firstMs: number;
  /** What the doubling ends at. */
  readonly mostMs: number;
}

export class BackOff {
  /** In a row. */
  failures = 0;
  readonly #limits: BackOffLimits;
  readonly #random: () => number;

  constructor(limits: BackOffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Counts a failure, and says how many milliseconds to wait for it. */
  fail(): number {
    const { firstMs, mostMs } = this.#limits;
    const limit = Math.min(mostMs, firstMs * 2 ** Math.min(this.failures, 30));
    this.failures += 1;
    return Math.ceil(this.#random() * limit);
  }

  succeed(): void {
    this.failures = 0;
  }
}
