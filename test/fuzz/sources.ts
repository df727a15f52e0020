/** Where the stream's commands come from: sources, and positions that are mostly the next, at times not. */
import { Kind } from '../../src/core/schema/commands.ts';
import type { Random } from './random.ts';

interface Origin {
  readonly source: number;
  readonly position: number;
  readonly previous: number | null;
}

export class StreamSources {
  readonly #random: Random;
  /** By source: the position it is at. */
  readonly #positions: number[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get count(): number {
    return this.#positions.length;
  }

  /** Mostly a new one, at times one by a name that there is. */
  define(): { readonly kind: typeof Kind.source; readonly name: string } {
    const name = this.#random.chance(0.1) ? 's1' : `s${this.#positions.length + 1}`;
    if (name === `s${this.#positions.length + 1}`) this.#positions.push(this.#random.whole(0, 100));
    return { kind: Kind.source, name };
  }

  resync(): { readonly kind: typeof Kind.resync; readonly source: number; readonly position: number } {
    const source = this.#random.whole(0, Math.max(0, this.#positions.length - 1));
    const position = Math.max(0, (this.#positions[source] ?? 0) + this.#random.whole(-2, 3));
    if (source < this.#positions.length)
      this.#positions[source] = Math.max(position, this.#positions[source]);
    return { kind: Kind.resync, source, position };
  }

  /** Of the next command of some source, or of one that is late, early or nobody's. */
  origin(): Origin {
    const random = this.#random;
    const source = random.whole(0, this.#positions.length - 1);
    const last = this.#positions[source];
    const how = random.weighted({ next: 30, far: 6, duplicate: 2, gap: 0.3, unknown: 0.3 });
    const position = {
      next: last + 1,
      far: last + random.whole(1, 9),
      duplicate: last,
      gap: last + 3,
      unknown: 1,
    }[how];
    if (how === 'next' || how === 'far') this.#positions[source] = position;
    return {
      source: how === 'unknown' ? this.#positions.length + 3 : source,
      position,
      previous: how === 'far' ? last : null,
    };
  }
}
