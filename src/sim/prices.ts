/**
 * Seeded prices over the markets of a book, one marks command at a time.
 *
 *   steps     every command moves one market by `stepBp` up or down: the benchmark's plain diet
 *   regimes   calm (a fifth of a step), volatile (five steps), jump (one market by 1 to 8 %), crash (all markets fall
 *             together for some commands, each by its own share, between volatile single moves), in turns
 *
 * A mark moves by at least one mark tick and never leaves [start / 16, start * 16]: what would go beyond turns around.
 *
 * `next` answers **the same objects filled again**; a command is valid until the next call. Deterministic everywhere, for
 * the same reasons as the book.
 */
import { MARK_MAX, type MarketRow, type MarkTicks, type TimeUs } from '../core/num/units.ts';
import { Kind, type MarksCommand } from '../core/schema/commands.ts';
import { Chooser, type Popularity } from './popularity.ts';
import { Random } from './random.ts';

export const REGIMES = ['calm', 'volatile', 'jump', 'crash'] as const;
export type Regime = (typeof REGIMES)[number];

export interface PriceOptions {
  /** Where each market starts. */
  readonly marks: readonly MarkTicks[];
  readonly seed: number;
  readonly popularity: Popularity;
  /** Basis points a step. Absent: 1. */
  readonly stepBp?: number;
  /** Absent: steps. One regime alone runs for good; `regimes` takes turns. */
  readonly mode?: 'steps' | 'regimes' | Regime;
  /** Time of the first command, and between commands. Absent: 2024-08-09, 1000 µs. */
  readonly startUs?: TimeUs;
  readonly intervalUs?: number;
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Of each regime: how likely it is to come next (in 100), and how many commands it lasts. */
const CHANCES = { calm: 60, volatile: 32, jump: 6, crash: 2 } as const;
const LASTING = { calm: 20_000, volatile: 5_000, jump: 500, crash: 200 } as const;
const CALM = 0.2;
const VOLATILE = 5;
const JUMP_MIN = 0.01;
const JUMP_MAX = 0.08;
const JUMP_ONE_IN = 100;
const CRASH_FALL_MAX = 0.01;
const CRASH_ONE_IN = 4;
const WANDER = 16;

export class PriceStream {
  /** The marks as they are now. */
  readonly marks: Float64Array;
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  readonly #random: Random;
  readonly #chooser: Chooser;
  readonly #step: number;
  readonly #mode: 'steps' | 'regimes' | Regime;
  readonly #intervalUs: number;
  readonly #one: { market: MarketRow; price: MarkTicks } = {
    market: 0 as MarketRow,
    price: 0.5 as MarkTicks,
  };
  readonly #single: Mutable<MarksCommand>;
  readonly #batch: Mutable<MarksCommand>;
  #regime: Regime | 'steps';
  #left = 0;
  #timeUs: number;

  constructor(options: PriceOptions) {
    const { marks, seed, popularity } = options;
    if (marks.length === 0) throw new RangeError('prices need a market');
    const stepBp = options.stepBp ?? 1;
    if (!(stepBp > 0 && stepBp <= 1000))
      throw new RangeError(`a step is above 0 and at most 1000 bp, not ${stepBp}`);
    this.marks = Float64Array.from(marks);
    this.#lows = this.marks.map((mark) => Math.max(1, Math.floor(mark / WANDER)));
    this.#highs = this.marks.map((mark) => Math.min(MARK_MAX, mark * WANDER));
    this.#random = new Random(seed, 3);
    this.#chooser = new Chooser(marks.length, popularity);
    this.#step = stepBp / 10_000;
    this.#mode = options.mode ?? 'steps';
    this.#regime = this.#mode === 'regimes' ? 'calm' : this.#mode;
    this.#timeUs = options.startUs ?? 1723161600000000;
    this.#intervalUs = options.intervalUs ?? 1000;
    const head = { kind: Kind.marks, timeUs: 0.5 as TimeUs, origin: null, text: '' } as const;
    this.#single = { ...head, marks: [this.#one] };
    this.#batch = { ...head, marks: marks.map((price, row) => ({ market: row as MarketRow, price })) };
  }

  /** The regime that the last command came from. */
  get regime(): Regime | 'steps' {
    return this.#regime;
  }

  next(): MarksCommand {
    const timeUs = this.#timeUs as TimeUs;
    this.#timeUs += this.#intervalUs;
    if (this.#mode === 'regimes' && this.#left-- <= 0) this.#turn();
    const random = this.#random;
    if (this.#regime === 'crash' && random.oneIn(CRASH_ONE_IN)) return this.#fall(timeUs);
    const market = this.#chooser.draw(random);
    const mark = this.marks[market];
    let way = mark * this.#step;
    if (this.#regime !== 'steps') {
      if (this.#regime === 'jump' && random.oneIn(JUMP_ONE_IN))
        way = mark * random.between(JUMP_MIN, JUMP_MAX);
      else
        way *=
          (this.#regime === 'volatile' || this.#regime === 'crash' ? VOLATILE : CALM) * 2 * random.unit();
    }
    const ticks = Math.floor(way + 0.5);
    const moved = this.#move(market, random.oneIn(2) ? ticks : -ticks);
    this.#one.market = market as MarketRow;
    this.#one.price = moved as MarkTicks;
    this.#single.timeUs = timeUs;
    return this.#single;
  }

  /** All markets in one command, each down by its own share of one fall. */
  #fall(timeUs: TimeUs): MarksCommand {
    const fall = this.#random.between(0, CRASH_FALL_MAX);
    const updates = this.#batch.marks as { market: MarketRow; price: MarkTicks }[];
    for (let market = 0; market < updates.length; market++) {
      const share = this.#random.between(0.5, 1.5);
      updates[market].price = this.#move(
        market,
        -Math.floor(this.marks[market] * fall * share + 0.5),
      ) as MarkTicks;
    }
    this.#batch.timeUs = timeUs;
    return this.#batch;
  }

  /** By at least one tick, and back where it would leave its range. */
  #move(market: number, ticks: number): number {
    const way = ticks === 0 ? (this.#random.oneIn(2) ? 1 : -1) : ticks;
    const mark = this.marks[market];
    let moved = mark + way;
    if (moved < this.#lows[market] || moved > this.#highs[market]) {
      moved = mark - way;
      if (moved < this.#lows[market] || moved > this.#highs[market]) moved = mark;
    }
    this.marks[market] = moved;
    return moved;
  }

  #turn(): void {
    let chance = this.#random.below(100);
    for (const regime of REGIMES) {
      this.#regime = regime;
      chance -= CHANCES[regime];
      if (chance < 0) break;
    }
    this.#left = 1 + this.#random.below(2 * LASTING[this.#regime as Regime]);
  }
}

/** `count` commands of a new stream. */
export function* generatePrices(
  options: PriceOptions,
  count: number,
): Generator<MarksCommand, void, undefined> {
  const stream = new PriceStream(options);
  for (let left = count; left > 0; left--) yield stream.next();
}
