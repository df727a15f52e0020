/**
 * Makes a journaled mark again: the captures go the way that they went in the run, up to the moment, and what comes out is compared
 * with the journal command by command. Where they part is said exactly.
 */
import type { MarkTicks } from '../../core/num/units.ts';
import type { PriceExplanation } from '../../core/price/explain-price.ts';
import { useNames } from '../../core/price/quality.ts';
import { Kind } from '../../core/schema/commands.ts';
import { QUALITY_NAMES } from '../../core/schema/quality.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import { usageError } from '../cli/errors.ts';
import { ruleNamed } from '../prices/plan.ts';
import { openInput, type Input } from '../replay/inputs.ts';
import { isSpot, PricedCaptures, type PriceCommand } from '../replay/priced-captures.ts';
import { PriceHistory } from './price-history.ts';
import type { JournaledPrice } from './price-journal.ts';
import { timeText } from './units.ts';

export interface MadeAgain {
  readonly files: readonly string[];
  readonly sourcesMin: number;
  readonly rule: string;
  /** Of the price that was said last, mark or quality; null where the files say nothing up to the moment. */
  readonly explanation: PriceExplanation | null;
  readonly comparison: PriceComparison;
}

export interface PriceComparison {
  /** The mark in force and what it is good for are those of the journal. */
  readonly agrees: boolean;
  /** Commands of the journal that were made again and are the same, up to where the two part. */
  readonly commands: number;
  readonly differences: readonly Difference[];
  /** The first command that is another; null: none is. */
  readonly parts: PartingPoint | null;
}

interface Difference {
  readonly what: string;
  readonly journal: string | null;
  readonly files: string | null;
}

interface PartingPoint extends Omit<Difference, 'what'> {
  /** Of the journal; null where it ends before. */
  readonly sequence: number | null;
  readonly time: string;
}

export interface AgainOptions {
  readonly files: readonly string[];
  readonly sourcesMin: number;
  /** Null: that which the journal's text names. */
  readonly rule: string | null;
  readonly signal: AbortSignal;
  readonly problem: (problem: Problem) => void;
  readonly progress: (done: number) => void;
}

/** `binance-60s: index 50000.01, last …`, as a run of captures says of its marks. */
const RULE = /^([a-z0-9-]+): index /;

export async function makeAgain(journaled: JournaledPrice, options: AgainOptions): Promise<MadeAgain> {
  const { files, sourcesMin, signal, problem, progress } = options;
  const { mark, row, qualityBy, priced, market } = journaled;
  const source = `prices:${market}`;
  const said = RULE.exec(mark?.text ?? '')?.[1] ?? null;
  if (mark?.origin?.source !== source || said === null) throw notOfCaptures(journaled, source);
  const inputs = await openCaptures(files, market, signal);
  const rule = ruleNamed(options.rule ?? said, mark.timeUs);
  const quality = qualityBy?.origin?.source === source ? qualityBy.origin.position : 0;
  const tracer = new Tracer(journaled, Math.max(mark.origin.position, quality));
  const playing = new PricedCaptures(
    inputs,
    priced.filter(({ name }) => inputs.some(({ prices }) => prices.has(name))),
    rule,
    sourcesMin,
    problem,
    (command, explain) => {
      if (marketOfCommand(command) === row) tracer.hear(command, explain);
    },
  );
  for await (const _ of playing.commands()) {
    if (tracer.isPast || signal.aborted) break;
    progress(inputs.reduce((sum, { counter }) => sum + counter.done, 0));
  }
  return {
    files,
    sourcesMin,
    rule: rule.name,
    explanation: tracer.explanation,
    comparison: tracer.compare(),
  };
}

/** Follows the journal's commands of one market beside those that are made again. */
class Tracer {
  isPast = false;
  explanation: PriceExplanation | null = null;
  readonly #journaled: JournaledPrice;
  readonly #history: PriceHistory;
  /** Of the last command of the journal that counts. */
  readonly #lastPosition: number;
  /** In the history. */
  #at = 0;
  #hasBegun = false;
  #same = 0;
  #parts: PartingPoint | null = null;
  #mark: MarkTicks | null = null;
  #quality: Extract<PriceCommand, { kind: typeof Kind.quality }> | null = null;

  constructor(journaled: JournaledPrice, lastPosition: number) {
    this.#journaled = journaled;
    this.#history = journaled.history!;
    this.#lastPosition = lastPosition;
  }

