/**
 * Averages, strength and spread of one market, sampled by the station's clock: the index every ten seconds, and the own book's
 * middle against the index every second. A gap begins them anew, because they are of values a fixed time apart.
 */
import { fitReversion, type Reversion } from '../../core/price/indicators-reversion.ts';
import { Ema, RollingWindow, Rsi } from '../../core/price/indicators.ts';

export const STEP_US = 10_000_000;
/** Steps: two minutes over four and a third, and Wilder's fourteen. */
export const FAST = 12;
export const SLOW = 26;
export const RSI_STEPS = 14;
/** Steps that may be missing. */
const GAP_MAX = 30;
export const SECOND_US = 1_000_000;
/** Five minutes of the basis. */
const BASES = 300;

export class MarketIndicators {
  #fast = new Ema(FAST);
  #slow = new Ema(SLOW);
  #rsi = new Rsi(RSI_STEPS);
  #step = 0;
  /** Fractions of the index, oldest first. */
  #bases: number[] = [];
  #window = new RollingWindow(BASES);
  #baseUs = 0;

  get fast(): number | null {
    return this.#fast.value;
  }

  get slow(): number | null {
    return this.#slow.value;
  }

  get rsi(): number | null {
    return this.#rsi.value;
  }

  get basis(): number | null {
    return this.#bases.at(-1) ?? null;
  }

  /** Of the last basis among those of five minutes. */
  get basisZScore(): number | null {
    return this.basis === null ? null : this.#window.zScore(this.basis);
  }

  /** How the basis returns to its mean, a second a step; null where it does not, or not enough was seen. */
  get reversion(): Reversion | null {
    return this.#bases.length < BASES ? null : fitReversion(this.#bases);
  }

  addIndex(atUs: number, index: number): void {
    const step = Math.floor(atUs / STEP_US);
    if (step === this.#step) return;
    if (step - this.#step > GAP_MAX) {
      this.#fast = new Ema(FAST);
      this.#slow = new Ema(SLOW);
      this.#rsi = new Rsi(RSI_STEPS);
    }
    this.#step = step;
    this.#fast.add(index);
    this.#slow.add(index);
    this.#rsi.add(index);
  }

  /** `basis` is (middle - index) / index. */
  addBasis(atUs: number, basis: number): void {
    if (atUs - this.#baseUs > SECOND_US) {
      this.#bases = [];
      this.#window = new RollingWindow(BASES);
    }
    this.#baseUs = atUs;
    this.#bases.push(basis);
    if (this.#bases.length > BASES) this.#bases.shift();
    this.#window.add(basis);
  }
}
