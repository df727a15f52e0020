/**
 * An engine with its journal: what it was told is on disk, in order, and it can be had back.
 *
 *     open      newest valid snapshot, then the records after it through the engine
 *     apply     append to the journal, then the engine; durable when `acknowledged` has reached its sequence
 *     snapshot  the state after the last command, so that the next start need not begin at the first record
 *
 * The engine's sequence is the journal's: one record a command, refused ones too.
 *
 * Opened from the start instead, the engine is empty and **retraces** the journal: each command applied must be the one
 * that the journal has at that place, byte for byte, until its end is reached; from then on commands are appended. That
 * is how a run goes on that was broken off, and how a reference that knows no snapshots can see everything.
 */
import type { EngineDecision } from '../../core/engine/decision.ts';
import { Engine } from '../../core/engine/engine.ts';
import { restoreEngine, snapshotChunks, SnapshotError } from '../../core/engine/snapshot.ts';
import { CommandWriter } from '../../core/schema/codec.ts';
import { CommandReader } from '../../core/schema/codec-reader.ts';
import { KIND_NAMES, type Command } from '../../core/schema/commands.ts';
import type { Decision } from '../../core/schema/events.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { SEQUENCE_NONE, type JournalSnapshot } from '../../io/journal/journal.ts';
import { type OpenOptions, openJournal } from '../../io/journal/open.ts';
import type { Recovery } from '../../io/journal/recovery.ts';
import { OperationalError } from '../../io/operational-error.ts';
import type { Target } from './target.ts';

/** A line of 4 MiB, the longest that is read, makes a record of less than 8. */
const RECORD_BYTES_MAX = 8 * 2 ** 20 - 1024;
const BATCH_BYTES = 8 * 2 ** 20;
/** Records read ahead while retracing. */
const RETRACE_RECORDS = 65_536;
const RETRACE_BYTES = 16 * 2 ** 20;

export interface DurableOptions extends Pick<OpenOptions, 'version' | 'disk' | 'processes'> {
  /**
   * Where the engine begins: at the newest snapshot and all records after it, or empty, to retrace. A function may look
   * into the journal first. Default: snapshot.
   */
  readonly from?: From | ((journal: EmbeddedJournal) => Promise<From>);
  readonly onProgress?: (done: number, total: number) => void;
  /** Makes the empty engine, for tests that need a faulty one. */
  readonly createEngine?: () => Engine;
}

export type From = 'snapshot' | 'start';

/** The command is valid during the call only. */
export type CommandVisitor = (command: Command, decision: Decision) => void | false;

export class DurableEngine implements Target {
  readonly journal: EmbeddedJournal;
  /** What opening found and got over, for the log: a torn tail that was cut, a snapshot that was passed over. */
  readonly notes: readonly string[];
  /** The snapshot that the engine began with, 0 for none, and how many records were applied on top of it. */
  readonly recovered: { readonly snapshot: number; readonly records: number };
  readonly directory: string;
  #engine: Engine;
  #snapshotted: number;
  readonly #writer = new CommandWriter();
  #history: History | null;

  private constructor(
    directory: string,
    journal: EmbeddedJournal,
    engine: Engine,
    snapshot: number,
    newest: number,
    notes: readonly string[],
  ) {
    this.directory = directory;
    this.journal = journal;
    this.notes = notes;
    this.#engine = engine;
    this.#snapshotted = newest;
    this.recovered = { snapshot, records: engine.sequence - snapshot };
    this.#history = engine.sequence < journal.acknowledged ? new History(journal, engine.sequence) : null;
  }

