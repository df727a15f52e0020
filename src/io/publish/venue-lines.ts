/**
 * What an exchange says as NDJSON: one line an event, with names for rows and numbers of words, and decimals for amounts. The other
 * direction of io/ingest/file/venue-decode.ts. docs/reference/exchange.md has one example of every event; a test compares.
 *
 * A field that does not apply is left out: the leg of a one-way position, a client id that was not given.
 */
import type { EventLog } from '../../core/exchange/event-log.ts';
import { lotsToText, markToText, moneyToText, priceToText, type Grid } from '../../core/num/grid.ts';
import { KIND_NAMES, LEG_NAMES, type Command } from '../../core/schema/commands.ts';
import { LEVEL_NAMES } from '../../core/schema/levels.ts';
import {
  DONE_REASON_NAMES,
  MARKET_STATE_NAMES,
  ORDER_TYPE_NAMES,
  TIME_IN_FORCE_NAMES,
  TRIGGER_BY_NAMES,
  TRIGGER_KIND_NAMES,
  TriggerBy,
  TriggerKind,
} from '../../core/schema/orders.ts';
import { SIDE_NAMES } from '../../core/schema/side.ts';
import { isOwnCommand, nameOfVenueKind } from '../../core/schema/venue-codec.ts';
import { CLOSE_POLICY_NAMES, type OwnCommand } from '../../core/schema/venue-commands.ts';
import {
  LIQUIDATION_OUTCOME_NAMES,
  OrderFlag,
  STATE_WHY_NAMES,
  TRANSFER_WHY_NAMES,
  VENUE_EVENT_FIELDS,
  VENUE_EVENT_NAMES,
  VenueEvent,
  WAIT_WHY_NAMES,
} from '../../core/schema/venue-events.ts';
import { timeToText } from '../ingest/file/fields.ts';
import type { Registry } from '../ingest/file/registry.ts';

type EventName = keyof typeof VenueEvent;
type FieldOf<Event extends EventName> = (typeof VENUE_EVENT_FIELDS)[Event][number];

/** The row at hand: its fields by name, and what is needed to write them. */
interface Row {
  readonly registry: Registry;
  get(field: string): number;
}

/** The value as it is written; undefined leaves it out. */
type Form = (value: number, row: Row) => unknown;

const id: Form = (value) => value;
const idOrNone: Form = (value) => (value === 0 ? undefined : value);
const flag: Form = (value) => value === 1;
const word =
  (names: readonly string[]): Form =>
  (value) =>
    names[value];
const account: Form = (value, { registry }) => registry.accountAt(value as never);
const market: Form = (value, { registry }) => registry.marketAt(value as never);
const marketOrNone: Form = (value, row) => (value < 0 ? undefined : market(value, row));
const leg: Form = (value) => (value === 0 ? undefined : LEG_NAMES[value]);
const money: Form = (value, { registry }) => moneyToText(value as never, registry.decimals!);
const lots: Form = (value, row) => lotsToText(value as never, gridOf(row));
const price: Form = (value, row) => priceToText(value as never, gridOf(row));
/** Of an order without a limit there is none. */
const priceOrNone: Form = (value, row) => (value === 0 ? undefined : price(value, row));
const mark: Form = (value, row) => markToText(value as never, gridOf(row));
const time: Form = (value) => (value === 0 ? undefined : timeToText(value as never));
const hidden: Form = () => undefined;
/** Only where it is about one isolated bucket. */
const ofBucket =
  (form: Form): Form =>
  (value, row) =>
    row.get('isolated') === 1 ? form(value, row) : undefined;

const gridOf = (row: Row): Grid => row.registry.gridAt(row.get('market') as never);

const trigger: Form = (value, row) =>
  value === TriggerKind.none
    ? undefined
    : {
        kind: TRIGGER_KIND_NAMES[value],
        by: isByLast(row) ? 'last' : 'mark',
        [value === TriggerKind.trailing ? 'distance' : 'price']: (isByLast(row) ? price : mark)(
          row.get('triggerPrice'),
          row,
        ),
      };
const isByLast = (row: Row): boolean => (row.get('flags') & OrderFlag.byLast) !== 0;
const flags: Form = (value) => {
  const set = (Object.keys(OrderFlag) as (keyof typeof OrderFlag)[]).filter(
    (name) => name !== 'byLast' && (value & OrderFlag[name]) !== 0,
  );
  return set.length === 0 ? undefined : set;
};

const BUCKET = { account, market: ofBucket(market), leg: ofBucket(leg), isolated: flag };
const POSITION = { account, market, leg, isolated: flag };

