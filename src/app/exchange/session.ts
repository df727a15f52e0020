/**
 * Lines into an exchange and its answers back out: each line decoded, journaled, applied, and answered when it is on disk.
 *
 * Whatever is given twice happens once. A line with an origin is a repetition when its position is not above the last of its source,
 * a definition when what it states is so already; both are answered as `duplicate`, and nothing is journaled. A line that is no command and
 * has an origin uses up its place, as a refused command does (a `tick` in its stead), or all that come after it would be taken for a gap.
 */
import type { TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import { BadCommand } from '../../io/ingest/file/fields.ts';
import { stopAtFirst } from '../../io/ingest/file/read-commands.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { readHead } from '../../io/ingest/file/decode-head.ts';
import { decodeVenueLine } from '../../io/ingest/file/venue-decode.ts';
import type { LineBatch } from '../../io/ingest/lines.ts';
import { problemAt, type Problem } from '../../io/ingest/problem.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { alertLine } from '../../io/publish/alert-lines.ts';
import {
  answerLine,
  problemLine,
  turnedAwayLine,
  withCommand,
  type Finding,
} from '../../io/publish/answer-lines.ts';
import { commandName, eventLines } from '../../io/publish/venue-lines.ts';
import { registryOf } from '../runtime/registry-of.ts';
import type { DurableExchange } from './durable-exchange.ts';
import { Outbox, type Reader } from './outbox.ts';
import { HeldSessions, sessionsOf, type HeldSession } from './held-sessions.ts';
import { DEFINITIONS, standingOf } from './standing.ts';
import type { UnheardLines } from './unheard-lines.ts';

/** Characters of answers that may wait for the disk. */
const WAITING_MAX = 8 << 20;

/** Who is asked before an order goes to the exchange. */
export interface Screen {
  /** `accepted`, or why it may not go there. */
  ask(command: Command | OwnCommand): Reason;
  /** All that was found against the last that was turned away. */
  found(): readonly Finding[];
}

export interface SessionHooks {
  /** None: everything goes to the exchange. */
  readonly screen?: Screen;
  /** Keeps lines that no command could be made of. None: nobody does. */
  readonly unheard?: UnheardLines;
  /** A line of standard input that could not be used. */
  readonly problem: (problem: Problem) => void;
  readonly note: (text: string) => void;
  readonly nowUs: () => number;
}

export interface SessionCounts {
  commands: number;
  refused: number;
  duplicates: number;
  problems: number;
  alerts: number;
}

/** A line, and who is to hear what became of it. */
interface Asked {
  /** Null where nobody sent one. */
  readonly line: number | null;
  readonly text: string;
  readonly readers: readonly Reader[];
}

export class Session {
  readonly counts: SessionCounts = { commands: 0, refused: 0, duplicates: 0, problems: 0, alerts: 0 };
  /** Why a snapshot could not be written; the journal has everything all the same. */
  snapshotFailure: OperationalError | null = null;
  readonly #durable: DurableExchange;
  readonly #registry: Registry;
  readonly #outbox = new Outbox();
  readonly #hooks: SessionHooks;
  readonly #snapshotEvery: number;
  /** Where all events go, whoever asked. */
  readonly #tape: Reader;
  #snapshotAt: number;
  /** While a snapshot is taken nothing is applied. */
  #rest: Promise<void> | null = null;
  readonly #held = new HeldSessions();

  constructor(durable: DurableExchange, tape: Reader, snapshotEvery: number, hooks: SessionHooks) {
    this.#durable = durable;
    this.#tape = tape;
    this.#snapshotEvery = snapshotEvery;
    this.#hooks = hooks;
    this.#registry = registryOf(durable.exchange.engine);
    this.#snapshotAt = durable.exchange.sequence;
    if (durable.journal !== null)
      durable.journal.onAcknowledged = (sequence) => this.#outbox.release(sequence);
  }

  /** All lines of a batch, in order. Ends early when `signal` says so. */
  async feed({ first, lines }: LineBatch, reader: Reader, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < lines.length; at++) {
      if (lines[at].trim() === '') continue;
      for (;;) {
        while (this.#rest !== null) await this.#rest;
        if (signal.aborted) return;
        if (this.#take(lines[at], first + at, reader)) break;
        await this.#durable.ready();
      }
      if (this.#outbox.waiting > WAITING_MAX) await this.#durable.flush();
      await reader.drained(signal);
      if (reader !== this.#tape) await this.#tape.drained(signal);
    }
    await this.#snapshotWhenDue();
  }

  /** A client is gone: so are the orders that it placed in sessions, as if it had sent `disconnect` for each. */
  async hangUp(reader: Reader): Promise<void> {
    await this.#disconnect(this.#held.take(reader), [reader, this.#tape]);
  }

  /** Before the first client: whoever placed an order in a session has no connection any more. */
  async hangUpAll(): Promise<void> {
    await this.#disconnect(sessionsOf(this.#durable.exchange), [this.#tape]);
  }

  /** Definitions of a file, each of which must be so afterwards. What is so already is left out. */
  async define({ first, lines }: LineBatch, file: string): Promise<void> {
    for (const [at, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const line = first + at;
      const command = this.#decodeOrThrow(text, file, line);
      const standing = standingOf(command, this.#durable.exchange);
      if (standing === 'in-force') continue;
      const what =
        standing === 'differs'
          ? 'differs from what this exchange began with, and cannot be changed any more: give the file that it began with, or a new data directory'
          : null;
      if (what !== null) throw definitionError(file, line, what);
      const reason = await this.#applyWhenReady(command);
      this.#say(command, reason, { line, text, readers: [this.#tape] });
      if (reason !== Reason.accepted)
        throw definitionError(
          file,
          line,
          `was refused: ${REASON_NAMES[reason]} (docs/reference/errors.md says what to do)`,
        );
    }
  }

  /** Resolves when everything that was taken is durable and answered. */
  async settle(): Promise<void> {
    await this.#durable.flush();
    this.#outbox.release(this.#durable.acknowledged);
  }

  /** The same; then the state, so that the next start is quick. */
  async finish(): Promise<void> {
    while (this.#rest !== null) await this.#rest;
    await this.settle();
    await this.#snapshot();
  }

  /** False: there was no room, and nothing happened. */
  #take(text: string, line: number, reader: Reader): boolean {
    const nowUs = this.#hooks.nowUs() as TimeUs;
    let command: Command | OwnCommand;
    try {
      command = decodeVenueLine(text, this.#registry, nowUs, this.#marketOfOrder);
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      return this.#takeBad(text, line, reader, nowUs, error);
    }
    const readers = reader === this.#tape ? [reader] : [reader, this.#tape];
    if (this.#isRepetition(command)) {
      this.#sayDuplicate(command, line, reader);
      return true;
    }
    const screened = this.#hooks.screen?.ask(command) ?? Reason.accepted;
    if (screened !== Reason.accepted) return this.#turnAway(command, screened, line, readers);
    const reason = this.#durable.apply(command);
    if (reason === null) return false;
    this.#registry.learn(command, { reason, refusals: [] });
    this.#say(command, reason, { line, text, readers });
    if (command.kind === VenueKind.place && command.session !== 0 && reader !== this.#tape)
      this.#held.add(reader, command.account, command.session);
    return true;
  }

  /** At the exchange's own time: when a connection ends is nobody's to say. */
  async #disconnect(sessions: readonly HeldSession[], readers: readonly Reader[]): Promise<void> {
    for (const { account, session } of sessions) {
      while (this.#rest !== null) await this.#rest;
      const timeUs = this.#durable.exchange.timeUs as TimeUs;
      const command = { kind: VenueKind.disconnect, timeUs, origin: null, account, session };
      this.#say(command, await this.#applyWhenReady(command), { line: null, text: '', readers });
    }
  }

  /** It never comes to the exchange; where it has an origin its place there is used up all the same. */
  #turnAway(
    command: Command | OwnCommand,
    reason: Reason,
    line: number,
    readers: readonly Reader[],
  ): boolean {
    const { timeUs, origin } = command;
    if (origin !== null && this.#durable.apply({ kind: VenueKind.tick, timeUs, origin }) === null)
      return false;
    this.counts.commands++;
    this.counts.refused++;
    const { exchange } = this.#durable;
    const sequence = origin === null ? null : exchange.sequence;
    this.#send(
      `${turnedAwayLine(commandName(command), reason, this.#hooks.screen!.found(), sequence, exchange.timeUs, line)}\n`,
      readers,
    );
    return true;
  }

  #takeBad(text: string, line: number, reader: Reader, nowUs: TimeUs, error: BadCommand): boolean {
    const head = readHead(text, this.#registry, nowUs);
    if (head !== null) {
      const place: OwnCommand = { kind: VenueKind.tick, ...head };
      if (this.#isRepetition(place)) {
        this.#sayDuplicate(place, line, reader);
        return true;
      }
      const reason = this.#durable.apply(place);
      if (reason === null) return false;
    }
    this.counts.problems++;
    const problem = problemAt(error.code, reader.name, line, error.message, error.field, error.value);
    if (reader === this.#tape) this.#hooks.problem(problem);
    const { sequence, timeUs } = this.#durable.exchange;
    this.#hooks.unheard?.add(text, problem, sequence, timeUs);
    const readers = head === null || reader === this.#tape ? [reader] : [reader, this.#tape];
    this.#send(`${problemLine(problem, head === null ? null : sequence, timeUs)}\n`, readers);
    if (head !== null) this.#sendEvents(readers);
    return true;
  }

  #isRepetition(command: Command | OwnCommand): boolean {
    const { origin, kind } = command;
    const { sources } = this.#durable.exchange.engine.book;
    if (origin !== null && origin.position <= sources.last[origin.source]) return true;
    // These two cannot have an origin: what they define is what origins need.
    const isDefinition = kind === Kind.settings || kind === Kind.source;
    return isDefinition && standingOf(command, this.#durable.exchange) === 'in-force';
  }

  #say(command: Command | OwnCommand, reason: Reason, { line, text, readers }: Asked): void {
    const { exchange } = this.#durable;
    const { sequence, timeUs } = exchange;
    this.counts.commands++;
    if (reason !== Reason.accepted) this.counts.refused++;
    const answer = answerLine(commandName(command), reason, sequence, timeUs, line, causeOf(command));
    if (reason === Reason.accepted && !isInEvents(command)) {
      // Whoever sent it knows what it said.
      const others = readers.filter((reader) => reader !== this.#tape);
      if (others.length > 0) this.#send(`${answer}\n`, others);
      this.#send(`${withCommand(answer, text)}\n`, [this.#tape]);
    } else this.#send(`${answer}\n`, readers);
    this.#sendEvents(readers);
  }

  #sendEvents(readers: readonly Reader[]): void {
    const { events, sequence, timeUs } = this.#durable.exchange;
    if (events.count > 0)
      this.#send(`${eventLines(events, sequence, timeUs, this.#registry).join('\n')}\n`, readers);
    this.#sendAlerts(sequence);
  }

  /** They are about accounts, and so are nothing for clients. */
  #sendAlerts(sequence: number): void {
    const { watchers } = this.#durable;
    if (watchers === null) return;
    for (const alert of watchers.observe()) {
      this.counts.alerts++;
      this.#send(`${alertLine(alert, sequence, watchers.since, this.#registry)}\n`, [this.#tape]);
    }
  }

  #sayDuplicate(command: Command | OwnCommand, line: number, reader: Reader): void {
    this.counts.duplicates++;
    const { timeUs } = this.#durable.exchange;
    this.#send(`${answerLine(commandName(command), Reason.duplicate, null, timeUs, line)}\n`, [reader]);
  }

  #send(text: string, readers: readonly Reader[]): void {
    this.#outbox.add(this.#durable.exchange.sequence, text, readers);
    this.#outbox.release(this.#durable.acknowledged);
  }

  #decodeOrThrow(text: string, file: string, line: number): Command | OwnCommand {
    try {
      const command = decodeVenueLine(
        text,
        this.#registry,
        this.#hooks.nowUs() as TimeUs,
        this.#marketOfOrder,
      );
      if (DEFINITIONS.has(command.kind) && command.origin === null) return command;
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      stopAtFirst(problemAt(error.code, file, line, error.message, error.field, error.value));
    }
    throw definitionError(
      file,
      line,
      'is no definition, or has an origin: settings, source, venue, market, contract, tiers, listing, account and breaker are; all else comes by standard input or a client',
    );
  }

  async #applyWhenReady(command: Command | OwnCommand): Promise<Reason> {
    for (;;) {
      const reason = this.#durable.apply(command);
      if (reason !== null) {
        this.#registry.learn(command, { reason, refusals: [] });
        return reason;
      }
      await this.#durable.ready();
    }
  }

  readonly #marketOfOrder = (account: number, order: number, clientId: number): never | null => {
    const { orders } = this.#durable.exchange.venue;
    const row = order !== 0 ? orders.find(order) : orders.findClient(account, clientId);
    return row < 0 || orders.account(row) !== account ? null : (orders.market(row) as never);
  };

  async #snapshotWhenDue(): Promise<void> {
    if (this.#durable.exchange.sequence - this.#snapshotAt < this.#snapshotEvery) return;
    if (this.#rest !== null) return;
    this.#snapshotAt = this.#durable.exchange.sequence;
    this.#rest = this.#snapshot();
    try {
      await this.#rest;
    } finally {
      this.#rest = null;
    }
  }

  /** That it could not be written costs time at the next start, and nothing else. */
  async #snapshot(): Promise<void> {
    try {
      await this.#durable.snapshot();
    } catch (error) {
      if (!(error instanceof OperationalError) || error.code !== 'SNAPSHOT_FAILED') throw error;
      this.snapshotFailure = error;
      this.#hooks.note(error.message);
    }
  }
}

/** Whether events tell what a command did; else it is repeated, or nobody could follow by what is said: definitions, prices, rules. */
function isInEvents({ kind }: Command | OwnCommand): boolean {
  return kind > VenueKind.bands;
}

/** What a person said why: events are numbers, and whoever reads them later asks. */
function causeOf(command: Command | OwnCommand): string {
  return command.kind === VenueKind.exempt || command.kind === VenueKind.state ? command.text : '';
}

function definitionError(file: string, line: number, what: string): OperationalError {
  return new OperationalError('DEFINITION_REFUSED', `${file}:${line}: this line ${what}`, { file, line });
}
