/** How often one caller may ask: a bucket of tokens each, that fills evenly. Callers that were not heard of for long are forgotten, so memory is bounded. */
const CALLERS_MAX = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  /** 0: as often as it likes. A burst is two seconds' worth. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** 0, or the seconds after which to ask again. */
  take(caller: string, nowMs: number): number {
    const rate = this.#perSecond;
    if (rate === 0) return 0;
    const most = rate * 2;
    let bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      if (this.#buckets.size >= CALLERS_MAX) this.#forget();
      bucket = { tokens: most, atMs: nowMs };
      this.#buckets.set(caller, bucket);
    }
    bucket.tokens = Math.min(most, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * rate);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
    bucket.tokens--;
    return 0;
  }

  /** The oldest half: a map keeps them in the order in which they came. */
  #forget(): void {
    let left = CALLERS_MAX / 2;
    for (const caller of this.#buckets.keys()) {
      if (left-- === 0) return;
      this.#buckets.delete(caller);
    }
  }
}
