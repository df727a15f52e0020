/** Dark unless someone chose otherwise; the choice is this browser's. */
import { useSyncExternalStore } from 'react';

export type Theme = 'dark' | 'light';
const KEY = 'plimsoll-theme';
const changed = new Set<() => void>();

function stored(): Theme {
  try {
    return window.localStorage.getItem(KEY) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
}

let theme: Theme = stored();
document.documentElement.dataset.theme = theme;

export function toggleTheme(): void {
  theme = theme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    window.localStorage.setItem(KEY, theme);
  } catch {
    // A browser that stores nothing still changes its colours.
  }
  for (const tell of changed) tell();
}

function listen(tell: () => void): () => void {
  changed.add(tell);
  return () => changed.delete(tell);
}
export const useTheme = (): Theme => useSyncExternalStore(listen, () => theme);

/** What a colour of the style sheet is now; charts draw on canvas and have to ask. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
