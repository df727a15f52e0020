/**
 * The commands of an engine, from a directory: those of a replay are its records, those of an exchange what it made of its records
 * (`core/exchange/mirror.ts`), several of one record where it made several cuts. Only read, so a writer may be at work.
 */
import { Engine } from '../../core/engine/engine.ts';
import { restoreEngine, snapshotChunks } from '../../core/engine/snapshot.ts';
import { Exchange } from '../../core/exchange/exchange.ts';
import { mirrorOf } from '../../core/exchange/mirror.ts';
import { CommandReader } from '../../core/schema/codec-reader.ts';
import { KIND_NAMES, type Command } from '../../core/schema/commands.ts';
import { VenueCommandReader } from '../../core/schema/venue-codec-reader.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import type { JournalSnapshot } from '../../io/journal/journal.ts';
import { openJournal, type OpenedJournal } from '../../io/journal/open.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { commandName } from '../../io/publish/venue-lines.ts';
import { EXCHANGE_FORM } from '../exchange/durable-exchange.ts';
import { Exemptions } from './exemption.ts';
import { proveMachine } from '../runtime/replay-records.ts';
import { decodeRecord, restoreSnapshot } from '../runtime/durable-engine.ts';

export interface EngineRecord {
  /** Of the journal. */
  readonly sequence: number;
  readonly command: Command;
  /** What the journal's command is called. */
  readonly kind: string;
  /** Nothing more comes of this sequence. */
  readonly isLast: boolean;
}

export interface EngineRecordVisitor {
  /** A command of this time comes, and nothing of it has happened. */
  approach?: (timeUs: number) => void;
  /** Ends with false. */
  visit: (record: EngineRecord) => void | false;
}

export abstract class EngineRecords {
  readonly journal: EmbeddedJournal;
  /** What the first record that is there goes on from, where those before were pruned. */
  protected readonly snapshot: JournalSnapshot | null;
  /** Of exchanges, as the command at hand left it. */
  abstract readonly exchange: Exchange | null;
  /** Of exchanges, up to the command at hand. */
  readonly exemptions = new Exemptions();

  protected constructor({ journal, snapshot }: OpenedJournal) {
    this.journal = journal;
    this.snapshot = journal.first > 1 ? snapshot : null;
  }

  /** Throws what `openJournal` throws. */
  static async open(directory: string): Promise<EngineRecords> {
    try {
      return new ReplayRecords(await openJournal(directory, { readOnly: true }));
    } catch (error) {
      if (!(error instanceof OperationalError) || error.code !== 'JOURNAL_OTHER') throw error;
      return new ExchangeRecords(await openJournal(directory, { readOnly: true, holds: 'exchange' }));
    }
  }

  /** Sequence of the state that all begins with. */
  get start(): number {
    return this.snapshot?.sequence ?? 0;
  }

  get last(): number {
    return this.journal.acknowledged;
  }

  /** The engine that all begins with. */
  abstract begin(): Promise<Engine>;

  /** All records, each time from the beginning. */
  abstract read(visitor: EngineRecordVisitor): Promise<void>;

  close(): Promise<void> {
    return this.journal.close();
  }
}

class ReplayRecords extends EngineRecords {
  readonly exchange = null;

  begin(): Promise<Engine> {
    return this.snapshot === null ? Promise.resolve(new Engine()) : restoreSnapshot(this.snapshot);
  }

  async read({ approach, visit }: EngineRecordVisitor): Promise<void> {
    const reader = new CommandReader();
    await this.journal.read(this.start + 1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      approach?.(command.timeUs);
      return visit({ sequence, command, kind: KIND_NAMES[command.kind], isLast: true });
    });
  }
}

class ExchangeRecords extends EngineRecords {
  exchange = new Exchange();

  async begin(): Promise<Engine> {
    if (this.snapshot === null) return new Engine();
    this.exchange = await proveMachine(EXCHANGE_FORM, this.snapshot);
    return restoreEngine(Buffer.concat([...snapshotChunks(this.exchange.engine)]), 'auto', new Engine());
  }

  async read({ approach, visit }: EngineRecordVisitor): Promise<void> {
    this.exchange =
      this.snapshot === null ? new Exchange() : await proveMachine(EXCHANGE_FORM, this.snapshot);
    const reader = new VenueCommandReader();
    await this.journal.read(this.start + 1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      approach?.(command.timeUs);
      const reason = this.exchange.apply(command);
      this.exemptions.note(command, reason, this.exchange);
      const kind = commandName(command);
      const mirrored = mirrorOf(command, reason, this.exchange.events);
      for (const [at, made] of mirrored.entries())
        if (visit({ sequence, command: made, kind, isLast: at === mirrored.length - 1 }) === false)
          return false;
      return undefined;
    });
  }
}
