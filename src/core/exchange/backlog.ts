/**
 * What the insurance fund has taken over and not closed yet, oldest first in each market. The fund's position is the sum of it; the
 * entries keep at which price each part came, for that is the price at which others would have to take it.
 */
export interface BacklogEntry {
  readonly liquidation: number;
  /** Signed lots that are left. */
  lots: number;
  /** Ticks: the bankruptcy price of the account that it came from. */
  readonly price: number;
}

export class Backlog {
  readonly #entries = new Map<number, BacklogEntry[]>();

  /** Markets with a backlog, ascending. */
  get markets(): number[] {
    return [...this.#entries.keys()].sort((a, b) => a - b);
  }

  /** A list of its own: entries may go while it is gone over. */
  of(market: number): BacklogEntry[] {
    return [...(this.#entries.get(market) ?? [])];
  }

  /** What comes on the other side of what is there closes that first, oldest first. */
  add(market: number, entry: BacklogEntry): void {
    const entries = this.#entries.get(market) ?? [];
    while (entries.length > 0 && entry.lots !== 0 && entries[0].lots > 0 !== entry.lots > 0) {
      const closed = Math.min(Math.abs(entries[0].lots), Math.abs(entry.lots)) * Math.sign(entry.lots);
      entries[0].lots += closed;
      entry.lots -= closed;
      if (entries[0].lots === 0) entries.shift();
    }
    if (entry.lots !== 0) entries.push(entry);
    if (entries.length > 0) this.#entries.set(market, entries);
    else this.#entries.delete(market);
  }

  /** Drops what was closed. */
  sweep(market: number): void {
    const left = this.of(market).filter(({ lots }) => lots !== 0);
    if (left.length > 0) this.#entries.set(market, left);
    else this.#entries.delete(market);
  }

  /** The market is settled. */
  clear(market: number): void {
    this.#entries.delete(market);
  }
}
