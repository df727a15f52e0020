/**
 * Winners are closed against a loss that nobody else can bear: an alert with the first deleveraging of a market, and again with the first after there
 * was none for a window. It says how many there were in that command and what they came to at the mark.
 *
 * Memory: one number a market.
 */
import type { AlertSink, BookFacts } from './alerts.ts';

export interface AdlRules {
  readonly windowUs: number;
}

/** An hour. */
export const ADL_RULES: AdlRules = { windowUs: 3_600_000_000 };

export class AdlTriggered {
  readonly #rules: AdlRules;
  readonly #facts: BookFacts;
  readonly #sink: AlertSink;
  /** When there was the last one, by market. */
  readonly #lastUs: number[] = [];
  /** By market: how many since the last `settle`, and lots. */
  readonly #moved = new Map<number, { count: number; lots: number }>();

  constructor(facts: BookFacts, sink: AlertSink, rules: AdlRules = ADL_RULES) {
    this.#facts = facts;
    this.#sink = sink;
    this.#rules = rules;
  }

  add(market: number, lots: number): void {
    const moved = this.#moved.get(market);
    if (moved === undefined) this.#moved.set(market, { count: 1, lots });
    else {
      moved.count++;
      moved.lots += lots;
    }
  }

  /** To be called after all of a command. */
  settle(timeUs: number): void {
    for (const [market, { count, lots }] of this.#moved) {
      const last = this.#lastUs[market] ?? -Infinity;
      this.#lastUs[market] = timeUs;
      if (timeUs - last < this.#rules.windowUs) continue;
      this.#sink({
        name: 'adl-triggered',
        timeUs,
        market,
        accounts: [],
        figures: { count, closedLots: lots, notionalUnits: this.#facts.notional(market, lots) },
      });
    }
    this.#moved.clear();
  }
}
