/**
 * The last good price, and whether another can follow it in one step. A price that is refused is not lost: when the same
 * new level is confirmed for long enough by enough sources it is believed, because markets do gap while feeds are down.
 * Beyond tenfold either way nothing is believed without a person: that is a unit, a decimal point or a zero.
 */
import { isApart } from './anomaly.ts';

const BEYOND_BELIEF = 10;

export class StepGuard {
  /** 0: there was none yet. */
  good = 0;
  goodUs = 0;
  /** The good price before that. */
  before = 0;
  /** The level that is waiting to be confirmed; 0: none. */
  jump = 0;
  /** Since when it has been sound throughout; Infinity: it is not. */
  jumpUs = Infinity;
  readonly #stepPpm: number;
  readonly #confirmUs: number;

  constructor(stepPpm: number, confirmUs: number) {
    this.#stepPpm = stepPpm;
    this.#confirmUs = confirmUs;
  }

  /** `isSound`: nothing else is wrong with it. Only sound prices become good ones, and only they confirm. */
  admits(price: number, now: number, isSound: boolean): boolean {
    const isNear = this.good === 0 || !isApart(this.good, price, this.#stepPpm);
    if (!isNear && !this.#isConfirmed(price, now, isSound)) return false;
    this.jump = 0;
    if (isSound) this.take(price, now);
    return true;
  }

  /** Good whatever came before: something else vouches for it. */
  take(price: number, now: number): void {
    if (price !== this.good) this.before = this.good;
    this.good = price;
    this.goodUs = now;
    this.jump = 0;
  }

  /** The good price was none after all: back to the one before it. */
  revert(): void {
    if (this.before > 0) this.good = this.before;
  }

  /** There is no price now, and so nothing that confirms the level that is waiting. */
  interrupt(): void {
    this.jumpUs = Infinity;
  }

  /** A person says that the market is where its sources are: the next sound price is good, wherever it is. */
  forget(): void {
    this.good = 0;
    this.before = 0;
    this.jump = 0;
  }

  /** When a waiting level will be believed; Infinity: nothing waits. */
  get dueUs(): number {
    return this.jump === 0 || this.#isBeyondBelief(this.jump) ? Infinity : this.jumpUs + this.#confirmUs;
  }

  #isConfirmed(price: number, now: number, isSound: boolean): boolean {
    if (this.jump === 0 || isApart(this.jump, price, this.#stepPpm)) {
      this.jump = price;
      this.jumpUs = Infinity;
    }
    if (!isSound) this.jumpUs = Infinity;
    else if (this.jumpUs === Infinity) this.jumpUs = now;
    return now - this.jumpUs >= this.#confirmUs && !this.#isBeyondBelief(price);
  }

  #isBeyondBelief(price: number): boolean {
    return price > BEYOND_BELIEF * this.good || BEYOND_BELIEF * price < this.good;
  }
}
