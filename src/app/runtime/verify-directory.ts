/**
 * Everything that can be checked about a data directory, without changing it and while a writer may be at work:
 *
 *   bytes      every header, record and snapshot is as it was written             io/journal/verify.ts
 *   commands   every record is a command, and the engine numbers it as the journal does
 *   states     the engine's state hash at each snapshot is the one that was stored, and the snapshot restores to it
 *
 * In the directory of an exchange or a gate it is the exchange or the gate that does all this.
 */
import { Gate } from '../../core/admission/gate.ts';
import { Engine } from '../../core/engine/engine.ts';
import { Exchange } from '../../core/exchange/exchange.ts';
import { SnapshotError } from '../../core/engine/snapshot.ts';
import { CodecError } from '../../core/schema/codec.ts';
import type { Command } from '../../core/schema/commands.ts';
import { GateCommandReader } from '../../core/schema/gate-codec-reader.ts';
import type { GateCommand } from '../../core/schema/gate-commands.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { VenueCommandReader } from '../../core/schema/venue-codec-reader.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import { CommandReader } from '../../core/schema/codec-reader.ts';
import type { Damage } from '../../io/journal/damage.ts';
import { directoryIdBytes, directoryPaths, readMeta, type Holds } from '../../io/journal/directory.ts';
import { nodeDisk } from '../../io/journal/disk.ts';
import type { JournalSnapshot } from '../../io/journal/journal.ts';
import { isDamage, openSnapshotFile, snapshotName, snapshotsIn } from '../../io/journal/snapshot-file.ts';
import { type Verdict, verifyJournal } from '../../io/journal/verify.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { gateCommandName } from '../../io/publish/gate-lines.ts';
import { commandName } from '../../io/publish/venue-lines.ts';
import { EXCHANGE_FORM } from '../exchange/durable-exchange.ts';
import { GATE_FORM } from '../gate/durable-gate.ts';
import { decodeRecord, proveSnapshot } from './durable-engine.ts';
import { holdsOf } from './holds-of.ts';
import { proveMachine } from './replay-records.ts';

export interface SnapshotVerdict {
  readonly sequence: number;
  readonly stateHash: string;
  /** By the engine that applied every record to there; null where records before it were pruned. */
  readonly replayed: string | null;
  readonly restores: boolean;
}

export interface DirectoryVerdict {
  readonly verdict: Verdict;
  /** Bytes that are not as written, and commands or states that are wrong although their bytes are. */
  readonly damages: readonly Damage[];
  readonly snapshots: readonly SnapshotVerdict[];
  /** How many commands of each kind, and how many were refused for which reason. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** At the last good record; null where history was pruned, or is damaged before its end. */
  readonly stateHash: string | null;
}

export async function verifyDirectory(
  directory: string,
  onProgress: (done: number, total: number) => void,
): Promise<DirectoryVerdict> {
  const paths = directoryPaths(directory);
  const holds = holdsOf(directory);
  const replayer = new Replayer(holds, snapshotsIn(nodeDisk.list(paths.snapshots)));
  const verdict = await verifyJournal(
    directory,
    (sequence, bytes, offset, length) => replayer.visit(sequence, bytes, offset, length),
    onProgress,
  );
  const damages = [...verdict.damages];
  if (replayer.fault !== null) {
    damages.push({
      file: paths.journal,
      offset: replayer.fault.offset,
      sequence: replayer.fault.sequence,
      what: replayer.fault.what,
    });
  }
  const snapshots: SnapshotVerdict[] = [];
  for (const { sequence, stateHash } of verdict.snapshots) {
    const file = `${paths.snapshots}/${snapshotName(sequence)}`;
    const replayed = replayer.hashes.get(sequence) ?? null;
    if (replayed !== null && replayed !== stateHash) {
      damages.push({
        file,
        offset: 0,
        sequence,
        what: `the snapshot was stored with state hash ${stateHash}, and the records to there give ${replayed}`,
      });
    }
    const wrong = await restoreFault(directory, sequence);
    if (wrong !== null) damages.push({ file, offset: 0, sequence, what: wrong });
    snapshots.push({ sequence, stateHash, replayed, restores: wrong === null });
  }
  const isWhole =
    verdict.first === 1 &&
    replayer.fault === null &&
    verdict.damages.every(({ file }) => !file.startsWith(paths.journal));
  return {
    verdict,
    damages,
    snapshots,
    kinds: Object.fromEntries(replayer.kinds),
    refused: Object.fromEntries(replayer.refused),
    stateHash: isWhole && verdict.last > 0 ? replayer.digest() : null,
  };
}

