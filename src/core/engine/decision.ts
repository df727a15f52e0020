/** What `Engine.apply` returns: reused from command to command, with objects made only for those who ask for them. */
import type { AccountRow, MarketRow } from '../num/units.ts';
import type { Leg } from '../schema/commands.ts';
import type { Decision, LevelChange, RowRefusal } from '../schema/events.ts';
import type { Level } from '../schema/levels.ts';
import { Reason } from '../schema/reasons.ts';
import { type Buckets, isIsolated, legOfPlace, marketOfPlace } from '../state/buckets.ts';
import { Changes } from '../watch/changes.ts';

export class EngineDecision implements Decision {
  sequence = 0;
  reason: Reason = Reason.accepted;
  refusals: RowRefusal[] = [];
  changes = new Changes();
  readonly #buckets: Buckets;

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
  }

  /** A fresh list; read it before the next command. */
  get levels(): LevelChange[] {
    return Array.from({ length: this.changes.count }, (_, at) => {
      const bucket = this.changes.bucket[at];
      const place = this.#buckets.place(bucket);
      return {
        account: this.#buckets.account(bucket) as AccountRow,
        isolated: isIsolated(place),
        market: marketOfPlace(place) as MarketRow,
        leg: legOfPlace(place) as Leg,
        from: this.changes.from[at] as Level,
        to: this.changes.to[at] as Level,
      };
    });
  }
}
