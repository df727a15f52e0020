/**
 * What other limits would have done to the orders of a journal. Two gates go over the same commands: one as it was, one with the other limits from some moment
 * on. What an order is called differs between them, so names are translated; an order that the second refuses did not happen to it, nor what came
 * of that order; one that only the second accepts is taken back at once, for nobody knows what would have become of it.
 */
import { gateChunks, restoreGate } from '../../core/admission/gate-snapshot.ts';
import { Gate } from '../../core/admission/gate.ts';
import type { Command } from '../../core/schema/commands.ts';
import { GateCommandReader } from '../../core/schema/gate-codec-reader.ts';
import { isGateCommand } from '../../core/schema/gate-codec.ts';
import {
  GateKind,
  type EnterCommand,
  type GateCommand,
  type ReplaceCommand,
} from '../../core/schema/gate-commands.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { timeToText } from '../../io/ingest/file/fields.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { openJournal } from '../../io/journal/open.ts';
import { describeDecision } from '../../io/publish/gate-lines.ts';
import { decodeRecord, journalOptions } from '../runtime/durable-engine.ts';
import { learnFromGate, registryOfGate } from '../runtime/registry-of.ts';
import { proveMachine } from '../runtime/replay-records.ts';
import { GATE_FORM } from './durable-gate.ts';

const SHOWN_MAX = 20;

export interface WhatIf {
  /** From and to when, and how many commands that were. */
  readonly from: string | null;
  readonly to: string | null;
  readonly commands: number;
  readonly orders: number;
  readonly before: Outcomes;
  readonly after: Outcomes;
  readonly newlyRefused: number;
  readonly newlyAccepted: number;
  /** Trades of orders that would have been refused. */
  readonly tradesLeftOut: number;
  /** The first of those that differ. */
  readonly differing: readonly Record<string, unknown>[];
}

export interface Outcomes {
  accepted: number;
  refused: number;
  /** With something that was found, and all the same accepted. */
  warned: number;
  readonly reasons: Record<string, number>;
}

/** `lastUs` microseconds of the journal, or all of it. `change` puts the other limits in force. */
export async function whatIf(
  directory: string,
  lastUs: number | null,
  change: (gate: Gate, registry: Registry) => void,
  onProgress: (done: number, total: number) => void,
): Promise<WhatIf> {
  const { journal, snapshot } = await openJournal(directory, {
    ...journalOptions({}),
    holds: 'gate',
    readOnly: true,
  });
  try {
    const reader = new GateCommandReader({ texts: false });
    let endUs = 0;
    if (lastUs !== null)
      await journal.read(journal.first, (_sequence, bytes, offset, length) => {
        endUs = Math.max(endUs, decodeRecord(reader, bytes, offset, length).timeUs);
      });
    const startUs = lastUs === null ? 0 : endUs - lastUs;
    // Records before the snapshot may be gone.
    const isPruned = journal.first > 1;
    const gate = isPruned && snapshot !== null ? await proveMachine(GATE_FORM, snapshot) : new Gate();
    let twins: Twins | null = null;
    await journal.read(gate.sequence + 1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      // Orders of the moment before there were limits would say nothing.
      if (twins === null && command.timeUs >= startUs && gate.state.limits.version > 0)
        twins = new Twins(gate, change);
      if (twins === null) gate.apply(command);
      else twins.apply(command);
      if (sequence % 65_536 === 0) onProgress(sequence, journal.acknowledged);
    });
    return (twins ?? new Twins(gate, () => {})).result();
  } finally {
    await journal.close();
  }
}

class Twins {
  readonly #gate: Gate;
  readonly #other: Gate;
  readonly #registry: Registry;
  readonly #ids = new Map<number, number>();
  readonly #startUs: number;
  readonly #before: Outcomes = { accepted: 0, refused: 0, warned: 0, reasons: {} };
  readonly #after: Outcomes = { accepted: 0, refused: 0, warned: 0, reasons: {} };
  readonly #differing: Record<string, unknown>[] = [];
  #commands = 0;
  #newlyRefused = 0;
  #newlyAccepted = 0;
  #tradesLeftOut = 0;

