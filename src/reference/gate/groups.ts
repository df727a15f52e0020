/** Groups and who is in them. An account is in the groups that it was put into, in those above them, and in the firm. */
import type { GroupCommand, MemberCommand } from '../../core/schema/gate-commands.ts';
import { FIRM, GroupKind, GROUPS_MAX } from '../../core/schema/gate-limits.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { isName } from '../checks.ts';
import { emptyWindow, type GateState, type Group } from './state.ts';

/** The firm first, then by kind, then by row. */
export function groupsOf(state: GateState, account: number): Group[] {
  return closure(
    state,
    state.members.filter((member) => member.account === account).map(({ group }) => group),
  );
}

export function applyGroup(state: GateState, { name, of, parent: row }: GroupCommand): Reason {
  if (!isName(name)) return Reason.name_invalid;
  if (state.groups.some((group) => group.name === name)) return Reason.name_taken;
  const isKind = of !== GroupKind.firm && Object.values<number>(GroupKind).includes(of);
  const parent = state.groups[row];
  if (!isKind || parent === undefined) return Reason.group_invalid;
  if (parent.row !== FIRM && parent.kind !== of) return Reason.group_invalid;
  state.groups.push({
    row: state.groups.length,
    name,
    kind: of,
    parent: row,
    window: emptyWindow(),
    traded: 0n,
  });
  return Reason.accepted;
}

export function applyMember(state: GateState, { account, group: row, isIn }: MemberCommand): Reason {
  if (state.accounts[account] === undefined) return Reason.account_unknown;
  const group = state.groups[row];
  if (group === undefined) return Reason.group_unknown;
  if (group.row === FIRM) return Reason.group_invalid;
  const put = state.members.filter((member) => member.account === account).map((member) => member.group);
  if (!isIn) {
    if (!put.includes(row)) return Reason.group_invalid;
    state.members = state.members.filter((member) => member.account !== account || member.group !== row);
    return Reason.accepted;
  }
  const isSecond =
    group.kind !== GroupKind.set && put.some((other) => state.groups[other].kind === group.kind);
  const isThere = groupsOf(state, account).includes(group);
  const isTooMany = closure(state, [...put, row]).length > GROUPS_MAX;
  if (isSecond || isThere || isTooMany) return Reason.group_invalid;
  state.members.push({ account, group: row });
  return Reason.accepted;
}

function closure(state: GateState, put: readonly number[]): Group[] {
  const rows = new Set<number>([FIRM]);
  for (let row of put) for (; row !== FIRM; row = state.groups[row].parent) rows.add(row);
  return [...rows].map((row) => state.groups[row]).sort((a, b) => a.kind - b.kind || a.row - b.row);
}
