/**
 * A gate: may this be sent? Commands in, decisions out, strictly in order. Beside an engine, which has the accounts, it keeps what is ordered, limits,
 * halts, and what happened within the last moments. No clock, no randomness, no I/O: the same commands give the same decisions and the
 * same state hash.
 *
 * `apply` is the one door. The order of its steps is stated in `schema/gate-commands.ts`.
 */
import { Engine } from '../engine/engine.ts';
import { findEdged } from '../gate/clean.ts';
import { assert } from '../num/assert.ts';
import type { Command } from '../schema/commands.ts';
import { GATE_KIND_FIRST, GateKind, type GateCommand } from '../schema/gate-commands.ts';
import { SEEN_A_TICK } from '../schema/gate-limits.ts';
import type { Notice } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import type { GateDecision } from './decision.ts';
import { ExecutionDesk } from './execution-desk.ts';
import { Facts, isMade } from './facts.ts';
import { Following } from './following.ts';
import { digestGate } from './gate-digest.ts';
import { GroupDesk } from './group-desk.ts';
import { HaltDesk } from './halt-desk.ts';
import { LimitDesk } from './limit-desk.ts';
import { OrderDesk, type Checks } from './order-desk.ts';
import { GateState } from './state.ts';

// Constants of its own are compiled in; another module's are looked up at every turn.
const {
  execution: EXECUTION,
  enter: ENTER,
  replace: REPLACE,
  cancel: CANCEL,
  confirm: CONFIRM,
  done: DONE,
  instrument: INSTRUMENT,
  reference: REFERENCE,
  group: GROUP,
  member: MEMBER,
  locate: LOCATE,
  parent: PARENT,
  limits: LIMITS,
  grant: GRANT,
  halt: HALT,
  release: RELEASE,
  day: DAY,
  tick: TICK,
} = GateKind;
const { accepted: ACCEPTED } = Reason;
const FIRST_KIND = GATE_KIND_FIRST;

export interface GateOptions {
  /** Says everything that is to be said of an order; a test may have others. */
  readonly checks?: Checks;
  /** One that is another's, who gives it its commands and tells the gate of them (`following`). The gate never changes it, and has its time. */
  readonly engine?: Engine;
}

export class Gate {
  readonly state: GateState;
  /** Null where the engine is the gate's own. */
  readonly following: Following | null;
  /** Counts every command given, refused ones too. */
  sequence = 0;
  readonly #facts: Facts;
  readonly #groups: GroupDesk;
  readonly #limits: LimitDesk;
  readonly #halts: HaltDesk;
  readonly #orders: OrderDesk;
  readonly #executions: ExecutionDesk;

  constructor({ checks, engine }: GateOptions = {}) {
    const state = new GateState(engine ?? new Engine());
    this.state = state;
    this.#halts = new HaltDesk(state);
    this.#facts = new Facts(state, this.#halts);
    this.#groups = new GroupDesk(state);
    this.#limits = new LimitDesk(state);
    // What an engine that is another's does to accounts is not all told, so nothing is concluded beyond the command at hand.
    this.#orders = new OrderDesk(state, this.#halts, checks ?? (engine === undefined ? null : findEdged));
    this.#executions = new ExecutionDesk(state, this.#halts);
    this.following = engine === undefined ? null : new Following(state, this.#facts, this.#executions);
  }

  /** The accounts: what they have, how they stand. */
  get engine(): Engine {
    return this.state.engine;
  }

  /** Of the last `enter` or `replace`; used again by the next. */
  get decision(): GateDecision {
    return this.#orders.decision;
  }

  /** Of the last command; used again by the next. */
  get notices(): readonly Notice[] {
    return this.state.notices;
  }

  get timeUs(): number {
    return this.state.engine.timeUs;
  }

  /** The state hash: 32 hexadecimal digits, see `schema/digest.ts`. */
  digest(): string {
    return digestGate(this.state);
  }

  apply(command: Command | GateCommand): Reason {
    this.sequence++;
    if (this.state.notices.length > 0) this.state.notices.length = 0;
    if (this.following !== null) return this.#decide(command as GateCommand);
    if (command.kind < FIRST_KIND) return this.#ours(command as Command);
    const own = command as GateCommand;
    if (this.state.engine.watch === null) return this.#refuse(own, Reason.settings_missing);
    if (own.kind === EXECUTION) return this.#execute(own);
    const reason = this.state.engine.pass(own.timeUs, own.origin);
    if (reason !== ACCEPTED) return this.#refuse(own, reason);
    this.#turn();
    return this.#dispatch(own);
  }

  /** Beside an engine that is another's: time and facts are its own. */
  #decide(command: GateCommand): Reason {
    assert(command.kind >= FIRST_KIND && command.kind !== EXECUTION, 'facts of a shared engine are followed');
    if (this.state.engine.watch === null) return this.#refuse(command, Reason.settings_missing);
    this.#turn();
    return this.#dispatch(command);
  }

