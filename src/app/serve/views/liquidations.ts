/** Liquidations as the API shows them. */
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import {
  LIQUIDATION_OUTCOME_NAMES,
  VENUE_EVENT_FIELDS,
  VENUE_EVENT_NAMES,
  VenueEvent,
  WaitWhy,
  WAIT_WHY_NAMES,
} from '../../../core/schema/venue-events.ts';
import type { Told } from '../../../io/api/backend.ts';
import type { Liquidation, LiquidationDetail } from '../../../io/api/contract/liquidations.ts';
import type { QueryOf } from '../../../io/api/contract/routes.ts';
import { bucketName } from '../../explain/buckets.ts';
import { timeText } from '../../explain/units.ts';
import type { LiquidationRecord } from '../memory/liquidations.ts';
import { eventAt } from './events.ts';
import { cursorAt, LIMIT, nextCursor } from './lists.ts';
import type { Served } from './served.ts';

const LIQUIDATION_PLACE: number[] = [];
for (const name of VENUE_EVENT_NAMES)
  LIQUIDATION_PLACE[VenueEvent[name]] = (VENUE_EVENT_FIELDS[name] as readonly string[]).indexOf(
    'liquidation',
  );
const STEPS_MAX = 500;

export function liquidationOf(served: Served, record: LiquidationRecord): Liquidation {
  const { units, exchange } = served;
  const { isolated, market, leg } = record;
  const money = (amount: number): string => units.amount(Math.round(amount));
  return {
    id: record.id,
    account: served.accountName(record.account),
    bucket: bucketName(exchange.engine.book, isolated, market, leg),
    level: LEVEL_NAMES[record.level],
    equity: units.amount(record.equity),
    maintenanceMargin: units.amount(record.maintenance),
    startedAt: timeText(record.startedUs),
    sequence: record.sequence,
    endedAt: record.endedUs === null ? null : timeText(record.endedUs),
    outcome: record.outcome === null ? null : LIQUIDATION_OUTCOME_NAMES[record.outcome],
    waitsFor: record.waitsFor === WaitWhy.none ? null : WAIT_WHY_NAMES[record.waitsFor],
    closedNotional: money(record.closed),
    takenOverNotional: money(record.takenOver),
    deleveragedNotional: money(record.deleveraged),
    markets: [...record.markets].map((row) => units.market(row)),
    fundAfter: record.fund === null ? null : units.amount(record.fund),
  };
}

/** Newest first. */
export function liquidationList(served: Served, query: QueryOf<'liquidations'>): Told<'liquidations'> {
  const { ring } = served.memory.liquidations;
  const { limit = LIMIT, cursor, account } = query;
  const row = account === undefined ? null : served.account(account);
  const of = `liquidations:${row ?? ''}`;
  const data: Liquidation[] = [];
  let number = (cursor === undefined ? ring.next : Math.min(ring.next, cursorAt(cursor, of))) - 1;
  for (; number >= ring.first && data.length < limit; number--) {
    const record = ring.at(number);
    if (row === null || record.account === row) data.push(liquidationOf(served, record));
  }
  return { data, next: number >= ring.first ? nextCursor(of, number + 1, Infinity) : null };
}

/** With what is remembered of its steps. */
export function liquidationDetail(served: Served, record: LiquidationRecord): LiquidationDetail {
  const { events } = served.memory;
  const steps: LiquidationDetail['steps'] = [];
  for (let at = events.firstSince(record.sequence); at < events.next && steps.length < STEPS_MAX; at++) {
    if (record.endedUs !== null && events.timeUs(at) > record.endedUs) break;
    const place = LIQUIDATION_PLACE[events.kind(at)];
    if (place >= 0 && events.field(at, place) === record.id) steps.push(eventAt(served, at));
  }
  return { liquidation: liquidationOf(served, record), steps };
}
