/**
 * What can be wrong with one source of prices, and how it is told. A source whose status is not `used` has no say in the
 * index; every change of status is an alert, raised and cleared, so that a feed that fails is known before its price is.
 */
import { partOf } from './weighted-median.ts';

/** In order of precedence: the first that applies is the status. */
export const SourceStatus = {
  used: 0,
  /** Nothing heard yet. */
  never: 1,
  /** The feed says that it is not whole: a gap, a disconnect. */
  lost: 2,
  /** The venue says that the instrument does not trade. */
  halted: 3,
  /** The last number it sent is not a price. */
  invalid: 4,
  /** Its clock jumped, or is further ahead than is allowed for: its age cannot be known. */
  clock: 5,
  /** Older, by its own time, than prices may be. */
  stale: 6,
  /** Best bid at or above best ask. */
  crossed: 7,
  one_sided: 8,
  /** Goes on sending the same price while the others move. */
  frozen: 9,
  /** Too far from the median of the fresh. */
  outlier: 10,
} as const;
export type SourceStatus = (typeof SourceStatus)[keyof typeof SourceStatus];
export const STATUS_NAMES = [
  'used',
  'never',
  'lost',
  'halted',
  'invalid',
  'clock',
  'stale',
  'crossed',
  'one-sided',
  'frozen',
  'outlier',
] as const;

/** What best bid and ask say of their book. 0 is none. */
export function bookStatus(bid: number, ask: number): SourceStatus {
  if (bid === 0 || ask === 0) return SourceStatus.one_sided;
  return bid < ask ? SourceStatus.used : SourceStatus.crossed;
}

/** Whether two prices are further apart than `ppm` millionths of the first. */
export function isApart(price: number, other: number, ppm: number): boolean {
  return Math.abs(price - other) > partOf(price, ppm);
}

/** A trade further than `ppm` outside best bid and ask: a typing error, a thin book, or a print made on purpose. */
export function isOutlierPrint(price: number, bid: number, ask: number, ppm: number): boolean {
  if (bid === 0 || ask === 0) return false;
  return price < bid - partOf(bid, ppm) || price > ask + partOf(ask, ppm);
}

/**
 * Whether a number can be a price or size: whole, from 0 (none) to 2^53. What JSON, a venue or a bug can make of one (NaN,
 * Infinity, 1e300, -1, 0.5) is not. -0 is none.
 */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * The clock of one venue as seen from ours: how much later than it says its messages arrive, at the least, over the last
 * one to two minutes. That is its skew plus the shortest way here; ages are counted from it. It is trusted up to `skewUs`:
 * beyond that it is not skew but a feed that lags. Times that are ahead by more must not be handed in.
 */
export class VenueClock {
  readonly #skewUs: number;
  #present = Infinity;
  #before = Infinity;
  #turnUs = 0;

  constructor(skewUs: number) {
    this.#skewUs = skewUs;
  }

  hear(eventUs: number, receivedUs: number): void {
    if (receivedUs >= this.#turnUs) {
      // After a long silence what was kept is as old as the silence.
      this.#before = receivedUs - this.#turnUs < TURN_US ? this.#present : Infinity;
      this.#present = Infinity;
      this.#turnUs = receivedUs + TURN_US;
    }
    const delay = receivedUs - eventUs;
    if (delay < this.#present) this.#present = delay;
  }

  /** To be added to the venue's times to have ours. */
  get offsetUs(): number {
    const least = this.#present < this.#before ? this.#present : this.#before;
    if (least === Infinity) return 0;
    return least > this.#skewUs ? this.#skewUs : least;
  }
}

const TURN_US = 60_000_000;

/**
 * - `source_degraded`: a source lost its say, or has it again; `detail` names its status and how many are left.
 * - `outlier_print`: one trade far outside the book. The median does not feel it.
 * - `mark_index_divergence`: mark and index are too far apart.
 * - `price_degraded`: the quality is not `ok`.
 * - `price_implausible`: a price was refused and the last good one kept.
 * - `system_implausible`: so many accounts would breach at once that the price is held.
 * - `clock_jump`: our own clock went back.
 */
export type AlertCode =
  | 'source_degraded'
  | 'outlier_print'
  | 'mark_index_divergence'
  | 'price_degraded'
  | 'price_implausible'
  | 'system_implausible'
  | 'clock_jump';

export interface PriceAlert {
  readonly code: AlertCode;
  readonly severity: 'warning' | 'critical' | 'emergency';
  /** False: it is over. */
  readonly isRaised: boolean;
  /** The market's name; null where all are meant. */
  readonly market: string | null;
  /** `venue symbol` where it is about one source. */
  readonly source: string | null;
  readonly timeUs: number;
  readonly detail: string;
}