const FORMS: { readonly [Event in EventName]: Readonly<Record<FieldOf<Event>, Form>> } = {
  cut: { time: hidden },
  accepted: {
    order: id,
    account,
    market,
    leg,
    side: word(SIDE_NAMES),
    type: word(ORDER_TYPE_NAMES),
    timeInForce: word(TIME_IN_FORCE_NAMES),
    price: priceOrNone,
    size: lots,
    flags,
    clientId: idOrNone,
    trigger,
    triggerPrice: hidden,
    parent: idOrNone,
  },
  rested: { order: id, market, side: word(SIDE_NAMES), price, size: lots },
  trade: {
    trade: id,
    market,
    price,
    size: lots,
    side: word(SIDE_NAMES),
    takerOrder: id,
    makerOrder: id,
  },
  fill: {
    ...POSITION,
    size: lots,
    price,
    fee: money,
    trade: idOrNone,
    order: idOrNone,
    left: lots,
    realized: money,
  },
  done: { order: id, account, market, why: word(DONE_REASON_NAMES), left: lots },
  amended: { order: id, account, price: priceOrNone, size: lots, left: lots, kept: flag, market },
  triggered: {
    order: id,
    account,
    market,
    price: (value, row) => (row.get('by') === TriggerBy.last ? price : mark)(value, row),
    by: word(TRIGGER_BY_NAMES),
  },
  transfer: { ...BUCKET, amount: money, why: word(TRANSFER_WHY_NAMES), liquidation: idOrNone },
  position: { ...POSITION, size: lots, cost: money, liquidation: idOrNone },
  charge: { ...POSITION, order: id, size: lots, price: priceOrNone },
  state: { market: marketOrNone, state: word(MARKET_STATE_NAMES), why: word(STATE_WHY_NAMES) },
  liquidation: {
    liquidation: id,
    ...BUCKET,
    level: word(LEVEL_NAMES),
    equity: money,
    maintenance: money,
  },
  step: {
    liquidation: id,
    market,
    leg,
    size: lots,
    limit: price,
    policy: word(CLOSE_POLICY_NAMES),
    pauseUs: time,
  },
  takeover: { liquidation: id, account, market, leg, size: lots, price, mark },
  adl: {
    liquidation: id,
    account,
    leg,
    against: account,
    againstLeg: leg,
    market,
    size: lots,
    price,
    rank: id,
  },
  liquidation_end: {
    liquidation: id,
    account,
    outcome: word(LIQUIDATION_OUTCOME_NAMES),
    equity: money,
    fund: money,
  },
  backlog: { liquidation: idOrNone, market, size: lots, price: priceOrNone },
  mode: { account, market: marketOrNone, isolated: flag, hedge: flag },
  leverage: { account, market, leverage: id },
  exempt: { account, exempt: flag },
  settlement: { market, price, positions: id },
  deficit: { liquidation: id, account, amount: money },
  asset: { account, market, lots, why: word(TRANSFER_WHY_NAMES) },
  waiting: { liquidation: id, account, why: word(WAIT_WHY_NAMES) },
};

/** Names that say more than those of the rows. */
const SHOWN_AS: Readonly<Record<string, string>> = { pauseUs: 'pauseUntil' };

const NAME_OF: EventName[] = [];
for (const name of VENUE_EVENT_NAMES) NAME_OF[VenueEvent[name]] = name;

/** One event without sequence and time. */
export function describeEvent(events: EventLog, row: number, registry: Registry): Record<string, unknown> {
  const event = NAME_OF[events.kind(row)];
  const names: readonly string[] = VENUE_EVENT_FIELDS[event];
  const forms: Readonly<Record<string, Form>> = FORMS[event];
  const here: Row = { registry, get: (field) => events.field(row, names.indexOf(field)) };
  const told: Record<string, unknown> = { event };
  for (const [place, name] of names.entries()) {
    const value = forms[name](events.field(row, place), here);
    if (value !== undefined) told[SHOWN_AS[name] ?? name] = value;
  }
  return told;
}

/** A line for each event, without line ends. */
export function eventLines(events: EventLog, sequence: number, timeUs: number, registry: Registry): string[] {
  const head = { sequence, time: timeToText(timeUs as never) };
  return Array.from({ length: events.count }, (_, row) =>
    JSON.stringify({ ...head, ...describeEvent(events, row, registry) }),
  );
}

/** What a command is called, the engine's and the exchange's own. */
export function commandName(command: Command | OwnCommand): string {
  return isOwnCommand(command) ? nameOfVenueKind(command.kind)! : KIND_NAMES[command.kind];
}
