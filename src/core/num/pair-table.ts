/**
 * A whole number for pairs of rows, such as a group and a market: in pages of 64 of the second, laid when something of them is first set. Found by two
 * reads, which a hash would take more for.
 */
import { widened } from './columns.ts';

const PAGE_BITS = 6;
const PAGE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE - 1;
export const PAIR_ABSENT = -1;
const ABSENT = PAIR_ABSENT;

export class PairTable {
  /** Where the page of [first << #bits | second >> PAGE_BITS] begins in #cells; 0: there is none, and the first page stays empty. */
  #pages = new Int32Array(64);
  #cells = new Int32Array(2 * PAGE).fill(ABSENT);
  #used = PAGE;
  /** Pages of one row, as a power of two. */
  #bits = 0;
  #rows = 0;

  get(first: number, second: number): number {
    const page = second >> PAGE_BITS;
    return first < this.#rows && page >> this.#bits === 0
      ? this.#cells[this.#pages[(first << this.#bits) + page] + (second & PAGE_MASK)]
      : ABSENT;
  }

  set(first: number, second: number, value: number): void {
    const page = second >> PAGE_BITS;
    while (page >> this.#bits !== 0) this.#double();
    if (first >= this.#rows) this.#rows = first + 1;
    const at = (first << this.#bits) + page;
    if (at >= this.#pages.length) this.#pages = widened(this.#pages, 2 * (at + 1));
    if (this.#pages[at] === 0) {
      this.#pages[at] = this.#used;
      this.#used += PAGE;
      if (this.#used > this.#cells.length) {
        const before = this.#cells.length;
        this.#cells = widened(this.#cells, 2 * before);
        this.#cells.fill(ABSENT, before);
      }
    }
    this.#cells[this.#pages[at] + (second & PAGE_MASK)] = value;
  }

  clear(): void {
    this.#pages.fill(0);
    this.#cells.fill(ABSENT);
    this.#used = PAGE;
  }

  /** Room for twice as many pages a row. */
  #double(): void {
    const pages = new Int32Array(2 * this.#pages.length);
    const count = 1 << this.#bits;
    for (let row = 0; row < this.#rows; row++)
      for (let page = 0; page < count; page++)
        pages[row * 2 * count + page] = this.#pages[row * count + page];
    this.#pages = pages;
    this.#bits++;
  }
}
