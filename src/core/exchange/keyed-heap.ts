/**
 * Whole numbers from 0, few and reused (rows, places), by a key of theirs: the lowest key is at hand, and any of them can leave. Which of
 * equal keys comes first says nothing.
 */
import { widened } from '../num/columns.ts';

const ABSENT = -1;

export class KeyedHeap {
  /** The heap: the two below place p are at 2p + 1 and 2p + 2. */
  #items = new Int32Array(16);
  /** By item: its key, and its place in the heap. */
  #keys = new Float64Array(16);
  #places = new Int32Array(16).fill(ABSENT);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The item of the lowest key, where there is one. */
  get first(): number {
    return this.#items[0];
  }

  /** The lowest key; Infinity where there is none. */
  get firstKey(): number {
    return this.#count === 0 ? Infinity : this.#keys[this.#items[0]];
  }

  /** The item at this place of the heap, below `count`, in no particular order. */
  itemAt(place: number): number {
    return this.#items[place];
  }

  key(item: number): number {
    return this.#keys[item];
  }

  /** Adds an item, or gives it another key. */
  set(item: number, key: number): void {
    if (item >= this.#places.length) this.#widen(item + 1);
    let place = this.#places[item];
    if (place === ABSENT) {
      place = this.#count++;
      if (place === this.#items.length) this.#items = widened(this.#items, place * 2);
    }
    this.#keys[item] = key;
    this.#settle(item, place);
  }

  /** Nothing happens where the item is not there. */
  remove(item: number): void {
    const place = item < this.#places.length ? this.#places[item] : ABSENT;
    if (place === ABSENT) return;
    this.#places[item] = ABSENT;
    const last = this.#items[--this.#count];
    if (last !== item) this.#settle(last, place);
  }

  clear(): void {
    for (let place = 0; place < this.#count; place++) this.#places[this.#items[place]] = ABSENT;
    this.#count = 0;
  }

  /** Puts an item where it belongs, when all but its place are in order. */
  #settle(item: number, place: number): void {
    const items = this.#items;
    const keys = this.#keys;
    const places = this.#places;
    const count = this.#count;
    const key = keys[item];
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[items[above]] <= key) break;
      items[at] = items[above];
      places[items[at]] = at;
      at = above;
    }
    for (let below = 2 * at + 1; below < count; below = 2 * at + 1) {
      if (below + 1 < count && keys[items[below + 1]] < keys[items[below]]) below++;
      if (keys[items[below]] >= key) break;
      items[at] = items[below];
      places[items[at]] = at;
      at = below;
    }
    items[at] = item;
    places[item] = at;
  }

  #widen(least: number): void {
    const before = this.#places.length;
    const length = Math.max(least, before * 2);
    this.#keys = widened(this.#keys, length);
    this.#places = widened(this.#places, length).fill(ABSENT, before);
  }
}
