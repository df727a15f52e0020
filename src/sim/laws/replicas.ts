/** Engines that have nothing but the mirror of what the exchange was asked and said: after every command each is what the engine within the exchange is. */
import { mirrorOf } from '../../core/exchange/mirror.ts';
import type { EventLog } from '../../core/exchange/event-log.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { Decision } from '../../core/schema/events.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { demand, type Step } from './law.ts';

export interface Follower {
  apply(command: Command): Pick<Decision, 'reason' | 'refusals'>;
  /** Of all its state, times and levels included. */
  digest(): string;
}

export class Replicas {
  readonly #followers: Readonly<Record<string, Follower>>;

  constructor(followers: Readonly<Record<string, Follower>>) {
    this.#followers = followers;
  }

  follow({ command, reason }: Step, events: EventLog): void {
    for (const mirrored of mirrorOf(command, reason, events)) {
      for (const [name, follower] of Object.entries(this.#followers)) {
        const given = follower.apply(mirrored);
        demand(
          given.refusals.length === 0,
          () =>
            `${name} refused ${given.refusals.length} facts of a cut, the first as ${given.refusals[0].reason}`,
        );
        demand(
          reason !== Reason.accepted || given.reason === Reason.accepted,
          () => `${name} refused ${mirrored.kind} as ${given.reason}`,
        );
      }
    }
  }

  judge(digest: string): void {
    for (const [name, follower] of Object.entries(this.#followers)) {
      const given = follower.digest();
      demand(given === digest, () => `${name} is at ${given}, the engine within the exchange at ${digest}`);
    }
  }
}
