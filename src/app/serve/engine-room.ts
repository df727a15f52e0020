/**
 * The engine's side of a served exchange: applies what it is asked and what its traders want, journals it, and tells what it applied, slice by slice.
 * It runs in a thread of its own and never waits for who reads, except that it is no more than a few slices ahead of the replica.
 */
import { EVENT_STRIDE } from '../../core/exchange/event-log.ts';
import { exchangeChunks } from '../../core/exchange/snapshot.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { readLines } from '../../io/ingest/lines.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { Latencies } from '../bench/latencies.ts';
import { DurableExchange } from '../exchange/durable-exchange.ts';
import { Listener } from '../exchange/listener.ts';
import type { Reader } from '../exchange/outbox.ts';
import { Session } from '../exchange/session.ts';
import { UnheardLines } from '../exchange/unheard-lines.ts';
import { DecisionHash } from './decision-hash.ts';
import { DemoDriver } from './demo/driver.ts';
import { demoGuardPlan } from './demo/guard-plan.ts';
import { Guard } from './guard/guard.ts';
import { plainGuardPlan } from './guard/plan.ts';
import type { GuardNews } from './guard/news.ts';
import type {
  EngineChoice,
  EngineNumbers,
  FromEngine,
  JournalError,
  LatencyNumbers,
  ToEngine,
} from './messages.ts';
import { SliceWriter } from './slice-writer.ts';

/** Slices that the replica may be behind. */
export const SLICES_AHEAD = 8;
const SLICE_MS = 3;
/** A slice ends at so many bytes, whatever the time: the replica must not choke on one. */
const SLICE_BYTES = 256 * 1024;
const HEARTBEAT_MS = 100;
const NEWS_MS = 100;
const GUARD_MS = 100;
const NUMBERS_MS = 1000;

type Post = (message: FromEngine, transfer: readonly ArrayBuffer[]) => void;

/** Events of an exchange that is served are read through its API, and not as lines. */
const NOBODY: Reader = { name: 'nobody', write: () => {}, drained: () => Promise.resolve() };

interface Asked {
  readonly id: number;
  readonly sequence: number;
  readonly message: FromEngine;
  readonly rows: Float64Array;
}

export class EngineRoom {
  readonly #durable: DurableExchange;
  readonly #choice: EngineChoice;
  readonly #driver: DemoDriver | null;
  /** Null: orders go to the exchange unasked. */
  readonly #guard: Guard | null;
  readonly #session: Session;
  readonly #post: Post;
  readonly #slice = new SliceWriter();
  readonly #hash = new DecisionHash();
  readonly #prices = new Latencies();
  readonly #commands = new Latencies();
  readonly #stopping = new AbortController();
  #listener: Listener | null = null;
  #inbox: Extract<ToEngine, { kind: 'ask' | 'crash' }>[] = [];
  /** Answers that wait for the disk. */
  #answers: Asked[] = [];
  #ahead = 0;
  #sentAt = 0;
  #numbersAt = performance.now();
  #numbersSequence: number;
  #newsAt = 0;
  #guardAt = 0;
  #evaluations = 0;
  #wake: (() => void) | null = null;
  #lastSnapshot: number;
  /** Where one was made or could not be. */
  #triedSnapshot: number;
  #snapshotErrors = 0;
  #lastError: JournalError | null = null;

  private constructor(durable: DurableExchange, choice: EngineChoice, post: Post) {
    this.#durable = durable;
    this.#choice = choice;
    this.#post = post;
    this.#numbersSequence = durable.exchange.sequence;
    this.#lastSnapshot = durable.recovered.snapshot;
    this.#triedSnapshot = this.#lastSnapshot;
    this.#session = new Session(durable, NOBODY, Number.MAX_SAFE_INTEGER, {
      problem: () => {},
      note: () => {},
      nowUs: () => Date.now() * 1000,
      screen: { ask: (command) => this.#screen(command), found: () => this.#guard!.refusal.reasons },
      ...(choice.data === null ? {} : { unheard: new UnheardLines(choice.data, () => {}) }),
    });
    this.#driver = choice.demo === null ? null : new DemoDriver(durable.exchange, choice.demo, Date.now());
    const { exchange } = durable;
    const plan =
      this.#driver !== null
        ? demoGuardPlan(this.#driver.roles)
        : choice.limits === null
          ? null
          : plainGuardPlan(choice.limits);
    this.#guard = plan === null ? null : new Guard(exchange, plan);
    const { journal } = durable;
    if (journal !== null) {
      const release = journal.onAcknowledged;
      journal.onAcknowledged = (sequence) => {
        release?.(sequence);
        this.#answer(sequence);
      };
      journal.onFailure = () => this.#wake?.();
    }
  }

