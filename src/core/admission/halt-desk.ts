/** Halts: set and released by people, set by rules. */
import { isRow } from '../num/exact.ts';
import type { AccountRow, MarketRow } from '../num/units.ts';
import { Leg } from '../schema/commands.ts';
import {
  HaltCause,
  HaltState,
  type HaltCommand,
  type HaltScope,
  type ReleaseCommand,
} from '../schema/gate-commands.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { EXPOSURE_I32, ExposureLink, NO_EXPOSURE } from './exposures.ts';
import type { GateState } from './state.ts';
import { isSaid } from './texts.ts';

export class HaltDesk {
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  halt(command: HaltCommand): Reason {
    const reason = this.#check(command);
    if (reason !== Reason.accepted) return reason;
    if (command.state !== HaltState.reduce_only && command.state !== HaltState.halted)
      return Reason.halt_invalid;
    if (!isSaid(command.by) || !isSaid(command.why)) return Reason.unexplained;
    this.#set(scopeOf(command), command.state, HaltCause.person, command.by, command.why);
    return Reason.accepted;
  }

  release(command: ReleaseCommand): Reason {
    const { halts, days, seat, accounts, notices } = this.#state;
    const reason = this.#check(command);
    if (reason !== Reason.accepted) return reason;
    if (!isSaid(command.by) || !isSaid(command.why)) return Reason.unexplained;
    const scope = scopeOf(command);
    const ended = halts.of(scope);
    if (ended.length === 0) return Reason.halt_unknown;
    const { account, market } = scope;
    if (ended.some(({ cause }) => cause === HaltCause.loss)) {
      days.look(account!);
      seat.takeAnywhere(account!);
      if (this.#isLosing()) return Reason.halt_condition_holds;
    }
    halts.end(ended);
    for (const { epoch, cause } of ended) {
      notices.push({
        kind: NoticeKind.released,
        ...scope,
        epoch,
        cause,
        by: command.by,
        why: command.why,
      });
      if (cause === HaltCause.repeats) this.#restart(account!, market!);
      if (cause === HaltCause.unknown_account)
        this.#state.strays.forget(this.#state.engine.book.accounts.at(account!));
    }
    if (account !== null) accounts.setHalted(account, halts.isHalted(account));
    return Reason.accepted;
  }

  /** Halts the account where it lost more than it may: it was just seen, and the seat is its own. */
  watchLoss(account: number): void {
    if (this.#isLosing()) this.follow(account, null, HaltCause.loss);
  }

  /** What a rule sets: nothing where a halt of this cause stands for this scope. */
  follow(account: number, market: number | null, cause: HaltCause): void {
    if (this.stands(account, market, cause)) return;
    this.#set(scopeOfAccount(account, market), HaltState.halted, cause, '', '');
  }

  /** Whether there is one that a rule set. */
  stands(account: number, market: number | null, cause: HaltCause): boolean {
    return this.#state.halts.of(scopeOfAccount(account, market)).some((halt) => halt.cause === cause);
  }

  #isLosing(): boolean {
    const { days, seat } = this.#state;
    return days.lost > seat.lossMax || days.drawdown > seat.drawdownMax;
  }

  #set(scope: HaltScope, state: HaltState, cause: HaltCause, by: string, why: string): void {
    const { halts, accounts, notices } = this.#state;
    const halt = halts.set(scope, state, cause, by, why);
    if (scope.account !== null) accounts.setHalted(scope.account, true);
    notices.push({ kind: NoticeKind.halted, ...halt });
  }

  /** One scope, of what there is. */
  #check({ group, account, market }: HaltScope): Reason {
    const { groups, accounts, instruments } = this.#state;
    if (group !== null && !isRow(group, groups.count)) return Reason.group_unknown;
    if (account !== null && !isRow(account, accounts.count)) return Reason.account_unknown;
    if (market !== null && !isRow(market, instruments.count)) return Reason.market_unknown;
    const isOne = group === null ? account !== null || market !== null : account === null && market === null;
    return isOne ? Reason.accepted : Reason.halt_invalid;
  }

  /** The next execution is the first of a row. */
  #restart(account: number, market: number): void {
    const { holdings } = this.#state;
    const row = holdings.find(account, market, Leg.net);
    if (row !== NO_EXPOSURE) holdings.exposures.i32[row * EXPOSURE_I32 + ExposureLink.repeats] = 0;
  }
}

function scopeOfAccount(account: number, market: number | null): HaltScope {
  return { group: null, account: account as AccountRow, market: market as MarketRow | null };
}

function scopeOf({ group, account, market }: HaltScope): HaltScope {
  return { group, account, market };
}
