/** What there is to open. Each page is loaded when it is first opened. */
import { lazy, type ComponentType } from 'react';

export interface Page {
  /** First part of its address; the overview's is empty. */
  readonly name: string;
  readonly title: string;
  /** Second key after `g`. */
  readonly key: string;
  readonly Body: ComponentType;
}

const page = (
  name: string,
  title: string,
  key: string,
  load: () => Promise<{ Page: ComponentType }>,
): Page => ({ name, title, key, Body: lazy(async () => ({ default: (await load()).Page })) });

export const PAGES: readonly Page[] = [
  page('', 'Overview', 'o', () => import('../pages/overview/page.tsx')),
  page('map', 'Liquidation map', 'l', () => import('../pages/map/page.tsx')),
  page('accounts', 'Accounts', 'a', () => import('../pages/accounts/page.tsx')),
  page('market', 'Market', 'm', () => import('../pages/market/page.tsx')),
  page('what-if', 'What-if', 'w', () => import('../pages/what-if/page.tsx')),
  page('gate', 'Gate', 't', () => import('../pages/gate/page.tsx')),
  page('alerts', 'Alerts', 'n', () => import('../pages/alerts/page.tsx')),
  page('explain', 'Explain', 'e', () => import('../pages/explain/page.tsx')),
  page('system', 'System', 's', () => import('../pages/system/page.tsx')),
];

export const pageOf = (path: readonly string[]): Page | undefined =>
  PAGES.find(({ name }) => name === (path[0] ?? ''));
