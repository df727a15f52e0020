/** Where a message belongs on a connection whose messages are numbered one by one. */
export type MessagePlace = 'next' | 'repeated' | 'gap';

/** So many in a row are no repetitions: it is our number or time that is wrong. */
const REPEATED_MOST = 100;
const NEVER = -1;

export class MessageChain {
  #last = NEVER;
  #lastUs = NEVER;
  #repeated = 0;

  /** The number of the newest message; null before the first. */
  get last(): number | null {
    return this.#last === NEVER ? null : this.#last;
  }

  /** The connection is a new one. */
  restart(): void {
    this.#last = this.#lastUs = NEVER;
  }

  /** By the venue's own clock, a lower number at a later time is no repetition: it counts anew. */
  place(number: number, eventUs: number): MessagePlace {
    const isNext = this.#last === NEVER || number === this.#last + 1;
    const isRepeated = !isNext && number <= this.#last && eventUs <= this.#lastUs;
    if (isRepeated && ++this.#repeated < REPEATED_MOST) return 'repeated';
    this.#repeated = 0;
    this.#last = number;
    this.#lastUs = eventUs;
    return isNext ? 'next' : 'gap';
  }
}
