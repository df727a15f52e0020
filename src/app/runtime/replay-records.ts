/** The journal of a machine beyond the engine (an exchange, a gate) through it again, and its snapshots proven. */
import type { SnapshotChunks, JournalSnapshot } from '../../io/journal/journal.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { decodeRecord, payloadOf, snapshotDiffers } from './durable-engine.ts';

/** What records are applied to; its sequence is the journal's. */
export interface Machine<Decoded> {
  readonly sequence: number;
  apply(command: Decoded): unknown;
  digest(): string;
}

/** How a machine is read and written. */
export interface MachineForm<Decoded, Kept extends Machine<Decoded>> {
  /** For messages: exchange, gate. */
  readonly name: string;
  newReader(): { decode: (view: DataView, offset: number, length: number) => Decoded };
  restore(bytes: Uint8Array): Kept;
  chunks(machine: Kept): SnapshotChunks;
}

interface ReplayHooks {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** After each command, while what it caused is there. */
  readonly onApplied?: (() => void) | undefined;
}

/** Applies the records after the machine's last, up to and with `until`. */
export async function replayRecords<Decoded, Kept extends Machine<Decoded>>(
  journal: EmbeddedJournal,
  form: MachineForm<Decoded, Kept>,
  machine: Kept,
  until: number,
  { onProgress, onApplied }: ReplayHooks = {},
): Promise<void> {
  const reader = form.newReader();
  const start = machine.sequence;
  if (start >= until) return;
  await journal.read(start + 1, (sequence, bytes, offset, length) => {
    machine.apply(decodeRecord(reader, bytes, offset, length));
    if (machine.sequence !== sequence) {
      throw new OperationalError(
        'JOURNAL_DAMAGED',
        `Record ${sequence} of the journal is command ${machine.sequence} of the ${form.name}: records are missing`,
        { sequence },
      );
    }
    onApplied?.();
    if (sequence % 65_536 === 0) onProgress?.(sequence - start, until - start);
    return sequence < until ? undefined : false;
  });
}

/** The machine that a snapshot holds, if its state hash is the one that was stored with it. */
export async function proveMachine<Decoded, Kept extends Machine<Decoded>>(
  form: MachineForm<Decoded, Kept>,
  snapshot: JournalSnapshot,
): Promise<Kept> {
  const machine = form.restore(await payloadOf(snapshot));
  if (machine.sequence !== snapshot.sequence) throw snapshotDiffers(snapshot, `sequence ${machine.sequence}`);
  const hash = machine.digest();
  if (hash !== snapshot.stateHash) throw snapshotDiffers(snapshot, `state hash ${hash}`);
  return machine;
}
