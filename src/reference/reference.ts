/**
 * The executable specification: the decisions of the engine, reached by brute force in unbounded integers.
 *
 * It follows the steps at the head of `core/schema/commands.ts` one by one. After a command it computes anew
 * every bucket that the command can have changed, whole, from collateral, positions and orders: no certificates,
 * no wires, no caches. It shares nothing with the engine but the schema, so that a mistake must be made twice to
 * go unnoticed.
 *
 * Commands are kept, not copied: whoever builds one leaves it alone afterwards.
 */
import {
  Kind,
  type Command,
  type Origin,
  type SettingsCommand,
  type TransactionCommand,
} from '../core/schema/commands.ts';
import type { BucketName, Decision, LevelChange, RowRefusal, Standing } from '../core/schema/events.ts';
import { Reason } from '../core/schema/reasons.ts';
import type { TimeUs } from '../core/num/units.ts';
import { isCount } from './checks.ts';
import {
  activateDueTiers,
  applyBreaker,
  applyContract,
  applyMarket,
  applyResync,
  applySettings,
  applySource,
  applyTiers,
} from './definitions.ts';
import { applyFill } from './fill.ts';
import { digestOf } from './hash.ts';
import { reportAccount, reportMarket, type AccountReport, type MarketReport } from './inspect.ts';
import { levelAfter } from './levels.ts';
import { marginOf } from './margin.ts';
import {
  applyAccount,
  applyCollateral,
  applyFunding,
  applyLift,
  applyMarks,
  applyOrder,
  applyPosition,
  applyQuality,
  applySettle,
  applyTransfer,
} from './rows.ts';
import { dropIfEmpty, emptyState, type Bucket, type State } from './state.ts';
import { judgeBreaker, judgeVerdicts, standingOf, type Before } from './verdicts.ts';

export class Reference {
  readonly #state: State;
  #evaluations = 0;

  /** `state`: what others that build on it read. */
  constructor(state: State = emptyState()) {
    this.#state = state;
  }

  apply(command: Command): Decision {
    const refusals: RowRefusal[] = [];
    this.#begin();
    return this.#close(this.#decide(command, refusals), refusals);
  }

  /** Begins a command that is none of the engine's, with steps 1 to 4; `fact`s may follow, and `close` ends it. */
  open(timeUs: TimeUs, origin: Origin | null): Reason {
    this.#begin();
    return this.#decide({ kind: Kind.transaction, timeUs, origin, rows: [] }, []);
  }

  /** One fact of an opened command, decided by itself. */
  fact(command: Exclude<Command, TransactionCommand>): Reason {
    return this.#applyOne(command);
  }

  /** Steps 6 to 8. */
  close(): Decision {
    return this.#close(Reason.accepted, []);
  }

