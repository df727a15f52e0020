/**
 * Rows of orders by the ids that a caller has: an open table with linear probing, and the id of each row beside it. A `Map` does
 * the same, and took three times as long where orders come and go.
 */
import { widened } from '../../core/num/columns.ts';
import { hashOfOrder, OrderIndex } from '../../core/state/order-index.ts';
import { END } from '../../core/state/positions.ts';

export interface Names<Id> {
  /** The row of this id, or END. */
  find(id: Id): number;
  /** A row for an id that has none. */
  add(id: Id): number;
  remove(row: number): void;
  of(row: number): Id;
}

export class TextNames implements Names<string> {
  readonly #index = new OrderIndex();
  readonly #texts: string[] = [];
  /** Of each text, so that letting go of it does not read it. */
  #hashes = new Int32Array(1024);
  readonly #free: number[] = [];

  find(id: string): number {
    const hash = hashOfText(id);
    let row = this.#index.first(hash);
    while (row !== END && this.#texts[row] !== id) row = this.#index.next(hash);
    return row;
  }

  add(id: string): number {
    const row = this.#free.pop() ?? this.#texts.length;
    if (row === this.#hashes.length) this.#hashes = widened(this.#hashes, row * 2);
    const hash = hashOfText(id);
    this.#texts[row] = id;
    this.#hashes[row] = hash;
    this.#index.add(hash, row);
    return row;
  }

  remove(row: number): void {
    this.#index.remove(this.#hashes[row], row);
    this.#free.push(row);
  }

  of(row: number): string {
    return this.#texts[row];
  }
}

export class NumberNames implements Names<number> {
  readonly #index = new OrderIndex();
  #numbers = new Float64Array(1024);
  #used = 0;
  readonly #free: number[] = [];

  find(id: number): number {
    const hash = hashOfOrder(0, id);
    let row = this.#index.first(hash);
    while (row !== END && this.#numbers[row] !== id) row = this.#index.next(hash);
    return row;
  }

  add(id: number): number {
    const row = this.#free.pop() ?? this.#used++;
    if (row === this.#numbers.length) this.#numbers = widened(this.#numbers, row * 2);
    this.#numbers[row] = id;
    this.#index.add(hashOfOrder(0, id), row);
    return row;
  }

  remove(row: number): void {
    this.#index.remove(hashOfOrder(0, this.#numbers[row]), row);
    this.#free.push(row);
  }

  of(row: number): number {
    return this.#numbers[row];
  }
}

function hashOfText(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x9e3779b1);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 13);
}
