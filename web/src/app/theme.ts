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

/** Of the theme, as far as they were asked for. */
const colours = new Map<string, string>();
let theme: Theme = stored();
document.documentElement.dataset.theme = theme;

export function toggleTheme(): void {
  theme = theme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  colours.clear();
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

/** What a colour of the style sheet is now; charts draw on canvas and have to ask. The browser is asked once: it would style the whole page to answer. */
export function colour(name: string): string {
  let value = colours.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    // Before the style sheet is there it has none.
    if (value !== '') colours.set(name, value);
  }
  return value;
}
