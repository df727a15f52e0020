/**
 * The engine: commands in, decisions out, strictly in order. No clock, no randomness, no I/O: the same commands give the
 * same decisions and the same state hash on every machine.
 *
 * `apply` is the one door. The order of its steps is stated in `schema/commands.ts`.
 */
import { isRow, isWhole } from '../num/exact.ts';
import type { TimeUs } from '../num/units.ts';
import { Thresholds } from '../margin/levels.ts';
import {
  Kind,
  Form,
  type Command,
  type ContractCommand,
  type MarketCommand,
  type Origin,
  type SettingsCommand,
  type TiersCommand,
  type TransactionCommand,
} from '../schema/commands.ts';
import type { Standing } from '../schema/events.ts';
import { Reason } from '../schema/reasons.ts';
import { Book } from '../state/book.ts';
import { isName } from '../state/names.ts';
import { digestState } from '../state/state-digest.ts';
import { Watch, type WatchMode } from '../watch/watch.ts';
import { addMoved, applyBreaker, judgeBreaker } from './breaker.ts';
import { EngineDecision } from './decision.ts';
import { checkContract, checkMarket, checkSettings, checkTiers } from './definitions.ts';
import {
  applyAccount,
  applyCollateral,
  applyFill,
  applyFunding,
  applyLift,
  applyMarks,
  applyOrder,
  applyPosition,
  applyQuality,
  applySettle,
  applyTransfer,
} from './rows.ts';
import { Verdicts } from './verdicts.ts';

