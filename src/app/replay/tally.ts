/** What a run counts. Prices come by the million, so a price that changes no level costs two additions here. */
import type { EngineDecision } from '../../core/engine/decision.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { Level } from '../../core/schema/levels.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { BUCKET_I32, BucketLink, Flag } from '../../core/state/buckets.ts';

/** Of a bucket's account and place: places have 25 bits. */
const PLACES = 2 ** 25;

export class Tally {
  commands = 0;
  /** Marks that were applied, unchanged ones included. */
  prices = 0;
  levelChanges = 0;
  /** Commands and captured prices whose source position was seen before. */
  duplicates = 0;
  /** Commands refused because something of their source is missing. */
  sourceGaps = 0;
  readonly refused = new Map<string, number>();
  readonly #ever = new Set<number>();
  readonly #evaluationsBefore: number;

  /** Counts from the state that the engine is in. */
  constructor({ book, watch }: Engine) {
    this.#evaluationsBefore = watch?.evaluations ?? 0;
    for (let bucket = 0; bucket < book.buckets.used; bucket++) {
      const isFree = (book.buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] & Flag.free) !== 0;
      if (!isFree && book.buckets.level(bucket) >= Level.liquidatable)
        this.#ever.add(book.buckets.account(bucket) * PLACES + book.buckets.place(bucket));
    }
  }

  note({ book }: Engine, command: Command, decision: EngineDecision): void {
    this.commands++;
    if (decision.reason !== Reason.accepted) this.#refuse(decision.reason);
    else if (command.kind === Kind.marks) this.prices += command.marks.length;
    else if (command.kind === Kind.quality) this.prices += command.mark === null ? 0 : 1;
    else if (command.kind === Kind.transaction) this.#noteRows(command.rows, decision);
    const { changes } = decision;
    if (changes.count === 0) return;
    this.levelChanges += changes.count;
    for (let at = 0; at < changes.count; at++) {
      if (changes.to[at] < Level.liquidatable) continue;
      const bucket = changes.bucket[at];
      this.#ever.add(book.buckets.account(bucket) * PLACES + book.buckets.place(bucket));
    }
  }

  /** Buckets that were liquidatable or worse at some time. */
  get everLiquidatable(): number {
    return this.#ever.size;
  }

  evaluations({ watch }: Engine): number {
    return (watch?.evaluations ?? 0) - this.#evaluationsBefore;
  }

  #noteRows(rows: readonly Command[], { refusals }: EngineDecision): void {
    for (const [at, row] of rows.entries()) {
      const refusal = refusals.find((refused) => refused.row === at);
      if (refusal !== undefined) this.#refuse(refusal.reason);
      else if (row.kind === Kind.marks) this.prices += row.marks.length;
      else if (row.kind === Kind.quality) this.prices += row.mark === null ? 0 : 1;
    }
  }

  #refuse(reason: Reason): void {
    const name = REASON_NAMES[reason];
    this.refused.set(name, (this.refused.get(name) ?? 0) + 1);
    if (reason === Reason.duplicate) this.duplicates++;
    if (reason === Reason.source_gap || reason === Reason.source_gapped) this.sourceGaps++;
  }
}
