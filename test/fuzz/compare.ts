/** Runs an engine and the reference over the same commands and finds the first decision in which they differ. */
import type { Command } from '../../src/core/schema/commands.ts';
import type { Decision } from '../../src/core/schema/events.ts';
import { Reference } from '../../src/reference/reference.ts';
import { styleOf, type Style } from './books.ts';
import { Random } from './random.ts';
import { Stream } from './stream.ts';

/** What the fuzz needs of an engine. `tidy` lays wires left over from a sweep and never changes a decision. */
export interface Subject {
  apply(command: Command): Decision;
  digest(): string;
  tidy(limit: number): number;
}

/** A command, and how many left-over wires to lay before it (0: none are asked for). */
export interface Step {
  readonly command: Command;
  readonly tidy: number;
}

export interface Mismatch {
  /** The index of the step at which the two differ. */
  readonly at: number;
  readonly what: string;
  /** The account that the first differing level is about, if any. */
  readonly account: number | null;
}

export interface Tally {
  commands: number;
  levelChanges: number;
  evaluations: number;
  reasons: Map<number, number>;
}

export interface Failure {
  readonly seed: number;
  readonly style: Style;
  readonly steps: readonly Step[];
  readonly mismatch: Mismatch;
}

const DIGEST_EVERY = 16;
const TIDY_LIMITS = [1, 3, 10, 50, 100_000];

export function emptyTally(): Tally {
  return { commands: 0, levelChanges: 0, evaluations: 0, reasons: new Map() };
}

/** Plays the book of `seed`; null when engine and reference agree to the end. */
export function playBook(seed: number, makeSubject: () => Subject, tally: Tally): Failure | null {
  const random = new Random(seed);
  const style = styleOf(seed);
  const duel = new Duel(makeSubject);
  const stream = new Stream(random, style, duel.reference);
  const steps: Step[] = [];
  const tidyShare = random.pick(style === 'leaps' ? [0.3, 0.6] : [0, 0.05, 0.3]);
  let mismatch: Mismatch | null = null;
  const length = random.chance(0.05) ? 600 : random.whole(60, 150);
  for (const command of stream.commands(length)) {
    const step = { command, tidy: random.chance(tidyShare) ? random.pick(TIDY_LIMITS) : 0 };
    steps.push(step);
    mismatch = duel.step(step);
    if (mismatch !== null) break;
  }
  mismatch ??= duel.compareDigests();
  duel.addTo(tally);
  return mismatch === null ? null : { seed, style, steps, mismatch };
}

/** Plays given steps; for shrinking, and for failures that became tests. */
export function replay(steps: readonly Step[], makeSubject: () => Subject): Mismatch | null {
  const duel = new Duel(makeSubject);
  for (const step of steps) {
    const mismatch = duel.step(step);
    if (mismatch !== null) return mismatch;
  }
  return duel.compareDigests();
}

class Duel {
  readonly reference = new Reference();
  readonly #subject: Subject;
  readonly #tally = emptyTally();

  constructor(makeSubject: () => Subject) {
    this.#subject = makeSubject();
  }

  step({ command, tidy }: Step): Mismatch | null {
    const expected = this.reference.apply(command);
    this.#count(expected);
    const at = this.#tally.commands - 1;
    try {
      if (tidy > 0) this.#subject.tidy(tidy);
      const actual = this.#subject.apply(command);
      const mismatch = compareDecisions(at, expected, actual);
      if (mismatch !== null) return mismatch;
    } catch (error) {
      return {
        at,
        what: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        account: null,
      };
    }
    return this.#tally.commands % DIGEST_EVERY === 0 ? this.compareDigests() : null;
  }

  compareDigests(): Mismatch | null {
    const at = this.#tally.commands - 1;
    const expected = this.reference.digest();
    const actual = this.#subject.digest();
    return actual === expected
      ? null
      : { at, what: `state hash: expected ${expected}, got ${actual}`, account: null };
  }

  addTo(tally: Tally): void {
    tally.commands += this.#tally.commands;
    tally.levelChanges += this.#tally.levelChanges;
    tally.evaluations += this.reference.evaluations;
    for (const [reason, count] of this.#tally.reasons) {
      tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + count);
    }
  }

  #count({ reason, refusals, levels }: Decision): void {
    this.#tally.commands++;
    this.#tally.levelChanges += levels.length;
    for (const each of [reason, ...refusals.map((refusal) => refusal.reason)]) {
      this.#tally.reasons.set(each, (this.#tally.reasons.get(each) ?? 0) + 1);
    }
  }
}

export function compareDecisions(at: number, expected: Decision, actual: Decision): Mismatch | null {
  const wanted = lines(expected);
  const given = lines(actual);
  const line = wanted.findIndex((text, index) => text !== given[index]);
  if (line === -1 && given.length === wanted.length) return null;
  const index = line === -1 ? wanted.length : line;
  const account = Number(/account (\d+)/.exec(wanted[index] ?? given[index])?.[1] ?? Number.NaN);
  return {
    at,
    what: `expected ${wanted[index] ?? 'nothing more'}, got ${given[index] ?? 'nothing more'}`,
    account: Number.isNaN(account) ? null : account,
  };
}

function lines({ sequence, reason, refusals, levels }: Decision): string[] {
  const changes = Array.from(
    levels,
    ({ account, isolated, market, leg, from, to }) =>
      `account ${account} ${isolated ? `isolated ${market}.${leg}` : `cross ${market}.${leg}`}: level ${from} > ${to}`,
  );
  const refused = Array.from(refusals, ({ row, reason }) => `row ${row} refused ${reason}`);
  return [`sequence ${sequence}`, `reason ${reason}`, ...refused, ...changes];
}
