/** Events as the API shows them, in the words of docs/reference/exchange.md. */
import type { ExchangeEvent } from '../../../io/api/contract/liquidations.ts';
import type { Told } from '../../../io/api/backend.ts';
import type { QueryOf } from '../../../io/api/contract/routes.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { timeText } from '../../explain/units.ts';
import { cursorAt, LIMIT, nextCursor } from './lists.ts';
import type { Served } from './served.ts';

export function eventAt({ memory, replica }: Served, number: number): ExchangeEvent {
  const { events } = memory;
  return {
    sequence: events.sequence(number),
    time: timeText(events.timeUs(number)),
    ...describeEvent(events.log(number), 0, replica.registry),
  } as ExchangeEvent;
}

/** From a sequence on, oldest first. */
export function eventList(served: Served, query: QueryOf<'events'>): Told<'events'> {
  const { events } = served.memory;
  const { since, limit = LIMIT, cursor } = query;
  const of = 'events';
  let at = Math.max(events.first, events.next - limit);
  if (cursor !== undefined) at = cursorAt(cursor, of);
  else if (since !== undefined) at = events.firstSince(since);
  const isGone =
    events.first > 0 &&
    (cursor === undefined ? since !== undefined && since < events.sequence(events.first) : at < events.first);
  if (isGone)
    throw new ApiProblem(
      'API_EVENTS_GONE',
      `events are remembered from sequence ${events.sequence(events.first)} on: begin there, or read the journal`,
      cursor === undefined ? { field: 'since', value: since } : { field: 'cursor', value: cursor },
    );
  const end = Math.min(events.next, at + limit);
  const data: ExchangeEvent[] = [];
  for (let number = at; number < end; number++) data.push(eventAt(served, number));
  // There is always more to come: the cursor of the end is where the next begins.
  return { data, next: nextCursor(of, Math.max(at, end), Infinity) };
}

/** What concerns an account, newest first. */
export function accountEvents(
  served: Served,
  account: number,
  query: QueryOf<'accountEvents'>,
): Told<'accountEvents'> {
  const { events } = served.memory;
  const { limit = LIMIT, cursor } = query;
  const of = `events:${account}`;
  const data: ExchangeEvent[] = [];
  // A cursor is the number of the first event that was shown already.
  let number = (cursor === undefined ? events.next : Math.min(events.next, cursorAt(cursor, of))) - 1;
  for (; number >= events.first && data.length < limit; number--)
    if (events.concerns(number, account)) data.push(eventAt(served, number));
  return { data, next: number >= events.first ? nextCursor(of, number + 1, Infinity) : null };
}
