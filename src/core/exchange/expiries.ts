const TIDY_LEAST = 64;

/**
 * Orders by the time at which they end: a heap of times and order ids. Orders that ended before are left in it and skipped, until they are as many
 * as the others: then all of them go.
 */
export class Expiries {
  #times: number[] = [];
  #ids: number[] = [];
  #tidyAt = TIDY_LEAST;
  readonly #isThere: (id: number) => boolean;

  /** `isThere` says whether an order that was added is still working or waiting. */
  constructor(isThere: (id: number) => boolean) {
    this.#isThere = isThere;
  }

  /** Orders in it, those that ended before among them. */
  get count(): number {
    return this.#ids.length;
  }

  add(timeUs: number, id: number): void {
    if (this.#ids.length >= this.#tidyAt) this.#tidy();
    this.#push(timeUs, id);
  }

  /** Whether an order that is still there is due; what comes before it is forgotten, so that it is as if it had never been in here. */
  isDue(nowUs: number): boolean {
    while (this.#times.length > 0 && this.#times[0] <= nowUs) {
      if (this.#isThere(this.#ids[0])) return true;
      this.take(nowUs);
    }
    return false;
  }

  /** The next order that is due at `nowUs`, oldest expiry first, then lowest id; 0 where there is none. */
  take(nowUs: number): number {
    if (this.#times.length === 0 || this.#times[0] > nowUs) return 0;
    const id = this.#ids[0];
    const time = this.#times.pop()!;
    const last = this.#ids.pop()!;
    if (this.#times.length > 0) this.#sink(time, last);
    return id;
  }

  #tidy(): void {
    const times = this.#times;
    const ids = this.#ids;
    this.#times = [];
    this.#ids = [];
    for (const [at, id] of ids.entries()) if (this.#isThere(id)) this.#push(times[at], id);
    this.#tidyAt = Math.max(TIDY_LEAST, 2 * this.#ids.length);
  }

  #push(timeUs: number, id: number): void {
    const times = this.#times;
    const ids = this.#ids;
    let at = times.length;
    times.push(timeUs);
    ids.push(id);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (times[up] < timeUs || (times[up] === timeUs && ids[up] < id)) break;
      times[at] = times[up];
      ids[at] = ids[up];
      at = up;
    }
    times[at] = timeUs;
    ids[at] = id;
  }

  #sink(timeUs: number, id: number): void {
    const times = this.#times;
    const ids = this.#ids;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= times.length) break;
      const right = down + 1;
      if (
        right < times.length &&
        (times[right] < times[down] || (times[right] === times[down] && ids[right] < ids[down]))
      )
        down = right;
      if (timeUs < times[down] || (timeUs === times[down] && id < ids[down])) break;
      times[at] = times[down];
      ids[at] = ids[down];
      at = down;
    }
    times[at] = timeUs;
    ids[at] = id;
  }
}
