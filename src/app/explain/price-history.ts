/**
 * Every mark and quality that captures gave the markets of a journal, in fixed columns: what a second run over the same captures
 * is compared with, command by command. 56 bytes each.
 */
import { widened } from '../../core/num/columns.ts';
import type { MarkTicks } from '../../core/num/units.ts';
import { Kind, type Command, type MarksCommand, type QualityCommand } from '../../core/schema/commands.ts';
import type { Decision } from '../../core/schema/events.ts';
import { QUALITY_NAMES } from '../../core/schema/quality.ts';
import { Reason } from '../../core/schema/reasons.ts';

const Column = { sequence: 0, market: 1, position: 2, timeUs: 3, mark: 4, quality: 5, reference: 6 } as const;
const STRIDE = 7;
const NONE = -1;
/** Quality and uses are one column: uses are under 32. */
const USES = 32;

export class PriceHistory {
  #rows = new Float64Array(STRIDE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What is no price of a source, or was refused, is left out. */
  note(sequence: number, command: Command, { reason }: Decision): void {
    if (reason !== Reason.accepted || command.origin === null) return;
    if (command.kind === Kind.marks || command.kind === Kind.quality) this.add(sequence, command);
  }

  add(sequence: number, command: MarksCommand | QualityCommand): void {
    const base = this.#size * STRIDE;
    if (base === this.#rows.length) this.#rows = widened(this.#rows, this.#rows.length * 2);
    this.#size += 1;
    this.#rows[base + Column.sequence] = sequence;
    write(this.#rows, base, command);
  }

  sequence(at: number): number {
    return this.#rows[at * STRIDE + Column.sequence];
  }

  market(at: number): number {
    return this.#rows[at * STRIDE + Column.market];
  }

  position(at: number): number {
    return this.#rows[at * STRIDE + Column.position];
  }

  timeUs(at: number): number {
    return this.#rows[at * STRIDE + Column.timeUs];
  }

  /** Whether row `at` says what row `row` of `other` does, whatever their sequences. */
  isSame(at: number, other: PriceHistory, row: number): boolean {
    for (let column = Column.market as number; column < STRIDE; column++)
      if (this.#rows[at * STRIDE + column] !== other.#rows[row * STRIDE + column]) return false;
    return true;
  }

  /** For people: `mark 49995 at position 17`. `ticks` prints a mark. */
  text(at: number, ticks: (mark: MarkTicks) => string): string {
    const base = at * STRIDE;
    const [position, mark, quality, reference] = [
      this.#rows[base + Column.position],
      this.#rows[base + Column.mark],
      this.#rows[base + Column.quality],
      this.#rows[base + Column.reference],
    ];
    const said = [
      ...(mark === NONE ? [] : [`mark ${ticks(mark as MarkTicks)}`]),
      ...(quality === NONE ? [] : [`quality ${QUALITY_NAMES[Math.floor(quality / USES)]}`]),
      ...(reference === NONE ? [] : [`reference ${ticks(reference as MarkTicks)}`]),
    ];
    return `${said.join(', ')} at position ${position}`;
  }
}

function write(rows: Float64Array, base: number, command: MarksCommand | QualityCommand): void {
  rows[base + Column.position] = command.origin!.position;
  rows[base + Column.timeUs] = command.timeUs;
  if (command.kind === Kind.marks) {
    // Captures say one market a command.
    rows[base + Column.market] = command.marks.length === 1 ? command.marks[0].market : NONE;
    rows[base + Column.mark] = command.marks[0]?.price ?? NONE;
    rows[base + Column.quality] = NONE;
    rows[base + Column.reference] = NONE;
  } else {
    rows[base + Column.market] = command.market;
    rows[base + Column.mark] = command.mark ?? NONE;
    rows[base + Column.quality] = command.quality * USES + command.allows;
    rows[base + Column.reference] = command.reference ?? NONE;
  }
}
