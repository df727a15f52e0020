/**
 * What an exchange made of a command, as commands of a plain engine: one that is given them is, command by command, what the
 * engine within the exchange is, its time and levels included. A replica of our own exchange runs on this, and it is how an
 * exchange is shown to leave nothing out of its events.
 *
 * A command that the engine takes itself comes first and as it was given. Then comes a transaction for every `cut`, with the facts
 * that stand before it. Of all others, refused ones too, the first transaction has the time and the origin, so that they move time
 * and sources as they did there.
 */
import type { TimeUs } from '../num/units.ts';
import { Kind, type Command, type TransactionCommand } from '../schema/commands.ts';
import { Reason } from '../schema/reasons.ts';
import { HOUSE_NAMES, VenueKind, type OwnCommand } from '../schema/venue-commands.ts';
import { FACTS, VenueEvent } from '../schema/venue-events.ts';
import type { EventLog } from './event-log.ts';

/** `reason` is what the exchange answered to `command`, `events` what it said. */
export function mirrorOf(command: Command | OwnCommand, reason: Reason, events: EventLog): Command[] {
  const { timeUs, origin } = command;
  const mirrored: Command[] = isPassedOn(command, reason) ? [command as Command] : [];
  let rows: Command[] =
    command.kind === VenueKind.venue && reason === Reason.accepted
      ? HOUSE_NAMES.map((name) => ({ kind: Kind.account, timeUs, origin: null, name }))
      : [];
  const close = (cutUs: TimeUs): void => {
    const isFirst = mirrored.length === 0;
    const cut: TransactionCommand = {
      kind: Kind.transaction,
      timeUs: isFirst ? timeUs : cutUs,
      origin: isFirst ? origin : null,
      rows,
    };
    mirrored.push(cut);
    rows = [];
  };
  for (let row = 0; row < events.count; row++) {
    if (events.kind(row) === VenueEvent.cut) close(events.field(row, 0) as TimeUs);
    else {
      const fact = factOf(events, row, timeUs);
      if (fact !== null) rows.push(fact);
    }
  }
  if (mirrored.length === 0) close(timeUs);
  return mirrored;
}

/** Settings that are refused move the time as nothing else would. */
export function isPassedOn({ kind }: Command | OwnCommand, reason: Reason): boolean {
  return kind < VenueKind.venue && (reason === Reason.accepted || kind === Kind.settings);
}

/** Null where the row says why, and not what. */
export function factOf(events: EventLog, row: number, timeUs: TimeUs): Command | null {
  const kind = events.kind(row);
  if (!FACTS.has(kind)) return null;
  const place = {
    timeUs,
    origin: null,
    account: events.field(row, 0),
    market: events.field(row, 1),
    leg: events.field(row, 2),
    isolated: events.field(row, 3) === 1,
  };
  switch (kind) {
    case VenueEvent.fill:
      return {
        kind: Kind.fill,
        ...place,
        size: events.field(row, 4),
        price: events.field(row, 5),
        fee: events.field(row, 6),
      } as Command;
    case VenueEvent.transfer:
      return { kind: Kind.transfer, ...place, amount: events.field(row, 4) } as Command;
    case VenueEvent.position:
      return {
        kind: Kind.position,
        ...place,
        size: events.field(row, 4),
        costBasis: events.field(row, 5),
        fundingIndex: null,
      } as Command;
    case VenueEvent.charge:
      return {
        kind: Kind.order,
        ...place,
        id: events.field(row, 4),
        size: events.field(row, 5),
        price: events.field(row, 6),
      } as Command;
    default:
      return null;
  }
}