export class Engine {
  readonly book = new Book();
  settings: SettingsCommand | null = null;
  thresholds: Thresholds | null = null;
  sequence = 0;
  timeUs = 0;
  /** What may be acted on of what is liquidatable. */
  readonly verdicts = new Verdicts(this.book);
  readonly #decision = new EngineDecision(this.book.buckets, this.verdicts);
  /** Markets whose tier tables came due with the command at hand. */
  readonly #due = new Set<number>();
  readonly #mode: WatchMode;
  /** The transaction that is being made in steps. */
  readonly #steps = {
    kind: Kind.transaction,
    timeUs: 0 as TimeUs,
    origin: null as Origin | null,
    rows: [] as Command[],
  };
  #watch: Watch | null = null;

  /** `mode` forces one way of finding what to evaluate, for benchmarks; decisions are the same in all. */
  constructor(mode: WatchMode = 'auto') {
    this.#mode = mode;
  }

  /** Null before the settings. */
  get watch(): Watch | null {
    return this.#watch;
  }

  /** Decides about one command. The result is reused by the next call. */
  apply(command: Command): EngineDecision {
    const decision = this.#decision;
    decision.sequence = ++this.sequence;
    decision.emergency = null;
    if (decision.refusals.length > 0) decision.refusals = [];
    const watch = this.#watch;
    if (watch === null) {
      decision.changes.clear();
      decision.reason = this.#begin(command);
      return decision;
    }
    watch.changes.clear();
    decision.changes = watch.changes;
    if (this.#due.size > 0) this.#due.clear();
    decision.reason = this.#admit(command);
    if (decision.reason === Reason.accepted) {
      if (this.book.markets.pending.length > 0) this.#activateTiers(watch);
      decision.reason = this.#dispatch(watch, command);
    }
    watch.settle();
    if (this.book.markets.breaker !== null) this.#judge(command);
    this.verdicts.settle(watch.changes, command);
    return decision;
  }

  /**
   * A transaction in steps, for who makes its rows as it goes: `open`, any number of `row`, `close`. The same as `apply` of the whole;
   * between the steps levels are those from before. Answers whether it was opened: of a refusal there are no rows and no close.
   */
  open(timeUs: TimeUs, origin: Origin | null): Reason {
    const transaction = this.#steps;
    transaction.timeUs = timeUs;
    transaction.origin = origin;
    if (transaction.rows.length > 0) transaction.rows.length = 0;
    const decision = this.#decision;
    decision.sequence = ++this.sequence;
    decision.emergency = null;
    if (decision.refusals.length > 0) decision.refusals = [];
    const watch = this.#watch!;
    watch.changes.clear();
    decision.changes = watch.changes;
    if (this.#due.size > 0) this.#due.clear();
    decision.reason = this.#admit(transaction);
    if (decision.reason === Reason.accepted && this.book.markets.pending.length > 0)
      this.#activateTiers(watch);
    return decision.reason;
  }

  /** The row may be used again once this returns. */
  row(row: Command): Reason {
    // Only what is held, and what trips the breaker, is looked for in the rows afterwards.
    if (this.book.markets.heldCount > 0 || this.verdicts.heldCount > 0 || this.book.markets.breaker !== null)
      this.#steps.rows.push({ ...row });
    return this.#applyRow(this.#watch!, row);
  }

  close(): EngineDecision {
    const watch = this.#watch!;
    watch.settle();
    if (this.book.markets.breaker !== null) this.#judge(this.#steps);
    this.verdicts.settle(watch.changes, this.#steps);
    return this.#decision;
  }

  /**
   * A command that moves time and source here and nothing else, whatever it means outside. Tier tables that come due have their levels. Wires
   * that a sweep left over wait for the next command that is about accounts or prices.
   */
  pass(timeUs: TimeUs, origin: Origin | null): Reason {
    const reason = this.open(timeUs, origin);
    if (this.#due.size > 0) this.close();
    else this.verdicts.rest();
    return reason;
  }

  /** Every bucket at or beyond liquidatable, in the order of reports: whether it may be acted on, and if not, what the reference says. */
  standing(): Standing[] {
    return this.verdicts.standing();
  }

  /** Lays wires that a sweep left over, up to `limit` buckets; returns how many are left. Never changes a decision. */
  tidy(limit: number): number {
    return this.#watch === null ? 0 : this.#watch.tidy(limit);
  }

  /** The state hash: 32 hexadecimal digits, see `schema/digest.ts`. */
  digest(): string {
    return digestState(this.book, this.settings, this.timeUs);
  }

  /**
   * Takes up where a snapshot ended; its state is in the book. Evaluates every bucket and returns how many levels changed,
   * which must be none.
   */
  resume(sequence: number, timeUs: number): number {
    this.sequence = sequence;
    this.timeUs = timeUs;
    this.#watch!.changes.clear();
    this.#watch!.settle();
    this.verdicts.rebuild();
    return this.#watch!.changes.count;
  }

  #begin(command: Command): Reason {
    if (command.kind !== Kind.settings) return Reason.settings_missing;
    if (!isWhole(command.timeUs) || command.timeUs < 0) return Reason.number_invalid;
    if (command.origin !== null) return Reason.source_unknown;
    if (command.timeUs > this.timeUs) this.timeUs = command.timeUs;
    const reason = checkSettings(command);
    if (reason !== Reason.accepted) return reason;
    this.settings = command;
    this.thresholds = new Thresholds(command.levels, command.inclusive);
    this.verdicts.begin(this.thresholds);
    this.#watch = new Watch(this.book, this.thresholds, this.#mode);
    return Reason.accepted;
  }

  /** Steps 1 to 3: settings once, time, origin. */
  #admit(command: Command): Reason {
    if (command.kind === Kind.settings) return Reason.settings_repeated;
    if (!isWhole(command.timeUs) || command.timeUs < 0) return Reason.number_invalid;
    if (command.origin !== null) {
      const reason = this.book.sources.admit(command.origin);
      if (reason !== Reason.accepted) return reason;
    }
    if (command.timeUs > this.timeUs) this.timeUs = command.timeUs;
    return Reason.accepted;
  }

  #activateTiers(watch: Watch): void {
    const { markets } = this.book;
    while (markets.pending.length > 0 && markets.pending[0].effectiveUs <= this.timeUs) {
      const { market, tiers } = markets.pending.shift()!;
      markets.setTiers(market, tiers);
      watch.touchHolders(market);
      this.#due.add(market);
    }
  }

  /** Step 7. */
  #judge(command: Command): void {
    const decision = this.#decision;
    const moved = (): Set<number> => {
      if (decision.reason === Reason.accepted) addMoved(command, decision.refusals, this.timeUs, this.#due);
      return this.#due;
    };
    decision.emergency = judgeBreaker(this.book, decision.changes, this.timeUs, moved);
  }

  #dispatch(watch: Watch, command: Command): Reason {
    switch (command.kind) {
      case Kind.source:
        return this.#defineSource(command.name);
      case Kind.resync:
        return this.#resync(command.source, command.position);
      case Kind.market:
        return this.#defineMarket(watch, command);
      case Kind.contract:
        return this.#defineContract(command);
      case Kind.tiers:
        return this.#changeTiers(watch, command);
      case Kind.breaker:
        return applyBreaker(this.book, command);
      case Kind.transaction:
        return this.#applyRows(watch, command);
      default:
        return this.#applyRow(watch, command);
    }
  }

  #applyRow(watch: Watch, command: Command): Reason {
    switch (command.kind) {
      case Kind.marks:
        return applyMarks(this.book, watch, command);
      case Kind.funding:
        return applyFunding(this.book, watch, command);
      case Kind.account:
        return applyAccount(this.book, command);
      case Kind.collateral:
        return applyCollateral(this.book, command);
      case Kind.transfer:
        return applyTransfer(this.book, command);
      case Kind.position:
        return applyPosition(this.book, command);
      case Kind.fill:
        return applyFill(this.book, command);
      case Kind.settle:
        return applySettle(this.book, command);
      case Kind.order:
        return applyOrder(this.book, command);
      case Kind.quality:
        return applyQuality(this.book, watch, command, this.timeUs);
      case Kind.lift:
        return applyLift(this.book, command);
      default:
        return Reason.transaction_nested;
    }
  }

  #applyRows(watch: Watch, command: TransactionCommand): Reason {
    const { rows } = command;
    for (let row = 0; row < rows.length; row++) {
      const reason = rows[row].origin !== null ? Reason.transaction_nested : this.#applyRow(watch, rows[row]);
      if (reason !== Reason.accepted) this.#decision.refusals.push({ row, reason });
    }
    return Reason.accepted;
  }

  #defineSource(name: string): Reason {
    if (!isName(name)) return Reason.name_invalid;
    if (this.book.sources.names.find(name) >= 0) return Reason.name_taken;
    this.book.sources.add(name);
    return Reason.accepted;
  }

  #resync(source: number, position: number): Reason {
    const { sources } = this.book;
    if (!isRow(source, sources.names.count)) return Reason.source_unknown;
    if (!isWhole(position) || position < 0) return Reason.number_invalid;
    sources.last[source] = position;
    sources.gapped[source] = false;
    return Reason.accepted;
  }

  #defineMarket(watch: Watch, command: MarketCommand): Reason {
    const reason = checkMarket(this.book, command);
    if (reason !== Reason.accepted) return reason;
    const { kind: _kind, timeUs: _time, origin: _origin, ...spec } = command;
    const market = this.book.markets.add(spec);
    this.book.aggregates.addMarket(market);
    watch.addMarket(market);
    return Reason.accepted;
  }

  #defineContract(command: ContractCommand): Reason {
    const reason = checkContract(this.book, command);
    if (reason !== Reason.accepted) return reason;
    const { market, form, value, weight } = command;
    this.book.markets.setContract(market, { form, value, weight }, this.settings!.decimals);
    return Reason.accepted;
  }

  #changeTiers(watch: Watch, command: TiersCommand): Reason {
    const { market, tiers, effectiveUs } = command;
    if (!isRow(market, this.book.markets.count)) return Reason.market_unknown;
    if (!isWhole(effectiveUs) || effectiveUs < 0) return Reason.number_invalid;
    const reason = checkTiers(tiers);
    if (reason !== Reason.accepted) return reason;
    if (this.book.markets.terms[market]?.form === Form.collateral) return Reason.collateral_market;
    if (effectiveUs > this.timeUs) {
      this.book.markets.schedule({ market, tiers, effectiveUs });
      return Reason.accepted;
    }
    this.book.markets.setTiers(market, tiers);
    watch.touchHolders(market);
    return Reason.accepted;
  }
}
