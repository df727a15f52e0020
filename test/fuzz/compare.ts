/** Runs an engine and the reference over the same commands and finds the first decision in which they differ. */
import type { Command } from '../../src/core/schema/commands.ts';
import type { BucketName, Decision, Standing } from '../../src/core/schema/events.ts';
import { Verdict } from '../../src/core/schema/quality.ts';
import { Reference } from '../../src/reference/reference.ts';
import { styleOf, type Style } from './books.ts';
import { Random } from './random.ts';
import { Stream } from './stream.ts';

/** What the fuzz needs of an engine. `tidy` lays wires left over from a sweep and never changes a decision. */
export interface Subject {
  apply(command: Command): Decision;
  digest(): string;
  tidy(limit: number): number;
  /** Every bucket at liquidatable or worse, and how many of these may be acted on and are held. */
  standing(): readonly Standing[];
  readonly verdicts: { readonly actionableCount: number; readonly heldCount: number };
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
  verdictChanges: number;
  emergencies: number;
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
  return {
    commands: 0,
    levelChanges: 0,
    verdictChanges: 0,
    emergencies: 0,
    evaluations: 0,
    reasons: new Map(),
  };
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
      const mismatch = compareDecisions(at, expected, actual) ?? this.#compareStanding(at);
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

  #compareStanding(at: number): Mismatch | null {
    const expected = this.reference.standing();
    const held = expected.filter(({ verdict }) => verdict === Verdict.held).length;
    const { actionableCount, heldCount } = this.#subject.verdicts;
    const wanted = [`${expected.length - held} actionable, ${held} held`, ...expected.map(standingLine)];
    const given = [
      `${actionableCount} actionable, ${heldCount} held`,
      ...this.#subject.standing().map(standingLine),
    ];
    return compareLines(at, wanted, given);
  }

  addTo(tally: Tally): void {
    tally.commands += this.#tally.commands;
    tally.levelChanges += this.#tally.levelChanges;
    tally.verdictChanges += this.#tally.verdictChanges;
    tally.emergencies += this.#tally.emergencies;
    tally.evaluations += this.reference.evaluations;
    for (const [reason, count] of this.#tally.reasons) {
      tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + count);
    }
  }

  #count({ reason, refusals, levels, verdicts, emergency }: Decision): void {
    this.#tally.commands++;
    this.#tally.levelChanges += levels.length;
    this.#tally.verdictChanges += verdicts.length;
    this.#tally.emergencies += +(emergency !== null);
    for (const each of [reason, ...refusals.map((refusal) => refusal.reason)]) {
      this.#tally.reasons.set(each, (this.#tally.reasons.get(each) ?? 0) + 1);
    }
  }
}

export function compareDecisions(at: number, expected: Decision, actual: Decision): Mismatch | null {
  return compareLines(at, lines(expected), lines(actual));
}

function compareLines(at: number, wanted: readonly string[], given: readonly string[]): Mismatch | null {
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

function lines({ sequence, reason, refusals, levels, verdicts, emergency }: Decision): string[] {
  const changes = Array.from(levels, (change) => `${nameOf(change)}: level ${change.from} > ${change.to}`);
  const judged = Array.from(
    verdicts,
    (change) =>
      `${nameOf(change)}: verdict ${change.from} > ${change.to} at ${change.level}, by reference ${change.referenceLevel}`,
  );
  const refused = Array.from(refusals, ({ row, reason }) => `row ${row} refused ${reason}`);
  const alarm =
    emergency === null
      ? 'no emergency'
      : `${emergency.kind}: ${emergency.accounts} of ${emergency.holders}, markets ${emergency.markets.join(' ')}`;
  return [`sequence ${sequence}`, `reason ${reason}`, alarm, ...refused, ...changes, ...judged];
}

function standingLine(standing: Standing): string {
  const { level, verdict, referenceLevel } = standing;
  return `${nameOf(standing)}: stands at ${level}, verdict ${verdict}, by reference ${referenceLevel}`;
}

function nameOf({ account, isolated, market, leg }: BucketName): string {
  return `account ${account} ${isolated ? 'isolated' : 'cross'} ${market}.${leg}`;
}
