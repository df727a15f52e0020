/**
 * One market as the router keeps it: votes of its sources, index, mark, and the quality over both. `update` makes all of it
 * anew from what the sources last said; it allocates nothing and can be called at any time.
 */
import { isApart, SourceStatus } from './anomaly.ts';
import { StepGuard } from './index-price-guard.ts';
import { IndexPrice } from './index-price.ts';
import { MarkPrice, roundToMark } from './mark-price.ts';
import { POWERS_OF_TEN } from '../num/decimal.ts';
import type { PricedMarket, PriceSource, SourcePart } from './price-rules.ts';
import { Quality } from '../schema/quality.ts';
import type { SourceTable } from './router-sources.ts';
import { medianRow, sortByPrice } from './weighted-median.ts';

/** What a market is worth now. One object a market, overwritten by the next update: copy what is to be kept. */
export interface MarketPrice {
  readonly name: string;
  /** The place of the market in the router's list. */
  readonly market: number;
  /** Index, last and basis count 10^-scale of the quote currency. */
  readonly scale: number;
  readonly timeUs: number;
  /** The index price; the last good one where there is none now. 0: there was none yet. */
  readonly index: number;
  /** The mark in mark ticks of the market; the last good one where there is none now. 0: there was none yet. */
  readonly mark: number;
  /** The latest trade of the market's own book; 0: none. */
  readonly last: number;
  /** Mark less index, signed. 0 while either is missing. */
  readonly basis: number;
  /**
   * A second opinion beside a price that is held, in mark ticks: the index; where there is none now, what sources that are
   * not the venue's own say by themselves; else the last good index. 0: nothing.
   */
  readonly reference: number;
  /** The mark is one of before: there is none now. */
  readonly isKept: boolean;
  readonly quality: Quality;
  /** What it may be used for: a set of `Use`. */
  readonly uses: number;
  /** When the mark was last good; 0: never. */
  readonly goodUs: number;
  readonly sourcesFresh: number;
  readonly sourcesAgreeing: number;
  /** Of the mark in units of 10^-scale. */
  readonly unitsPerTick: number;
}

