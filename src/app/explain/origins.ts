/** Which command said what of every market's price, followed along a journal: the mark, what it is good for, the breaker. */
import type { Engine } from '../../core/engine/engine.ts';
import type { MarketRow, MarkTicks } from '../../core/num/units.ts';
import {
  Kind,
  KIND_NAMES,
  type Command,
  type MarksCommand,
  type QualityCommand,
} from '../../core/schema/commands.ts';
import type { Decision } from '../../core/schema/events.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { MARK_NONE } from '../../core/state/markets.ts';

/** A command of the journal that said something of a price. */
export interface Saying {
  /** 0: said before the records that are left. */
  readonly sequence: number;
  readonly timeUs: number;
  readonly kind: string;
  /** Where it stands in the stream that it came from; null where it has none. */
  readonly origin: { readonly source: string; readonly position: number } | null;
  /** What the source said; empty where it was the number itself. */
  readonly text: string;
}

/** Where a market's present mark came from. */
export interface MarkOrigin extends Saying {
  readonly market: MarketRow;
  readonly price: MarkTicks;
  /** The mark it replaced; null for the first, or where records before were pruned. */
  readonly before: MarkTicks | null;
}

/** A record of the journal: of an exchange's, several commands of an engine may come. */
interface Recorded {
  readonly sequence: number;
  readonly kind: string;
}

export class PriceOrigins {
  /** By market; null before the first. */
  readonly marks: (MarkOrigin | null)[] = [];
  readonly qualities: (Saying | null)[] = [];
  /** What tripped the breaker; null where it is not. */
  readonly trips: (Saying | null)[] = [];
  #by: Recorded = { sequence: 0, kind: '' };

  /** The state of a snapshot: what was said is known, and not by which command. */
  begin({ book, timeUs }: Engine): void {
    const { markets } = book;
    for (let row = 0; row < markets.count; row++) {
      const market = row as MarketRow;
      const before = { sequence: 0, timeUs, kind: '', origin: null, text: '' };
      const price = markets.mark(market);
      this.marks[row] = price === MARK_NONE ? null : { ...before, market, price, before: null };
      this.qualities[row] = before;
      this.trips[row] = markets.isTripped(market) ? before : null;
    }
  }

  /** After the engine has decided; `by` is the record that the command came from. */
  note(
    engine: Engine,
    command: Command,
    { reason, refusals, emergency }: Decision,
    by: Recorded = { sequence: engine.sequence, kind: KIND_NAMES[command.kind] },
  ): void {
    this.#by = by;
    if (reason === Reason.accepted) {
      this.#noteRow(engine, command, command);
      if (command.kind === Kind.transaction) {
        for (const [at, row] of command.rows.entries())
          if (!refusals.some((refusal) => refusal.row === at)) this.#noteRow(engine, command, row);
      }
    }
    if (emergency === null) return;
    const { accounts, holders, markets } = emergency;
    const text = `${accounts} of ${holders} accounts with positions would be liquidatable at once`;
    for (const market of markets) this.trips[market] ??= this.#sayingOf(engine, command, text);
  }

  #noteRow(engine: Engine, command: Command, row: Command): void {
    if (row.kind === Kind.marks) this.#noteMarks(engine, command, row);
    else if (row.kind === Kind.quality) this.#noteQuality(engine, command, row);
    else if (row.kind === Kind.lift) this.trips[row.market] = null;
  }

  #noteQuality(engine: Engine, command: Command, { market, mark, text }: QualityCommand): void {
    this.qualities[market] = this.#sayingOf(engine, command, text);
    if (mark !== null) this.#noteMark(engine, command, market, mark, text);
  }

  #noteMarks(engine: Engine, command: Command, { marks, text }: MarksCommand): void {
    for (const { market, price } of marks) this.#noteMark(engine, command, market, price, text);
  }

  #noteMark(engine: Engine, command: Command, market: MarketRow, price: MarkTicks, text: string): void {
    const before = this.marks[market]?.price ?? null;
    this.marks[market] = { ...this.#sayingOf(engine, command, text), market, price, before };
  }

  #sayingOf({ book, timeUs }: Engine, { origin }: Command, text: string): Saying {
    return {
      ...this.#by,
      timeUs,
      origin:
        origin === null ? null : { source: book.sources.names.at(origin.source), position: origin.position },
      text,
    };
  }
}
