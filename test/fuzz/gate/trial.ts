/** Plays a history on the gate and on its reference, and says at the first difference what differs. */
import type { GateState } from '../../../src/core/admission/state.ts';
import type { Findings } from '../../../src/core/gate/findings.ts';
import { NO_LIMIT } from '../../../src/core/gate/findings.ts';
import { GATE_KIND_FIRST, GATE_KIND_NAMES, GateKind } from '../../../src/core/schema/gate-commands.ts';
import { LIMIT_NAMES } from '../../../src/core/schema/gate-limits.ts';
import { NOTICE_KIND_NAMES, type Notice } from '../../../src/core/schema/gate-notices.ts';
import { KIND_NAMES } from '../../../src/core/schema/commands.ts';
import { REASON_NAMES, type Reason } from '../../../src/core/schema/reasons.ts';
import { GateReference, type GateAnswer } from '../../../src/reference/gate/gate-reference.ts';
import { abs } from '../../../src/reference/exact.ts';
import { equityOfAll } from '../../../src/reference/gate/money.ts';
import { Random } from '../random.ts';
import { differingEntities } from './entities.ts';
import { boundedAccounts, brokenBound } from './bounds.ts';
import { addedSums, keptSums } from './sums.ts';
import { GateStream, gateStyleOf, type AnyGateCommand } from './gate-stream.ts';

/** What is played against the reference: `Gate`, or one with a mistake in it. */
export interface GateSubject {
  readonly state: GateState;
  readonly decision: { readonly findings: Findings; readonly order: number };
  readonly notices: readonly Notice[];
  apply(command: AnyGateCommand): Reason;
  digest(): string;
}

const EXACT_MAX = 2 ** 48;
const EQUITY_MAX = 2n ** 52n;
/** Commands from one comparison of everything to the next: a difference stays. */
const WHOLE_EVERY = 8;

export type MakeGate = () => GateSubject;

export interface GateFailure {
  readonly seed: number;
  readonly commands: readonly AnyGateCommand[];
  /** What differs after the last of them. */
  readonly what: string;
}

export interface GateTally {
  commands: number;
  orders: number;
  accepted: number;
  /** Accounts that were held against what is concluded of them. */
  bounded: number;
  /** By name: answers, findings of each kind, notices. */
  readonly answers: Record<string, number>;
  readonly findings: Record<string, number>;
  readonly notices: Record<string, number>;
}

export function emptyGateTally(): GateTally {
  return { commands: 0, orders: 0, accepted: 0, bounded: 0, answers: {}, findings: {}, notices: {} };
}

export function addGateTally(to: GateTally, tally: GateTally): void {
  to.commands += tally.commands;
  to.orders += tally.orders;
  to.accepted += tally.accepted;
  to.bounded += tally.bounded;
  for (const part of ['answers', 'findings', 'notices'] as const)
    for (const [name, count] of Object.entries(tally[part])) add(to[part], name, count);
}

export class GateTrial {
  readonly reference = new GateReference();
  readonly #subject: GateSubject;

  constructor(make: MakeGate) {
    this.#subject = make();
  }

  /** Accounts of which something is concluded. */
  get bounded(): number {
    return boundedAccounts(this.#subject.state);
  }

  /** What differs after the command; null: nothing. `isWhole`: everything that is remembered is compared, too. */
  step(
    command: AnyGateCommand,
    isWhole = true,
  ): { readonly answer: GateAnswer; readonly what: string | null } {
    const answer = this.reference.apply(command);
    return { answer, what: this.#difference(command, answer, isWhole) };
  }

  #difference(command: AnyGateCommand, answer: GateAnswer, isWhole: boolean): string | null {
    const subject = this.#subject;
    let reason: Reason;
    try {
      reason = subject.apply(command);
    } catch (error) {
      return `throws ${error instanceof Error ? error.stack : String(error)}`;
    }
    if (reason !== answer.reason)
      return `reason: the gate says ${REASON_NAMES[reason]}, the reference ${REASON_NAMES[answer.reason]}`;
    if (isOrder(command)) {
      const { findings, order } = subject.decision;
      const said = linesOf(findings);
      const wanted = answer.findings.map(lineOf);
      if (said.join('\n') !== wanted.join('\n'))
        return `findings: the gate says ${said.join('; ') || 'nothing'}, the reference ${wanted.join('; ') || 'nothing'}`;
      if (answer.order !== 0 && order !== answer.order)
        return `order: the gate says ${order}, the reference ${answer.order}`;
    }
    const said = subject.notices.map(textOf);
    const wanted = answer.notices.map(textOf);
    if (said.join('\n') !== wanted.join('\n'))
      return `notices: the gate says ${said.join('; ') || 'nothing'}, the reference ${wanted.join('; ') || 'nothing'}`;
    return isWhole ? this.#stateDifference() : null;
  }

  #stateDifference(): string | null {
    const subject = this.#subject;
    if (subject.digest() !== this.reference.digest())
      return `state: ${differingEntities(
        () => subject.digest(),
        () => this.reference.digest(),
      )}`;
    const kept = JSON.stringify(keptSums(subject.state));
    const added = JSON.stringify(addedSums(this.reference.state));
    if (kept !== added) return `sums: the gate keeps ${kept}, the reference adds up ${added}`;
    const broken = brokenBound(subject.state, this.reference.state);
    return broken === null ? null : `bounds: ${broken}`;
  }
}

