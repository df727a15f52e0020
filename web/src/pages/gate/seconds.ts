import { useEffect, useRef, useState } from 'react';
import { frame } from '../../live/frame.ts';

const KEPT = 300;

/** A number of the page as it was each second since the page was opened; of a count, what was added in each. */
export function useSeconds(value: number | undefined, isCount = false): readonly number[] {
  const latest = useRef(value);
  const [history, setHistory] = useState<readonly number[]>([]);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    let before: number | undefined;
    const timer = window.setInterval(() => {
      const now = latest.current;
      if (now === undefined) return;
      const second = isCount ? now - (before ?? now) : now;
      const isFirst = isCount && before === undefined;
      before = now;
      // Several of these have their second at once: the page is rendered once for all.
      if (!isFirst) frame(() => setHistory((kept) => [...kept.slice(1 - KEPT), second]));
    }, 1000);
    return () => window.clearInterval(timer);
  }, [isCount]);
  return history;
}
