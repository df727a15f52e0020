/** What every law is given, and how it says that it is broken. */
import type { Reason } from '../../core/schema/reasons.ts';
import type { AnyCommand } from '../traders/simulation.ts';

export interface Step {
  readonly command: AnyCommand;
  readonly reason: Reason;
}

export class LawBroken extends Error {}

export function demand(holds: boolean, sentence: () => string): void {
  if (!holds) throw new LawBroken(sentence());
}
