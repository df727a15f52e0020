/** What a guard begins with: who belongs where, and which limits hold. */
import type { GroupKind } from '../../../core/schema/gate-limits.ts';

export interface GuardPlan {
  readonly groups: readonly { readonly name: string; readonly of: GroupKind }[];
  /** Of accounts that are there when it begins. */
  readonly members: readonly { readonly account: number; readonly group: string }[];
  /** The group that every other account joins with its first order; null: none, and the firm's limits are all there are for it. */
  readonly others: string | null;
  /** A file of limits, as docs/reference/gate.md describes it. */
  readonly limits: string;
}

/** Of an exchange that has no groups: what the file says of the firm and of accounts. */
export function plainGuardPlan(limits: string): GuardPlan {
  return { groups: [], members: [], others: null, limits };
}
