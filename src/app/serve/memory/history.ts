/** Numbers of each second, the last five minutes of them: a column of doubles for each name, made once, so that it always takes the same room. */
const SECONDS = 300;

export class History<Name extends string> {
  /** Seconds that were ever added, also those that are gone. */
  seconds = 0;
  readonly #columns: ReadonlyMap<Name, Float64Array>;

  constructor(names: readonly Name[]) {
    this.#columns = new Map(names.map((name) => [name, new Float64Array(SECONDS)]));
  }

  add(values: Readonly<Record<Name, number>>): void {
    const at = this.seconds++ % SECONDS;
    for (const [name, column] of this.#columns) column[at] = values[name];
  }

  /** Those of the seconds after so many, or as many of them as are kept; oldest first. */
  after(name: Name, seconds: number): number[] {
    const column = this.#columns.get(name)!;
    const from = Math.max(0, seconds, this.seconds - SECONDS);
    return Array.from({ length: Math.max(0, this.seconds - from) }, (_, at) => column[(from + at) % SECONDS]);
  }
}
