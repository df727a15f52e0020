/** The journal of an exchange, gone through again: every command with what it caused, and accounts as they were between two events. */
import { Engine } from '../../../core/engine/engine.ts';
import { restoreEngine, snapshotChunks } from '../../../core/engine/snapshot.ts';
import { EventLog } from '../../../core/exchange/event-log.ts';
import { Exchange } from '../../../core/exchange/exchange.ts';
import { mirrorOf } from '../../../core/exchange/mirror.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { REASON_NAMES, type Reason } from '../../../core/schema/reasons.ts';
import { VenueCommandReader } from '../../../core/schema/venue-codec-reader.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { VenueEvent } from '../../../core/schema/venue-events.ts';
import { Registry } from '../../../io/ingest/file/registry.ts';
import type { JournalSnapshot } from '../../../io/journal/journal.ts';
import type { EmbeddedJournal } from '../../../io/journal/embedded-journal.ts';
import { openJournal } from '../../../io/journal/open.ts';
import { markToText } from '../../../core/num/grid.ts';
import { OperationalError } from '../../../io/operational-error.ts';
import { commandName } from '../../../io/publish/venue-lines.ts';
import { EXCHANGE_FORM } from '../../exchange/durable-exchange.ts';
import { proveMachine } from '../../runtime/replay-records.ts';
import { decodeRecord } from '../../runtime/durable-engine.ts';
import { registryOf } from '../../runtime/registry-of.ts';
import { timeText } from '../units.ts';

/** A command that was applied; the exchange is as it left it, with its events. */
export interface Step {
  readonly sequence: number;
  readonly command: Command | OwnCommand;
  readonly reason: Reason;
  readonly exchange: Exchange;
  readonly registry: Registry;
  /** Of the commands that were wished for: accounts as they were within it. */
  readonly moments: Moments | null;
}

export type OnProgress = (done: number, total: number) => void;

const NOTHING: ReadonlySet<number> = new Set();

export class History {
  readonly #journal: EmbeddedJournal;
  readonly #snapshot: JournalSnapshot | null;

  private constructor(journal: EmbeddedJournal, snapshot: JournalSnapshot | null) {
    this.#journal = journal;
    this.#snapshot = snapshot;
  }

  /** Only reads, so the exchange may be at work. Throws what `openJournal` throws. */
  static async open(directory: string): Promise<History> {
    const { journal, snapshot } = await openJournal(directory, { readOnly: true, holds: 'exchange' });
    return new History(journal, snapshot);
  }

  get last(): number {
    return this.#journal.acknowledged;
  }

  /** The first command that can be seen: later than 1 where history was pruned. */
  get first(): number {
    return this.#isPruned ? this.#snapshot!.sequence + 1 : 1;
  }

  /** Every command, in order; `visit` ends it with false. `within` are those whose moments will be asked for. */
  async walk(
    visit: (step: Step) => void | false,
    onProgress: OnProgress,
    within: ReadonlySet<number> = NOTHING,
  ): Promise<void> {
    const exchange = await this.#begin();
    const registry = exchange.engine.settings === null ? new Registry() : registryOf(exchange.engine);
    const reader = new VenueCommandReader();
    await this.#journal.read(exchange.sequence + 1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      const before = within.has(sequence) ? Buffer.concat([...snapshotChunks(exchange.engine)]) : null;
      const reason = exchange.apply(command);
      registry.learn(command, { reason, refusals: [] });
      if (sequence % 16_384 === 0) onProgress(sequence, this.last);
      const moments = before === null ? null : new Moments(before, command, reason, exchange);
      return visit({ sequence, command, reason, exchange, registry, moments });
    });
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  get #isPruned(): boolean {
    return this.#journal.first > 1;
  }

  async #begin(): Promise<Exchange> {
    return this.#isPruned ? proveMachine(EXCHANGE_FORM, this.#snapshot!) : new Exchange();
  }
}

/** The accounts of an exchange at any event of one command. */
export class Moments {
  readonly #before: Uint8Array;
  readonly #command: Command | OwnCommand;
  readonly #reason: Reason;
  readonly #exchange: Exchange;

  /** `before` is the engine's snapshot from before the command, `exchange` what it is after it. */
  constructor(before: Uint8Array, command: Command | OwnCommand, reason: Reason, exchange: Exchange) {
    this.#before = before;
    this.#command = command;
    this.#reason = reason;
    this.#exchange = exchange;
  }

  /** After the first `rows` events: an engine that was given the facts among them. */
  after(rows: number): Engine {
    const { events, engine } = this.#exchange;
    const told = new EventLog();
    for (let row = 0; row < rows; row++) {
      const fields = Array.from({ length: 14 }, (_, place) => events.field(row, place));
      told.emit(events.kind(row), ...(fields as []));
    }
    told.emit(VenueEvent.cut, engine.timeUs);
    const mirror = restoreEngine(this.#before, 'auto', new Engine());
    for (const fact of mirrorOf(this.#command, this.#reason, told)) mirror.apply(fact);
    return mirror;
  }
}

/** What a command was, in short: who reads an explanation asks what set it off. */
export function causeOf({ command, reason, registry }: Step): Record<string, unknown> {
  return {
    kind: commandName(command),
    reason: REASON_NAMES[reason],
    ...('account' in command ? { account: registry.accountAt(command.account) } : {}),
    ...(command.kind === Kind.marks
      ? {
          marks: command.marks.map(({ market, price }) => ({
            market: registry.marketAt(market),
            price: markToText(price, registry.gridAt(market)),
          })),
          ...(command.text === '' ? {} : { text: command.text }),
        }
      : {}),
  };
}

export function whenOf({ sequence, exchange }: Step): { sequence: number; time: string } {
  return { sequence, time: timeText(exchange.timeUs) };
}

/** Says what ids there are instead. */
export function unknownId(what: string, id: number, last: number, history: History): OperationalError {
  const given = last === 0 ? 'none was given yet' : `ids 1 to ${last} were given`;
  const pruned = history.first > 1 ? `, and what came before sequence ${history.first} was pruned` : '';
  return new OperationalError('EXPLAIN_ID', `there is no ${what} ${id} in this journal: ${given}${pruned}`, {
    field: 'id',
    value: id,
  });
}
