/**
 * The executable specification of the gate: the decisions of `core/admission`, reached by looking at everything. It follows the steps at the head
 * of `core/schema/gate-commands.ts`; nothing is summed up before it is asked for, so nothing can be forgotten to be released. Below
 * it is the reference of the engine.
 *
 * Commands are kept, not copied: whoever builds one leaves it alone afterwards.
 */
import { Kind, type Command } from '../../core/schema/commands.ts';
import { GATE_KIND_FIRST, GateKind, HaltCause, type GateCommand } from '../../core/schema/gate-commands.ts';
import { SEEN_A_TICK } from '../../core/schema/gate-limits.ts';
import type { Notice } from '../../core/schema/gate-notices.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Reference } from '../reference.ts';
import { applyDay, applyInstrument, applyLocate, applyParent, applyReference } from './definitions.ts';
import { applyCancel, applyConfirm, applyDone, applyEnter, applyReplace } from './desk.ts';
import { applyExecution } from './executions.ts';
import { applyGroup, applyMember } from './groups.ts';
import { digestOfGate } from './hash.ts';
import { applyHalt, applyRelease, haltFor, losesTooMuch } from './halts.ts';
import { activateDue, applyGrant, applyLimits } from './limits.ts';
import { equityOfAll, see } from './money.ts';
import { emptyAccount, emptyGate, type Finding, type GateState } from './state.ts';

export interface GateAnswer {
  readonly reason: Reason;
  /** Of enter and replace; nothing where it was refused alone. */
  readonly findings: readonly Finding[];
  /** Of an accepted enter or replace; 0 otherwise. */
  readonly order: number;
  readonly notices: readonly Notice[];
}

export class GateReference {
  readonly state: GateState = emptyGate();
  readonly engine = new Reference(this.state.engine);

  apply(command: Command | GateCommand): GateAnswer {
    const { state } = this;
    state.notices = [];
    state.findings = [];
    state.decided = 0;
    const reason = isOfGate(command) ? this.#own(command) : this.#ours(command);
    return { reason, findings: state.findings, order: state.decided, notices: state.notices };
  }

  digest(): string {
    return digestOfGate(this.state);
  }

  #own(command: GateCommand): Reason {
    const { engine, state } = this;
    let reason = engine.open(command.timeUs, command.origin);
    if (reason === Reason.accepted) {
      activateDue(state);
      reason = this.#applyOne(command);
    }
    engine.close();
    return reason;
  }

  /** A command of the engine. */
  #ours(command: Command): Reason {
    const { engine, state } = this;
    if (isCountedElsewhere(command)) {
      const reason = engine.open(command.timeUs, command.origin);
      if (reason === Reason.accepted) activateDue(state);
      engine.close();
      return reason === Reason.accepted ? Reason.not_by_command : reason;
    }
    const named = accountsOfMoney(command);
    const before = named.map((account) => equityOfAll(state.engine, account));
    const { reason } = engine.apply(command);
    // Time has not moved where it was refused before its turn: then nothing is due.
    activateDue(state);
    this.#openAccounts();
    for (const [at, account] of named.entries()) {
      const found = state.accounts[account];
      if (found !== undefined) found.day.flows += equityOfAll(state.engine, account) - before[at];
    }
    return reason;
  }

  #applyOne(command: GateCommand): Reason {
    const { state } = this;
    switch (command.kind) {
      case GateKind.instrument:
        return applyInstrument(state, command);
      case GateKind.reference:
        return applyReference(state, command);
      case GateKind.group:
        return applyGroup(state, command);
      case GateKind.member:
        return applyMember(state, command);
      case GateKind.limits:
        return applyLimits(state, command);
      case GateKind.halt:
        return applyHalt(state, command);
      case GateKind.release:
        return applyRelease(state, command);
      case GateKind.grant:
        return applyGrant(state, command);
      case GateKind.locate:
        return applyLocate(state, command);
      case GateKind.parent:
        return applyParent(state, command);
      case GateKind.enter:
        return applyEnter(state, command);
      case GateKind.replace:
        return applyReplace(state, command);
      case GateKind.cancel:
        return applyCancel(state, command);
      case GateKind.confirm:
        return applyConfirm(state, command);
      case GateKind.done:
        return applyDone(state, command);
      case GateKind.execution:
        return applyExecution(state, this.engine, command);
      case GateKind.day:
        return applyDay(state);
      case GateKind.tick:
        return this.#tick();
    }
  }

  /** The next accounts are seen, each once. */
  #tick(): Reason {
    const { state } = this;
    const { accounts } = state;
    for (let left = Math.min(SEEN_A_TICK, accounts.length); left > 0; left--) {
      const account = accounts[state.turn];
      state.turn = (state.turn + 1) % accounts.length;
      see(state, account);
      if (losesTooMuch(state, account)) haltFor(state, HaltCause.loss, account.row);
    }
    return Reason.accepted;
  }

  /** One whose executions came before it starts halted. */
  #openAccounts(): void {
    const { state } = this;
    for (const { row, name } of state.engine.accounts.slice(state.accounts.length)) {
      state.accounts.push(emptyAccount(row));
      if (state.strays.some((stray) => stray.name === name)) haltFor(state, HaltCause.unknown_account, row);
    }
  }
}

function isOfGate(command: Command | GateCommand): command is GateCommand {
  return command.kind >= GATE_KIND_FIRST;
}

/** Fills and working orders, which come as executions and `enter`. */
function isCountedElsewhere(command: Command): boolean {
  if (command.kind === Kind.transaction) return command.rows.some(isCountedElsewhere);
  return command.kind === Kind.fill || command.kind === Kind.order;
}

/** Those that it states facts about the money of. */
function accountsOfMoney(command: Command): number[] {
  if (command.kind === Kind.transaction) return [...new Set(command.rows.flatMap(accountsOfMoney))];
  const isOfMoney =
    command.kind === Kind.collateral || command.kind === Kind.transfer || command.kind === Kind.position;
  return isOfMoney ? [command.account] : [];
}
