/** The element that scrolls, and the rows it shows, for React: it says where things are, and is told how many rows there are. */
import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { LongScroll } from './long-scroll.ts';

/** So long after the last step the bar is put where the rows are. */
const SETTLED_MS = 160;

export interface Seen {
  /** Of the element that scrolls, pixels; of its part that is seen. */
  readonly tall: number;
  readonly view: number;
  /** Pixels of rows above the first that is seen. */
  readonly offset: number;
  readonly first: number;
  readonly last: number;
}

export class Scroller {
  readonly #long: LongScroll;
  readonly #head: number;
  readonly #listeners = new Set<() => void>();
  #element: HTMLElement | null = null;
  #rows = 0;
  #settling: number | undefined;
  #seen: Seen = { tall: 0, view: 0, offset: 0, first: 0, last: -1 };

  /** `head` pixels at the top of the element are covered by the names of the columns. */
  constructor(rowHeight: number, head: number) {
    this.#long = new LongScroll(rowHeight);
    this.#head = head;
  }

  readonly seen = (): Seen => this.#seen;

  readonly listen = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  /** For `ref`: it may come and go. */
  readonly attach = (element: HTMLElement | null): (() => void) | undefined => {
    if (element === null) return undefined;
    this.#element = element;
    const observer = new ResizeObserver(() => this.hold(this.#rows));
    observer.observe(element);
    element.addEventListener('scroll', this.#scrolled, { passive: true });
    return () => {
      this.#element = null;
      observer.disconnect();
      element.removeEventListener('scroll', this.#scrolled);
      window.clearTimeout(this.#settling);
    };
  };

  /** There are so many rows. */
  hold(rows: number): void {
    this.#rows = rows;
    if (this.#element === null) return;
    if (!this.#long.resize(rows, Math.max(0, this.#element.clientHeight - this.#head))) return;
    this.#tell();
    this.#settle();
  }

  show(row: number): void {
    this.#long.show(row);
    this.#settle();
    this.#tell();
  }

  readonly #scrolled = (): void => {
    if (this.#element === null) return;
    this.#long.scrolled(this.#element.scrollTop);
    this.#tell();
    window.clearTimeout(this.#settling);
    this.#settling = window.setTimeout(this.#settle, SETTLED_MS);
  };

  readonly #settle = (): void => {
    if (this.#element === null) return;
    this.#element.scrollTop = this.#long.top;
    this.#long.settle(this.#element.scrollTop);
  };

  #tell(): void {
    const { tall, offset, first, last } = this.#long;
    const view = this.#element === null ? 0 : this.#element.clientHeight - this.#head;
    this.#seen = { tall, view, offset, first, last };
    for (const listener of this.#listeners) listener();
  }
}

export function useScroller(rowHeight: number, head: number): readonly [Scroller, Seen] {
  const [scroller] = useState(() => new Scroller(rowHeight, head));
  return [scroller, useSyncExternalStore(scroller.listen, scroller.seen)];
}

/** After the element has been laid out: before that it is not known how much of it is seen. */
export function useHeld(scroller: Scroller, rows: number): void {
  useLayoutEffect(() => scroller.hold(rows), [scroller, rows]);
}