/** Time alone is a reason to look again a thousand times a second at most. */
const STEP_US = 1000;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export class RoutedMarket {
  readonly config: PricedMarket;
  readonly index: IndexPrice;
  readonly mark: MarkPrice;
  readonly markGuard: StepGuard;
  readonly price: MarketPrice;
  readonly perpPrice: Float64Array;
  readonly perpStatus: Uint8Array;
  ownStatus: SourceStatus = SourceStatus.never;
  /** Mark and index are too far apart. */
  isApart = false;
  /** Held because too many accounts would breach at once, until it is released. */
  isHeld = false;
  /** A source is too old: its next word counts even if it is the same again. */
  hasStale = false;
  /** When it must be looked at again though nobody says anything. */
  dueUs = 0;
  /** Rate and time that the venue announced for the next funding. */
  announcedRate: number | null = null;

  readonly #out: Writable<MarketPrice>;
  readonly #sourceFactor: Float64Array;
  readonly #perpFactor: Float64Array;
  readonly #ownFactor: number;
  readonly #usesPublished: boolean;
  readonly #perpWeight: Float64Array;
  readonly #perpOrder: Int32Array;

  constructor(config: PricedMarket, market: number, sources: SourceTable, scale: number) {
    const factorOf = (source: PriceSource): number =>
      POWERS_OF_TEN[scale - sources.instruments[source.instrument].priceScale];
    const { mark } = config.grid.steps;
    this.config = config;
    this.index = new IndexPrice(config.sources, config.index);
    this.mark = new MarkPrice(config.mark, config.fundingIntervalUs);
    this.markGuard = new StepGuard(config.index.stepPpm, config.index.confirmUs);
    this.#sourceFactor = Float64Array.from(config.sources, factorOf);
    this.#perpFactor = Float64Array.from(config.perps, factorOf);
    this.#ownFactor =
      config.own === null ? 0 : POWERS_OF_TEN[scale - sources.instruments[config.own].priceScale];
    this.perpPrice = new Float64Array(config.perps.length);
    this.perpStatus = new Uint8Array(config.perps.length).fill(SourceStatus.never);
    this.#usesPublished = config.mark.parts.includes('published');
    this.#perpWeight = Float64Array.from(config.perps, (source) => source.weight);
    this.#perpOrder = new Int32Array(config.perps.length);
    this.#out = {
      name: config.name,
      market,
      scale,
      timeUs: 0,
      index: 0,
      mark: 0,
      last: 0,
      basis: 0,
      reference: 0,
      isKept: false,
      quality: Quality.stale,
      uses: 0,
      goodUs: 0,
      sourcesFresh: 0,
      sourcesAgreeing: 0,
      unitsPerTick: mark.digits * POWERS_OF_TEN[scale - mark.scale],
    };
    this.price = this.#out;
  }

  /** All of it anew as of `now`. True: index, mark or quality is another. */
  update(sources: SourceTable, now: number): boolean {
    const { index, mark, config } = this;
    this.dueUs = Infinity;
    this.hasStale = false;
    this.#poll(sources, now);
    index.decide(now);
    mark.index = index.value;
    this.#readOwn(sources, now);
    mark.perps = config.perps.length === 0 ? 0 : this.#perpsMedian(sources, now);
    mark.sample(now);
    mark.decide(now);
    const isChanged = this.#judge(now);
    this.#dueBy(index.dueUs);
    this.#dueBy(mark.sampleUs);
    this.#dueBy(this.markGuard.dueUs);
    if (this.dueUs < now + STEP_US) this.dueUs = now + STEP_US;
    return isChanged;
  }

  /** The price was none: back to the one before, and there it stays until `release`. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.markGuard.revert();
  }

  /** A person says that the market is where its sources are. */
  release(): void {
    this.isHeld = false;
    this.index.forget();
    this.markGuard.forget();
  }

  /** What a source says now, in units of the market; 0 when that does not fit. */
  #priceOf(sources: SourceTable, row: number, part: SourcePart, factor: number): number {
    const units =
      part === 'mid'
        ? ((sources.bid[row] + sources.ask[row]) * factor) / 2
        : (part === 'last' ? sources.last[row] : sources.index[row]) * factor;
    return Number.isSafeInteger(units) ? units : 0;
  }

  #dueBy(timeUs: number): void {
    if (timeUs < this.dueUs) this.dueUs = timeUs;
  }

  /** The status of a part now. While it can be used, it is due to be looked at when it grows stale. */
  #statusOf(sources: SourceTable, row: number, part: SourcePart, now: number): SourceStatus {
    const { staleUs } = this.config.index;
    const status = sources.statusOf(row, part, now, staleUs);
    if (status === SourceStatus.used) this.#dueBy(now - sources.ageOf(row, part, now) + staleUs + 1);
    else if (status === SourceStatus.stale || status === SourceStatus.clock) this.hasStale = true;
    return status;
  }

  /** Every source says what it has. */
  #poll(sources: SourceTable, now: number): void {
    const { index } = this;
    const list = this.config.sources;
    for (let at = 0; at < list.length; at++) {
      const { instrument, part } = list[at];
      const status = this.#statusOf(sources, instrument, part, now);
      const price = this.#priceOf(sources, instrument, part, this.#sourceFactor[at]);
      index.vote(at, status === SourceStatus.used && price === 0 ? SourceStatus.invalid : status, price, now);
    }
  }

  #readOwn(sources: SourceTable, now: number): void {
    const { mark, config } = this;
    const row = config.own;
    if (row === null) return;
    const factor = this.#ownFactor;
    const status = this.#statusOf(sources, row, 'mid', now);
    this.ownStatus = status;
    const isUsable = status === SourceStatus.used && Number.isSafeInteger(sources.ask[row] * factor);
    mark.bid = isUsable ? sources.bid[row] * factor : 0;
    mark.ask = isUsable ? sources.ask[row] * factor : 0;
    // A trade has no age limit of its own: while the book is fresh, silence says that nobody traded.
    mark.last = isUsable ? this.#priceOf(sources, row, 'last', factor) : 0;
    if (this.#usesPublished) {
      const published = this.#statusOf(sources, row, 'index', now);
      const units = sources.mark[row] * factor;
      mark.published = published === SourceStatus.used && Number.isSafeInteger(units) ? units : 0;
      mark.isPublishedInvalid = published === SourceStatus.invalid;
    }
    const last = sources.last[row] * factor;
    this.#out.last = Number.isSafeInteger(last) ? last : 0;
  }

  /** The weighted median of other venues' mids. */
  #perpsMedian(sources: SourceTable, now: number): number {
    const { perps } = this.config;
    const order = this.#perpOrder;
    let count = 0;
    for (let at = 0; at < perps.length; at++) {
      const { instrument, part } = perps[at];
      const status = this.#statusOf(sources, instrument, part, now);
      const price = this.#priceOf(sources, instrument, part, this.#perpFactor[at]);
      this.perpPrice[at] = price;
      this.perpStatus[at] = status === SourceStatus.used && price === 0 ? SourceStatus.invalid : status;
      if (this.perpStatus[at] === SourceStatus.used) order[count++] = at;
    }
    if (count === 0) return 0;
    sortByPrice(order, count, this.perpPrice);
    return this.perpPrice[medianRow(order, count, this.#perpWeight)];
  }

  /** The quality of the price, and the price that goes with it. */
  #judge(now: number): boolean {
    const { index, mark, markGuard, config } = this;
    const out = this.#out;
    const ticks = mark.raw === 0 ? 0 : roundToMark(mark.raw, out.unitsPerTick);
    let quality: Quality = index.quality;
    if (config.sources.length === 0 && ticks > 0) quality = Quality.own_book_only;
    this.isApart = index.value > 0 && ticks > 0 && isApart(index.value, mark.raw, config.divergencePpm);
    if (this.isApart && quality < Quality.divergent) quality = Quality.divergent;
    if (mark.raw === 0 && quality < Quality.divergent) quality = Quality.stale;
    if (ticks === 0) markGuard.interrupt();
    const isRefused =
      this.isHeld ||
      (ticks === 0 ? mark.raw !== 0 : this.#isLeap(ticks, now, quality)) ||
      mark.isPublishedInvalid;
    if (isRefused) quality = Quality.implausible;

    const isKept = ticks === 0 || quality === Quality.implausible;
    const markNow = isKept ? markGuard.good : ticks;
    const indexNow = index.value > 0 ? index.value : index.guard.good;
    const isChanged =
      (markNow > 0 || indexNow > 0) &&
      (out.mark !== markNow || out.index !== indexNow || out.quality !== quality);
    out.mark = markNow;
    out.index = indexNow;
    out.quality = quality;
    out.uses = markNow === 0 ? 0 : config.policy[quality];
    out.basis = markNow === 0 || indexNow === 0 ? 0 : markNow * out.unitsPerTick - indexNow;
    out.isKept = isKept;
    out.reference = roundToMark(
      index.value > 0 ? index.value : index.reference > 0 ? index.reference : index.guard.good,
      out.unitsPerTick,
    );
    out.goodUs = markGuard.goodUs;
    out.sourcesFresh = index.fresh;
    out.sourcesAgreeing = index.agreeing;
    out.timeUs = now;
    return isChanged;
  }

  /**
   * Whether the mark is too far from the last good one. Near an index that is sound it never is: the index was asked that
   * already. A market without sources has only its own past to be measured by.
   */
  #isLeap(ticks: number, now: number, quality: Quality): boolean {
    if (quality !== Quality.ok) return !this.markGuard.admits(ticks, now, this.config.sources.length === 0);
    this.markGuard.take(ticks, now);
    return false;
  }
}
