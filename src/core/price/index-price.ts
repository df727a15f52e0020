/**
 * The index price of one market: the weighted median of its fresh sources.
 *
 *   1. Sources that are not fresh, or not whole, have no say (`SourceStatus`; the router decides that).
 *   2. The plain lower median of the fresh is the yardstick. Weights play no part in it: a heavy source that is wrong must not
 *      be the measure of the others.
 *   3. A source further than `outlierPpm` from it loses its weight.
 *   4. Unless more than half of the fresh are left, they disagree: there is no price. Two that disagree are such a case, and
 *      so are two against two. No mean of anything is taken, ever.
 *   5. Nothing rejected, or one: the lower weighted median of the rest. More than one: the plain median, as Binance has it.
 *   6. A price too far from the last good one is refused (`StepGuard`).
 *   7. The index moves by at most `clampPpm` of where it stood at the start of the second. While it is held back by that the
 *      quality is `divergent`: it is not the price of the sources.
 *
 * Prices are whole numbers of 10^-scale, all on the scale of the market, and the result is one of them (or the clamp).
 */
import { Quality } from '../schema/quality.ts';
import { isApart, SourceStatus } from './anomaly.ts';
import { StepGuard } from './index-price-guard.ts';
import type { IndexRules, PriceSource } from './price-rules.ts';
import { medianRow, partOf, sortByPrice } from './weighted-median.ts';

const CLAMP_EVERY_US = 1_000_000;

export class IndexPrice {
  readonly count: number;
  /** As each source has it; 0 none. */
  readonly price: Float64Array;
  readonly status: Uint8Array;
  readonly weight: Float64Array;
  /** The weight that each had in the present decision. */
  readonly say: Float64Array;

  /** The outcome. 0: no price. */
  value = 0;
  quality: Quality = Quality.stale;
  fresh = 0;
  agreeing = 0;
  /** The yardstick; 0 when nothing is fresh. */
  median = 0;
  /** Before the clamp; 0 none. */
  candidate = 0;
  isClamped = false;
  /** The lower median of fresh sources that are not the venue's own, while they agree; else 0. */
  reference = 0;

  readonly guard: StepGuard;
  readonly #rules: IndexRules;
  readonly #isOwn: Uint8Array;
  readonly #order: Int32Array;
  /** When each source last changed its price, and where all of them stood then; 0: to be seen. */
  readonly #changedUs: Float64Array;
  readonly #movedFrom: Float64Array;
  /** The last candidate. */
  #level = 0;
  /** The last price there was, and the one that the clamp counts from. */
  #last = 0;
  #anchor = 0;
  #anchorUs = 0;

  constructor(sources: readonly PriceSource[], rules: IndexRules) {
    this.count = sources.length;
    this.#rules = rules;
    this.guard = new StepGuard(rules.stepPpm, rules.confirmUs);
    this.price = new Float64Array(this.count);
    this.status = new Uint8Array(this.count).fill(SourceStatus.never);
    this.weight = Float64Array.from(sources, (source) => source.weight);
    this.say = new Float64Array(this.count);
    this.#isOwn = Uint8Array.from(sources, (source) => (source.isOwn ? 1 : 0));
    this.#order = new Int32Array(this.count);
    this.#changedUs = new Float64Array(this.count);
    this.#movedFrom = new Float64Array(this.count);
  }

