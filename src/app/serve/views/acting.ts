/** Calls that change something: turned into a command by the code that reads lines, asked of the engine, and answered when durable and to be seen here. */
import { EVENT_STRIDE, EventLog } from '../../../core/exchange/event-log.ts';
import type { TimeUs } from '../../../core/num/units.ts';
import { Reason, REASON_NAMES } from '../../../core/schema/reasons.ts';
import { VenueEvent } from '../../../core/schema/venue-events.ts';
import { NO_ORDER } from '../../../core/exchange/working-orders.ts';
import type { Done } from '../../../io/api/contract/acting.ts';
import type { GateReason } from '../../../io/api/contract/gate.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { BadCommand } from '../../../io/ingest/file/fields.ts';
import { decodeVenueLine } from '../../../io/ingest/file/venue-decode.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { timeText } from '../../explain/units.ts';
import type { Asked, EngineLink } from '../engine-link.ts';
import type { Served } from './served.ts';

/** Events in an answer; more are in the stream. */
const EVENTS_SHOWN = 100;

export class Actor {
  readonly #served: Served;
  readonly #link: EngineLink;
  readonly #isDurable: boolean;

  constructor(served: Served, link: EngineLink, isDurable: boolean) {
    this.#served = served;
    this.#link = link;
    this.#isDurable = isDurable;
  }

  /** `line` is a command as `plimsoll exchange` takes it. Throws an `ApiProblem` where it is none, or is refused. */
  async act(line: Readonly<Record<string, unknown>>): Promise<Done> {
    const { replica } = this.#served;
    const command = this.#decode(line);
    if (this.#link.isOver)
      throw new ApiProblem('API_UNAVAILABLE', 'the engine has stopped: nothing can be changed');
    if (this.#link.isBusy)
      throw new ApiProblem('API_BUSY', 'too many commands wait for an answer: send it again');
    const asked = await this.#link.ask(command);
    // Who was answered sees what was done wherever it looks next.
    await replica.reached(asked.sequence);
    if (asked.reason !== Reason.accepted) throw refused(asked);
    const events = this.#eventsOf(asked);
    const taken = events.find(({ event }) => event === 'accepted');
    return {
      sequence: asked.sequence,
      time: timeText(asked.timeUs),
      durable: this.#isDurable,
      order: line['kind'] === 'place' && taken !== undefined ? Number(taken['order']) : null,
      events: events.slice(0, EVENTS_SHOWN),
    };
  }

  #decode(line: Readonly<Record<string, unknown>>): Parameters<EngineLink['ask']>[0] {
    const { registry } = this.#served.replica;
    try {
      const command = decodeVenueLine(
        JSON.stringify(line),
        registry,
        (Date.now() * 1000) as TimeUs,
        this.#marketOfOrder,
      );
      return command;
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      const { code, message, field, value } = error;
      throw new ApiProblem(
        code === 'COMMAND_NAME_UNKNOWN' ? 'API_NOT_FOUND' : 'API_FIELD_INVALID',
        `${field ?? 'the request'} ${message}`,
        { field: field ?? undefined, value },
      );
    }
  }

  #eventsOf({ rows, count, sequence, timeUs }: Asked): Done['events'] {
    const log = new EventLog();
    log.rows = rows as Float64Array<ArrayBuffer>;
    log.count = rows.length / EVENT_STRIDE;
    const time = timeText(timeUs);
    const told: Done['events'] = [];
    for (let row = 0; row < count; row++)
      if (log.kind(row) !== VenueEvent.cut)
        told.push({
          sequence,
          time,
          ...describeEvent(log, row, this.#served.replica.registry),
        } as Done['events'][number]);
    return told;
  }

  readonly #marketOfOrder = (account: number, order: number, clientId: number): never | null => {
    const { orders } = this.#served.exchange.venue;
    const row = order !== 0 ? orders.find(order) : orders.findClient(account, clientId);
    return row === NO_ORDER || orders.account(row) !== account ? null : (orders.market(row) as never);
  };
}

function foundText({ check, limit, value }: GateReason): string {
  const allowed = limit === null ? '' : `, allowed ${limit}`;
  return value === null ? `${check}${allowed}` : `${check} ${value}${allowed}`;
}

function refused({ reason, sequence, gate }: Asked): ApiProblem {
  const name = REASON_NAMES[reason];
  const who = gate === null ? 'exchange' : 'gate';
  const why =
    gate === null
      ? name
      : gate
          .filter(({ kind }) => kind === 'hard')
          .map(foundText)
          .join('; ');
  return new ApiProblem(
    'API_REFUSED',
    `the ${who} refused it: ${why} (docs/reference/errors.md says what to do)`,
    {
      reason: name,
      sequence,
    },
  );
}
