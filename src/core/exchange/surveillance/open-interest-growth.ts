/**
 * Open interest that is a multiple of what it was one to two windows ago: somebody builds a position that the market has not seen. It comes again when
 * the multiple has doubled. Markets that had none are new, not growing.
 *
 * Memory: four numbers a market.
 */
import type { AlertSink } from './alerts.ts';

export interface GrowthRules {
  readonly windowUs: number;
  readonly multiple: number;
}

/** Ten times within one to two days. */
export const GROWTH_RULES: GrowthRules = { windowUs: 86_400_000_000, multiple: 10 };

interface Growth {
  sinceUs: number;
  /** When this window began, and when the one before did; 0: not known. */
  lots: number;
  lotsBefore: number;
  told: number;
}

export class OpenInterestGrowth {
  readonly #rules: GrowthRules;
  readonly #sink: AlertSink;
  readonly #markets: Growth[] = [];

  constructor(sink: AlertSink, rules: GrowthRules = GROWTH_RULES) {
    this.#sink = sink;
    this.#rules = rules;
  }

  check(timeUs: number, market: number, lots: number): void {
    const { windowUs, multiple } = this.#rules;
    const growth = (this.#markets[market] ??= { sinceUs: timeUs, lots, lotsBefore: 0, told: 0 });
    if (timeUs - growth.sinceUs >= windowUs) {
      const isLate = timeUs - growth.sinceUs >= 2 * windowUs;
      this.#markets[market] = { sinceUs: timeUs, lots, lotsBefore: isLate ? 0 : growth.lots, told: 0 };
      return;
    }
    const base = growth.lotsBefore === 0 ? growth.lots : growth.lotsBefore;
    if (base === 0) {
      growth.lots = lots;
      return;
    }
    const reached = lots / base;
    if (reached < multiple || (growth.told > 0 && reached < 2 * growth.told)) return;
    growth.told = reached;
    this.#sink({
      name: 'open-interest-growth',
      timeUs,
      market,
      accounts: [],
      figures: { openInterestLots: lots, beforeLots: base },
    });
  }
}
