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
import { CaptureDecoder } from '../../io/ingest/venues/binance/capture.ts';
import { usageError } from '../cli/errors.ts';
import { ruleNamed } from '../prices/plan.ts';
import { openInput, type Input } from '../replay/inputs.ts';
import { mergeCaptures } from '../replay/merge.ts';
import { isSpot, PricedCaptures, type PriceCommand } from '../replay/priced-captures.ts';
import type { MarkOrigin } from './origins.ts';
import { PriceHistory } from './price-history.ts';
import { PRICED, type CapturedSource, type JournaledPrice } from './price-journal.ts';
import { timeText } from './units.ts';

export interface MadeAgain {
  readonly files: readonly string[];
  /** `mid`: the middle of one book, with no index beside it. */
  readonly rule: string;
  /** Null for `mid`, which needs none. */
  readonly sourcesMin: number | null;
  /** Of the price that was said last, mark or quality; null for `mid`, and where the files say nothing up to the moment. */
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
  const { files, signal, progress } = options;
  const { mark, qualityBy, captured, row } = journaled;
  const from = captured.find(
    ({ market, stream, name }) => market === row && mark?.origin?.source === `${stream}:${name}`,
  );
  if (mark === null || mark.origin === null || from === undefined) throw notOfCaptures(journaled);
  const inputs = await openCaptures(files, from, signal);
  const markets = captured.filter(
    ({ stream, name }) => stream === from.stream && inputs.some(({ prices }) => prices.has(name)),
  );
  const quality = qualityBy?.origin?.source === mark.origin.source ? qualityBy.origin.position : 0;
  const tracer = new Tracer(journaled, Math.max(mark.origin.position, quality));
  const { play, rule } =
    from.stream === PRICED
      ? playPriced(inputs, markets, mark, tracer, options)
      : { play: playMids(inputs, markets, tracer, options), rule: 'mid' };
  for await (const _ of play) {
    if (tracer.isPast || signal.aborted) break;
    progress(inputs.reduce((sum, { counter }) => sum + counter.done, 0));
  }
  return {
    files,
    rule,
    sourcesMin: from.stream === PRICED ? options.sourcesMin : null,
    explanation: tracer.explanation,
    comparison: tracer.compare(),
  };
}

interface Playing {
  readonly play: AsyncIterable<unknown>;
  readonly rule: string;
}

function playPriced(
  inputs: readonly Input[],
  markets: readonly CapturedSource[],
  { text, timeUs }: MarkOrigin,
  tracer: Tracer,
  { rule: asked, sourcesMin, problem }: AgainOptions,
): Playing {
  const rule = ruleNamed(asked ?? RULE.exec(text)?.[1] ?? 'binance', timeUs);
  const priced = new PricedCaptures(inputs, markets, rule, sourcesMin, problem, (command, explain) =>
    tracer.hear(command, explain),
  );
  return { play: priced.commands(), rule: rule.name };
}

async function* playMids(
  inputs: readonly Input[],
  markets: readonly CapturedSource[],
  tracer: Tracer,
  { problem }: AgainOptions,
): AsyncGenerator<void, void, undefined> {
  for await (const commands of mergeCaptures(inputs, new CaptureDecoder(markets, problem))) {
    for (const command of commands) tracer.hear(command, null);
    yield;
  }
}

/** Follows the journal's commands of one market beside those that are made again. */
class Tracer {
  isPast = false;
  explanation: PriceExplanation | null = null;
  readonly #journaled: JournaledPrice;
  readonly #history: PriceHistory;
  /** Of the last command of the journal that counts. */
  readonly #lastPosition: number;
  /** Of the last command that was made again. */
  #position = -1;
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

  /** `explain` is null where there is no more to it than the command says. */
  hear(command: PriceCommand, explain: (() => PriceExplanation) | null): void {
    const { position } = command.origin!;
    // What is heard again was dropped at the door.
    if (this.isPast || marketOf(command) !== this.#journaled.row || position <= this.#position) return;
    if (position > this.#lastPosition) {
      this.isPast = true;
      return;
    }
    this.#position = position;
    if (command.kind === Kind.marks) this.#mark = command.marks[0].price;
    else this.#quality = command;
    this.explanation = explain?.() ?? null;
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

function marketOf(command: PriceCommand): number {
  return command.kind === Kind.marks ? command.marks[0].market : command.market;
}

async function openCaptures(
  files: readonly string[],
  { stream, name }: CapturedSource,
  signal: AbortSignal,
): Promise<Input[]> {
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
  const about = inputs.filter(({ prices }) => prices.has(name));
  const hasBoth = about.some(isSpot) && about.some((input) => !isSpot(input));
  const isOfStream = about.some(({ prices }) => prices.get(name)?.stream === stream);
  if (stream === PRICED ? hasBoth : isOfStream) return inputs;
  const what =
    stream === PRICED
      ? 'captures of its perpetual and its spot market: give both'
      : `a capture of ${stream}: give that`;
  throw usageError(`the marks of ${name} were made of ${what} with --replay`, {
    field: '--replay',
    value: files.join(' '),
  });
}

function notOfCaptures({ market, sequence, mark }: JournaledPrice): Error {
  const said = mark === null || mark.text === '' ? '' : ` (${mark.text})`;
  const whence =
    mark === null
      ? 'there is none'
      : mark.origin === null
        ? `it was set without a source${said}`
        : `it came from ${mark.origin.source}${said}, and that is all there is to it`;
  return usageError(
    `the mark of ${market} at sequence ${sequence} was not made of captures: ${whence}. Leave out --replay`,
    { field: '--replay' },
  );
}
