/** Halts: by people, and by themselves. They stand until a person releases them. */
import {
  HaltCause,
  HaltState,
  type HaltCommand,
  type HaltScope,
  type ReleaseCommand,
} from '../../core/schema/gate-commands.ts';
import { Limit } from '../../core/schema/gate-limits.ts';
import { NoticeKind, type Halt } from '../../core/schema/gate-notices.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { isBlank } from './texts.ts';
import { groupsOf } from './groups.ts';
import { accountLimit } from './limits.ts';
import { lossesOf } from './money.ts';
import type { GateAccount, GateState } from './state.ts';

export function applyHalt(state: GateState, command: HaltCommand): Reason {
  const reason = checkScope(state, command);
  if (reason !== Reason.accepted) return reason;
  const { group, account, market } = command;
  const isState = command.state === HaltState.reduce_only || command.state === HaltState.halted;
  if (!isState) return Reason.halt_invalid;
  if (isBlank(command.by) || isBlank(command.why)) return Reason.unexplained;
  const { by, why } = command;
  halt(state, { group, account, market, state: command.state, cause: HaltCause.person, by, why });
  return Reason.accepted;
}

export function applyRelease(state: GateState, command: ReleaseCommand): Reason {
  const reason = checkScope(state, command);
  if (reason !== Reason.accepted) return reason;
  if (isBlank(command.by) || isBlank(command.why)) return Reason.unexplained;
  const ended = state.halts.filter((each) => isScope(each, command));
  if (ended.length === 0) return Reason.halt_unknown;
  const isForLoss = ended.some(({ cause }) => cause === HaltCause.loss);
  if (isForLoss && losesTooMuch(state, state.accounts[command.account!])) return Reason.halt_condition_holds;
  const { by, why } = command;
  for (const { group, account, market, epoch, cause } of ended) {
    if (cause === HaltCause.repeats) state.runs.delete(`${account} ${market}`);
    if (cause === HaltCause.unknown_account) forgetStrays(state, account!);
    state.notices.push({ kind: NoticeKind.released, group, account, market, epoch, cause, by, why });
  }
  state.halts = state.halts.filter((each) => !ended.includes(each));
  return Reason.accepted;
}

/** Somebody has looked. */
function forgetStrays(state: GateState, account: number): void {
  const { name } = state.engine.accounts[account];
  state.strays = state.strays.filter((stray) => stray.name !== name);
}

/** By a rule: not again while one of its cause stands there. */
export function haltFor(
  state: GateState,
  cause: HaltCause,
  account: number,
  market: number | null = null,
): void {
  if (isHaltedFor(state, cause, account, market)) return;
  const scope = { group: null, account, market } as HaltScope;
  halt(state, { ...scope, state: HaltState.halted, cause, by: '', why: '' });
}

/** Whether one of this cause stands there. */
export function isHaltedFor(
  state: GateState,
  cause: HaltCause,
  account: number,
  market: number | null = null,
): boolean {
  const scope = { group: null, account, market } as HaltScope;
  return state.halts.some((each) => each.cause === cause && isScope(each, scope));
}

/** Of all halts that apply the worst, of equals the first that was set. */
export function worstHalt(state: GateState, account: number, market: number): Halt | null {
  const groups = new Set(groupsOf(state, account).map(({ row }) => row));
  return state.halts
    .filter(
      (each) =>
        (each.group === null || groups.has(each.group)) &&
        (each.account === null || each.account === account) &&
        (each.market === null || each.market === market),
    )
    .reduce<Halt | null>((worst, each) => (worst === null || each.state > worst.state ? each : worst), null);
}

export function losesTooMuch(state: GateState, account: GateAccount): boolean {
  const { lost, drawdown } = lossesOf(state, account);
  return isBeyond(lost, Limit.loss_max) || isBeyond(drawdown, Limit.drawdown_max);

  function isBeyond(amount: bigint, limit: Limit): boolean {
    const most = accountLimit(state, account.row, null, limit)?.hard ?? null;
    return most !== null && amount > BigInt(most);
  }
}

function halt(state: GateState, what: Omit<Halt, 'epoch'>): void {
  const set = { ...what, epoch: ++state.epoch };
  state.halts.push(set);
  state.notices.push({ kind: NoticeKind.halted, ...set });
}

function checkScope(state: GateState, { group, account, market }: HaltScope): Reason {
  if (group !== null && state.groups[group] === undefined) return Reason.group_unknown;
  if (account !== null && state.accounts[account] === undefined) return Reason.account_unknown;
  if (market !== null && state.engine.markets[market] === undefined) return Reason.market_unknown;
  const isOne = group === null ? account !== null || market !== null : account === null && market === null;
  return isOne ? Reason.accepted : Reason.halt_invalid;
}

function isScope(a: HaltScope, b: HaltScope): boolean {
  return a.group === b.group && a.account === b.account && a.market === b.market;
}
