/**
 * A gate behind its doors: every command, whichever door it came by, is journaled, applied, counted and, when it is durable, answered and
 * told. One after the other: what a batch asks is decided in its order, each with what the ones before it reserved.
 *
 * Whatever is given twice happens once. A line with an origin is a repetition when its position is not above the last of its source, a definition when what it
 * states is so already; both are answered as `duplicate`, and nothing is journaled.
 */
import type { AccountRow, MarketRow, TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import {
  GateKind,
  type EnterCommand,
  type GateCommand,
  type ReplaceCommand,
} from '../../core/schema/gate-commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import type { GateDoor } from '../../io/gate/door.ts';
import { readHead } from '../../io/ingest/file/decode-head.ts';
import { BadCommand } from '../../io/ingest/file/fields.ts';
import { decodeGateLine } from '../../io/ingest/file/gate-decode.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { problemAt, type Problem } from '../../io/ingest/problem.ts';
import { answerLine, problemLine } from '../../io/publish/answer-lines.ts';
import {
  cancelLine,
  decisionLine,
  gateCommandName,
  noticeLine,
  type Decided,
} from '../../io/publish/gate-lines.ts';
import { learnFromGate, registryOfGate } from '../runtime/registry-of.ts';
import type { DurableGate } from './durable-gate.ts';
import type { GateMetrics } from './metrics.ts';
import { standingOf } from './standing.ts';

export interface DeskCounts {
  commands: number;
  decisions: number;
  refused: number;
  duplicates: number;
  problems: number;
  alarms: number;
}

export interface DeskOptions {
  readonly nowUs: () => number;
  readonly metrics?: GateMetrics | null;
}

interface Told {
  readonly sequence: number;
  readonly lines: string;
}

export class GateDesk implements GateDoor {
  readonly registry: Registry;
  readonly counts: DeskCounts = {
    commands: 0,
    decisions: 0,
    refused: 0,
    duplicates: 0,
    problems: 0,
    alarms: 0,
  };
  /** Of the last line: null where it was a command. */
  problem: Problem | null = null;
  /** Of the last command. */
  reason: Reason = Reason.accepted;
  readonly nowUs: () => number;
  readonly #durable: DurableGate;
  readonly #metrics: GateMetrics | null;
  readonly #onLatency: ((ms: number) => void) | null;
  readonly #listeners: ((sequence: number) => void)[] = [];
  readonly #tellers: ((lines: string) => void)[] = [];
  /** Notices that are not durable yet. */
  #told: Told[] = [];

  constructor(durable: DurableGate, { nowUs, metrics = null }: DeskOptions) {
    this.#durable = durable;
    this.nowUs = nowUs;
    this.#metrics = metrics;
    this.#onLatency = metrics === null ? null : (ms) => metrics.durable(ms);
    this.registry = registryOfGate(durable.gate);
    if (durable.journal !== null) durable.journal.onAcknowledged = (sequence) => this.#acknowledged(sequence);
  }

  get sequence(): number {
    return this.#durable.gate.sequence;
  }

  get acknowledged(): number {
    return this.#durable.acknowledged;
  }

  get decision(): Decided {
    return this.#durable.gate.decision;
  }

  onAcknowledged(listener: (sequence: number) => void): void {
    this.#listeners.push(listener);
  }

  onNotices(listener: (lines: string) => void): void {
    this.#tellers.push(listener);
  }

  apply(command: Command | GateCommand, arrivedMs: number): Reason | null {
    const { gate, latencies } = this.#durable;
    const reason = this.#durable.apply(command);
    if (reason === null) return null;
    this.reason = reason;
    latencies?.arrived(gate.sequence, arrivedMs);
    this.counts.commands++;
    if (reason !== Reason.accepted) this.counts.refused++;
    const isDecided = command.kind === GateKind.enter || command.kind === GateKind.replace;
    if (isDecided) this.counts.decisions++;
    else if (reason === Reason.accepted) learnFromGate(this.registry, command, gate);
    this.#metrics?.count(isDecided, reason, gate);
    if (gate.notices.length > 0) this.#tell();
    return reason;
  }

  applyLine(text: string, from: string, line: number, arrivedMs: number): string | null {
    const nowUs = this.nowUs() as TimeUs;
    this.problem = null;
    let command: Command | GateCommand;
    try {
      command = decodeGateLine(text, this.registry, nowUs, this.marketOfOrder);
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      return this.#takeBad(text, from, line, arrivedMs, nowUs, error);
    }
    return this.applyDecoded(command, line, arrivedMs);
  }

  /** The same of a command that was read already. */
  applyDecoded(command: Command | GateCommand, line: number, arrivedMs: number): string | null {
    const { gate } = this.#durable;
    const kind = gateCommandName(command.kind);
    if (this.#isRepetition(command)) {
      this.counts.duplicates++;
      return `${answerLine(kind, Reason.duplicate, null, gate.timeUs, line)}\n`;
    }
    const isOrder = command.kind === GateKind.enter || command.kind === GateKind.replace;
    const market = isOrder ? this.#marketOf(command) : null;
    const reason = this.apply(command, arrivedMs);
    if (reason === null) return null;
    const { sequence, timeUs } = gate;
    const answer = isOrder
      ? decisionLine(command, market, gate.decision, sequence, timeUs, line, this.registry)
      : answerLine(kind, reason, sequence, timeUs, line);
    return `${[answer, ...this.#noticeLines()].join('\n')}\n`;
  }

  async ready(): Promise<void> {
    await this.#durable.ready();
  }

  /** Resolves when everything that was taken is durable and told. */
  async settle(): Promise<void> {
    await this.#durable.flush();
    this.#acknowledged(this.#durable.acknowledged);
  }

  /** The working orders of a client that is gone: cancelled, and told to whoever listens. */
  async cancelOrphans(orders: readonly number[]): Promise<void> {
    for (const order of orders) {
      const account = this.accountOf(order);
      if (account < 0) continue;
      const timeUs = this.nowUs() as TimeUs;
      const command = { kind: GateKind.cancel, timeUs, origin: null, account, order, clientId: 0 } as const;
      while (this.apply(command as GateCommand, performance.now()) === null) await this.ready();
      this.#tellLines(
        cancelLine(this.registry.accountAt(account as AccountRow), order, this.sequence, timeUs),
      );
    }
  }

  accountOf(order: number): number {
    const { orders } = this.#durable.gate.state.reservations;
    const row = orders.find(order);
    return row < 0 ? -1 : orders.account(row);
  }

  /** In which market an order is that works; null where there is none, or it is another's. */
  readonly marketOfOrder = (account: number, order: number, clientId: number): MarketRow | null => {
    const { reservations, holdings } = this.#durable.gate.state;
    const { orders } = reservations;
    const row = order !== 0 ? orders.find(order) : orders.findClient(account, clientId);
    if (row < 0 || orders.account(row) !== account) return null;
    return holdings.exposures.market(orders.exposure(row)) as MarketRow;
  };

  #marketOf(command: EnterCommand | ReplaceCommand): MarketRow | null {
    return command.kind === GateKind.enter
      ? command.market
      : this.marketOfOrder(command.account, command.order, command.clientId);
  }

  /** A line that is no command and has an origin uses up its place, or all after it would be taken for a gap. */
  #takeBad(
    text: string,
    from: string,
    line: number,
    arrivedMs: number,
    nowUs: TimeUs,
    error: BadCommand,
  ): string | null {
    const { gate } = this.#durable;
    const head = readHead(text, this.registry, nowUs);
    if (head !== null) {
      const place: GateCommand = { kind: GateKind.tick, ...head };
      if (this.#isRepetition(place)) {
        this.counts.duplicates++;
        return `${answerLine('tick', Reason.duplicate, null, gate.timeUs, line)}\n`;
      }
      if (this.apply(place, arrivedMs) === null) return null;
    }
    this.counts.problems++;
    this.problem = problemAt(error.code, from, line, error.message, error.field, error.value);
    return `${problemLine(this.problem, head === null ? null : gate.sequence, gate.timeUs)}\n`;
  }

  #isRepetition(command: Command | GateCommand): boolean {
    const { origin, kind } = command;
    const { gate } = this.#durable;
    if (origin !== null) return origin.position <= gate.engine.book.sources.last[origin.source];
    // These two cannot have an origin: what they define is what origins need.
    const isDefinition = kind === Kind.settings || kind === Kind.source;
    return isDefinition && standingOf(command, gate) === 'in-force';
  }

  #noticeLines(): string[] {
    const { notices, sequence, timeUs } = this.#durable.gate;
    return notices.map((notice) => noticeLine(notice, sequence, timeUs, this.registry));
  }

  #tell(): void {
    const lines = this.#noticeLines();
    this.counts.alarms += lines.filter((line) => line.includes('"alarm":true')).length;
    this.#tellLines(lines.join('\n'));
  }

  #tellLines(lines: string): void {
    if (this.#tellers.length === 0) return;
    this.#told.push({ sequence: this.sequence, lines: `${lines}\n` });
    if (this.#durable.journal === null) this.#acknowledged(this.sequence);
  }

  #acknowledged(sequence: number): void {
    const nowMs = performance.now();
    this.#durable.latencies?.acknowledged(sequence, nowMs, this.#onLatency);
    for (const listener of this.#listeners) listener(sequence);
    if (this.#told.length === 0) return;
    const due = this.#told.filter((told) => told.sequence <= sequence);
    this.#told = this.#told.slice(due.length);
    for (const { lines } of due) for (const teller of this.#tellers) teller(lines);
  }
}
