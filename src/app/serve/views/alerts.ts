/** Alerts, filtered. */
import type { Told } from '../../../io/api/backend.ts';
import type { Alert } from '../../../io/api/contract/alerts.ts';
import type { QueryOf } from '../../../io/api/contract/routes.ts';
import { cursorAt, LIMIT, nextCursor } from './lists.ts';
import type { Served } from './served.ts';

/** Newest first. */
export function alertList({ alerts }: Served, query: QueryOf<'alerts'>): Told<'alerts'> {
  const { ring } = alerts;
  const { limit = LIMIT, cursor, kind, severity, account } = query;
  const of = `alerts:${kind ?? ''}:${severity ?? ''}:${account ?? ''}`;
  const data: Alert[] = [];
  let number = (cursor === undefined ? ring.next : Math.min(ring.next, cursorAt(cursor, of))) - 1;
  for (; number >= ring.first && data.length < limit; number--) {
    const alert = ring.at(number);
    const isWanted =
      (kind === undefined || alert.kind === kind) &&
      (severity === undefined || alert.severity === severity) &&
      (account === undefined || alert.accounts.includes(account));
    if (isWanted) data.push(alert);
  }
  return { data, next: number >= ring.first ? nextCursor(of, number + 1, Infinity) : null };
}
