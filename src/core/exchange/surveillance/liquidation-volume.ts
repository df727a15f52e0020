/**
 * A market in which much is liquidated at once: within one to two windows, `share` or more of what open interest then is. Counted is what
 * liquidated accounts lost of their positions: into the book, to the fund, by deleveraging; what the fund sells on is not. It comes again when
 * twice as much has been liquidated, and anew after it was less than that share. `count` is how many positions that was.
 *
 * Memory: six numbers a market.
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
  count: number;
  countBefore: number;
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

  /** `isAnother`: of a position that this liquidation has closed nothing of before. */
  add(timeUs: number, market: number, lots: number, isAnother: boolean): void {
    const { windowUs } = this.#rules;
    const volume = (this.#markets[market] ??= {
      sinceUs: timeUs,
      lots: 0,
      lotsBefore: 0,
      count: 0,
      countBefore: 0,
      told: 0,
    });
    const passed = timeUs - volume.sinceUs;
    if (passed >= windowUs) {
      const isNext = passed < 2 * windowUs;
      volume.lotsBefore = isNext ? volume.lots : 0;
      volume.countBefore = isNext ? volume.count : 0;
      volume.lots = 0;
      volume.count = 0;
      volume.sinceUs = timeUs;
    }
    volume.lots += lots;
    if (isAnother) volume.count++;
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
          count: volume.count + volume.countBefore,
          liquidatedLots: lots,
          notionalUnits: this.#facts.notional(market, lots),
          openInterestLots: openInterest,
        },
      });
    }
    this.#moved.clear();
  }
}
