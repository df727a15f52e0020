/** What a check is. Each stands in a file of its own, named after its reason; `checks.ts` has them in the order in which they are made. */
import type { Limit } from '../schema/gate-limits.ts';
import type { Reason } from '../schema/reasons.ts';
import type { Candidate } from './candidate.ts';
import type { Findings } from './findings.ts';

export interface GateCheck {
  readonly reason: Reason;
  /** What it looks up. */
  readonly limits: readonly Limit[];
  /** Ids of docs/requirements.tsv, and clauses of rules (`15c3-5(c)(1)(i)`, `RTS 6 15(1)(a)`), for the table in docs/reference/gate-rules.md. */
  readonly requirements: readonly string[];
  readonly clauses: readonly string[];
  /** Whether an order that only reduces is held against it as well. */
  readonly holdsReducing: boolean;
  check(candidate: Candidate, findings: Findings): void;
}
