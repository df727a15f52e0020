/**
 * Lists of rows that only grow, each in one piece of memory: going over one, the next row is known before the last is there. With each row goes a
 * number by which it is told from the others of its list, so that they need not be read for that.
 *
 *   list   how many, for how many there is room                  2 x i32
 *          by row: what it is, then the row                      2 x i32
 */
import { widened } from '../num/columns.ts';

export const NO_LIST = 0;
/** Of every list, before its rows. */
export const LIST_HEAD = 2;
export const LIST_ENTRY = 2;
const ROOM_FIRST = 2;
const HEAD = LIST_HEAD;
const ENTRY = LIST_ENTRY;

export class RowLists {
  /** The list at 0 is that of nobody: empty. */
  i32 = new Int32Array(256);
  #used = HEAD;
  /** First of the lists that were outgrown, by room: each is the one that comes next. */
  readonly #free = new Map<number, number>();

  /** Where the list stands with this row at its end. */
  append(list: number, what: number, row: number): number {
    const count = this.i32[list];
    let at = list;
    if (list === NO_LIST || count === this.i32[list + 1]) {
      at = this.#take(list === NO_LIST ? ROOM_FIRST : count * 2);
      for (let n = 0; n < ENTRY * count; n++) this.i32[at + HEAD + n] = this.i32[list + HEAD + n];
      if (list !== NO_LIST) this.#give(list);
    }
    this.i32[at] = count + 1;
    this.i32[at + HEAD + ENTRY * count] = what;
    this.i32[at + HEAD + ENTRY * count + 1] = row;
    return at;
  }

  #take(room: number): number {
    const free = this.#free.get(room) ?? NO_LIST;
    if (free !== NO_LIST) {
      this.#free.set(room, this.i32[free + HEAD]);
      return free;
    }
    const at = this.#used;
    this.#used += HEAD + ENTRY * room;
    if (this.#used > this.i32.length) this.i32 = widened(this.i32, Math.max(this.#used, this.i32.length * 2));
    this.i32[at + 1] = room;
    return at;
  }

  #give(list: number): void {
    const room = this.i32[list + 1];
    this.i32[list + HEAD] = this.#free.get(room) ?? NO_LIST;
    this.#free.set(room, list);
  }
}
