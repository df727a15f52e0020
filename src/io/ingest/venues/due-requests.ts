/**
 * Which requests a feed has to make: each once, and again where the answer was of no use. And when the terms of contracts are
 * to be asked for: at the start, when they are old, and when something heard does not fit them.
 *
 *   asked for ──> due ── take ──> under way ── answered ──> done
 *
 * Times are of the wall clock, which may be set back: that must not put off what is due, so a wait is never believed to be
 * longer than the longest there is, and an age counts either way.
 */
import type { TimeUs } from '../../../core/num/units.ts';

/** Terms change without notice. */
const TERMS_EVERY_US = 600e6;
/** Before terms are asked for again because of what does not fit them. */
const DOUBT_EVERY_US = 10e6;
/** Before a request is repeated that was answered with something that could not be used. */
const AGAIN_US = 1e6;
const NONE: readonly string[] = [];

export class DueRequests {
  readonly #terms: readonly string[];
  /** The time before which each is not made. */
  readonly #due = new Map<string, number>();
  readonly #underWay = new Set<string>();
  #nowUs = 0;
  #termsUs = 0;

  /** `terms` are the requests that terms are made of. None is due until it is asked for. */
  constructor(terms: readonly string[]) {
    this.#terms = terms;
  }

  /** A connection was opened or closed, or an answer came. */
  pass(now: TimeUs): void {
    this.#nowUs = now;
    if (this.#termsUs === 0) this.#termsUs = now;
  }

  /** A frame came: terms are asked for where they are old. */
  hear(now: TimeUs): void {
    this.#nowUs = now;
    if (this.#termsAgeUs > TERMS_EVERY_US) this.askTerms();
  }

  askTerms(): void {
    this.#termsUs = this.#nowUs;
    for (const id of this.#terms) this.ask(id);
  }

  /** Something does not fit the terms that are known: they may have changed. */
  doubtTerms(): void {
    if (this.#termsAgeUs > DOUBT_EVERY_US) this.askTerms();
  }

  /** Also where it is under way: what is on its way may be older than the reason to ask. */
  ask(id: string): void {
    this.#due.set(id, 0);
  }

  /** What came in answer could not be used: once more, in a while. */
  askAgain(id: string): void {
    if (!this.#due.has(id)) this.#due.set(id, this.#nowUs + AGAIN_US);
  }

  /** Whether it is due or under way. */
  isAsked(id: string): boolean {
    return this.#due.has(id) || this.#underWay.has(id);
  }

  /** Those that are to be made now. */
  take(): readonly string[] {
    if (this.#due.size === 0) return NONE;
    const taken: string[] = [];
    for (const [id, dueUs] of this.#due) {
      const waitUs = dueUs - this.#nowUs;
      if (waitUs > 0 && waitUs <= AGAIN_US) continue;
      this.#due.delete(id);
      this.#underWay.add(id);
      taken.push(id);
    }
    return taken;
  }

  /** An answer came, or the news that there is none. */
  answered(id: string): void {
    this.#underWay.delete(id);
  }

  get #termsAgeUs(): number {
    return Math.abs(this.#nowUs - this.#termsUs);
  }
}
