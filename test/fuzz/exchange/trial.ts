/** One exchange under all laws, beside a twin with the other kind of order book and a reference that hears only events. */
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { Reason, REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { Reference } from '../../../src/reference/reference.ts';
import { demand } from '../../../src/sim/laws/law.ts';
import { Laws } from '../../../src/sim/laws/laws.ts';
import { Simulation, type AnyCommand } from '../../../src/sim/traders/simulation.ts';

export type MakeExchange = (book: 'direct' | 'naive') => Exchange;

export interface Failure {
  readonly seed: number;
  readonly commands: readonly AnyCommand[];
  /** What went wrong at the last of them. */
  readonly what: string;
}

export interface Tally {
  commands: number;
  /** By number. */
  readonly reasons: number[];
  /** Events, by number of their kind. */
  readonly events: number[];
}

export function emptyTally(): Tally {
  return { commands: 0, reasons: [], events: [] };
}

export function addTally(to: Tally, tally: Tally): void {
  to.commands += tally.commands;
  for (const [reason, count] of tally.reasons.entries())
    to.reasons[reason] = (to.reasons[reason] ?? 0) + (count ?? 0);
  for (const [kind, count] of tally.events.entries()) to.events[kind] = (to.events[kind] ?? 0) + (count ?? 0);
}

export class Trial {
  readonly exchange: Exchange;
  readonly #twin: Exchange;
  readonly #laws: Laws;

  constructor(make: MakeExchange) {
    this.exchange = make('direct');
    this.#twin = make('naive');
    this.#laws = new Laws(this.exchange, { reference: new Reference() });
  }

  /** Throws where something is not as it must be. */
  step(command: AnyCommand): Reason {
    const reason = this.exchange.apply(command);
    const other = this.#twin.apply(command);
    demand(
      reason === other,
      () => `the direct book answers ${REASON_NAMES[reason]}, the naive one ${REASON_NAMES[other]}`,
    );
    this.#compareEvents();
    const digest = this.#laws.judge({ command, reason });
    demand(digest === this.#twin.digest(), () => 'the two kinds of book lead to different states');
    return reason;
  }

  #compareEvents(): void {
    const { events } = this.exchange;
    const other = this.#twin.events;
    demand(
      events.count === other.count,
      () => `the direct book makes ${events.count} events, the naive one ${other.count}`,
    );
    for (let row = 0; row < events.count; row++) {
      for (let place = -1; place < 15; place++) {
        const [a, b] =
          place < 0
            ? [events.kind(row), other.kind(row)]
            : [events.field(row, place), other.field(row, place)];
        demand(
          Object.is(a, b) || a === b,
          () =>
            `event ${row} differs between the books: ${JSON.stringify(events.at(row))}, ${JSON.stringify(other.at(row))}`,
        );
      }
    }
  }
}

/** Plays `length` commands of a seed; null where all laws held to the end, and a replay leads to the same state. */
export function playSeed(seed: number, length: number, make: MakeExchange, tally: Tally): Failure | null {
  const trial = new Trial(make);
  const { exchange } = trial;
  const simulation = new Simulation(seed, exchange);
  const commands: AnyCommand[] = [];
  while (commands.length < length) {
    const command = simulation.next();
    commands.push(command);
    try {
      const reason = trial.step(command);
      count(tally, exchange, reason);
      simulation.follow();
    } catch (error) {
      return { seed, commands, what: whatOf(error) };
    }
  }
  const again = make('direct');
  for (const command of commands) again.apply(command);
  return again.digest() === exchange.digest()
    ? null
    : { seed, commands, what: 'played again it comes to another state' };
}

/** What goes wrong when these commands are given, and at which of them; null: nothing. */
export function replay(
  commands: readonly AnyCommand[],
  make: MakeExchange,
): { readonly at: number; readonly what: string } | null {
  const trial = new Trial(make);
  for (const [at, command] of commands.entries()) {
    try {
      trial.step(command);
    } catch (error) {
      return { at, what: whatOf(error) };
    }
  }
  return null;
}

function whatOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function count(tally: Tally, { events }: Exchange, reason: Reason): void {
  tally.commands++;
  tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
  for (let row = 0; row < events.count; row++) {
    const kind = events.kind(row);
    tally.events[kind] = (tally.events[kind] ?? 0) + 1;
  }
}