  static async open(choice: EngineChoice, post: Post): Promise<EngineRoom> {
    const { data, version } = choice;
    const durable =
      data === null
        ? DurableExchange.inMemory(false)
        : await DurableExchange.open(data, {
            version,
            watched: false,
            onProgress: (done, total) => post({ kind: 'progress', what: 'recovering', done, total }, []),
          });
    const { exchange } = durable;
    const snapshot =
      exchange.sequence === 0 || exchange.engine.settings === null
        ? null
        : new Uint8Array(Buffer.concat([...exchangeChunks(exchange)]));
    post(
      {
        kind: 'begun',
        snapshot,
        sequence: exchange.sequence,
        recovered: durable.recovered,
        notes: durable.notes,
      },
      snapshot === null ? [] : [snapshot.buffer],
    );
    const room = new EngineRoom(durable, choice, post);
    durable.onApplied = (command, reason) => room.#applied(command, reason);
    return room;
  }

  hear(message: ToEngine): void {
    if (message.kind === 'applied') this.#ahead -= message.slices;
    else if (message.kind === 'stop') this.#stopping.abort();
    else this.#inbox.push(message);
    this.#wake?.();
  }

  /** Until it is told to stop. Throws what the journal failed with. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    for (const file of this.#choice.marketFiles)
      for await (const batch of readLines(file)) await this.#session.define(batch, file);
    if (this.#choice.limits !== null) this.#beginGuard(this.#choice.limits);
    if (this.#choice.listen !== null)
      this.#listener = await Listener.open(this.#choice.listen, this.#session, signal, (error) => {
        throw error;
      });
    while (!signal.aborted) {
      const failure = this.#durable.journal?.failure;
      if (failure !== undefined && failure !== null) throw failure;
      const isDone = this.#ahead >= SLICES_AHEAD || (await this.#work());
      this.#turnGuard();
      this.#send();
      await this.#snapshotWhenDue();
      await this.#rest(isDone);
    }
    await this.#finish();
  }

  async #finish(): Promise<void> {
    await this.#listener?.close();
    await this.#session.finish();
    this.#send();
    const { exchange } = this.#durable;
    const stateHash = exchange.engine.settings === null ? '' : exchange.digest();
    await this.#durable.close();
    this.#post({ kind: 'stopped', stateHash, sequence: exchange.sequence }, []);
  }

  /** A slice; answers whether there is nothing left to do for now. */
  async #work(): Promise<boolean> {
    const until = performance.now() + SLICE_MS;
    while (this.#inbox.length > 0) {
      const asked = this.#inbox.shift()!;
      if (asked.kind === 'crash') this.#crash(asked);
      else await this.#ask(asked.id, asked.command);
    }
    const driver = this.#driver;
    if (driver === null) return true;
    for (;;) {
      const command = driver.next(Date.now(), true);
      if (command === null) return true;
      // A crowd that comes in was let in before: it is taken over by its positions.
      if (driver.isArrival || this.#screen(command) === Reason.accepted)
        while (this.#tryApply(command) === null) await this.#durable.ready();
      if (this.#slice.length >= SLICE_BYTES) return false;
      if (performance.now() > until) return false;
    }
  }

  async #ask(id: number, asked: Command | OwnCommand): Promise<void> {
    const command = { ...asked, timeUs: (Date.now() * 1000) as TimeUs };
    if (this.#screen(command) !== Reason.accepted) return this.#turnAway(id);
    let reason = this.#tryApply(command);
    while (reason === null) {
      await this.#durable.ready();
      reason = this.#tryApply(command);
    }
    // Before anybody else has a turn: a client of the socket may be next, and then these are its events.
    const { events, sequence, timeUs } = this.#durable.exchange;
    const rows = events.rows.slice(0, events.count * EVENT_STRIDE);
    const { count } = events;
    this.#answers.push({
      id,
      sequence,
      message: { kind: 'answer', id, sequence, timeUs, reason, rows, count, gate: null },
      rows,
    });
    this.#answer(this.#durable.acknowledged);
  }

  /** What the gate says, where there is one and it has begun. */
  #screen(command: Command | OwnCommand): Reason {
    const guard = this.#guard;
    if (guard === null) return Reason.accepted;
    const driver = this.#driver;
    if (driver !== null && !guard.isUp && driver.isMade) guard.begin();
    // The gate has the exchange's time, which stands still while nobody says anything. Where there is no room, it is of a moment ago.
    const { timeUs, kind } = command;
    const isOrder = kind === VenueKind.place || kind === VenueKind.amend;
    if (driver === null && isOrder && timeUs > this.#durable.exchange.timeUs)
      this.#durable.apply({ kind: VenueKind.tick, timeUs, origin: null });
    return guard.ask(command);
  }

  /** Limits name accounts and markets, so they wait for the files that define those. */
  #beginGuard(limits: string): void {
    if (this.#durable.exchange.engine.settings === null)
      throw new OperationalError(
        'LIMITS_FILE',
        `${limits} needs an exchange that has its settings: give --market-file as well, or a --data directory that has them`,
        { file: limits },
      );
    this.#guard!.begin();
  }

  #turnGuard(): void {
    const now = performance.now();
    if (this.#guard === null || now - this.#guardAt < GUARD_MS) return;
    this.#guardAt = now;
    this.#guard.turn();
  }

