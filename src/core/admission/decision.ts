/** What a gate said of the last order: reused from order to order. */
import { Findings } from '../gate/findings.ts';
import { Reason } from '../schema/reasons.ts';

export const NO_ORDER_ID = 0;

export class GateDecision {
  reason: Reason = Reason.accepted;
  /** The order's id: given to one that was accepted, or that of the one to be replaced; NO_ORDER_ID: none. */
  order = NO_ORDER_ID;
  /** Everything that the checks found, also where it was accepted with warnings; nothing of an order that was refused alone. */
  readonly findings = new Findings();

  get isAccepted(): boolean {
    return this.reason === Reason.accepted;
  }
}
