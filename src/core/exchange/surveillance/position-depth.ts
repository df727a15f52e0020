/**
 * A position against the book it would have to be closed in: an alert when it is `multiple` times or more what the book takes within the collar,
 * and `leastShare` or more of open interest. It comes again when the multiple has doubled, and anew after the position has become less
 * than half of what calls for it.
 *
 * Memory: one number for each position that was told, at most `entriesMax`.
 */
import type { AlertSink, BookFacts } from './alerts.ts';

export interface DepthRules {
  readonly multiple: number;
  readonly leastShare: number;
  readonly entriesMax: number;
}

export const DEPTH_RULES: DepthRules = { multiple: 5, leastShare: 0.05, entriesMax: 65_536 };

export class PositionDepth {
  readonly #rules: DepthRules;
  readonly #facts: BookFacts;
  readonly #sink: AlertSink;
  /** The multiple at which a position was told last. */
  readonly #told = new Map<string, number>();

  constructor(facts: BookFacts, sink: AlertSink, rules: DepthRules = DEPTH_RULES) {
    this.#facts = facts;
    this.#sink = sink;
    this.#rules = rules;
  }

  get size(): number {
    return this.#told.size;
  }

  /** To be called for who traded, after all of the command. */
  check(timeUs: number, market: number, account: number): void {
    const { multiple, leastShare, entriesMax } = this.#rules;
    const lots = this.#facts.position(account, market);
    const key = `${market} ${account}`;
    const told = this.#told.get(key);
    if (lots === 0) {
      if (told !== undefined) this.#told.delete(key);
      return;
    }
    const openInterest = this.#facts.openInterest(market);
    const isSmall = Math.abs(lots) < leastShare * openInterest;
    if (isSmall && told === undefined) return;
    const depth = this.#facts.depth(market, Math.sign(lots));
    // An empty book takes nothing: every position is too large for it.
    const reached = depth === 0 ? Infinity : Math.abs(lots) / depth;
    if (told !== undefined && reached < multiple / 2) this.#told.delete(key);
    if (reached < multiple || isSmall) return;
    if (told !== undefined && (reached === told || reached < 2 * told)) return;
    this.#told.delete(key);
    this.#told.set(key, reached);
    if (this.#told.size > entriesMax) this.#told.delete(this.#told.keys().next().value!);
    this.#sink({
      name: 'position-depth',
      timeUs,
      market,
      accounts: [account],
      figures: { positionLots: lots, depthLots: depth, openInterestLots: openInterest },
    });
  }
}
