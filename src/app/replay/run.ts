/**
 * A replay: files into commands into an engine, with a journal before it and a reference beside it where that is wanted.
 *
 *   command files    each line one command, in order
 *   captures         a seeded book over their markets (unless there are accounts already), then their prices: marks by rule where
 *                    spot captures give an index, else the middle of each best bid and ask, which liquidates nobody
 *
 * With a data directory a run can be broken off anywhere and started again. Captured prices say where they stand in
 * their stream, so what the directory has of them is passed over; command files that begin a history are retraced.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { EngineDecision } from '../../core/engine/decision.ts';
import { Engine } from '../../core/engine/engine.ts';
import { gridOf, isGrid } from '../../core/num/grid.ts';
import type { SourceRow, TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import type { MarkRules } from '../../core/price/price-rules.ts';
import { DEFAULT_POLICY } from '../../core/price/quality.ts';
import { Quality } from '../../core/schema/quality.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { CommandDecoder, commandsOf, stopAtFirst } from '../../io/ingest/file/read-commands.ts';
import { Registry } from '../../io/ingest/file/registry.ts';
import { problemAt, type Problem } from '../../io/ingest/problem.ts';
import { CaptureDecoder, type CaptureMarket } from '../../io/ingest/venues/binance/capture.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { Checker, type CheckSummary, type Difference } from '../checker.ts';
import { usageError } from '../cli/errors.ts';
import { ruleNamed } from '../prices/plan.ts';
import { DurableEngine } from '../runtime/durable-engine.ts';
import { registryOf } from '../runtime/registry-of.ts';
import { applyWhenReady, PlainEngine, type Target } from '../runtime/target.ts';
import {
  assertSameBook,
  bookCommands,
  planBook,
  readStoredBook,
  type BookPlan,
  type BookWishes,
  type StoredBook,
} from './book-plan.ts';
import { openInput, type Input } from './inputs.ts';
import { mergeCaptures } from './merge.ts';
import { isSpot, PricedCaptures, type PriceCommand } from './priced-captures.ts';
import { Tally } from './tally.ts';

export interface ReplayOptions extends BookWishes {
  readonly files: readonly string[];
  /** Null: nothing is kept. */
  readonly data: string | null;
  /** Compare with the reference after every Nth command; null: no reference. */
  readonly checkEvery: number | null;
  readonly snapshotEvery: number;
  /** Fresh index sources that a price needs to be good for everything. */
  readonly minSources: number;
  /** Stop at the first line that cannot be used. */
  readonly strict: boolean;
  readonly version: string;
}

export interface ReplayHooks {
  readonly signal: AbortSignal;
  /** A line that was left out, or a command that was refused. */
  problem(problem: Problem): void;
  progress(what: string, done: number, total: number | null, prices: number): void;
  /** What recovery got over. */
  note(text: string): void;
  /** Makes the engine, for tests that need a faulty one. */
  readonly createEngine?: () => Engine;
}

export interface ReplayResult {
  readonly engine: Engine;
  readonly tally: Tally;
  readonly inputs: readonly Input[];
  readonly plan: BookPlan | null;
  /** Commands of this run that the directory had already, or null without one. */
  readonly durable: {
    readonly directory: string;
    readonly resumedAt: number;
    readonly acknowledged: number;
    readonly notes: readonly string[];
  } | null;
  readonly problems: number;
  readonly gaps: number;
  /** What made the marks of captures: a rule with index sources, or the middle of the book alone; null without captures. */
  readonly pricing: { readonly rule: string; readonly minSources: number | null } | null;
  readonly check: CheckSummary | null;
  readonly difference: Difference | null;
  /** Of the loop over the files: reading, unpacking, parsing, journaling, applying and checking. */
  readonly elapsedMs: number;
  readonly isInterrupted: boolean;
  /** An input that ended too soon, or a snapshot that could not be written: all that is reported was applied. */
  readonly failure: OperationalError | null;
}

