/** Plays a random book on an engine and the reference side by side, for tests of what is read from an engine. */
import { Engine } from '../../src/core/engine/engine.ts';
import type { WatchMode } from '../../src/core/watch/watch.ts';
import { Reference } from '../../src/reference/reference.ts';
import type { Style } from './books.ts';
import { Random } from './random.ts';
import { Stream } from './stream.ts';

export interface Played {
  readonly engine: Engine;
  readonly reference: Reference;
  /** Commands so far. */
  readonly commands: number;
}

/** Yields the pair after every command of a book of `style`. */
export function* play(seed: number, style: Style, mode: WatchMode, length = 80): Generator<Played> {
  const engine = new Engine(mode);
  const reference = new Reference();
  let commands = 0;
  for (const command of new Stream(new Random(seed), style, reference).commands(length)) {
    reference.apply(command);
    engine.apply(command);
    yield { engine, reference, commands: ++commands };
  }
}
