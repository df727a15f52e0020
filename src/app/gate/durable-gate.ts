/**
 * A gate with its journal: what it was asked is on disk, in order, and it can be had back.
 *
 *     open      newest valid snapshot, whose state hash is compared, then the records after it through the gate
 *     apply     append to the journal, then the gate; durable when `acknowledged` has reached its sequence
 *     snapshot  the state after the last command, so that the next start need not begin at the first record
 *
 * The gate's sequence is the journal's: one record a command, refused ones too. Without a directory there is no journal, and
 * whatever was applied counts as acknowledged.
 */
import { gateChunks, restoreGate } from '../../core/admission/gate-snapshot.ts';
import { Gate } from '../../core/admission/gate.ts';
import type { Checks } from '../../core/admission/order-desk.ts';
import type { Command } from '../../core/schema/commands.ts';
import { GateCommandReader } from '../../core/schema/gate-codec-reader.ts';
import { GateCommandWriter } from '../../core/schema/gate-codec.ts';
import type { GateCommand } from '../../core/schema/gate-commands.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { SEQUENCE_NONE } from '../../io/journal/journal.ts';
import { openJournal } from '../../io/journal/open.ts';
import { journalOptions, notesOf, restoreOrNote } from '../runtime/durable-engine.ts';
import { proveMachine, replayRecords, type MachineForm } from '../runtime/replay-records.ts';
import { LatencyLog } from './latency-log.ts';

export const GATE_FORM: MachineForm<Command | GateCommand, Gate> = gateForm();

/** `checks` are those of a gate that measures them, and say the same as any. */
function gateForm(checks?: Checks): MachineForm<Command | GateCommand, Gate> {
  return {
    name: 'gate',
    newReader: () => new GateCommandReader({ texts: false }),
    restore: (bytes) => restoreGate(bytes, optionsOf(checks)),
    chunks: gateChunks,
  };
}

function optionsOf(checks: Checks | undefined): { checks?: Checks } {
  return checks === undefined ? {} : { checks };
}

export interface GateOptions {
  readonly version: string;
  readonly checks?: Checks;
  readonly onProgress?: (done: number, total: number) => void;
}

export class DurableGate {
  readonly gate: Gate;
  /** Null where nothing is kept. */
  readonly journal: EmbeddedJournal | null;
  readonly latencies: LatencyLog | null;
  /** What opening found and got over, for the log. */
  readonly notes: readonly string[];
  /** The snapshot that the gate began with, 0 for none, and how many records were applied on top of it. */
  readonly recovered: { readonly snapshot: number; readonly records: number };
  readonly #writer = new GateCommandWriter();
  #snapshotted: number;

  private constructor(
    gate: Gate,
    journal: EmbeddedJournal | null,
    latencies: LatencyLog | null,
    snapshot: number,
    notes: readonly string[],
  ) {
    this.gate = gate;
    this.journal = journal;
    this.latencies = latencies;
    this.notes = notes;
    this.recovered = { snapshot, records: gate.sequence - snapshot };
    this.#snapshotted = snapshot;
  }

  static inMemory(gate: Gate): DurableGate {
    return new DurableGate(gate, null, null, 0, []);
  }

  /** Makes the directory if there is none. Throws what `openJournal` throws. */
  static async open(directory: string, { version, checks, onProgress }: GateOptions): Promise<DurableGate> {
    const opened = await openJournal(directory, { ...journalOptions({ version }), holds: 'gate' });
    const { journal, snapshot, recovery } = opened;
    try {
      const notes = notesOf(recovery);
      const form = gateForm(checks);
      const restored =
        snapshot === null
          ? null
          : await restoreOrNote(snapshot, journal, notes, (held) => proveMachine(form, held));
      const gate = restored ?? new Gate(optionsOf(checks));
      const start = gate.sequence;
      await replayRecords(journal, form, gate, journal.acknowledged, { onProgress });
      const latencies = LatencyLog.open(directory, journal.acknowledged);
      return new DurableGate(gate, journal, latencies, start, notes);
    } catch (error) {
      await journal.close().catch(() => {});
      throw error;
    }
  }

  /** All up to here survives a crash. */
  get acknowledged(): number {
    return this.journal?.acknowledged ?? this.gate.sequence;
  }

  /** Null when there is no room: nothing happened, `await ready()` and call again. Throws the journal's failure once there is one. */
  apply(command: Command | GateCommand): Reason | null {
    if (this.journal !== null) {
      const length = this.#writer.write(command);
      if (this.journal.append(this.#writer.bytes, 0, length) === SEQUENCE_NONE) return null;
    }
    return this.gate.apply(command);
  }

  async ready(): Promise<void> {
    await this.journal?.ready();
  }

  /** Resolves when everything applied so far is durable. */
  async flush(): Promise<void> {
    await this.journal?.flush();
  }

  /**
   * Stores the state, unless the newest snapshot has it; answers whether it did. The gate goes on meanwhile: what is stored is copied at once, and that
   * is the time for which it keeps everybody waiting.
   */
  async snapshot(): Promise<boolean> {
    const { gate, journal } = this;
    const isNeeded = gate.engine.settings !== null && gate.sequence > this.#snapshotted;
    if (journal === null || !isNeeded) return false;
    const { sequence } = gate;
    const chunks = Array.from(gateChunks(gate), (chunk) => chunk.slice());
    await journal.writeSnapshot(sequence, gate.digest(), chunks);
    this.#snapshotted = sequence;
    return true;
  }

  /** Makes everything durable and lets go of the directory. */
  async close(): Promise<void> {
    try {
      await this.journal?.close();
    } finally {
      this.latencies?.close();
    }
  }
}
