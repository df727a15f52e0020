/**
 * The decision about an order and what became of it, from the journal of a gate: everything that was found, which limits and which state it saw, how long its
 * durable answer took, and every replace, execution and cancel after it.
 */
import { Gate } from '../../../core/admission/gate.ts';
import { lotsToText, moneyToText, priceToText, type Grid } from '../../../core/num/grid.ts';
import type { Command } from '../../../core/schema/commands.ts';
import { GateCommandReader } from '../../../core/schema/gate-codec-reader.ts';
import {
  GateKind,
  type EnterCommand,
  type GateCommand,
  type ReplaceCommand,
} from '../../../core/schema/gate-commands.ts';
import { ORDER_TYPE_NAMES, OrderType } from '../../../core/schema/orders.ts';
import { Reason, REASON_NAMES } from '../../../core/schema/reasons.ts';
import { SIDE_NAMES } from '../../../core/schema/side.ts';
import { timeToText } from '../../../io/ingest/file/fields.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import type { JournalSnapshot } from '../../../io/journal/journal.ts';
import type { EmbeddedJournal } from '../../../io/journal/embedded-journal.ts';
import { openJournal } from '../../../io/journal/open.ts';
import { OperationalError } from '../../../io/operational-error.ts';
import { describeDecision, describeNotice } from '../../../io/publish/gate-lines.ts';
import { GATE_FORM } from '../../gate/durable-gate.ts';
import { latencyUsOf } from '../../gate/latency-log.ts';
import { decodeRecord, journalOptions } from '../../runtime/durable-engine.ts';
import { learnFromGate, registryOfGate } from '../../runtime/registry-of.ts';
import { proveMachine } from '../../runtime/replay-records.ts';
import { contentHash } from '../document.ts';

export type OrderWish =
  | { readonly by: 'order'; readonly order: number }
  /** A refused order has no id: its decision has a sequence. */
  | { readonly by: 'sequence'; readonly sequence: number };

export interface GateOrderDocument {
  readonly order: Readonly<Record<string, unknown>>;
  readonly decision: Readonly<Record<string, unknown>>;
  readonly life: readonly Readonly<Record<string, unknown>>[];
  readonly result: Readonly<Record<string, unknown>> | null;
  /** The last command of the journal that was looked at. */
  readonly until: number;
  /** Over everything but itself and the latency, which is a measurement. */
  readonly hash: string;
}

type OnProgress = (done: number, total: number) => void;

export async function explainGateOrder(
  directory: string,
  wish: OrderWish,
  onProgress: OnProgress,
): Promise<GateOrderDocument> {
  const { journal, snapshot } = await openJournal(directory, {
    ...journalOptions({}),
    holds: 'gate',
    readOnly: true,
  });
  try {
    const sequence =
      wish.by === 'sequence' ? wish.sequence : await sequenceOf(journal, snapshot, wish.order, onProgress);
    const life = new Life(await begin(journal, snapshot), sequence);
    await walk(journal, life.gate, onProgress, (command) => life.apply(command));
    const document = life.document();
    return {
      ...document,
      decision: { ...document.decision, latencyUs: latencyUsOf(directory, sequence) },
      hash: contentHash(document),
    };
  } finally {
    await journal.close();
  }
}

/** The decision that gave the order its id. */
async function sequenceOf(
  journal: EmbeddedJournal,
  snapshot: JournalSnapshot | null,
  order: number,
  onProgress: OnProgress,
): Promise<number> {
  const gate = await begin(journal, snapshot);
  const { orders } = gate.state.reservations;
  const first = orders.lastId + 1;
  let found = 0;
  if (order >= first)
    await walk(journal, gate, onProgress, (command) => {
      gate.apply(command);
      if (orders.lastId < order) return undefined;
      found = gate.sequence;
      return false;
    });
  if (found > 0) return found;
  const given = orders.lastId < first ? 'none was given' : `ids ${first} to ${orders.lastId} were given`;
  throw new OperationalError(
    'EXPLAIN_ID',
    `there is no order ${order} in this journal: ${given}. A refused order has none: give the sequence of its decision with --seq`,
    { field: 'id', value: order },
  );
}

/** Where history was pruned it begins at the snapshot. */
async function begin(journal: EmbeddedJournal, snapshot: JournalSnapshot | null): Promise<Gate> {
  return journal.first > 1 && snapshot !== null ? proveMachine(GATE_FORM, snapshot) : new Gate();
}

async function walk(
  journal: EmbeddedJournal,
  gate: Gate,
  onProgress: OnProgress,
  visit: (command: Command | GateCommand) => void | false,
): Promise<void> {
  const reader = new GateCommandReader();
  await journal.read(gate.sequence + 1, (sequence, bytes, offset, length) => {
    if (sequence % 16_384 === 0) onProgress(sequence, journal.acknowledged);
    return visit(decodeRecord(reader, bytes, offset, length));
  });
}

class Life {
  readonly gate: Gate;
  readonly #sequence: number;
  readonly #registry: Registry;
  readonly #life: Record<string, unknown>[] = [];
  #order: Record<string, unknown> | null = null;
  #decision: Record<string, unknown> | null = null;
  #id = 0;
  #market = 0;
  #filled = 0;
  #isOver = false;

  constructor(gate: Gate, sequence: number) {
    this.gate = gate;
    this.#sequence = sequence;
    this.#registry = registryOfGate(gate);
  }

