import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { LongScroll } from './long-scroll.ts';

/** So long after the last step the bar is put where the rows are. */
const SETTLED_MS = 160;

export interface Long {
  readonly tall: number;
  /** Pixels of rows above the first that is seen. */
  readonly offset: number;
  readonly view: number;
  readonly first: number;
  readonly last: number;
  readonly show: (row: number) => void;
}

/** `element` scrolls, once it is there; `head` pixels at its top are covered by the names of the columns. */
export function useLongScroll(
  element: HTMLElement | null,
  rows: number,
  rowHeight: number,
  head: number,
): Long {
  const [long] = useState(() => new LongScroll(rowHeight));
  const [view, setView] = useState(0);
  const [, draw] = useState(0);
  const settling = useRef<number | undefined>(undefined);
  const again = useCallback(() => draw((turn) => turn + 1), []);

  const settle = useCallback(() => {
    if (element === null) return;
    element.scrollTop = long.top;
    long.settle(element.scrollTop);
  }, [element, long]);

  useLayoutEffect(() => {
    if (element === null) return;
    const scrolled = (): void => {
      long.scrolled(element.scrollTop);
      again();
      window.clearTimeout(settling.current);
      settling.current = window.setTimeout(settle, SETTLED_MS);
    };
    const observer = new ResizeObserver(() => setView(Math.max(0, element.clientHeight - head)));
    observer.observe(element);
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', scrolled);
      window.clearTimeout(settling.current);
    };
  }, [element, long, head, again, settle]);

  // After the element has its new height: before that the bar could not stand where it belongs.
  useLayoutEffect(() => {
    if (!long.resize(rows, view)) return;
    settle();
    again();
  }, [long, rows, view, settle, again]);

  const show = useCallback(
    (row: number) => {
      long.show(row);
      settle();
      again();
    },
    [long, settle, again],
  );
  return { tall: long.tall, offset: long.offset, view, first: long.first, last: long.last, show };
}
