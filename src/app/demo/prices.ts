/**
 * The demo's prices: seeded regimes (calm, volatile, jumps, crashes) in turns, pulled back a little towards where they began.
 *
 * At a hundred thousand prices a second a year of market passes in minutes. So a single step is small, a crash is a
 * matter of some dozen prices, and there is the pull: left alone, the first crashes would bankrupt every long for good
 * and nothing would ever happen again.
 */
import type { MarketRow, MarkTicks } from '../../core/num/units.ts';
import type { MarksCommand } from '../../core/schema/commands.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { PriceStream, REGIMES, type Regime } from '../../sim/prices.ts';
import { Random } from '../../sim/random.ts';

/** A calm step is a fifth of this at most twice over, a volatile one five times. */
const STEP_BP = 0.2;
/** Share of the way back that each move of a market takes. */
const PULL = 1e-4;
/** Of each regime: how likely it is to come next (in 100), and how many prices it lasts in the mean. */
const CHANCES = { calm: 55, volatile: 35, jump: 8, crash: 2 } as const;
const LASTING = { calm: 100_000, volatile: 50_000, jump: 5000, crash: 60 } as const;

export class DemoPrices {
  readonly #streams: Readonly<Record<Regime, PriceStream>>;
  readonly #starts: Float64Array;
  readonly #random: Random;
  #regime: Regime = 'calm';
  #left: number = LASTING.calm;

  constructor(marks: readonly MarkTicks[], seed: number, popularity: Popularity) {
    // Each with a seed of its own: streams of one seed would draw the same markets one after the other.
    const stream = (mode: Regime): PriceStream =>
      new PriceStream({ marks, seed: seed + REGIMES.indexOf(mode), popularity, mode, stepBp: STEP_BP });
    this.#streams = {
      calm: stream('calm'),
      volatile: stream('volatile'),
      jump: stream('jump'),
      crash: stream('crash'),
    };
    this.#starts = Float64Array.from(marks);
    this.#random = new Random(seed, 4);
  }

  get regime(): Regime {
    return this.#regime;
  }

  /** The same objects filled again: valid until the next call. */
  next(): MarksCommand {
    if (this.#left-- <= 0) this.#turn();
    const stream = this.#streams[this.#regime];
    const command = stream.next();
    const updates = command.marks as { market: MarketRow; price: MarkTicks }[];
    for (let at = 0; at < updates.length; at++) {
      const update = updates[at];
      const back = Math.floor((this.#starts[update.market] - update.price) * PULL + 0.5);
      update.price = (update.price + back) as MarkTicks;
      stream.marks[update.market] = update.price;
    }
    return command;
  }

  /** The next regime goes on from the marks of the one before. */
  #turn(): void {
    const { marks } = this.#streams[this.#regime];
    let chance = this.#random.below(100);
    for (const regime of REGIMES) {
      this.#regime = regime;
      chance -= CHANCES[regime];
      if (chance < 0) break;
    }
    this.#left = 1 + this.#random.below(2 * LASTING[this.#regime]);
    this.#streams[this.#regime].marks.set(marks);
  }
}