  constructor(gate: Gate, change: (gate: Gate, registry: Registry) => void) {
    this.#gate = gate;
    this.#startUs = gate.timeUs;
    this.#registry = registryOfGate(gate);
    this.#other = copyOf(gate);
    change(this.#other, this.#registry);
    for (const order of workingOrders(gate)) this.#ids.set(order, order);
  }

  apply(command: Command | GateCommand): void {
    this.#commands++;
    if (!isGateCommand(command)) {
      if (this.#gate.apply(command) === Reason.accepted) {
        learnFromGate(this.#registry, command, this.#gate);
        this.#other.apply({ ...command, origin: null });
      }
      return;
    }
    switch (command.kind) {
      case GateKind.enter:
        this.#enter(command);
        return;
      case GateKind.replace:
        this.#replace(command);
        return;
      case GateKind.cancel: {
        const order = this.#twinOf(command.account, command.order, command.clientId);
        if (this.#gate.apply(command) === Reason.accepted && order !== null)
          this.#other.apply({ ...command, origin: null, order, clientId: 0 });
        return;
      }
      case GateKind.confirm:
      case GateKind.done: {
        const order = this.#ids.get(command.order);
        if (this.#gate.apply(command) === Reason.accepted && order !== undefined)
          this.#other.apply({ ...command, origin: null, order });
        return;
      }
      case GateKind.execution: {
        const order = command.order === 0 ? 0 : this.#ids.get(command.order);
        if (this.#gate.apply(command) !== Reason.accepted) return;
        if (order === undefined) this.#tradesLeftOut++;
        else this.#other.apply({ ...command, origin: null, order });
        return;
      }
      case GateKind.limits:
        // The other limits stay.
        this.#gate.apply(command);
        return;
      default:
        if (this.#gate.apply(command) === Reason.accepted) {
          learnFromGate(this.#registry, command, this.#gate);
          this.#other.apply({ ...command, origin: null });
        }
    }
  }

  result(): WhatIf {
    const isEmpty = this.#commands === 0;
    const time = (us: number): string => timeToText(us as never);
    return {
      from: isEmpty ? null : time(this.#startUs),
      to: isEmpty ? null : time(this.#gate.timeUs),
      commands: this.#commands,
      orders: this.#before.accepted + this.#before.refused,
      before: this.#before,
      after: this.#after,
      newlyRefused: this.#newlyRefused,
      newlyAccepted: this.#newlyAccepted,
      tradesLeftOut: this.#tradesLeftOut,
      differing: this.#differing,
    };
  }

  #enter(command: EnterCommand): void {
    const reason = this.#gate.apply(command);
    // What is a repetition was decided before.
    if (isPassedOver(reason)) return;
    const { order } = this.#gate.decision;
    const other = this.#other.apply({ ...command, origin: null });
    const twin = this.#other.decision.order;
    this.#note(command, command.market, reason, other);
    if (reason === Reason.accepted && other === Reason.accepted) this.#ids.set(order, twin);
    else if (other === Reason.accepted) this.#takeBack(command, twin);
  }

  #replace(command: ReplaceCommand): void {
    const { reservations, holdings } = this.#gate.state;
    const { account, order, clientId } = command;
    const twin = this.#twinOf(account, order, clientId);
    const row =
      order !== 0 ? reservations.orders.find(order) : reservations.orders.findClient(account, clientId);
    const market = row < 0 ? null : holdings.exposures.market(reservations.orders.exposure(row));
    const reason = this.#gate.apply(command);
    if (isPassedOver(reason) || twin === null || market === null) return;
    const other = this.#other.apply({ ...command, origin: null, order: twin, clientId: 0 });
    this.#note(command, market, reason, other);
    if (reason !== Reason.accepted && other === Reason.accepted) {
      const { timeUs } = command;
      this.#other.apply({ kind: GateKind.confirm, timeUs, origin: null, order: twin, taken: false });
    }
  }

  #takeBack({ timeUs }: GateCommand, order: number): void {
    this.#other.apply({ kind: GateKind.done, timeUs, origin: null, order });
  }

  /** What the other gate calls a working order of this one. */
  #twinOf(account: number, order: number, clientId: number): number | null {
    const { orders } = this.#gate.state.reservations;
    const row = order !== 0 ? orders.find(order) : orders.findClient(account, clientId);
    return row < 0 ? null : (this.#ids.get(orders.id(row)) ?? null);
  }

  #note(command: EnterCommand | ReplaceCommand, market: number, reason: Reason, other: Reason): void {
    count(this.#before, this.#gate, reason);
    count(this.#after, this.#other, other);
    const [was, is] = [reason === Reason.accepted, other === Reason.accepted];
    if (was === is) return;
    if (was) this.#newlyRefused++;
    else this.#newlyAccepted++;
    if (this.#differing.length >= SHOWN_MAX) return;
    const told = (gate: Gate): unknown => {
      const {
        accepted,
        reason: why,
        findings,
      } = describeDecision(command, market as never, gate.decision, this.#registry);
      return { accepted, reason: why, findings };
    };
    const {
      account,
      market: name,
      kind,
    } = describeDecision(command, market as never, this.#gate.decision, this.#registry);
    this.#differing.push({
      sequence: this.#gate.sequence,
      time: timeToText(this.#gate.timeUs as never),
      kind,
      account,
      market: name,
      before: told(this.#gate),
      after: told(this.#other),
    });
  }
}

function isPassedOver(reason: Reason): boolean {
  return reason === Reason.duplicate || reason === Reason.source_gap || reason === Reason.source_gapped;
}

function count(outcomes: Outcomes, { decision }: Gate, reason: Reason): void {
  if (reason === Reason.accepted) {
    outcomes.accepted++;
    if (decision.findings.count > 0) outcomes.warned++;
    return;
  }
  outcomes.refused++;
  const name = REASON_NAMES[reason];
  outcomes.reasons[name] = (outcomes.reasons[name] ?? 0) + 1;
}

/** The same gate once more, which goes its own way from here. */
function copyOf(gate: Gate): Gate {
  const chunks = Array.from(gateChunks(gate), (chunk) => chunk.slice());
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return restoreGate(bytes);
}

function* workingOrders({ state }: Gate): Generator<number> {
  const { orders } = state.reservations;
  for (let row = 0; row < orders.used; row++) if (orders.id(row) !== 0) yield orders.id(row);
}
