/**
 * Trailing orders of one direction: each waits for the price to come down by its distance from the highest that it has seen. (Those that
 * wait for it to rise from the lowest are the same with prices negated, which is the caller's business.)
 *
 * Orders that have seen the same highest price are a group. Who came earlier has seen at least as much, so groups lie on a stack
 * by age, the highest seen at the bottom:
 *
 *   seen     130      121      117      now: 110
 *   stamps   [0, 4)   [4, 9)   [9, ...)             of an order: that of the group it came into
 *
 * A price above the top swallows the groups that have seen less: their heaps become one. A price below touches the groups whose
 * nearest trigger it reaches, found by a heap of groups, and in them the orders that fire. So a price costs what it changes, however
 * many orders there are, and an order finds its group by its stamp.
 */
import { assert } from '../num/assert.ts';
import { widened } from '../num/columns.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { HEAP_EMPTY, PairingHeaps } from './pairing-heaps.ts';

/** Groups without orders are kept until they are more than the others by so many. */
const EMPTY_MAX = 16;

export class Trailing {
  /** By place on the stack: highest price seen, first stamp, orders by distance. */
  #seen = new Float64Array(16);
  #stamps = new Float64Array(16);
  #orders = new Int32Array(16);
  #count = 0;
  /** Places of groups that have orders, by how far under zero their nearest trigger is. */
  readonly #nearest = new KeyedHeap();
  /** By row. */
  #stampOf = new Float64Array(16);
  #stampNext = 0;
  readonly #heaps: PairingHeaps;

  /** `heaps` may be shared with others whose rows are not these. */
  constructor(heaps: PairingHeaps) {
    this.#heaps = heaps;
  }

  /** `now` is the highest it has seen, and no more than what those before it have: -Infinity where there was no price yet. */
  add(row: number, distance: number, now: number): void {
    let top = this.#count - 1;
    assert(top < 0 || now <= this.#seen[top], 'a trailing order has seen no more than those before it');
    if (top < 0 || now < this.#seen[top]) {
      top = this.#count++;
      if (top === this.#seen.length) this.#widen();
      this.#seen[top] = now;
      this.#stamps[top] = this.#stampNext++;
      this.#orders[top] = HEAP_EMPTY;
    }
    if (row >= this.#stampOf.length)
      this.#stampOf = widened(this.#stampOf, Math.max(row + 1, this.#stampOf.length * 2));
    this.#stampOf[row] = this.#stamps[top];
    this.#hold(top, this.#heaps.meld(this.#orders[top], this.#heaps.make(row, distance)));
  }

  remove(row: number): void {
    const group = this.#groupOf(row);
    this.#hold(group, this.#heaps.remove(this.#orders[group], row));
    this.#tidy();
  }

  /** The highest price that the order has seen. */
  seen(row: number): number {
    return this.#seen[this.#groupOf(row)];
  }

  /** As many as there are of different highest prices, and a few that are empty. */
  get groups(): number {
    return this.#count;
  }

  /** Below this or at it something fires; -Infinity where nothing can. */
  get nearest(): number {
    return -this.#nearest.firstKey;
  }

  /** All have seen `price`. Nothing fires by a price above others. */
  raise(price: number): void {
    let at = this.#count;
    if (at === 0 || this.#seen[at - 1] >= price) return;
    let orders: number = HEAP_EMPTY;
    while (at > 0 && this.#seen[at - 1] <= price) {
      orders = this.#heaps.meld(orders, this.#orders[--at]);
      this.#nearest.remove(at);
    }
    this.#count = at + 1;
    this.#seen[at] = price;
    this.#hold(at, orders);
    this.#tidy();
  }

  /** Takes out the order of the nearest trigger; there is one. */
  take(): number {
    const group = this.#nearest.first;
    const row = this.#orders[group];
    this.#hold(group, this.#heaps.remove(row, row));
    this.#tidy();
    return row;
  }

  /** From those who have seen most to those who have seen least: added again in this order they are what they were. */
  each(visit: (row: number, seen: number) => void): void {
    for (let group = 0; group < this.#count; group++) {
      const seen = this.#seen[group];
      this.#heaps.each(this.#orders[group], (row) => visit(row, seen));
    }
  }

  /** The last group whose first stamp is not after the order's. */
  #groupOf(row: number): number {
    const stamp = this.#stampOf[row];
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#stamps[middle] <= stamp) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #hold(group: number, orders: number): void {
    this.#orders[group] = orders;
    if (orders === HEAP_EMPTY) this.#nearest.remove(group);
    else this.#nearest.set(group, this.#heaps.key(orders) - this.#seen[group]);
  }

  /** Drops groups without orders: at the top at once, others when there are many of them. */
  #tidy(): void {
    while (this.#count > 0 && this.#orders[this.#count - 1] === HEAP_EMPTY) this.#count--;
    if (this.#count <= 2 * this.#nearest.count + EMPTY_MAX) return;
    const before = this.#count;
    this.#count = 0;
    this.#nearest.clear();
    for (let group = 0; group < before; group++) {
      if (this.#orders[group] === HEAP_EMPTY) continue;
      const to = this.#count++;
      this.#seen[to] = this.#seen[group];
      this.#stamps[to] = this.#stamps[group];
      this.#hold(to, this.#orders[group]);
    }
  }

  #widen(): void {
    const length = this.#seen.length * 2;
    this.#seen = widened(this.#seen, length);
    this.#stamps = widened(this.#stamps, length);
    this.#orders = widened(this.#orders, length);
  }
}