/** Null where nothing differed. */
export function playGateSeed(
  seed: number,
  length: number,
  make: MakeGate,
  tally: GateTally,
): GateFailure | null {
  const trial = new GateTrial(make);
  const commands: AnyGateCommand[] = [];
  const stream = new GateStream(new Random(seed), gateStyleOf(seed), trial.reference);
  for (const command of stream.commands(length)) {
    commands.push(command);
    const isWhole = commands.length % WHOLE_EVERY === 0 || commands.length > length;
    if (isWhole && isBeyondExact(trial.reference.state)) return null;
    const { answer, what } = trial.step(command, isWhole);
    count(tally, command, answer);
    if (isWhole) tally.bounded += trial.bounded;
    if (what !== null) return { seed, commands, what };
  }
  return null;
}

/** Whether an account has what the gate, which counts in doubles, no longer counts to the unit: such a history ends. */
function isBeyondExact({ engine, accounts }: GateReference['state']): boolean {
  return accounts.some(({ row, day }) =>
    [equityOfAll(engine, row), day.start, day.flows, day.best].some((amount) => abs(amount) > EQUITY_MAX),
  );
}

/** What differs when these commands are given, and at which of them; null: nothing. */
export function replayGate(
  commands: readonly AnyGateCommand[],
  make: MakeGate,
): { readonly at: number; readonly what: string } | null {
  const trial = new GateTrial(make);
  for (const [at, command] of commands.entries()) {
    const { what } = trial.step(command);
    if (what !== null) return { at, what };
  }
  return null;
}

export function gateCommandName({ kind }: { readonly kind: number }): string {
  const names: readonly string[] = kind >= GATE_KIND_FIRST ? GATE_KIND_NAMES : KIND_NAMES;
  return names[kind >= GATE_KIND_FIRST ? kind - GATE_KIND_FIRST : kind] ?? String(kind);
}

function isOrder({ kind }: AnyGateCommand): boolean {
  return kind === GateKind.enter || kind === GateKind.replace;
}

function linesOf(findings: Findings): string[] {
  return Array.from({ length: findings.count }, (_, at) => {
    const which = findings.which[at];
    return lineOf({
      reason: findings.reason[at] as Reason,
      isHard: findings.isHard[at] === 1,
      which: which === NO_LIMIT ? null : which,
      limit: findings.limit[at],
      value: findings.value[at],
      scope: findings.scope[at],
    });
  });
}

interface Line {
  readonly reason: Reason;
  readonly isHard: boolean;
  readonly which: number | null;
  readonly limit: number;
  readonly value: number;
  readonly scope: number;
}

function lineOf({ reason, isHard, which, limit, value, scope }: Line): string {
  const name = which === null ? '' : ` ${LIMIT_NAMES[which]}`;
  return `${isHard ? '' : '(soft) '}${REASON_NAMES[reason]}${name} ${limit} ${rounded(value)} of ${scope}`;
}

/** Sums past 2^53 are no longer exact in the gate (`core/gate/candidate.ts`), nor what is taken of them. */
function rounded(value: number): string {
  return Math.abs(value) > EXACT_MAX && Number.isFinite(value) ? value.toPrecision(12) : String(value);
}

function textOf(notice: Notice): string {
  const { kind, ...rest } = notice;
  const fields = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${NOTICE_KIND_NAMES[kind]} ${JSON.stringify(fields)}`;
}

function count(tally: GateTally, command: AnyGateCommand, answer: GateAnswer): void {
  tally.commands++;
  add(tally.answers, REASON_NAMES[answer.reason], 1);
  for (const { reason, isHard } of answer.findings)
    add(tally.findings, `${REASON_NAMES[reason]}${isHard ? '' : ' (soft)'}`, 1);
  for (const { kind } of answer.notices) add(tally.notices, NOTICE_KIND_NAMES[kind], 1);
  if (!isOrder(command)) return;
  tally.orders++;
  if (answer.order !== 0) tally.accepted++;
}

function add(to: Record<string, number>, name: string, count: number): void {
  to[name] = (to[name] ?? 0) + count;
}
