/**
 * Alerts of the watchers of conduct as NDJSON, among the events of an exchange: names for rows, decimals for amounts. docs/reference/exchange.md
 * has an example of each.
 */
import { NO_MARKET, type Alert } from '../../core/exchange/surveillance/alerts.ts';
import { lotsToText, moneyToText } from '../../core/num/grid.ts';
import { timeToText } from '../ingest/file/fields.ts';
import type { Registry } from '../ingest/file/registry.ts';

export interface AlertDocument {
  readonly kind: string;
  readonly market?: string;
  readonly accounts: readonly string[];
  readonly figures: Readonly<Record<string, string | number>>;
}

/** Without sequence and time. */
export function describeAlert({ name, market, accounts, figures }: Alert, registry: Registry): AlertDocument {
  return {
    kind: name.replaceAll('-', '_'),
    ...(market === NO_MARKET ? {} : { market: registry.marketAt(market as never) }),
    accounts: accounts.map((row) => registry.accountAt(row as never)),
    figures: Object.fromEntries(
      Object.entries(figures).map(([figure, value]) => describeFigure(figure, value, market, registry)),
    ),
  };
}

/** `sequence` is that of the command that gave cause, `watchedSince` that of the first that the watchers saw. */
export function alertLine(alert: Alert, sequence: number, watchedSince: number, registry: Registry): string {
  const time = timeToText(alert.timeUs as never);
  return JSON.stringify({ sequence, time, event: 'alert', ...describeAlert(alert, registry), watchedSince });
}

/** The unit is at the end of the name within, and in the form of the value without. */
function describeFigure(
  figure: string,
  value: number,
  market: number,
  registry: Registry,
): [string, string | number] {
  const without = (unit: string): string => figure.slice(0, -unit.length);
  if (figure.endsWith('Lots'))
    return [without('Lots'), lotsToText(value as never, registry.gridAt(market as never))];
  if (figure.endsWith('Units')) return [without('Units'), moneyToText(value as never, registry.decimals!)];
  return figure.endsWith('Us') ? [without('Us'), `${value / 1e6}s`] : [figure, value];
}
