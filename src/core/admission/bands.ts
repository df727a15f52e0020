/**
 * Where what a lot of each market is worth may move to before anything that was concluded from it is void: a 256th to either side of where it was
 * when the band was laid. Columns by market row, money units.
 */
import { widened } from '../num/columns.ts';

const PARTS = 256;

export class Bands {
  low = new Float64Array(16);
  high = new Float64Array(16);
  /** Counts from 1 how often a conclusion became void for everybody. */
  epoch = 1;

  reserve(count: number): void {
    if (count <= this.low.length) return;
    this.low = widened(this.low, 2 * count);
    this.high = widened(this.high, 2 * count);
  }

  follow(market: number, worth: number): void {
    if (worth >= this.low[market] && worth <= this.high[market]) return;
    const reach = Math.floor(worth / PARTS);
    this.low[market] = worth - reach;
    this.high[market] = worth + reach;
    this.turn();
  }

  /** Something else changed that counts for everybody. */
  turn(): void {
    this.epoch++;
  }
}
