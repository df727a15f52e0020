/** The gate's decisions, filtered. */
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
