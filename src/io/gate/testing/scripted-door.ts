/** A door behind which orders of up to 100 lots are taken, and nothing is durable before the test says so. */
import { Findings } from '../../../core/gate/findings.ts';
import type { Command } from '../../../core/schema/commands.ts';
import { GateKind, type GateCommand } from '../../../core/schema/gate-commands.ts';
import { Limit } from '../../../core/schema/gate-limits.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { decodeGateLine } from '../../ingest/file/gate-decode.ts';
import { Registry } from '../../ingest/file/registry.ts';
import type { GateDoor } from '../door.ts';

const DEFINITIONS = [
  '{"kind":"settings","asset":"USDT","decimals":6}',
  '{"kind":"market","name":"BTC-PERP","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"}]}',
  '{"kind":"account","name":"alice"}',
];

export class ScriptedDoor implements GateDoor {
  readonly registry = new Registry();
  readonly commands: (Command | GateCommand)[] = [];
  /** Commands are durable at once. */
  isPrompt = true;
  /** Commands that there is room for; each `ready` that is let through makes room for one. */
  room = Infinity;
  failure: Error | null = null;
  sequence = 0;
  acknowledged = 0;
  readonly decision = {
    isAccepted: true,
    reason: Reason.accepted as Reason,
    order: 0,
    findings: new Findings(),
  };
  readonly #working = new Map<number, number>();
  readonly #listeners: ((sequence: number) => void)[] = [];
  readonly #tellers: ((lines: string) => void)[] = [];
  #waiting: (() => void)[] = [];

  constructor() {
    for (const line of DEFINITIONS)
      this.registry.learn(decodeGateLine(line, this.registry, 0 as never, () => null));
  }

  apply(command: Command | GateCommand): Reason | null {
    if (this.failure !== null) throw this.failure;
    if (this.room <= 0) return null;
    this.room--;
    this.sequence++;
    this.commands.push({ ...command });
    const reason = this.#decide(command);
    if (this.isPrompt) setImmediate(() => this.acknowledge());
    return reason;
  }

  applyLine(text: string, from: string, line: number): string {
    return `{"from":"${from}","line":${line},"length":${text.length}}\n`;
  }

  acknowledge(sequence = this.sequence): void {
    if (sequence <= this.acknowledged) return;
    this.acknowledged = sequence;
    for (const listener of this.#listeners) listener(sequence);
  }

  makeRoom(commands: number): void {
    this.room = commands;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  tell(lines: string): void {
    for (const teller of this.#tellers) teller(lines);
  }

  onAcknowledged(listener: (sequence: number) => void): void {
    this.#listeners.push(listener);
  }

  onNotices(listener: (lines: string) => void): void {
    this.#tellers.push(listener);
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  accountOf(order: number): number {
    return this.#working.get(order) ?? -1;
  }

  nowUs(): number {
    return 1_000_000 + this.sequence;
  }

  #decide(command: Command | GateCommand): Reason {
    if (command.kind === GateKind.done) this.#working.delete(command.order);
    if (command.kind !== GateKind.enter) return Reason.accepted;
    const { findings } = this.decision;
    findings.clear();
    if (!Number.isSafeInteger(command.size) || command.size < 1) this.decision.reason = Reason.number_invalid;
    else if (command.size > 100) {
      findings.warn(Reason.gross_value, Limit.gross_max, 5, 6);
      findings.refuse(Reason.order_size, Limit.order_size_max, 100, command.size);
      this.decision.reason = Reason.order_size;
    } else this.decision.reason = Reason.accepted;
    this.decision.isAccepted = this.decision.reason === Reason.accepted;
    this.decision.order = this.decision.isAccepted ? this.sequence : 0;
    if (this.decision.isAccepted) this.#working.set(this.sequence, command.account);
    return this.decision.reason;
  }
}
