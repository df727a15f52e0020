/** The last so many of something, by number from 0. */
export class Ring<Item> {
  /** Number of the next. */
  next = 0;
  readonly #items: Item[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get first(): number {
    return Math.max(0, this.next - this.#size);
  }

  /** Answers what had to go for it. */
  add(item: Item): Item | undefined {
    const at = this.next++ % this.#size;
    const gone = this.#items[at];
    this.#items[at] = item;
    return gone;
  }

  at(number: number): Item {
    return this.#items[number % this.#size];
  }

  /** The newest, newest first. */
  newest(count: number): Item[] {
    const found: Item[] = [];
    for (let at = this.next - 1; at >= this.first && found.length < count; at--) found.push(this.at(at));
    return found;
  }
}