  #begin(): void {
    this.#state.sequence++;
    this.#state.moved.clear();
  }

  #close(reason: Reason, refusals: RowRefusal[]): Decision {
    const state = this.#state;
    const touched = [...state.touched].map((bucket) => ({ bucket, level: bucket.level }));
    const levels = this.#relevel();
    const emergency = judgeBreaker(state, touched);
    for (const row of emergency?.markets ?? []) addHolders(touched, state.markets[row].holders);
    const verdicts = judgeVerdicts(state, touched).sort(inReportOrder);
    return { sequence: state.sequence, reason, refusals, levels, verdicts, emergency };
  }

  digest(): string {
    return digestOf(this.#state);
  }

  /** Every bucket at liquidatable or worse, in the order of reports. */
  standing(): Standing[] {
    return standingOf(this.#state).sort(inReportOrder);
  }

  /** Null where there is no such account. */
  inspect(account: number): AccountReport | null {
    const found = this.#state.accounts[account];
    return found === undefined ? null : reportAccount(found);
  }

  /** Null where there is no such market. */
  inspectMarket(market: number): MarketReport | null {
    const found = this.#state.markets[market];
    return found === undefined ? null : reportMarket(found);
  }

  get settings(): SettingsCommand | null {
    return this.#state.settings;
  }

  get marketCount(): number {
    return this.#state.markets.length;
  }

  get accountCount(): number {
    return this.#state.accounts.length;
  }

  /** How many buckets were computed so far. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Steps 1 to 5. */
  #decide(command: Command, refusals: RowRefusal[]): Reason {
    const state = this.#state;
    const isSettings = command.kind === Kind.settings;
    if (state.settings === null && !isSettings) return Reason.settings_missing;
    if (state.settings !== null && isSettings) return Reason.settings_repeated;
    if (!isCount(command.timeUs)) return Reason.number_invalid;
    if (command.origin !== null) {
      const reason = this.#follow(command.origin);
      if (reason !== Reason.accepted) return reason;
    }
    state.timeUs = Math.max(state.timeUs, command.timeUs);
    activateDueTiers(state);
    if (command.kind === Kind.transaction) return this.#applyRows(command, refusals);
    return this.#applyOne(command);
  }

  /** Step 3: is this the next command of its source? */
  #follow({ source: row, position, previous }: Origin): Reason {
    const source = this.#state.sources[row];
    if (source === undefined) return Reason.source_unknown;
    if (!isCount(position) || (previous !== null && !isCount(previous))) return Reason.number_invalid;
    if (position <= source.last) return Reason.duplicate;
    if (source.gapped) return Reason.source_gapped;
    const isFirst = source.last === -1;
    if (!isFirst && (previous ?? position - 1) !== source.last) {
      source.gapped = true;
      return Reason.source_gap;
    }
    source.last = position;
    return Reason.accepted;
  }

  #applyRows({ rows }: TransactionCommand, refusals: RowRefusal[]): Reason {
    for (const [row, command] of rows.entries()) {
      const reason = isRow(command) ? this.#applyOne(command) : Reason.transaction_nested;
      if (reason !== Reason.accepted) refusals.push({ row, reason });
    }
    return Reason.accepted;
  }

  /** Step 5. */
  #applyOne(command: Exclude<Command, TransactionCommand>): Reason {
    const state = this.#state;
    switch (command.kind) {
      case Kind.settings:
        return applySettings(state, command);
      case Kind.source:
        return applySource(state, command);
      case Kind.resync:
        return applyResync(state, command);
      case Kind.market:
        return applyMarket(state, command);
      case Kind.tiers:
        return applyTiers(state, command);
      case Kind.marks:
        return applyMarks(state, command);
      case Kind.funding:
        return applyFunding(state, command);
      case Kind.account:
        return applyAccount(state, command);
      case Kind.collateral:
        return applyCollateral(state, command);
      case Kind.transfer:
        return applyTransfer(state, command);
      case Kind.position:
        return applyPosition(state, command);
      case Kind.fill:
        return applyFill(state, command);
      case Kind.settle:
        return applySettle(state, command);
      case Kind.order:
        return applyOrder(state, command);
      case Kind.quality:
        return applyQuality(state, command);
      case Kind.breaker:
        return applyBreaker(state, command);
      case Kind.lift:
        return applyLift(state, command);
      case Kind.contract:
        return applyContract(state, command);
    }
  }

  /** Step 6: every bucket that can have changed gets its level anew, once. */
  #relevel(): LevelChange[] {
    const state = this.#state;
    const changes: LevelChange[] = [];
    for (const bucket of state.touched) {
      const { account, isolated, market, leg, level: from } = bucket;
      const { equity, maintenance } = marginOf(bucket);
      const to = levelAfter(from, equity, maintenance, state.lines);
      if (to !== from) changes.push({ account, isolated, market, leg, from, to });
      bucket.level = to;
      dropIfEmpty(state, bucket);
    }
    this.#evaluations += state.touched.size;
    state.touched.clear();
    return changes.sort(inReportOrder);
  }
}

/** By account, cross before isolated, market, leg. */
function inReportOrder(a: BucketName, b: BucketName): number {
  return (
    a.account - b.account || Number(a.isolated) - Number(b.isolated) || a.market - b.market || a.leg - b.leg
  );
}

/** Those that are not among them yet; their levels are what they were. */
function addHolders(touched: Before[], holders: ReadonlySet<Bucket>): void {
  const known = new Set(touched.map(({ bucket }) => bucket));
  for (const bucket of holders) if (!known.has(bucket)) touched.push({ bucket, level: bucket.level });
}

/** Rows of a transaction state facts and have no origin of their own. */
function isRow(command: Command): command is Exclude<Command, TransactionCommand> {
  const { kind, origin } = command;
  const isFact = (kind >= Kind.marks && kind <= Kind.order) || kind === Kind.quality || kind === Kind.lift;
  return isFact && origin === null;
}
