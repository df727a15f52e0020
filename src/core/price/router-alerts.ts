/**
 * From what a market is to what is to be told about it: alerts when a source or a price gets worse, and when it is well
 * again. What has been told is remembered, one word per source, so that an alert is an edge and never a stream: getting
 * worse is told at once, everything else at most once a second.
 */
import { type PriceAlert, STATUS_NAMES, SourceStatus } from './anomaly.ts';
import { Quality, QUALITY_NAMES } from '../schema/quality.ts';
import type { RoutedMarket } from './router-market.ts';
import type { Instrument } from './venue-event.ts';

const QUIET_US = 1_000_000;

/** What is remembered of one market. Slots: its sources, the other perpetuals, its own book. */
export class MarketAlerts {
  readonly #market: RoutedMarket;
  readonly #instruments: readonly Instrument[];
  readonly #tell: (alert: PriceAlert) => void;
  readonly #told: Uint8Array;
  readonly #toldUs: Float64Array;
  #startUs = 0;
  #toldQuality: Quality = Quality.ok;
  #toldQualityUs = 0;
  #toldApart = false;
  #printUs = -QUIET_US;

  constructor(market: RoutedMarket, instruments: readonly Instrument[], tell: (alert: PriceAlert) => void) {
    const slots = market.config.sources.length + market.config.perps.length + 1;
    this.#market = market;
    this.#instruments = instruments;
    this.#tell = tell;
    this.#told = new Uint8Array(slots);
    this.#toldUs = new Float64Array(slots).fill(-QUIET_US);
  }

  /** After every update of the market. Sources first: they are why. */
  review(now: number): void {
    if (this.#startUs === 0) this.#startUs = now;
    const { index, config, perpStatus, ownStatus } = this.#market;
    let slot = 0;
    for (let at = 0; at < index.count; at++, slot++) {
      if (index.status[at] !== this.#told[slot])
        this.#source(slot, index.status[at], config.sources[at].instrument, now);
    }
    for (let at = 0; at < perpStatus.length; at++, slot++) {
      if (perpStatus[at] !== this.#told[slot])
        this.#source(slot, perpStatus[at], config.perps[at].instrument, now);
    }
    if (config.own !== null && ownStatus !== this.#told[slot]) this.#source(slot, ownStatus, config.own, now);
    if (this.#market.isApart !== this.#toldApart) this.#divergence(now);
    if (this.#market.price.quality !== this.#toldQuality) this.#quality(now);
  }

  /** A trade far outside the book of `instrument`. */
  print(instrument: number, price: string, now: number): void {
    if (now - this.#printUs < QUIET_US) return;
    this.#printUs = now;
    this.#tell({
      code: 'outlier_print',
      severity: 'warning',
      isRaised: true,
      market: this.#market.config.name,
      source: this.#nameOf(instrument),
      timeUs: now,
      detail: `a trade at ${price}, far outside best bid and ask`,
    });
  }

  #source(slot: number, status: number, instrument: number, now: number): void {
    const told = this.#told[slot];
    const isWorse = told === SourceStatus.used;
    if (!isWorse && now - this.#toldUs[slot] < QUIET_US) return;
    // Before anything was heard there is nothing to have been lost; for how long that may last is for the quality to say.
    if (status === SourceStatus.never) return;
    this.#told[slot] = status;
    this.#toldUs[slot] = now;
    const { index, config } = this.#market;
    const isRaised = status !== SourceStatus.used;
    this.#tell({
      code: 'source_degraded',
      severity: index.fresh < config.index.sourcesMin ? 'critical' : 'warning',
      isRaised,
      market: config.name,
      source: this.#nameOf(instrument),
      timeUs: now,
      detail: `${STATUS_NAMES[status]}; ${index.agreeing} of ${index.count} index sources agree, ${config.index.sourcesMin} are needed`,
    });
  }

  #divergence(now: number): void {
    this.#toldApart = this.#market.isApart;
    this.#tell({
      code: 'mark_index_divergence',
      severity: 'critical',
      isRaised: this.#toldApart,
      market: this.#market.config.name,
      source: null,
      timeUs: now,
      detail: `mark and index are ${this.#toldApart ? 'more' : 'less'} than ${this.#market.config.divergencePpm} ppm apart`,
    });
  }

  #quality(now: number): void {
    const { quality, goodUs } = this.#market.price;
    // While it has never been good it is only starting, for as long as a source may take to be stale.
    if (goodUs === 0 && now - this.#startUs < this.#market.config.index.staleUs) return;
    if (quality === Quality.ok && now - this.#toldQualityUs < QUIET_US) return;
    const was = this.#toldQuality;
    this.#toldQuality = quality;
    this.#toldQualityUs = now;
    const about = { market: this.#market.config.name, source: null, timeUs: now };
    if (was === Quality.implausible || quality === Quality.implausible) {
      this.#tell({
        code: 'price_implausible',
        severity: 'critical',
        isRaised: quality === Quality.implausible,
        ...about,
        detail:
          quality === Quality.implausible ? 'refused; the last good price is kept' : 'prices are taken again',
      });
    }
    if (quality === Quality.implausible) return;
    this.#tell({
      code: 'price_degraded',
      severity:
        quality === Quality.single_source || quality === Quality.own_book_only ? 'warning' : 'critical',
      isRaised: quality !== Quality.ok,
      ...about,
      detail: QUALITY_NAMES[quality],
    });
  }

  #nameOf(instrument: number): string {
    const { venue, symbol } = this.#instruments[instrument];
    return `${venue} ${symbol}`;
  }
}
