/**
 * Two accounts that trade with each other: of what either traded within the window, `share` or more was with the other, and together
 * that is `marketShare` or more of what the market traded. One alert a pair and market, and another when their volume has doubled.
 *
 * Who trades with many is never half of a pair, however large. Memory: three sums a pair that traded within two windows, at most
 * `entriesMax` of them a generation.
 */
import type { AlertSink } from './alerts.ts';
import { Generations } from './generations.ts';

export interface WashRules {
  readonly windowUs: number;
  readonly share: number;
  readonly marketShare: number;
  readonly entriesMax: number;
}

export const WASH_RULES: WashRules = {
  windowUs: 3_600_000_000,
  share: 0.9,
  marketShare: 0.05,
  entriesMax: 65_536,
};

export class WashPairs {
  readonly #rules: WashRules;
  readonly #sink: AlertSink;
  readonly #volumes: Generations;
  readonly #reported: Generations;

  constructor(sink: AlertSink, rules: WashRules = WASH_RULES) {
    this.#rules = rules;
    this.#sink = sink;
    this.#volumes = new Generations(rules.windowUs, rules.entriesMax);
    this.#reported = new Generations(rules.windowUs, rules.entriesMax);
  }

  get size(): number {
    return this.#volumes.size + this.#reported.size;
  }

  trade(timeUs: number, market: number, taker: number, maker: number, lots: number): void {
    this.#volumes.advance(timeUs);
    this.#reported.advance(timeUs);
    const [low, high] = taker < maker ? [taker, maker] : [maker, taker];
    const ofMarket = this.#volumes.add(`${market}`, lots);
    const ofLow = this.#volumes.add(`${market} ${low}`, lots);
    const ofHigh = this.#volumes.add(`${market} ${high}`, lots);
    const pair = `${market} ${low} ${high}`;
    const together = this.#volumes.add(pair, lots);
    if (together < this.#rules.share * Math.max(ofLow, ofHigh)) return;
    if (together < this.#rules.marketShare * ofMarket) return;
    const told = this.#reported.sum(pair);
    if (told > 0 && together < 2 * told) return;
    this.#reported.add(pair, together - told);
    this.#sink({
      name: 'wash-pair',
      timeUs,
      market,
      accounts: [low, high],
      figures: { pairLots: together, largestLots: Math.max(ofLow, ofHigh), marketLots: ofMarket },
    });
  }
}
