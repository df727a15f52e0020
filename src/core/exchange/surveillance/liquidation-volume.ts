/**
 * A market in which much is liquidated at once: within one to two windows, `share` or more of what open interest then is. Counted is what
 * liquidated accounts lost of their positions: into the book, to the fund, by deleveraging; what the fund sells on is not. It comes again when
 * twice as much has been liquidated, and anew after it was less than that share.
 *
 * Memory: four numbers a market.
 */
import type { AlertSink, BookFacts } from './alerts.ts';

export interface VolumeRules {
  readonly windowUs: number;
  readonly share: number;
}

/** One percent within one to two minutes. */
export const VOLUME_RULES: VolumeRules = { windowUs: 60_000_000, share: 0.01 };

interface Volume {
  sinceUs: number;
  lots: number;
  lotsBefore: number;
  told: number;
}

export class LiquidationVolume {
  readonly #rules: VolumeRules;
  readonly #facts: BookFacts;
  readonly #sink: AlertSink;
  readonly #markets: Volume[] = [];
  /** Markets of which something was added since the last `settle`. */
  readonly #moved = new Set<number>();

  constructor(facts: BookFacts, sink: AlertSink, rules: VolumeRules = VOLUME_RULES) {
    this.#facts = facts;
    this.#sink = sink;
    this.#rules = rules;
  }

  add(timeUs: number, market: number, lots: number): void {
    const { windowUs } = this.#rules;
    const volume = (this.#markets[market] ??= { sinceUs: timeUs, lots: 0, lotsBefore: 0, told: 0 });
    const passed = timeUs - volume.sinceUs;
    if (passed >= windowUs) {
      volume.lotsBefore = passed < 2 * windowUs ? volume.lots : 0;
      volume.lots = 0;
      volume.sinceUs = timeUs;
    }
    volume.lots += lots;
    this.#moved.add(market);
  }

  /** To be called after all of a command. */
  settle(timeUs: number): void {
    for (const market of this.#moved) {
      const volume = this.#markets[market];
      const lots = volume.lots + volume.lotsBefore;
      const openInterest = this.#facts.openInterest(market);
      if (lots < this.#rules.share * openInterest) {
        volume.told = 0;
        continue;
      }
      if (volume.told > 0 && lots < 2 * volume.told) continue;
      volume.told = lots;
      this.#sink({
        name: 'high-liquidation-volume',
        timeUs,
        market,
        accounts: [],
        figures: {
          liquidatedLots: lots,
          notionalUnits: this.#facts.notional(market, lots),
          openInterestLots: openInterest,
        },
      });
    }
    this.#moved.clear();
  }
}
