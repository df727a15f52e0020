/** A gate that nobody else is asked through: for checks and replays, from a directory that is only read, or from definitions and limits alone. */
import { Gate } from '../../core/admission/gate.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { GateKind } from '../../core/schema/gate-commands.ts';
import { readLimitsFile } from '../../io/gate/limits-file.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { readLines } from '../../io/ingest/lines.ts';
import { stopAtFirst } from '../../io/ingest/file/read-commands.ts';
import { openJournal } from '../../io/journal/open.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { REASON_NAMES, Reason } from '../../core/schema/reasons.ts';
import type { Reader } from '../exchange/outbox.ts';
import { journalOptions } from '../runtime/durable-engine.ts';
import { proveMachine, replayRecords } from '../runtime/replay-records.ts';
import { GateDesk } from './desk.ts';
import { DurableGate, GATE_FORM } from './durable-gate.ts';
import { GateSession } from './session.ts';

/** The gate as its journal has it, without holding anybody up: the directory may be in use. */
export async function gateOf(directory: string): Promise<Gate> {
  const { journal, snapshot } = await openJournal(directory, {
    ...journalOptions({}),
    holds: 'gate',
    readOnly: true,
  });
  try {
    const gate = snapshot === null ? new Gate() : await proveMachine(GATE_FORM, snapshot);
    await replayRecords(journal, GATE_FORM, gate, journal.acknowledged);
    return gate;
  } finally {
    await journal.close();
  }
}

const NOBODY: Reader = { name: '<files>', write: () => {}, drained: () => Promise.resolve() };

export interface Files {
  readonly definitions: readonly string[];
  readonly limits: string | null;
  /** Commands of any kind that come before what is asked: marks, collateral, positions, orders. */
  readonly session: readonly string[];
}

/** A gate in memory, with what the files say, in this order: definitions, limits, commands. Stops at the first line that is none. */
export async function deskFrom(
  { definitions, limits, session: files }: Files,
  nowUs: () => number,
): Promise<GateDesk> {
  const durable = DurableGate.inMemory(new Gate());
  const desk = new GateDesk(durable, { nowUs });
  const session = new GateSession(durable, desk, stopAtFirst);
  for (const file of definitions)
    for await (const batch of readLines(file)) await session.define(batch, file, NOBODY);
  if (limits !== null) await session.limit(limits, NOBODY);
  for (const file of files)
    for await (const batch of readLines(file))
      await session.feed(batch, { ...NOBODY, name: file }, new AbortController().signal);
  return desk;
}

/** Desk of a gate that exists: what is asked there is kept nowhere. */
export function deskOf(gate: Gate, nowUs: () => number): GateDesk {
  return new GateDesk(DurableGate.inMemory(gate), { nowUs });
}

/** Puts the limits of a file in the place of those that hold, at once and whatever their version. */
export function forceLimits(gate: Gate, registry: Registry, file: string): void {
  const timeUs = gate.timeUs as TimeUs;
  const body = readLimitsFile(file, registry, timeUs);
  const version = gate.state.limits.version + 1;
  const reason = gate.apply({
    kind: GateKind.limits,
    timeUs,
    origin: null,
    ...body,
    version,
    effectiveUs: timeUs,
  });
  if (reason !== Reason.accepted)
    throw new OperationalError('LIMITS_FILE', `${file} was refused: ${REASON_NAMES[reason]}`, { file });
}
