/**
 * Work over all accounts that nobody waits for, a slice of it at a time between everything else: what is made is a little old, and says how old. A job is a
 * generator that yields every few microseconds' worth of work.
 */
const SLICE_MS = 1.5;
/** Between two slices: at most a third of a core goes here. */
const REST_MS = 3;
const IDLE_MS = 100;

export interface Job {
  /** Whether it should begin now. */
  isDue(nowMs: number): boolean;
  work(): Generator<void, void, undefined>;
}

export class Background {
  readonly #jobs: Job[] = [];
  #work: Generator<void, void, undefined> | null = null;
  #next = 0;
  #timer: NodeJS.Timeout | null = null;

  add(job: Job): void {
    this.#jobs.push(job);
  }

  start(): void {
    this.#timer ??= setTimeout(this.#turn, IDLE_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #turn = (): void => {
    this.#work ??= this.#choose()?.work() ?? null;
    const until = performance.now() + SLICE_MS;
    let isBusy = this.#work !== null;
    while (isBusy && performance.now() < until) {
      if (this.#work!.next().done !== true) continue;
      this.#work = null;
      isBusy = false;
    }
    if (this.#timer !== null) this.#timer = setTimeout(this.#turn, isBusy ? REST_MS : IDLE_MS).unref();
  };

  #choose(): Job | null {
    const now = performance.now();
    for (let tried = 0; tried < this.#jobs.length; tried++) {
      const job = this.#jobs[this.#next];
      this.#next = (this.#next + 1) % this.#jobs.length;
      if (job.isDue(now)) return job;
    }
    return null;
  }
}

/** For work that somebody does wait for: as much at a time as others can bear. */
export async function inSlices<Result>(work: Generator<void, Result, undefined>): Promise<Result> {
  const sliceMs = 4;
  for (;;) {
    const until = performance.now() + sliceMs;
    while (performance.now() < until) {
      const step = work.next();
      if (step.done === true) return step.value;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
