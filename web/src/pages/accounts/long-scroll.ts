/**
 * Scrolling through more rows than a browser can lay out: elements end at some 33 million pixels, half of that on a dense screen. The element that
 * scrolls is never taller than `TALL_MAX`; beyond that its middle stands for more than it has:
 *
 *   bar    |- EDGE -|----------------- middle -----------------|- EDGE -|      as far as it scrolls
 *   rows   |- EDGE -|------------------------- middle -------------------------|- EDGE -|
 *
 * A jump (the bar is dragged) goes by this map. A step (a wheel, a finger) moves the rows by as many pixels as it has, wherever it is; what that leaves
 * between bar and rows is put right by `settle`, once nothing moves. At both ends a pixel is a pixel, so that the first and the last row are reached by steps.
 */
export const TALL_MAX = 10_000_000;
const EDGE = 200_000;

export class LongScroll {
  readonly #rowHeight: number;
  #rows = 0;
  #view = 0;
  /** What the bar said last. */
  #top = 0;
  /** Pixels of rows above the first that is seen. */
  offset = 0;

  constructor(rowHeight: number) {
    this.#rowHeight = rowHeight;
  }

  /** How many rows there are, and how many pixels are seen at once. Answers whether the bar has to be moved to where it is now. */
  resize(rows: number, view: number): boolean {
    if (rows === this.#rows && view === this.#view) return false;
    this.#rows = rows;
    this.#view = view;
    this.offset = Math.min(this.offset, this.#offsetMax);
    return true;
  }

  /** Of the element that scrolls. */
  get tall(): number {
    return Math.min(TALL_MAX, this.#rows * this.#rowHeight);
  }

  /** The rows that are seen, at least in part. */
  get first(): number {
    return Math.floor(this.offset / this.#rowHeight);
  }
  get last(): number {
    return Math.min(this.#rows, Math.ceil((this.offset + this.#view) / this.#rowHeight)) - 1;
  }

  /** The bar was moved there. */
  scrolled(top: number): void {
    const by = top - this.#top;
    this.#top = top;
    const isStep = Math.abs(by) <= 2 * this.#view && top > 0 && top < this.#topMax;
    this.offset = isStep ? this.#within(this.offset + by) : this.#offsetAt(top);
  }

  /** Moves as little as it takes for the row to be seen. */
  show(row: number): void {
    const from = row * this.#rowHeight;
    if (from < this.offset) this.offset = this.#within(from);
    else if (from + this.#rowHeight > this.offset + this.#view)
      this.offset = this.#within(from + this.#rowHeight - this.#view);
  }

  /** Where the bar belongs. */
  get top(): number {
    const rows = this.offset;
    if (this.#offsetMax <= this.#topMax || rows <= EDGE) return rows;
    const left = this.#offsetMax - rows;
    if (left <= EDGE) return this.#topMax - left;
    return EDGE + ((rows - EDGE) * (this.#topMax - 2 * EDGE)) / (this.#offsetMax - 2 * EDGE);
  }

  /** The bar was put there, and nobody moved it: it is where the rows are. */
  settle(top: number): void {
    this.#top = top;
  }

  #offsetAt(top: number): number {
    if (this.#offsetMax <= this.#topMax || top <= EDGE) return this.#within(top);
    const left = this.#topMax - top;
    if (left <= EDGE) return this.#within(this.#offsetMax - left);
    return EDGE + ((top - EDGE) * (this.#offsetMax - 2 * EDGE)) / (this.#topMax - 2 * EDGE);
  }

  #within(offset: number): number {
    return Math.min(this.#offsetMax, Math.max(0, offset));
  }

  get #topMax(): number {
    return Math.max(0, this.tall - this.#view);
  }
  get #offsetMax(): number {
    return Math.max(0, this.#rows * this.#rowHeight - this.#view);
  }
}