  #turnAway(id: number): void {
    const { sequence, timeUs } = this.#durable.exchange;
    const { reason, reasons } = this.#guard!.refusal;
    const rows = new Float64Array(0);
    this.#post({ kind: 'answer', id, sequence, timeUs, reason, rows, count: 0, gate: reasons }, []);
  }

  /** Null where there is no room: nothing happened. */
  #tryApply(command: Command | OwnCommand): Reason | null {
    const begun = performance.now();
    const reason = this.#durable.apply(command);
    if (reason !== null)
      (command.kind === Kind.marks ? this.#prices : this.#commands).add(performance.now() - begun);
    return reason;
  }

  /** Whoever it came from. */
  #applied(command: Command | OwnCommand, reason: Reason): void {
    this.#slice.add(command);
    this.#hash.note(this.#durable.exchange, reason);
    this.#driver?.follow();
    this.#guard?.follow(command);
  }

  #crash({ id, market, share, seconds }: Extract<ToEngine, { kind: 'crash' }>): void {
    const walk = this.#driver?.crash(market, share, seconds, Date.now()) ?? { before: 0, after: 0 };
    this.#post({ kind: 'crashing', id, ...walk }, []);
  }

  #answer(acknowledged: number): void {
    while (this.#answers.length > 0 && this.#answers[0].sequence <= acknowledged) {
      const { message, rows } = this.#answers.shift()!;
      this.#post(message, [rows.buffer as ArrayBuffer]);
    }
  }

  #send(): void {
    const now = performance.now();
    const isDue = now - this.#sentAt >= HEARTBEAT_MS;
    if (this.#slice.count === 0 && !isDue) return;
    this.#sentAt = now;
    this.#ahead++;
    const { count, length } = this.#slice;
    const bytes = this.#slice.take();
    this.#post(
      {
        kind: 'slice',
        bytes,
        length,
        count,
        sequence: this.#durable.exchange.sequence,
        hash: this.#hash.take(),
        sentAtMs: Date.now(),
        numbers: now - this.#numbersAt >= NUMBERS_MS ? this.#numbers(now) : null,
        gate: this.#news(now),
      },
      [bytes],
    );
  }

  #news(now: number): GuardNews | null {
    if (this.#guard === null || now - this.#newsAt < NEWS_MS) return null;
    this.#newsAt = now;
    return this.#guard.news(now);
  }

  #numbers(now: number): EngineNumbers {
    const { exchange, journal, acknowledged } = this.#durable;
    const { evaluations } = exchange.engine.watch ?? { evaluations: 0 };
    const numbers: EngineNumbers = {
      seconds: (now - this.#numbersAt) / 1000,
      commands: exchange.sequence - this.#numbersSequence,
      prices: this.#prices.count,
      evaluations: evaluations - this.#evaluations,
      priceLatencyUs: told(this.#prices),
      commandLatencyUs: told(this.#commands),
      memoryBytes: process.memoryUsage.rss(),
      journal:
        journal === null
          ? null
          : {
              acknowledged,
              snapshot: this.#lastSnapshot,
              snapshotErrors: this.#snapshotErrors,
              lastError: this.#lastError,
            },
      crowd:
        this.#driver === null
          ? null
          : { wanted: this.#driver.crowd.wanted, opened: this.#driver.crowd.opened },
    };
    this.#numbersAt = now;
    this.#numbersSequence = exchange.sequence;
    this.#evaluations = evaluations;
    this.#prices.clear();
    this.#commands.clear();
    return numbers;
  }

  async #snapshotWhenDue(): Promise<void> {
    const { exchange, journal } = this.#durable;
    // The exchange must rest meanwhile, and clients of the socket do not: then there is one at the end.
    if (journal === null || this.#listener !== null) return;
    if (exchange.sequence - this.#triedSnapshot < this.#choice.snapshotEvery) return;
    this.#triedSnapshot = exchange.sequence;
    try {
      await this.#durable.snapshot();
      this.#lastSnapshot = this.#triedSnapshot;
    } catch (error) {
      // It costs time at the next start, and nothing else: the journal has everything.
      if (!(error instanceof OperationalError) || error.code !== 'SNAPSHOT_FAILED') throw error;
      this.#snapshotErrors++;
      this.#lastError = { atMs: Date.now(), text: error.message };
    }
  }

  /** Lets messages in, and waits where there is nothing to do. */
  async #rest(isDone: boolean): Promise<void> {
    if (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    const due = this.#driver?.waitMs(Date.now()) ?? HEARTBEAT_MS;
    const isFull = this.#ahead >= SLICES_AHEAD;
    const ms = isFull ? HEARTBEAT_MS : Math.min(due, HEARTBEAT_MS);
    if (this.#inbox.length > 0 && !isFull) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

function told(latencies: Latencies): LatencyNumbers {
  const { p50, p99, max } = latencies.report();
  return { p50, p99, max };
}
