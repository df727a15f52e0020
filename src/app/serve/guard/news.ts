/** What of a guard goes to the API's thread, with the slices. */
import type { GateDecision, GateLimit } from '../../../io/api/contract/gate.ts';
import type { DecisionCounts, DecisionRates } from './decisions.ts';
import type { SubjectUsage } from './usage.ts';

export interface GuardNews {
  /** Since the news before, oldest first: not all of them where there were many. */
  readonly decisions: readonly GateDecision[];
  readonly counts: DecisionCounts;
  /** About once a second. */
  readonly rates: DecisionRates | null;
  readonly usage: readonly SubjectUsage[];
  /** Where others are in force than were told before. */
  readonly limits: readonly GateLimit[] | null;
}
