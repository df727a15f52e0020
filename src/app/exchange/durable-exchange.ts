/**
 * An exchange with its journal: what it was asked is on disk, in order, and it can be had back.
 *
 *     open      newest valid snapshot, whose state hash is compared, then the records after it through the exchange
 *     apply     append to the journal, then the exchange; durable when `acknowledged` has reached its sequence
 *     snapshot  the state after the last command, so that the next start need not begin at the first record
 *
 * The exchange's sequence is the journal's: one record a command, refused ones too. Without a directory there is no journal, and
 * whatever was applied counts as acknowledged.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { exchangeChunks, restoreExchange } from '../../core/exchange/snapshot.ts';
import type { Command } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueCommandReader } from '../../core/schema/venue-codec-reader.ts';
import { VenueCommandWriter } from '../../core/schema/venue-codec.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { SEQUENCE_NONE } from '../../io/journal/journal.ts';
import { openJournal } from '../../io/journal/open.ts';
import { journalOptions, notesOf, restoreOrNote } from '../runtime/durable-engine.ts';
import { proveMachine, replayRecords, type MachineForm } from '../runtime/replay-records.ts';
import { Watchers } from './watchers.ts';

export const EXCHANGE_FORM: MachineForm<Command | OwnCommand, Exchange> = {
  name: 'exchange',
  newReader: () => new VenueCommandReader({ texts: false }),
  restore: restoreExchange,
  chunks: exchangeChunks,
};

export interface ExchangeOptions {
  readonly version: string;
  /** Whether the watchers of conduct see what is replayed, and what comes. */
  readonly watched: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export class DurableExchange {
  readonly exchange: Exchange;
  /** Null where nothing is kept. */
  readonly journal: EmbeddedJournal | null;
  /** What opening found and got over, for the log. */
  readonly notes: readonly string[];
  /** The snapshot that the exchange began with, 0 for none, and how many records were applied on top of it. */
  readonly recovered: { readonly snapshot: number; readonly records: number };
  /** To be asked after each command that was applied; null where nobody watches. */
  readonly watchers: Watchers | null;
  /** Sees each command that was applied, before anything else is. */
  onApplied: ((command: Command | OwnCommand, reason: Reason) => void) | null = null;
  readonly #writer = new VenueCommandWriter();
  #snapshotted: number;

  private constructor(
    exchange: Exchange,
    watchers: Watchers | null,
    journal: EmbeddedJournal | null,
    snapshot: number,
    notes: readonly string[],
  ) {
    this.exchange = exchange;
    this.watchers = watchers;
    this.journal = journal;
    this.notes = notes;
    this.recovered = { snapshot, records: exchange.sequence - snapshot };
    this.#snapshotted = snapshot;
  }

  static inMemory(watched: boolean): DurableExchange {
    const exchange = new Exchange();
    return new DurableExchange(exchange, watched ? new Watchers(exchange) : null, null, 0, []);
  }

  /** Makes the directory if there is none. Throws what `openJournal` throws. */
  static async open(directory: string, options: ExchangeOptions): Promise<DurableExchange> {
    const { version, watched, onProgress } = options;
    const opened = await openJournal(directory, { ...journalOptions({ version }), holds: 'exchange' });
    const { journal, snapshot, recovery } = opened;
    try {
      const notes = notesOf(recovery);
      const restored =
        snapshot === null
          ? null
          : await restoreOrNote(snapshot, journal, notes, (held) => proveMachine(EXCHANGE_FORM, held));
      const exchange = restored ?? new Exchange();
      const start = exchange.sequence;
      const watchers = watched ? new Watchers(exchange) : null;
      // What they would report of the past was reported then.
      const onApplied = watchers === null ? undefined : () => void watchers.observe();
      await replayRecords(journal, EXCHANGE_FORM, exchange, journal.acknowledged, { onProgress, onApplied });
      return new DurableExchange(exchange, watchers, journal, start, notes);
    } catch (error) {
      await journal.close().catch(() => {});
      throw error;
    }
  }

  /** All up to here survives a crash. */
  get acknowledged(): number {
    return this.journal?.acknowledged ?? this.exchange.sequence;
  }

  /** Null when there is no room: nothing happened, `await ready()` and call again. Throws the journal's failure once there is one. */
  apply(command: Command | OwnCommand): Reason | null {
    if (this.journal !== null) {
      const length = this.#writer.write(command);
      if (this.journal.append(this.#writer.bytes, 0, length) === SEQUENCE_NONE) return null;
    }
    const reason = this.exchange.apply(command);
    this.onApplied?.(command, reason);
    return reason;
  }

  async ready(): Promise<void> {
    await this.journal?.ready();
  }

  /** Resolves when everything applied so far is durable. */
  async flush(): Promise<void> {
    await this.journal?.flush();
  }

  /** Stores the state, unless the newest snapshot has it; answers whether it did. The exchange must rest meanwhile. */
  async snapshot(): Promise<boolean> {
    const { exchange, journal } = this;
    const isNeeded = exchange.engine.settings !== null && exchange.sequence > this.#snapshotted;
    if (journal === null || !isNeeded) return false;
    const { sequence } = exchange;
    await journal.writeSnapshot(sequence, exchange.digest(), EXCHANGE_FORM.chunks(exchange));
    this.#snapshotted = sequence;
    return true;
  }

  /** Makes everything durable and lets go of the directory. */
  async close(): Promise<void> {
    await this.journal?.close();
  }
}
