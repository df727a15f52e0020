/**
 * Addresses after the `#`: `#/accounts/whale-7?level=danger`. They work from any folder and on any server, and a
 * link that is sent opens the same page, with the same filter.
 */
import { useSyncExternalStore } from 'react';

export interface Route {
  /** Decoded parts between the slashes; the overview has none. */
  readonly path: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: new Map(new URLSearchParams(query)),
  };
}

export function routeHash(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${path.map(encodeURIComponent).join('/')}${search}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = { hash: '', route: parseRoute('') };
function read(): Route {
  const { hash } = window.location;
  if (hash !== current.hash) current = { hash, route: parseRoute(hash) };
  return current.route;
}

function listen(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export const useRoute = (): Route => useSyncExternalStore(listen, read);

export function go(path: readonly string[], query?: Readonly<Record<string, string>>): void {
  window.location.hash = routeHash(path, query);
}

/** Changes the query of this page without a step in the history: filters, not places. */
export function refine(changes: Readonly<Record<string, string>>): void {
  const { path, query } = read();
  const next = { ...Object.fromEntries(query), ...changes };
  window.history.replaceState(null, '', routeHash(path, next));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