  #dispatch(command: GateCommand): Reason {
    switch (command.kind) {
      case ENTER:
        return this.#orders.enter(command);
      case REPLACE:
        return this.#orders.replace(command);
      case CANCEL:
        return this.#orders.cancel(command);
      case CONFIRM:
        return this.#orders.confirm(command);
      case DONE:
        return this.#orders.done(command);
      case INSTRUMENT:
        return this.#groups.instrument(command);
      case REFERENCE:
        return this.#groups.reference(command);
      case GROUP:
        return this.#groups.group(command);
      case MEMBER:
        return this.#groups.member(command);
      case LOCATE:
        return this.#groups.locate(command);
      case PARENT:
        return this.#groups.parent(command);
      case LIMITS:
        return this.#limits.limits(command);
      case GRANT:
        return this.#limits.grant(command);
      case HALT:
        return this.#halts.halt(command);
      case RELEASE:
        return this.#halts.release(command);
      case DAY:
        return this.#beginDay();
      case TICK:
        return this.#look();
      default:
        return Reason.number_invalid;
    }
  }

  /** A command of the engine. */
  #ours(command: Command): Reason {
    const { engine } = this.state;
    if (engine.watch === null) return engine.apply(command).reason;
    if (isMade(command)) {
      const reason = engine.pass(command.timeUs, command.origin);
      if (reason !== ACCEPTED) return reason;
      this.#turn();
      return Reason.not_by_command;
    }
    const reason = this.#facts.apply(command);
    this.#turn();
    this.#facts.follow();
    return reason;
  }

  #execute(command: Extract<GateCommand, { kind: typeof GateKind.execution }>): Reason {
    const { engine } = this.state;
    const opened = engine.open(command.timeUs, command.origin);
    if (opened !== ACCEPTED) return opened;
    this.#turn();
    const reason = this.#executions.execute(command);
    engine.close();
    if (reason === ACCEPTED) this.#executions.follow(command);
    return reason;
  }

  /** An order that did not come to its desk has a decision, too. */
  #refuse(command: GateCommand, reason: Reason): Reason {
    if (command.kind === ENTER || command.kind === REPLACE) this.#orders.refuse(reason);
    return reason;
  }

  /** Limits whose time has come, grants whose time is over. */
  #turn(): void {
    if (this.state.engine.timeUs >= this.state.limits.nextUs) this.#limits.turn();
  }

  #beginDay(): Reason {
    const { days, groups, trades, parents, rooms } = this.state;
    days.begin();
    rooms.forgetAll();
    groups.beginDay();
    trades.roll();
    parents.forget(days.day - 1);
    this.following?.roll();
    return ACCEPTED;
  }

  /** The next accounts in turn are looked at for what they lost. */
  #look(): Reason {
    const { accounts, days, seat } = this.state;
    const count = Math.min(SEEN_A_TICK, accounts.count);
    for (let n = 0; n < count; n++) {
      const account = this.state.seenNext;
      this.state.seenNext = account + 1 === accounts.count ? 0 : account + 1;
      days.see(account);
      seat.takeAnywhere(account);
      this.#halts.watchLoss(account);
    }
    return ACCEPTED;
  }
}