export async function replay(options: ReplayOptions, hooks: ReplayHooks): Promise<ReplayResult> {
  const inputs: Input[] = [];
  for (const file of options.files) inputs.push(await openInput(file, hooks.signal));
  const captures = inputs.filter(({ kind }) => kind === 'capture');
  const commands = inputs.filter(({ kind }) => kind === 'commands');
  assertOrder(inputs, options);
  const run = new Run(options, hooks, commands, captures);
  return run.run(inputs);
}

class Run {
  readonly #options: ReplayOptions;
  readonly #hooks: ReplayHooks;
  readonly #commands: readonly Input[];
  readonly #captures: readonly Input[];
  #plan: BookPlan | null = null;
  #durable: DurableEngine | null = null;
  #target!: Target;
  #tally!: Tally;
  #checker: Checker | null = null;
  #difference: Difference | null = null;
  #problems = 0;
  #depthGaps = 0;
  #snapshotAt = 0;
  #snapshotFailure: OperationalError | null = null;

  constructor(
    options: ReplayOptions,
    hooks: ReplayHooks,
    commands: readonly Input[],
    captures: readonly Input[],
  ) {
    this.#options = options;
    this.#hooks = hooks;
    this.#commands = commands;
    this.#captures = captures;
  }

  async run(inputs: readonly Input[]): Promise<ReplayResult> {
    const { data, checkEvery } = this.#options;
    if (data === null) {
      this.#plan = this.#commands.length > 0 ? null : planBook(this.#captures, this.#options);
      this.#target = new PlainEngine(this.#hooks.createEngine?.());
    } else {
      this.#durable = await this.#open(data);
      this.#target = this.#durable;
      for (const note of this.#durable.notes) this.#hooks.note(note);
    }
    try {
      const resumedAt = this.#durable?.acknowledged ?? 0;
      if (checkEvery !== null) this.#checker = new Checker(this.#target.engine, { every: checkEvery });
      await this.#prepare();
      this.#tally = new Tally(this.#target.engine);
      this.#snapshotAt = this.#target.engine.sequence;
      const started = performance.now();
      let failure = await this.#loop();
      await this.#durable?.flush();
      const elapsedMs = performance.now() - started;
      if (this.#difference === null && this.#checker !== null) this.#difference = this.#checker.finish();
      failure ??= (await this.#keep()) ?? this.#snapshotFailure;
      return {
        engine: this.#target.engine,
        tally: this.#tally,
        inputs,
        plan: this.#plan,
        durable:
          this.#durable === null
            ? null
            : {
                directory: this.#durable.directory,
                resumedAt,
                acknowledged: this.#durable.acknowledged,
                notes: this.#durable.notes,
              },
        problems: this.#problems - this.#depthGaps,
        gaps: this.#depthGaps + this.#tally.sourceGaps,
        pricing: this.#pricing,
        check: this.#checker?.summary ?? null,
        difference: this.#difference,
        elapsedMs,
        isInterrupted: this.#hooks.signal.aborted,
        failure,
      };
    } catch (error) {
      throw this.#durable === null ? error : withAcknowledged(error, this.#durable);
    } finally {
      // What went wrong before closing is the error worth telling.
      await this.#durable?.close().catch(() => {});
    }
  }

  /** The directory's engine, at its newest state or, where something must see it all again, at its start. */
  async #open(directory: string): Promise<DurableEngine> {
    const isBegun = this.#commands[0]?.beginsHistory ?? false;
    return DurableEngine.open(directory, {
      version: this.#options.version,
      ...(this.#hooks.createEngine === undefined ? {} : { createEngine: this.#hooks.createEngine }),
      onProgress: (done, total) => this.#hooks.progress('recovering', done, total, 0),
      from: async (journal) => {
        const stored = await readStoredBook(journal);
        this.#plan = this.#planFor(directory, stored);
        const isPartial = this.#plan !== null && stored !== null && stored.acknowledged < this.#plan.commands;
        return isBegun || isPartial || this.#options.checkEvery !== null ? 'start' : 'snapshot';
      },
    });
  }

  #planFor(directory: string, stored: StoredBook | null): BookPlan | null {
    if (stored !== null) assertSameBook(directory, stored, this.#options);
    if (this.#commands.length > 0) return null;
    if (stored === null) return planBook(this.#captures, this.#options);
    // What the directory has is gone on with, whatever the first prices of these captures are.
    return stored.plan;
  }

  /** Everything before the first line: the book, where there is one, and what the directory has already. */
  async #prepare(): Promise<void> {
    const { engine } = this.#target;
    if (this.#plan !== null && engine.sequence < this.#plan.commands) await this.#buildBook(this.#plan);
    const isBegun = this.#commands[0]?.beginsHistory ?? false;
    if (!isBegun) await this.#catchUp();
  }

  async #buildBook(plan: BookPlan): Promise<void> {
    let done = 0;
    for (const command of bookCommands(plan)) {
      const decision = this.#target.apply(command) ?? (await applyWhenReady(this.#target, command));
      if (this.#checker !== null) this.#check(structuredClone(command), decision);
      if (++done % 4096 !== 0) continue;
      this.#hooks.progress('accounts', done, plan.commands, 0);
      await turn();
      if (this.#isOver) return;
    }
  }

  /** Applies what the journal has and the files of this run have not. */
  async #catchUp(registry: Registry | null = null): Promise<void> {
    if (this.#durable?.isRetracing !== true) return;
    const checks = this.#checker !== null;
    await this.#durable.catchUp((command, decision) => {
      registry?.learn(command, decision);
      if (checks) this.#check(structuredClone(command), decision as EngineDecision);
      return this.#isOver ? false : undefined;
    });
  }

  /** Answers what ended an input too soon; what was whole before it is applied. */
  async #loop(): Promise<OperationalError | null> {
    try {
      if (this.#commands.length > 0) await this.#replayCommands();
      if (this.#captures.length > 0 && !this.#isOver) await this.#replayCaptures();
      return null;
    } catch (error) {
      if (!(error instanceof OperationalError) || !error.code.startsWith('INGEST_')) throw error;
      // Interrupted while it waited for more.
      return this.#hooks.signal.aborted ? null : error;
    }
  }

  async #replayCommands(): Promise<void> {
    const target = this.#target;
    const registry = registryOf(target.engine);
    const decoder = new CommandDecoder(registry, this.#report);
    for (const input of this.#commands) {
      for await (const batch of input.lines()) {
        for (const { command, file, line } of commandsOf(batch, input.name, decoder)) {
          let decision = this.#applyLine(command, file, line);
          while (decision === null) {
            await target.ready();
            decision = this.#applyLine(command, file, line);
          }
          registry.learn(command, decision);
          this.#tally.note(target.engine, command, decision);
          if (decision.reason !== Reason.accepted || decision.refusals.length > 0)
            this.#reportRefusal(decision, file, line);
          if (this.#checker !== null) this.#check(command, decision);
          if (this.#isOver) return;
        }
        await this.#afterBatch();
      }
    }
    await this.#catchUp(registry);
  }

  /** Says which line it is that differs from the directory's history. */
  #applyLine(command: Command, file: string, line: number): EngineDecision | null {
    try {
      return this.#target.apply(command);
    } catch (error) {
      if (!(error instanceof OperationalError) || error.code !== 'REPLAY_DIFFERS') throw error;
      throw new OperationalError(error.code, `${file}:${line}: ${error.message}`, {
        ...error.fields,
        file,
        line,
        directory: this.#options.data,
      });
    }
  }

  async #replayCaptures(): Promise<void> {
    const markets = await this.#captureMarkets();
    if (this.#hasIndex) {
      const priced = new PricedCaptures(
        this.#captures,
        markets,
        this.#rule,
        this.#options.minSources,
        this.#report,
      );
      for await (const commands of priced.commands()) {
        await this.#applyPrices(commands);
        this.#depthGaps = priced.gaps;
        if (this.#difference !== null) return;
        await this.#afterBatch();
        if (this.#isOver) return;
      }
      return;
    }
    await this.#sayOwnBook(markets);
    const decoder = new CaptureDecoder(markets, this.#report);
    for await (const marks of mergeCaptures(this.#captures, decoder)) {
      await this.#applyPrices(marks);
      if (this.#difference !== null) return;
      this.#depthGaps = decoder.counts.depthGaps;
      await this.#afterBatch();
      if (this.#isOver) return;
    }
  }

  async #applyPrices(commands: readonly PriceCommand[]): Promise<void> {
    const target = this.#target;
    const { engine } = target;
    const { last } = engine.book.sources;
    for (let at = 0; at < commands.length; at++) {
      const command = commands[at];
      const { source, position } = command.origin!;
      if (position <= last[source]) {
        // Dropped at the door, so that a directory does not grow by being given the same file again.
        this.#tally.duplicates++;
        continue;
      }
      const decision = target.apply(command) ?? (await applyWhenReady(target, command));
      this.#tally.note(engine, command, decision);
      if (this.#checker !== null) this.#check(command, decision);
      if (this.#difference !== null) return;
    }
  }

  /** A perpetual and a spot market it can be priced by. */
  get #hasIndex(): boolean {
    return this.#captures.some(isSpot) && this.#captures.some((input) => !isSpot(input));
  }

  /** Binance's, of the time of the recording. */
  get #rule(): MarkRules {
    const times = this.#captures.flatMap(({ prices }) => [...prices.values()].map(({ timeUs }) => timeUs));
    return ruleNamed('binance', Math.min(...times));
  }

  get #pricing(): ReplayResult['pricing'] {
    if (this.#captures.length === 0) return null;
    return this.#hasIndex
      ? { rule: this.#rule.name, minSources: this.#options.minSources }
      : { rule: 'mid', minSources: null };
  }

  /** The middle of the venue's own book, with nothing beside it, liquidates nobody. */
  async #sayOwnBook(markets: readonly CaptureMarket[]): Promise<void> {
    const { book, timeUs } = this.#target.engine;
    for (const { market } of markets) {
      if (book.markets.quality(market) === Quality.own_book_only) continue;
      const command: Command = {
        kind: Kind.quality,
        timeUs: timeUs as TimeUs,
        origin: null,
        market,
        quality: Quality.own_book_only,
        allows: DEFAULT_POLICY[Quality.own_book_only],
        mark: null,
        reference: null,
        text: 'a capture without index sources: marks are the middle of its own book',
      };
      const decision = await applyWhenReady(this.#target, command);
      if (this.#checker !== null) this.#check(command, decision);
    }
  }

  /** The markets of the captures that the engine has, each with its source, which is defined where it is new. */
  async #captureMarkets(): Promise<CaptureMarket[]> {
    const { book, settings, timeUs } = this.#target.engine;
    const found = new Map<string, string>();
    for (const { prices } of this.#captures)
      for (const [market, { stream }] of prices) found.set(market, stream);
    const markets: CaptureMarket[] = [];
    for (const [name, stream] of found) {
      const market = book.markets.names.find(name);
      if (market < 0 || settings === null) continue;
      const { tick, lot, markTick } = book.markets.specs[market];
      const grid = gridOf({ tick, lot, markTick, decimals: settings.decimals });
      if (!isGrid(grid))
        throw new OperationalError('MARKET_GRID', `market ${name}: ${grid.problem}`, {
          field: grid.field,
          market: name,
        });
      const sourceName = this.#hasIndex ? `prices:${name}` : `${stream}:${name}`;
      if (book.sources.names.find(sourceName) < 0) {
        const command: Command = {
          kind: Kind.source,
          timeUs: timeUs as TimeUs,
          origin: null,
          name: sourceName,
        };
        const decision = await applyWhenReady(this.#target, command);
        if (this.#checker !== null) this.#check(command, decision);
      }
      const source = book.sources.names.find(sourceName) as SourceRow;
      markets.push({
        name,
        market: market as CaptureMarket['market'],
        grid,
        source,
        last: book.sources.last[source] < 0 ? null : book.sources.last[source],
      });
    }
    if (markets.length > 0) return markets;
    const asked = [...found.keys()].join(', ') || 'none';
    const names =
      Array.from({ length: book.markets.count }, (_, row) => book.markets.names.at(row)).join(', ') || 'none';
    throw new OperationalError(
      'INPUT_MARKETS',
      `${this.#captures[0].name}: its markets (${asked}) are not among those defined (${names}). Define them in a command file before the capture`,
      { file: this.#captures[0].name, field: 's', value: asked },
    );
  }

  async #afterBatch(): Promise<void> {
    const { signal } = this.#hooks;
    const inputs = [...this.#commands, ...this.#captures];
    const total = inputs.every(({ bytes }) => bytes !== null)
      ? inputs.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
      : null;
    const done =
      total === null ? this.#tally.commands : inputs.reduce((sum, { counter }) => sum + counter.done, 0);
    this.#hooks.progress('replaying', done, total, this.#tally.prices);
    const durable = this.#durable;
    if (durable === null || durable.isRetracing || signal.aborted) return;
    if (durable.engine.sequence - this.#snapshotAt < this.#options.snapshotEvery) return;
    this.#snapshotFailure = await this.#keep();
    this.#snapshotAt = durable.engine.sequence;
  }

  /** The last snapshot. That it could not be written costs time at the next start, and nothing else. */
  async #keep(): Promise<OperationalError | null> {
    try {
      await this.#durable?.snapshot();
      return null;
    } catch (error) {
      if (error instanceof OperationalError && error.code === 'SNAPSHOT_FAILED') return error;
      throw error;
    }
  }

  #check(command: Command, decision: EngineDecision): void {
    this.#difference ??= this.#checker!.check(command, decision);
  }

  get #isOver(): boolean {
    return this.#difference !== null || this.#hooks.signal.aborted;
  }

  readonly #report = (problem: Problem): void => {
    this.#problems++;
    if (this.#options.strict) stopAtFirst(problem);
    this.#hooks.problem(problem);
  };

  #reportRefusal(decision: EngineDecision, file: string, line: number): void {
    if (decision.reason === Reason.duplicate) return;
    const say = (reason: Reason, where: string | null): void => {
      const name = REASON_NAMES[reason];
      const what = `refused: ${name} (docs/reference/errors.md says what to do). It is journaled and changes nothing else`;
      this.#hooks.problem(problemAt(name, file, line, what, where));
    };
    if (decision.reason !== Reason.accepted) say(decision.reason, null);
    for (const { row, reason } of decision.refusals) say(reason, `rows[${row}]`);
  }
}

function assertOrder(inputs: readonly Input[], { accounts, seed, book }: BookWishes): void {
  const firstCapture = inputs.findIndex(({ kind }) => kind === 'capture');
  const late = inputs.find(({ kind }, at) => kind === 'commands' && firstCapture !== -1 && at > firstCapture);
  if (late !== undefined)
    throw usageError(`${late.name} holds commands and comes after a capture: give command files first`, {
      field: 'files',
      value: late.name,
    });
  const commands = inputs.find(({ kind }) => kind === 'commands');
  if (commands === undefined || (accounts === null && seed === null && book === null)) return;
  throw usageError(
    `--accounts, --seed and --book make accounts for captures; the accounts here are those of ${commands.name}. Leave the options out`,
    { field: '--accounts', value: accounts ?? seed ?? book },
  );
}

/** An error of the journal, with how far everything is safe. */
function withAcknowledged(error: unknown, durable: DurableEngine): unknown {
  if (!(error instanceof OperationalError) || error !== durable.journal.failure) return error;
  const { acknowledged } = durable;
  return new OperationalError(
    error.code,
    `${error.message} The same command goes on from there.`,
    { ...error.fields, acknowledged },
    error,
  );
}
