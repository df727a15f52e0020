/** The gate's decisions, and how far its limits are used, filtered. */
import type { Told } from '../../../io/api/backend.ts';
import type { GateDecision } from '../../../io/api/contract/gate.ts';
import type { QueryOf } from '../../../io/api/contract/routes.ts';
import type { GateMemory } from '../memory/gate.ts';
import { cursorAt, LIMIT, nextCursor } from './lists.ts';

/** Newest first. */
export function gateDecisionList(
  { decisions }: GateMemory,
  query: QueryOf<'gateDecisions'>,
): Told<'gateDecisions'> {
  const { limit = LIMIT, cursor, verdict, account } = query;
  const of = `gate:${verdict ?? ''}:${account ?? ''}`;
  const data: GateDecision[] = [];
  let number = (cursor === undefined ? decisions.next : Math.min(decisions.next, cursorAt(cursor, of))) - 1;
  for (; number >= decisions.first && data.length < limit; number--) {
    const decision = decisions.at(number);
    const isWanted =
      (verdict === undefined || decision.verdict === verdict) &&
      (account === undefined || decision.account === account);
    if (isWanted) data.push(decision);
  }
  return { data, next: number >= decisions.first ? nextCursor(of, number + 1, Infinity) : null };
}

/** An account and a group at once are rows of either. */
export function gateUtilisation(
  gate: GateMemory,
  query: QueryOf<'gateUtilisation'>,
): Told<'gateUtilisation'> {
  const { limit = LIMIT, cursor, account, group, market } = query;
  const of = JSON.stringify(['used', account, group, market]);
  const isAll = account === undefined && group === undefined;
  const used = gate
    .used(({ scope, subject }) => isAll || subject === (scope === 'account' ? account : group))
    .filter((row) => market === undefined || row.market === market);
  const at = cursor === undefined ? 0 : cursorAt(cursor, of);
  const data = gate.utilisation(used.slice(at, at + limit));
  return { data, next: nextCursor(of, at + limit, used.length) };
}
