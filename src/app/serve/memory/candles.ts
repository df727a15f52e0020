/** Trades and marks of one market by interval, the last so many of each. Prices are ticks and mark ticks, as they come. */
import type { Interval } from '../../../io/api/contract/markets.ts';

export const INTERVAL_US: Readonly<Record<Interval, number>> = {
  '1s': 1e6,
  '10s': 1e7,
  '1m': 6e7,
  '5m': 3e8,
  '1h': 3.6e9,
};
export const CANDLES_KEPT = 1500;
const NONE = 0;

export interface CandleRow {
  readonly startUs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  /** Money units. */
  notional: number;
  liquidated: number;
  trades: number;
  markOpen: number;
  markHigh: number;
  markLow: number;
  markClose: number;
  /** MARK_NONE: there was none. */
  index: number;
  openInterest: number;
}

class Series {
  readonly rows: CandleRow[] = [];
  readonly #stepUs: number;

  constructor(stepUs: number) {
    this.#stepUs = stepUs;
  }

  at(timeUs: number, mark: number): CandleRow {
    const startUs = timeUs - (timeUs % this.#stepUs);
    const last = this.rows.at(-1);
    if (last !== undefined && last.startUs >= startUs) return last;
    const row = {
      startUs,
      open: NONE,
      high: NONE,
      low: NONE,
      close: NONE,
      lots: 0,
      notional: 0,
      liquidated: 0,
      trades: 0,
      markOpen: mark,
      markHigh: mark,
      markLow: mark,
      markClose: mark,
      index: last?.index ?? -1,
      openInterest: last?.openInterest ?? 0,
    };
    this.rows.push(row);
    if (this.rows.length > CANDLES_KEPT * 1.2) this.rows.splice(0, this.rows.length - CANDLES_KEPT);
    return row;
  }
}

export class Candles {
  /** Of the last mark. */
  mark = 0;
  readonly #series = new Map<Interval, Series>(
    (Object.keys(INTERVAL_US) as Interval[]).map((interval) => [interval, new Series(INTERVAL_US[interval])]),
  );

  marked(timeUs: number, mark: number, index: number, openInterest: number): void {
    this.mark = mark;
    for (const series of this.#series.values()) {
      const row = series.at(timeUs, mark);
      if (mark > row.markHigh) row.markHigh = mark;
      if (mark < row.markLow) row.markLow = mark;
      row.markClose = mark;
      row.index = index;
      row.openInterest = openInterest;
    }
  }

  traded(timeUs: number, price: number, lots: number, notional: number): void {
    for (const series of this.#series.values()) {
      const row = series.at(timeUs, this.mark);
      if (row.trades === 0) row.open = row.high = row.low = price;
      if (price > row.high) row.high = price;
      if (price < row.low) row.low = price;
      row.close = price;
      row.lots += lots;
      row.notional += notional;
      row.trades++;
    }
  }

  liquidated(timeUs: number, notional: number): void {
    this.#series.get('1m')!.at(timeUs, this.mark).liquidated += notional;
  }

  /** Oldest first. */
  last(interval: Interval, count: number): CandleRow[] {
    return this.#series.get(interval)!.rows.slice(-count);
  }

  /** Of the last 24 hours, or as long as there were any. */
  day(nowUs: number): { lots: number; notional: number; liquidated: number; markBefore: number | null } {
    const since = nowUs - 24 * 3.6e9;
    let lots = 0;
    let notional = 0;
    let liquidated = 0;
    let markBefore: number | null = null;
    for (const row of this.#series.get('1m')!.rows) {
      if (row.startUs < since) continue;
      markBefore ??= row.markOpen;
      lots += row.lots;
      notional += row.notional;
      liquidated += row.liquidated;
    }
    return { lots, notional, liquidated, markBefore };
  }
}
