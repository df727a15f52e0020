/**
 * Open interest by time, in lots: what it is, how it moved and from which peak it came. Bounded like every series.
 *
 * Every report counts as one value, so bars show the range between reports and not between trades.
 */
import type { SizeLots, TimeUs } from '../num/units.ts';
import { type Point, TimeSeries, type BarSpan } from './series.ts';
import type { Bar } from './series-bars.ts';

/** Venues report it every few seconds at most: bars of minutes for a day, of hours for a month. 115 kB. */
const KEPT = { raw: 128, seconds: 60, minutes: 1500, hours: 744 };

export class OpenInterestHistory {
  readonly #series = new TimeSeries(KEPT);

  /** False when it was refused: older than the newest, or not a whole number of lots of 0 or more. */
  add(atUs: TimeUs, lots: SizeLots): boolean {
    return Number.isSafeInteger(lots) && lots >= 0 && this.#series.add(atUs, lots);
  }

  get last(): Point | null {
    return this.#series.last;
  }

  bars(span: BarSpan, fromUs: TimeUs, toUs: TimeUs): Bar[] {
    return this.#series.bars(span, fromUs, toUs);
  }

  /** Lots since `atUs`, + for more; null when that far back nothing is kept. */
  changeSince(atUs: TimeUs): number | null {
    const then = this.#series.valueAt(atUs);
    const now = this.#series.last;
    return then === null || now === null ? null : now.value - then.value;
  }

  /** The same as a fraction of what it was. */
  shareSince(atUs: TimeUs): number | null {
    return this.#series.changeSince(atUs);
  }

  /**
   * How far it is under its peak since `fromUs`, as a fraction of the peak, by the minute: positions that were closed or
   * liquidated. 0 at the peak; null without a bar, or when the peak is 0.
   */
  fallFromPeak(fromUs: TimeUs): number | null {
    const now = this.#series.last;
    if (now === null) return null;
    const peak = Math.max(
      0,
      ...this.#series.bars('minute', fromUs, (now.atUs + 1) as TimeUs).map((bar) => bar.high),
    );
    return peak === 0 ? null : (peak - now.value) / peak;
  }
}