  /** What a source says now; `price` counts only while `status` is `used`. */
  vote(row: number, status: SourceStatus, price: number, now: number): void {
    if (status !== SourceStatus.used) {
      this.status[row] = status;
      this.price[row] = price;
      return;
    }
    if (price !== this.price[row]) {
      this.price[row] = price;
      this.#changedUs[row] = now;
      this.#movedFrom[row] = 0;
    }
    const isFrozen =
      this.#movedFrom[row] > 0 &&
      now - this.#changedUs[row] > this.#rules.frozenUs &&
      isApart(this.#movedFrom[row], this.#level, this.#rules.frozenPpm);
    this.status[row] = isFrozen ? SourceStatus.frozen : SourceStatus.used;
  }

  /** From the votes to a price. */
  decide(now: number): void {
    this.#poll();
    this.value = 0;
    this.isClamped = false;
    if (this.candidate === 0) {
      this.guard.interrupt();
      return;
    }
    this.#level = this.candidate;
    for (let row = 0; row < this.count; row++) {
      if (this.#movedFrom[row] === 0) this.#movedFrom[row] = this.candidate;
    }
    const { good } = this.guard;
    if (!this.guard.admits(this.candidate, now, this.quality === Quality.ok)) {
      this.quality = Quality.implausible;
      return;
    }
    // A jump that was confirmed is not walked to.
    if (good !== 0 && isApart(good, this.candidate, this.#rules.stepPpm)) this.#last = 0;
    this.#clamp(now);
    if (this.isClamped && this.quality < Quality.divergent) this.quality = Quality.divergent;
  }

  /** A person says that the market is where its sources are. */
  forget(): void {
    this.guard.forget();
    this.#last = 0;
  }

  /** When something can change though nobody says anything; Infinity: never. */
  get dueUs(): number {
    return this.isClamped ? this.#anchorUs + CLAMP_EVERY_US : this.guard.dueUs;
  }

  #poll(): void {
    const { price, status, say } = this;
    const order = this.#order;
    let fresh = 0;
    say.fill(0);
    for (let row = 0; row < this.count; row++) {
      if (status[row] === SourceStatus.used) order[fresh++] = row;
    }
    this.fresh = fresh;
    this.agreeing = 0;
    this.candidate = 0;
    this.median = 0;
    this.reference = 0;
    this.quality = Quality.stale;
    if (fresh === 0) return;
    sortByPrice(order, fresh, price);
    const median = price[order[(fresh - 1) >> 1]];
    this.median = median;

    const limit = partOf(median, this.#rules.outlierPpm);
    let agreeing = 0;
    let independent = 0;
    for (let at = 0; at < fresh; at++) {
      const row = order[at];
      if (Math.abs(price[row] - median) > limit) {
        status[row] = SourceStatus.outlier;
        continue;
      }
      say[row] = this.weight[row];
      agreeing++;
      independent += 1 - this.#isOwn[row];
    }
    this.agreeing = agreeing;
    this.reference = this.#independentMedian(fresh);
    if (2 * agreeing <= fresh) {
      this.quality = Quality.divergent;
      say.fill(0);
      return;
    }
    if (fresh - agreeing > 1) {
      for (let at = 0; at < fresh; at++) say[order[at]] = say[order[at]] === 0 ? 0 : 1;
      this.candidate = median;
    } else {
      this.candidate = price[medianRow(order, fresh, say)];
    }
    this.quality =
      independent === 0
        ? Quality.own_book_only
        : fresh < this.#rules.sourcesMin
          ? Quality.single_source
          : Quality.ok;
  }

  /** `#order` is sorted by price. */
  #independentMedian(fresh: number): number {
    const order = this.#order;
    let count = 0;
    for (let at = 0; at < fresh; at++) count += 1 - this.#isOwn[order[at]];
    if (count === 0) return 0;
    let least = 0;
    let median = 0;
    let most = 0;
    for (let at = 0, seen = 0; at < fresh; at++) {
      if (this.#isOwn[order[at]] === 1) continue;
      const price = this.price[order[at]];
      if (seen === 0) least = price;
      if (seen === (count - 1) >> 1) median = price;
      most = price;
      seen++;
    }
    const limit = partOf(median, this.#rules.outlierPpm);
    return most - median > limit || median - least > limit ? 0 : median;
  }

  #clamp(now: number): void {
    const { candidate } = this;
    if (this.#last === 0 || now - this.#anchorUs >= CLAMP_EVERY_US) {
      this.#anchor = this.#last === 0 ? candidate : this.#last;
      this.#anchorUs = now;
    }
    const room = partOf(this.#anchor, this.#rules.clampPpm);
    const least = this.#anchor - room;
    const most = this.#anchor + room;
    this.value = candidate < least ? least : candidate > most ? most : candidate;
    this.isClamped = this.value !== candidate;
    this.#last = this.value;
  }
}
