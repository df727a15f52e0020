/** What was done within a while: every deed is kept with its time, and counts until WINDOW_SLICES whole slices lie after its own. */
import { WINDOW_SLICES } from '../../core/schema/gate-limits.ts';
import type { Bounds } from './limits.ts';
import type { Deed, Window } from './state.ts';

export type Done = Pick<Deed, 'orders' | 'value' | 'cancels'>;

/** What counts at `now`: nothing where the window has no length. */
export function sumOf({ slice, deeds }: Window, length: Bounds | null, now: number): Done {
  let [orders, value, cancels] = [0, 0n, 0];
  if ((length?.hard ?? 0) === 0) return { orders, value, cancels };
  for (const deed of deeds) {
    if (!countsAt(deed, slice, now)) continue;
    orders += deed.orders;
    value += deed.value;
    cancels += deed.cancels;
  }
  return { orders, value, cancels };
}

/** Counts one more. Where the window has another length than before, what still counts does so as of now. */
export function count(window: Window, length: Bounds | null, now: number, done: Done): void {
  const us = length?.hard ?? 0;
  const slice = Math.ceil(us / WINDOW_SLICES);
  const alive = window.deeds.filter((deed) => countsAt(deed, window.slice, now));
  if (slice === 0) window.deeds = [];
  else if (slice === window.slice) window.deeds = [...alive, { ...done, timeUs: now }];
  else window.deeds = [...alive, done].map((deed) => ({ ...deed, timeUs: now }));
  window.slice = slice;
}

/** Whether a deed of a window of such slices still counts. */
export function countsAt({ timeUs }: Deed, slice: number, now: number): boolean {
  const wholeAfter = Math.floor(now / slice) - Math.floor(timeUs / slice) - 1;
  return wholeAfter < WINDOW_SLICES;
}
