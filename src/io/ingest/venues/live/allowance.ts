/**
 * What a venue lets us ask: so much weight in any window of so many milliseconds. Venues count in fixed windows; a sliding
 * one never spends more than they allow, wherever theirs begin.
 */
import type { FeedLimits } from '../feed.ts';

export class Allowance {
  readonly #limits: FeedLimits;
  /** Oldest first. */
  #spent: { readonly atMs: number; readonly weight: number }[] = [];

  constructor(limits: FeedLimits) {
    this.#limits = limits;
  }

  /** Of the window that ends now. */
  used(nowMs: number): number {
    const since = nowMs - this.#limits.windowMs;
    this.#spent = this.#spent.filter(({ atMs }) => atMs > since);
    return this.#spent.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Milliseconds until `weight` may be spent; 0: now. What weighs more than a whole window waits for an empty one. */
  wait(weight: number, nowMs: number): number {
    let excess = this.used(nowMs) + Math.min(weight, this.#limits.weight) - this.#limits.weight;
    for (const entry of this.#spent) {
      if (excess <= 0) break;
      excess -= entry.weight;
      if (excess <= 0) return entry.atMs + this.#limits.windowMs - nowMs;
    }
    return 0;
  }

  spend(weight: number, nowMs: number): void {
    this.#spent.push({ atMs: nowMs, weight });
  }
}