/** What records are applied to. */
interface Machine {
  readonly sequence: number;
  apply(command: Command): Reason;
  digest(): string;
}

type Decoded = Command | OwnCommand | GateCommand;

/** How the commands of a directory are read, named and applied, and its snapshots proven. */
interface Kept {
  readonly reader: { decode: (view: DataView, offset: number, length: number) => Decoded };
  readonly name: (command: Decoded) => string;
  readonly machine: () => Machine;
  readonly prove: (snapshot: JournalSnapshot) => Promise<unknown>;
}

const KEPT: Readonly<Record<Holds, Kept>> = {
  engine: {
    reader: new CommandReader(),
    name: (command) => commandName(command as Command),
    machine: () => {
      const engine = new Engine();
      return {
        get sequence() {
          return engine.sequence;
        },
        apply: (command) => engine.apply(command).reason,
        digest: () => engine.digest(),
      };
    },
    prove: proveSnapshot,
  },
  exchange: {
    reader: new VenueCommandReader(),
    name: (command) => commandName(command as OwnCommand),
    machine: () => new Exchange(),
    prove: (snapshot) => proveMachine(EXCHANGE_FORM, snapshot),
  },
  gate: {
    reader: new GateCommandReader(),
    name: ({ kind }) => gateCommandName(kind),
    machine: () => new Gate(),
    prove: (snapshot) => proveMachine(GATE_FORM, snapshot),
  },
};

/** Applies records as they are shown, and keeps the state hashes at the snapshots. */
class Replayer {
  readonly hashes = new Map<number, string>();
  readonly kinds = new Map<string, number>();
  readonly refused = new Map<string, number>();
  fault: { readonly sequence: number; readonly offset: number; readonly what: string } | null = null;
  readonly #kept: Kept;
  readonly #machine: Machine;
  readonly #wanted: ReadonlySet<number>;

  constructor(holds: Holds, snapshots: readonly number[]) {
    this.#kept = KEPT[holds];
    this.#machine = this.#kept.machine();
    this.#wanted = new Set(snapshots);
  }

  digest(): string {
    return this.#machine.digest();
  }

  visit(sequence: number, bytes: Uint8Array, offset: number, length: number): void {
    if (this.fault !== null) return;
    let command: Decoded;
    try {
      command = decodeRecord(this.#kept.reader, bytes, offset, length);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.fault = {
        sequence,
        offset: 0,
        what: `record ${sequence} is whole and holds no command: ${error.message}`,
      };
      return;
    }
    count(this.kinds, this.#kept.name(command));
    // Where history was pruned there is no state to begin with; the bytes are still checked.
    if (this.#machine.sequence + 1 !== sequence) return;
    const reason = this.#machine.apply(command as Command);
    if (reason !== Reason.accepted) count(this.refused, REASON_NAMES[reason]);
    if (this.#wanted.has(sequence)) this.hashes.set(sequence, this.#machine.digest());
  }
}

/** Why the snapshot does not restore to what it says, or null. */
async function restoreFault(directory: string, sequence: number): Promise<string | null> {
  const paths = directoryPaths(directory);
  const meta = readMeta(nodeDisk, paths);
  if (meta === null) return null;
  const found = await openSnapshotFile(nodeDisk, paths.snapshots, directoryIdBytes(meta), sequence);
  // Gone since it was listed, or told as damage already.
  if (found === null || isDamage(found)) return null;
  try {
    await KEPT[meta.holds].prove(found);
    return null;
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof OperationalError) return error.message;
    throw error;
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
