/** What `Engine.apply` returns: reused from command to command, with objects made only for those who ask for them. */
import type { Decision, Emergency, LevelChange, RowRefusal, VerdictChange } from '../schema/events.ts';
import type { Level } from '../schema/levels.ts';
import { Reason } from '../schema/reasons.ts';
import type { Buckets } from '../state/buckets.ts';
import { Changes } from '../watch/changes.ts';
import { bucketName } from './bucket-name.ts';
import type { Verdicts } from './verdicts.ts';

export class EngineDecision implements Decision {
  sequence = 0;
  reason: Reason = Reason.accepted;
  refusals: RowRefusal[] = [];
  changes = new Changes();
  emergency: Emergency | null = null;
  readonly #buckets: Buckets;
  readonly #verdicts: Verdicts;

  constructor(buckets: Buckets, verdicts: Verdicts) {
    this.#buckets = buckets;
    this.#verdicts = verdicts;
  }

  /** A fresh list; read it before the next command. */
  get levels(): LevelChange[] {
    return Array.from({ length: this.changes.count }, (_, at) => ({
      ...bucketName(this.#buckets, this.changes.bucket[at]),
      from: this.changes.from[at] as Level,
      to: this.changes.to[at] as Level,
    }));
  }

  /** A fresh list, made when it is asked for; read it before the next command. */
  get verdicts(): VerdictChange[] {
    return this.#verdicts.changes(this.changes);
  }
}
