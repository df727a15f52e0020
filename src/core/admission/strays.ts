/** Lots that were traded for accounts nobody opened, by name: kept apart until somebody has looked. */
export class Strays {
  /** Signed lots by market. */
  readonly #lots = new Map<string, Map<number, number>>();

  add(name: string, market: number, lots: number): void {
    let markets = this.#lots.get(name);
    if (markets === undefined) {
      markets = new Map();
      this.#lots.set(name, markets);
    }
    markets.set(market, (markets.get(market) ?? 0) + lots);
  }

  has(name: string): boolean {
    return this.#lots.has(name);
  }

  forget(name: string): void {
    this.#lots.delete(name);
  }

  /** By name, then by market. */
  entries(): [name: string, market: number, lots: number][] {
    return [...this.#lots]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, markets]) =>
        [...markets]
          .sort(([a], [b]) => a - b)
          .map(([market, lots]): [string, number, number] => [name, market, lots]),
      );
  }
}
