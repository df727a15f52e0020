/** What a guard begins with: who belongs where, and which limits hold. */
import type { GroupKind } from '../../../core/schema/gate-limits.ts';

export interface GuardPlan {
  readonly groups: readonly { readonly name: string; readonly of: GroupKind }[];
  /** Of accounts that are there when it begins. */
  readonly members: readonly { readonly account: number; readonly group: string }[];
  /** The group that every other account joins with its first order. */
  readonly others: string;
  /** A file of limits, as docs/reference/gate.md describes it. */
  readonly limits: string;
}