  hear(command: PriceCommand, explain: () => PriceExplanation): void {
    if (this.isPast) return;
    if (command.origin!.position > this.#lastPosition) {
      this.isPast = true;
      return;
    }
    if (command.kind === Kind.marks) this.#mark = command.marks[0].price;
    else this.#quality = command;
    this.explanation = explain();
    if (this.#parts === null) this.#follow(command);
  }

  compare(): PriceComparison {
    const { mark, quality, qualityBy } = this.#journaled;
    const ticks = this.#ticks;
    const differences: Difference[] = [];
    const same = (what: string, journal: string | null, files: string | null): void => {
      if (journal !== files) differences.push({ what, journal, files });
    };
    same('mark', ticks(mark!.price), this.#mark === null ? null : ticks(this.#mark));
    if (qualityBy?.origin !== null && qualityBy !== null) {
      const made = this.#quality;
      same('quality', QUALITY_NAMES[quality.quality], made === null ? null : QUALITY_NAMES[made.quality]);
      same(
        'allows',
        useNames(quality.uses).join(' '),
        made === null ? null : useNames(made.allows).join(' '),
      );
      same(
        'reference',
        quality.reference === null ? null : ticks(quality.reference),
        made === null || made.reference === null ? null : ticks(made.reference),
      );
    }
    // What the journal has and the files do not say any more.
    if (this.#parts === null && this.#hasBegun && this.#seek()) this.#part(null);
    return {
      agrees: differences.length === 0,
      commands: this.#same,
      differences,
      parts: this.#parts,
    };
  }

  /** A run may have begun with other captures: what the journal has before the first of these is passed over. */
  #follow(command: PriceCommand): void {
    const { position } = command.origin!;
    if (!this.#hasBegun) while (this.#seek() && this.#history.position(this.#at) < position) this.#at += 1;
    this.#hasBegun = true;
    const made = new PriceHistory();
    made.add(0, command);
    if (this.#seek() && this.#history.isSame(this.#at, made, 0)) {
      this.#same += 1;
      this.#at += 1;
    } else this.#part(made);
  }

  /** To the next command of this market, up to the moment. */
  #seek(): boolean {
    const history = this.#history;
    while (this.#at < history.size && history.market(this.#at) !== this.#journaled.row) this.#at += 1;
    return this.#at < history.size && history.position(this.#at) <= this.#lastPosition;
  }

  #part(made: PriceHistory | null): void {
    const isThere = this.#seek();
    const journal = this.#history;
    this.#parts = {
      sequence: isThere ? journal.sequence(this.#at) : null,
      time: timeText(isThere ? journal.timeUs(this.#at) : made!.timeUs(0)),
      journal: isThere ? journal.text(this.#at, this.#ticks) : null,
      files: made === null ? null : made.text(0, this.#ticks),
    };
  }

  readonly #ticks = (price: MarkTicks): string => this.#journaled.units.mark(this.#journaled.row, price);
}

function marketOfCommand(command: PriceCommand): number {
  return command.kind === Kind.marks ? command.marks[0].market : command.market;
}

async function openCaptures(files: readonly string[], market: string, signal: AbortSignal): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const file of files) {
    const input = await openInput(file, signal);
    if (input.kind === 'commands')
      throw usageError(`${file} holds commands: give the captures that the marks were made of`, {
        field: '--replay',
        value: file,
      });
    inputs.push(input);
  }
  const about = inputs.filter(({ prices }) => prices.has(market));
  if (about.some(isSpot) && about.some((input) => !isSpot(input))) return inputs;
  throw usageError(
    `the marks of ${market} were made of captures of its perpetual and its spot market: give both with --replay`,
    { field: '--replay', value: files.join(' ') },
  );
}

function notOfCaptures({ market, sequence, mark }: JournaledPrice, source: string): Error {
  const whence =
    mark === null
      ? 'there is none'
      : mark.origin === null
        ? `it was set without a source${mark.text === '' ? '' : ` (${mark.text})`}`
        : `it came from ${mark.origin.source}${mark.text === '' ? '' : ` (${mark.text})`}, and that is all there is to it`;
  return usageError(
    `the mark of ${market} at sequence ${sequence} was not made of captures with an index (source ${source}): ${whence}. Leave out --replay`,
    { field: '--replay' },
  );
}
