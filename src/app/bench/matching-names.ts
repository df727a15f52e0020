/**
 * Rows of orders by the ids that a caller has. Hashes lead to rows, rows of one hash form a chain, and beside each row is its
 * id. A `Map` does the same, and took three to four times as long where orders come and go.
 */
import { widened } from '../../core/num/columns.ts';

export const NAME_NONE = -1;

export interface Names<Id> {
  /** The row of this id, or NAME_NONE. */
  find(id: Id): number;
  /** A row for an id that has none. */
  add(id: Id): number;
  remove(row: number): void;
  of(row: number): Id;
}

export class TextNames implements Names<string> {
  readonly #chains = new Chains();
  readonly #texts: string[] = [];
  readonly #free: number[] = [];

  find(id: string): number {
    let row = this.#chains.first(hashOfText(id));
    while (row !== NAME_NONE && this.#texts[row] !== id) row = this.#chains.after(row);
    return row;
  }

  add(id: string): number {
    const row = this.#free.pop() ?? this.#texts.length;
    this.#texts[row] = id;
    this.#chains.add(hashOfText(id), row);
    return row;
  }

  remove(row: number): void {
    this.#chains.remove(row);
    this.#free.push(row);
  }

  of(row: number): string {
    return this.#texts[row];
  }
}

export class NumberNames implements Names<number> {
  readonly #chains = new Chains();
  #numbers = new Float64Array(1024);
  #used = 0;
  readonly #free: number[] = [];

  find(id: number): number {
    let row = this.#chains.first(hashOfNumber(id));
    while (row !== NAME_NONE && this.#numbers[row] !== id) row = this.#chains.after(row);
    return row;
  }

  add(id: number): number {
    const row = this.#free.pop() ?? this.#used++;
    if (row === this.#numbers.length) this.#numbers = widened(this.#numbers, row * 2);
    this.#numbers[row] = id;
    this.#chains.add(hashOfNumber(id), row);
    return row;
  }

  remove(row: number): void {
    this.#chains.remove(row);
    this.#free.push(row);
  }

  of(row: number): number {
    return this.#numbers[row];
  }
}

/** Ids that are rows, where nobody has to be asked: for what the book costs by itself. */
export class GivenRows implements Names<number> {
  readonly #rows: Int32Array;
  #ids = new Int32Array(1024);
  #used = 0;
  readonly #free: number[] = [];

  constructor(ids: number) {
    this.#rows = new Int32Array(ids).fill(NAME_NONE);
  }

  find(id: number): number {
    return this.#rows[id];
  }

  add(id: number): number {
    const row = this.#free.pop() ?? this.#used++;
    if (row === this.#ids.length) this.#ids = widened(this.#ids, row * 2);
    this.#ids[row] = id;
    this.#rows[id] = row;
    return row;
  }

  remove(row: number): void {
    this.#rows[this.#ids[row]] = NAME_NONE;
    this.#free.push(row);
  }

  of(row: number): number {
    return this.#ids[row];
  }
}

class Chains {
  #heads = new Int32Array(512).fill(NAME_NONE);
  /** Of each row its hash, at [2 * row], and the next row of its chain. */
  #links = new Int32Array(2 * 512);
  #count = 0;

  /** The first row with this hash. */
  first(hash: number): number {
    const links = this.#links;
    let row = this.#heads[hash & (this.#heads.length - 1)];
    while (row !== NAME_NONE && links[2 * row] !== hash) row = links[2 * row + 1];
    return row;
  }

  /** The next row with the hash of this one. */
  after(row: number): number {
    const links = this.#links;
    let next = links[2 * row + 1];
    while (next !== NAME_NONE && links[2 * next] !== links[2 * row]) next = links[2 * next + 1];
    return next;
  }

  add(hash: number, row: number): void {
    if (2 * row >= this.#links.length) this.#links = widened(this.#links, row * 4);
    if (this.#count++ === this.#heads.length) this.#widen();
    this.#put(hash, row);
  }

  remove(row: number): void {
    const links = this.#links;
    const next = links[2 * row + 1];
    const head = links[2 * row] & (this.#heads.length - 1);
    let before = this.#heads[head];
    this.#count--;
    if (before === row) {
      this.#heads[head] = next;
      return;
    }
    while (links[2 * before + 1] !== row) before = links[2 * before + 1];
    links[2 * before + 1] = next;
  }

  #put(hash: number, row: number): void {
    const head = hash & (this.#heads.length - 1);
    this.#links[2 * row] = hash;
    this.#links[2 * row + 1] = this.#heads[head];
    this.#heads[head] = row;
  }

  #widen(): void {
    const before = this.#heads;
    this.#heads = new Int32Array(before.length * 4).fill(NAME_NONE);
    for (let row of before)
      while (row !== NAME_NONE) {
        const next = this.#links[2 * row + 1];
        this.#put(this.#links[2 * row], row);
        row = next;
      }
  }
}

function hashOfNumber(id: number): number {
  const hash = Math.imul(id ^ Math.imul(id / 4294967296, 0x85ebca6b), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

function hashOfText(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x9e3779b1);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 13);
}
