/**
 * Many heaps over the same rows: a row is in one of them at most. A heap is named by its first row, the one of the lowest key. Two
 * become one at once; a row leaves in time that goes, over many calls, with the logarithm of its heap (pairing heaps: a first
 * row, under it a list of heaps whose keys are no lower).
 */
import { widened } from '../num/columns.ts';

export const HEAP_EMPTY = -1;
const NONE = HEAP_EMPTY;

export class PairingHeaps {
  #keys = new Float64Array(16);
  /** First of the list under a row; next in the list it is in; before it in that list, or the row that the list is under. */
  #child = new Int32Array(16);
  #next = new Int32Array(16);
  #before = new Int32Array(16);

  key(row: number): number {
    return this.#keys[row];
  }

  /** A heap of this row alone. */
  make(row: number, key: number): number {
    if (row >= this.#keys.length) this.#widen(row + 1);
    this.#keys[row] = key;
    this.#child[row] = NONE;
    this.#next[row] = NONE;
    this.#before[row] = NONE;
    return row;
  }

  /** One heap of two, of which either may be empty. */
  meld(a: number, b: number): number {
    if (a === NONE) return b;
    if (b === NONE) return a;
    const under = this.#keys[a] <= this.#keys[b] ? b : a;
    const first = under === a ? b : a;
    const child = this.#child[first];
    this.#next[under] = child;
    if (child !== NONE) this.#before[child] = under;
    this.#before[under] = first;
    this.#child[first] = under;
    return first;
  }

  /** What is left of the heap `first` without `row`, which is in it. */
  remove(first: number, row: number): number {
    const rest = this.#combine(this.#child[row]);
    if (row === first) return rest;
    const before = this.#before[row];
    const next = this.#next[row];
    if (this.#child[before] === row) this.#child[before] = next;
    else this.#next[before] = next;
    if (next !== NONE) this.#before[next] = before;
    return this.meld(first, rest);
  }

  /** All rows of a heap, in no particular order. The heap must not be changed meanwhile. */
  each(first: number, visit: (row: number) => void): void {
    let row = first;
    while (row !== NONE) {
      visit(row);
      if (this.#child[row] !== NONE) row = this.#child[row];
      else row = this.#after(row, first);
    }
  }

  /** The row to visit when all that is under `row` has been. */
  #after(row: number, first: number): number {
    let at = row;
    while (at !== first) {
      if (this.#next[at] !== NONE) return this.#next[at];
      let before = this.#before[at];
      for (; this.#child[before] !== at; before = this.#before[at]) at = before;
      at = before;
    }
    return NONE;
  }

  /** One heap of a list of them: in pairs from the left, then the pairs from the right. */
  #combine(list: number): number {
    const next = this.#next;
    let pairs = NONE;
    for (let a = list; a !== NONE;) {
      const b = next[a];
      const after = b === NONE ? NONE : next[b];
      const pair = this.meld(a, b);
      next[pair] = pairs;
      pairs = pair;
      a = after;
    }
    let first = NONE;
    while (pairs !== NONE) {
      const after = next[pairs];
      first = this.meld(first, pairs);
      pairs = after;
    }
    if (first !== NONE) {
      next[first] = NONE;
      this.#before[first] = NONE;
    }
    return first;
  }

  #widen(least: number): void {
    const length = Math.max(least, this.#keys.length * 2);
    this.#keys = widened(this.#keys, length);
    this.#child = widened(this.#child, length);
    this.#next = widened(this.#next, length);
    this.#before = widened(this.#before, length);
  }
}
