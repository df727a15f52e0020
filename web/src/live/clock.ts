/** The time of this machine in steps, so that ages count on while nothing arrives. One timer for all. */
import { useSyncExternalStore } from 'react';

const STEP_MS = 500;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

function listen(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, STEP_MS);
  return () => {
    listeners.delete(tell);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

export const useNow = (): number => useSyncExternalStore(listen, () => now);
