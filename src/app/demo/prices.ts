/**
 * The demo's prices: seeded regimes (calm, volatile, jumps, crashes), pulled back a little towards where they began.
 *
 * At hundreds of thousands of prices a second a year of market passes in minutes. Left alone, the first crashes would
 * bankrupt every long for good and nothing would ever happen again; with the pull, the book stays alive.
 */
import type { MarketRow, MarkTicks } from '../../core/num/units.ts';
import type { MarksCommand } from '../../core/schema/commands.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { PriceStream } from '../../sim/prices.ts';

/** Share of the way back that each move of a market takes. */
const PULL = 1e-4;

export class DemoPrices {
  readonly #stream: PriceStream;
  readonly #starts: Float64Array;

  constructor(marks: readonly MarkTicks[], seed: number, popularity: Popularity) {
    this.#stream = new PriceStream({ marks, seed, popularity, mode: 'regimes' });
    this.#starts = Float64Array.from(marks);
  }

  get regime(): string {
    return this.#stream.regime;
  }

  /** The same objects filled again: valid until the next call. */
  next(): MarksCommand {
    const command = this.#stream.next();
    const updates = command.marks as { market: MarketRow; price: MarkTicks }[];
    for (let at = 0; at < updates.length; at++) {
      const update = updates[at];
      const back = Math.floor((this.#starts[update.market] - update.price) * PULL + 0.5);
      update.price = (update.price + back) as MarkTicks;
      this.#stream.marks[update.market] = update.price;
    }
    return command;
  }
}