  apply(command: Command | GateCommand): void | false {
    const { gate } = this;
    if (gate.sequence + 1 === this.#sequence) return this.#decide(command);
    const row = this.#id === 0 ? -1 : gate.state.reservations.orders.find(this.#id);
    const isOurs = row >= 0 && this.#names(command, row);
    const reason = gate.apply(command);
    if (reason === Reason.accepted) learnFromGate(this.#registry, command, gate);
    if (this.#decision === null) return undefined;
    if (isOurs) this.#tell(command as GateCommand, reason);
    if (row >= 0 && gate.state.reservations.orders.find(this.#id) < 0) this.#isOver = true;
    return this.#id === 0 || this.#isOver ? false : undefined;
  }

  document(): Omit<GateOrderDocument, 'hash'> {
    if (this.#order === null || this.#decision === null)
      throw new OperationalError(
        'EXPLAIN_ID',
        `there is no command ${this.#sequence} in this journal: it ends at ${this.gate.sequence}`,
        { field: '--seq', value: this.#sequence },
      );
    const { orders } = this.gate.state.reservations;
    const row = this.#id === 0 ? -1 : orders.find(this.#id);
    return {
      order: this.#order,
      decision: this.#decision,
      life: this.#life,
      result:
        this.#id === 0 ? null : { filled: lotsToText(this.#filled as never, this.#grid), works: row >= 0 },
      until: this.gate.sequence,
    };
  }

  get #grid(): Grid {
    return this.#registry.gridAt(this.#market as never);
  }

  #decide(command: Command | GateCommand): void | false {
    const { gate } = this;
    if (command.kind !== GateKind.enter && command.kind !== GateKind.replace)
      throw new OperationalError(
        'EXPLAIN_ID',
        `command ${this.#sequence} of this journal is no order: give the sequence of a decision`,
        { field: '--seq', value: this.#sequence },
      );
    const before = { sequence: gate.sequence, stateHash: gate.digest() };
    const limits = gate.state.limits.active;
    const market = this.#marketOf(command);
    this.#market = market ?? 0;
    gate.apply(command);
    const { kind, account, accepted, reason, findings, ...rest } = describeDecision(
      command,
      market as never,
      gate.decision,
      this.#registry,
    );
    this.#id = gate.decision.order;
    this.#order = {
      ...(this.#id === 0 ? {} : { id: this.#id }),
      kind,
      account,
      ...rest,
      ...this.#terms(command),
    };
    this.#decision = {
      sequence: gate.sequence,
      time: timeToText(gate.timeUs as never),
      accepted,
      reason,
      findings,
      ...this.#notices(),
      limitsVersion: limits?.version ?? null,
      saw: before,
    };
    return this.#id === 0 ? false : undefined;
  }

  #terms(command: EnterCommand | ReplaceCommand): Record<string, unknown> {
    const isKnown = this.#market < this.#registry.markets.count;
    const size = isKnown ? lotsToText(command.size, this.#grid) : command.size;
    const price =
      command.price === 0 ? {} : { price: isKnown ? priceToText(command.price, this.#grid) : command.price };
    if (command.kind === GateKind.replace) return { ...price, size };
    return {
      side: SIDE_NAMES[command.side],
      type: ORDER_TYPE_NAMES[command.type],
      ...(command.type === OrderType.market ? {} : price),
      size,
      ...(command.reduceOnly ? { reduceOnly: true } : {}),
      ...(command.parent === 0 ? {} : { parent: command.parent }),
    };
  }

  #names(command: Command | GateCommand, row: number): boolean {
    const { orders } = this.gate.state.reservations;
    switch (command.kind) {
      case GateKind.replace:
      case GateKind.cancel: {
        const { account, order, clientId } = command;
        return order === this.#id || (order === 0 && orders.findClient(account, clientId) === row);
      }
      case GateKind.confirm:
      case GateKind.done:
      case GateKind.execution:
        return command.order === this.#id;
      default:
        return false;
    }
  }

  #tell(command: GateCommand, reason: Reason): void {
    const { gate } = this;
    const head = { sequence: gate.sequence, time: timeToText(gate.timeUs as never) };
    const outcome = { reason: REASON_NAMES[reason], ...this.#notices() };
    switch (command.kind) {
      case GateKind.replace: {
        const { findings } = describeDecision(command, this.#market as never, gate.decision, this.#registry);
        this.#life.push({ ...head, event: 'replace', ...this.#terms(command), ...outcome, findings });
        return;
      }
      case GateKind.confirm:
        this.#life.push({ ...head, event: 'confirm', taken: command.taken, ...outcome });
        return;
      case GateKind.execution: {
        if (reason === Reason.accepted) this.#filled += command.lots;
        const { decimals } = this.#registry;
        this.#life.push({
          ...head,
          event: 'execution',
          trade: command.trade,
          size: lotsToText(command.lots, this.#grid),
          price: priceToText(command.price, this.#grid),
          fee: moneyToText(command.fee, decimals!),
          ...outcome,
        });
        return;
      }
      default:
        this.#life.push({ ...head, event: command.kind === GateKind.cancel ? 'cancel' : 'done', ...outcome });
    }
  }

  #notices(): { notices?: Record<string, unknown>[] } {
    const { notices } = this.gate;
    return notices.length === 0
      ? {}
      : { notices: notices.map((notice) => describeNotice(notice, this.#registry)) };
  }

  #marketOf(command: EnterCommand | ReplaceCommand): number | null {
    if (command.kind === GateKind.enter) return command.market;
    const { reservations, holdings } = this.gate.state;
    const { orders } = reservations;
    const { account, order, clientId } = command;
    const row = order !== 0 ? orders.find(order) : orders.findClient(account, clientId);
    return row < 0 ? null : holdings.exposures.market(orders.exposure(row));
  }
}
