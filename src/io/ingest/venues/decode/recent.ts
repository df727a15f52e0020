/** What was heard lately, to tell a repetition by. The oldest is forgotten first, so memory is bounded. */
export class Recent {
  readonly #heard = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(text: string): boolean {
    return this.#heard.has(text);
  }

  clear(): void {
    this.#heard.clear();
  }

  add(text: string): void {
    this.#heard.add(text);
    if (this.#heard.size <= this.#most) return;
    for (const oldest of this.#heard) {
      this.#heard.delete(oldest);
      break;
    }
  }
}