  /** Makes the directory if there is none. Throws what `openJournal` throws, and JOURNAL_DAMAGED for a snapshot that is none. */
  static async open(directory: string, options: DurableOptions = {}): Promise<DurableEngine> {
    const { onProgress, createEngine = () => new Engine() } = options;
    const opened = await openJournal(directory, journalOptions(options));
    const { journal, snapshot, recovery } = opened;
    try {
      const { from: wanted = 'snapshot' } = options;
      const from = typeof wanted === 'string' ? wanted : await wanted(journal);
      const notes = notesOf(recovery);
      const restored =
        from === 'start' || snapshot === null
          ? null
          : await restoreOrNote(snapshot, journal, notes, restoreSnapshot);
      const engine = restored ?? createEngine();
      const start = engine.sequence;
      if (from === 'snapshot') {
        const reader = new CommandReader({ texts: false });
        await journal.read(start + 1, (sequence, bytes, offset, length) => {
          applyRecord(engine, reader, sequence, bytes, offset, length);
          if (sequence % 65_536 === 0) onProgress?.(sequence - start, journal.acknowledged - start);
        });
      }
      const isKept = restored !== null || (from === 'start' && snapshot !== null);
      return new DurableEngine(directory, journal, engine, start, isKept ? snapshot!.sequence : 0, notes);
    } catch (error) {
      await journal.close().catch(() => {});
      throw error;
    }
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** All up to here survives a crash. */
  get acknowledged(): number {
    return this.journal.acknowledged;
  }

  /** Whether commands are still compared with the journal instead of appended to it. */
  get isRetracing(): boolean {
    return this.#history !== null;
  }

  /** Throws the journal's failure once there is one, and REPLAY_DIFFERS where a retraced command is another. */
  apply(command: Command): EngineDecision | null {
    const length = this.#writer.write(command);
    if (this.#history !== null) {
      if (!this.#history.has(this.engine.sequence + 1)) return null;
      this.#history.compare(this.engine.sequence + 1, this.#writer.bytes, length, command, this.directory);
      const decision = this.engine.apply(command);
      if (this.engine.sequence === this.journal.appended) this.#history = null;
      return decision;
    }
    return this.journal.append(this.#writer.bytes, 0, length) === SEQUENCE_NONE
      ? null
      : this.engine.apply(command);
  }

  async ready(): Promise<void> {
    if (this.#history === null) await this.journal.ready();
    else await this.#history.load(this.engine.sequence + 1);
  }

  /** Ends retracing: applies what the journal still has. `visit` sees each command before the next is read. */
  async catchUp(visit: CommandVisitor | null = null): Promise<void> {
    if (this.#history === null) return;
    this.#history = null;
    // A visitor may look at the texts; the engine never does.
    const reader = new CommandReader({ texts: visit !== null });
    await this.journal.read(this.engine.sequence + 1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      const decision = applyDecoded(this.engine, sequence, command);
      return visit?.(command, decision);
    });
  }

  /** Resolves when everything applied so far is durable. */
  flush(): Promise<number> {
    return this.journal.flush();
  }

  /** Stores the state, unless the newest snapshot has it. The engine must rest meanwhile. */
  async snapshot(): Promise<void> {
    const { engine } = this;
    if (engine.settings === null || engine.sequence <= this.#snapshotted || this.isRetracing) return;
    await this.journal.writeSnapshot(engine.sequence, engine.digest(), snapshotChunks(engine));
    this.#snapshotted = engine.sequence;
  }

  /** Makes everything durable and lets go of the directory. */
  close(): Promise<void> {
    return this.journal.close();
  }
}

export function journalOptions({ version, disk, processes }: DurableOptions): OpenOptions {
  return {
    recordBytesMax: RECORD_BYTES_MAX,
    batchBytes: BATCH_BYTES,
    ...(version === undefined ? {} : { version }),
    ...(disk === undefined ? {} : { disk }),
    ...(processes === undefined ? {} : { processes }),
  };
}

export function notesOf({ tornTail, warnings }: Recovery): string[] {
  const notes = warnings.map(({ what, file }) => `${file}: ${what}. Recovery went on without it`);
  if (tornTail !== null) {
    notes.push(
      `${tornTail.file}: an interrupted write left ${tornTail.bytes} bytes after the last record, which were cut. Nothing acknowledged was in them`,
    );
  }
  return notes;
}

/** Records are the truth, snapshots only save time: one that cannot be used is passed over while all records are there. */
export async function restoreOrNote<State>(
  snapshot: JournalSnapshot,
  journal: EmbeddedJournal,
  notes: string[],
  restore: (snapshot: JournalSnapshot) => Promise<State>,
): Promise<State | null> {
  try {
    return await restore(snapshot);
  } catch (error) {
    const isWrong =
      error instanceof SnapshotError ||
      (error instanceof OperationalError && error.code === 'SNAPSHOT_DIFFERS');
    if (!isWrong || journal.first > 1) throw error;
    notes.push(
      `the snapshot at sequence ${snapshot.sequence} cannot be used (${error.message}). All ${journal.acknowledged} records were applied instead, and a new one will be written`,
    );
    return null;
  }
}

/**
 * The engine that a snapshot holds. Its bytes were checked on the way and its levels agree with its marks; hashing a million
 * accounts again takes as long as all of that, so only `proveSnapshot` does it.
 */
export async function restoreSnapshot(snapshot: JournalSnapshot): Promise<Engine> {
  const engine = restoreEngine(await payloadOf(snapshot));
  if (engine.sequence === snapshot.sequence) return engine;
  throw snapshotDiffers(snapshot, `sequence ${engine.sequence}`);
}

export async function payloadOf(snapshot: JournalSnapshot): Promise<Uint8Array> {
  const bytes = new Uint8Array(snapshot.length);
  let at = 0;
  for await (const chunk of snapshot.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Restores a snapshot and compares its state hash with the one stored beside it. */
export async function proveSnapshot(snapshot: JournalSnapshot): Promise<void> {
  const engine = await restoreSnapshot(snapshot);
  const hash = engine.digest();
  if (hash !== snapshot.stateHash) throw snapshotDiffers(snapshot, `state hash ${hash}`);
}

export function snapshotDiffers(snapshot: JournalSnapshot, found: string): OperationalError {
  return new OperationalError(
    'SNAPSHOT_DIFFERS',
    `The snapshot at sequence ${snapshot.sequence}, state hash ${snapshot.stateHash}, restores to ${found}. Keep the directory and report this: a snapshot of ours is wrong. Without the file, recovery starts from an older one or from the records`,
    { sequence: snapshot.sequence, field: 'stateHash', value: found, expected: snapshot.stateHash },
  );
}

/** As `reader` reads it: that of an engine's commands, or of an exchange's. */
export function decodeRecord<Decoded>(
  reader: { decode: (view: DataView, offset: number, length: number) => Decoded },
  bytes: Uint8Array,
  offset: number,
  length: number,
): Decoded {
  return reader.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset, length);
}

function applyRecord(
  engine: Engine,
  reader: CommandReader,
  sequence: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): void {
  applyDecoded(engine, sequence, decodeRecord(reader, bytes, offset, length));
}

function applyDecoded(engine: Engine, sequence: number, command: Command): EngineDecision {
  const decision = engine.apply(command);
  if (decision.sequence === sequence) return decision;
  throw new OperationalError(
    'JOURNAL_DAMAGED',
    `Record ${sequence} of the journal is command ${decision.sequence} of the engine: records are missing`,
    { sequence },
  );
}

/** Journaled records, read ahead in pieces, to compare what is applied again with. */
class History {
  readonly #journal: EmbeddedJournal;
  #first: number;
  #ends: number[] = [];
  #bytes = new Uint8Array(1 << 16);
  #used = 0;

  constructor(journal: EmbeddedJournal, sequence: number) {
    this.#journal = journal;
    this.#first = sequence + 1;
  }

  has(sequence: number): boolean {
    return sequence < this.#first + this.#ends.length && sequence >= this.#first;
  }

  async load(from: number): Promise<void> {
    this.#first = from;
    this.#ends = [];
    this.#used = 0;
    await this.#journal.read(from, (_, bytes, offset, length) => {
      if (this.#used + length > this.#bytes.length) {
        const wider = new Uint8Array(Math.max(this.#used + length, this.#bytes.length * 2));
        wider.set(this.#bytes.subarray(0, this.#used));
        this.#bytes = wider;
      }
      this.#bytes.set(bytes.subarray(offset, offset + length), this.#used);
      this.#used += length;
      this.#ends.push(this.#used);
      return this.#ends.length < RETRACE_RECORDS && this.#used < RETRACE_BYTES ? undefined : false;
    });
  }

  compare(sequence: number, bytes: Uint8Array, length: number, command: Command, directory: string): void {
    const at = sequence - this.#first;
    const start = at === 0 ? 0 : this.#ends[at - 1];
    const journaled = this.#bytes.subarray(start, this.#ends[at]);
    if (Buffer.compare(journaled, bytes.subarray(0, length)) === 0) return;
    const stored = decodeRecord(new CommandReader(), journaled, 0, journaled.length);
    throw new OperationalError(
      'REPLAY_DIFFERS',
      `${directory} holds another history: its record ${sequence} is a ${KIND_NAMES[stored.kind]} command that differs from the ${KIND_NAMES[command.kind]} command of the input at this place. ` +
        'Give the files that the directory was made from, in their order and with what was added at the end, or give another directory',
      { file: directory, sequence },
    );
  }
}
