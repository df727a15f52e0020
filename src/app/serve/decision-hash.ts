/**
 * What was decided, command by command, in one number: every event with all its fields, the reason, and the levels that moved. Two exchanges that
 * were given the same commands have the same number, or one of them is wrong.
 */
import { EVENT_STRIDE } from '../../core/exchange/event-log.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import type { Changes } from '../../core/watch/changes.ts';

const FACTOR = 0x01000193;

export class DecisionHash {
  #value = 0x811c9dc5 | 0;
  /** The doubles of the event rows, as integers. */
  #words = new Int32Array(0);
  #rows: Float64Array = new Float64Array(0);

  /** After each command. */
  note(exchange: Exchange, reason: Reason): void {
    const { events, engine } = exchange;
    if (events.rows !== this.#rows) {
      this.#rows = events.rows;
      this.#words = new Int32Array(events.rows.buffer, events.rows.byteOffset, events.rows.length * 2);
    }
    let hash = Math.imul(this.#value ^ reason, FACTOR);
    const words = this.#words;
    // The last place of a row is none of its fields.
    for (let row = 0, at = 0; row < events.count; row++, at += 2 * EVENT_STRIDE)
      for (let word = at; word < at + 2 * (EVENT_STRIDE - 1); word++)
        hash = Math.imul(hash ^ words[word], FACTOR);
    if (engine.watch !== null) hash = Math.imul(hash ^ levelsOf(engine.watch.changes), FACTOR);
    this.#value = hash ^ (hash >>> 15);
  }

  /** The number so far; starts anew. */
  take(): number {
    const value = this.#value;
    this.#value = 0x811c9dc5 | 0;
    return value;
  }
}

function levelsOf({ count, from, to }: Changes): number {
  let sum = count;
  for (let at = 0; at < count; at++) sum = (sum + Math.imul(1 + from[at] * 8 + to[at], 0x85ebca6b)) | 0;
  return sum;
}
