/** Whether an account of an exchange is exempt from liquidation, and who said so. */
import type { Exchange } from '../../core/exchange/exchange.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Command } from '../../core/schema/commands.ts';

export interface Exemption {
  /** The command that said so; null for the house, which always is, and where that command was pruned or is not remembered. */
  readonly by: { readonly sequence: number; readonly timeUs: number; readonly text: string } | null;
}

/** What was said of exemptions, as commands come by. */
export class Exemptions {
  readonly #said = new Map<number, Exemption['by']>();

  note(command: Command | OwnCommand, reason: Reason, { sequence, timeUs }: Exchange): void {
    if (command.kind !== VenueKind.exempt || reason !== Reason.accepted) return;
    const { account, text } = command;
    this.#said.set(account, { sequence, timeUs, text });
  }

  /** Null where the account is liquidated like any other. */
  of({ venue }: Exchange, account: number): Exemption | null {
    return venue.members.isExempt(account) ? { by: this.#said.get(account) ?? null } : null;
  }
}
