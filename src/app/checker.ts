/**
 * The checker: a reference beside an engine, over the same commands. It compares what the two decided and counts
 *
 *   missed   a bucket's level changed and the engine never said so
 *   late     the engine said so after a later command
 *   extra    the engine reported a change that did not happen
 *   other    sequence, reason, refused rows, verdicts, the emergency or the order of reports differ, or the state hash
 *
 * The reference applies every command; with `every` above 1 only every Nth is compared, by the levels that both
 * hold by then. No I/O: who runs the engine hands over its decisions and prints what comes back.
 */
import type { Command } from '../core/schema/commands.ts';
import type { Decision, Emergency, LevelChange } from '../core/schema/events.ts';
import { LEVEL_NAMES, type Level } from '../core/schema/levels.ts';
import { REASON_NAMES } from '../core/schema/reasons.ts';
import { Reference } from '../reference/reference.ts';
import { bucketText } from './account-text.ts';

export interface CheckedEngine {
  digest(): string;
}

export interface CheckerOptions {
  /** Compare after every Nth command. */
  readonly every: number;
  /** Compare state hashes after every Nth command as well; 0: only at `finish`. */
  readonly digestEvery: number;
}

export interface Difference {
  readonly sequence: number;
  /** One line. */
  readonly what: string;
  readonly account: number | null;
  /** The line, and the bucket that it is about with all its numbers by the reference. */
  readonly text: string;
}

export interface CheckSummary {
  readonly checker: 'agrees' | 'disagrees';
  readonly commands: number;
  readonly compared: number;
  /** By the reference. */
  readonly levelChanges: number;
  readonly missed: number;
  readonly late: number;
  readonly extra: number;
  readonly other: number;
  readonly first: Difference | null;
}

/** What both sides last said about a bucket. */
interface Watched {
  readonly change: LevelChange;
  engine: Level;
  reference: Level;
  isEngineNews: boolean;
  isReferenceNews: boolean;
  /** `behind`: the engine has yet to report. `wrong`: it reported what was not so, and that is counted. */
  state: 'equal' | 'behind' | 'wrong';
}

export class Checker {
  readonly reference = new Reference();
  readonly #engine: CheckedEngine;
  readonly #options: CheckerOptions;
  readonly #watched = new Map<string, Watched>();
  /** Reported by either side since the last comparison. */
  readonly #news = new Set<Watched>();
  #compared = 0;
  #commands = 0;
  #levelChanges = 0;
  #missed = 0;
  #late = 0;
  #extra = 0;
  #other = 0;
  #first: Difference | null = null;
  /** The first difference until it is returned. */
  #untold: Difference | null = null;

  constructor(engine: CheckedEngine, options: Partial<CheckerOptions> = {}) {
    this.#engine = engine;
    this.#options = { every: 1, digestEvery: 0, ...options };
  }

  /** `decision` is the engine's on `command`, all of them in order. The first difference is returned, once. */
  check(command: Command, decision: Decision): Difference | null {
    const expected = this.reference.apply(command);
    this.#commands++;
    this.#levelChanges += expected.levels.length;
    this.#note(decision.levels, false);
    this.#note(expected.levels, true);
    const { every, digestEvery } = this.#options;
    let difference: Difference | null = null;
    if (this.#commands % every === 0) {
      this.#compared++;
      const isHeadEqual = this.#compareHeads(expected, decision);
      const isNewsEqual = this.#compareNews(expected.sequence);
      // Reports in another order, or of a change from another level, leave both with the same levels.
      if (every === 1 && isHeadEqual && isNewsEqual) this.#compareReports(expected, decision);
      difference = this.#takeFirst();
    }
    if (digestEvery > 0 && this.#commands % digestEvery === 0) difference ??= this.#compareDigests();
    return difference;
  }

  /** At the end of a run: compares what is left to compare, and the state hashes. */
  finish(): Difference | null {
    this.#compareNews(this.#commands);
    return this.#takeFirst() ?? this.#compareDigests();
  }

  get summary(): CheckSummary {
    const behind = [...this.#watched.values()].filter(({ state }) => state === 'behind').length;
    return {
      checker: this.#first === null ? 'agrees' : 'disagrees',
      commands: this.#commands,
      compared: this.#compared,
      levelChanges: this.#levelChanges,
      missed: this.#missed + behind,
      late: this.#late,
      extra: this.#extra,
      other: this.#other,
      first: this.#first,
    };
  }

  #note(changes: readonly LevelChange[], isReference: boolean): void {
    for (const { account, isolated, market, leg, from, to } of changes) {
      const key = `${account}:${isolated ? `${market}:${leg}` : 'cross'}`;
      let watched = this.#watched.get(key);
      if (watched === undefined) {
        const change = { account, isolated, market, leg, from, to };
        watched = {
          change,
          engine: 0,
          reference: 0,
          isEngineNews: false,
          isReferenceNews: false,
          state: 'equal',
        };
        this.#watched.set(key, watched);
      }
      if (isReference) {
        watched.reference = to;
        watched.isReferenceNews = true;
      } else {
        watched.engine = to;
        watched.isEngineNews = true;
      }
      this.#news.add(watched);
    }
  }

  #compareHeads(expected: Decision, actual: Decision): boolean {
    const { sequence } = expected;
    if (actual.sequence !== sequence) {
      this.#differ('other', sequence, `the engine numbers it ${actual.sequence}`, null);
    } else if (actual.reason !== expected.reason) {
      const what = `engine says ${REASON_NAMES[actual.reason]}, reference ${REASON_NAMES[expected.reason]}`;
      this.#differ('other', sequence, what, null);
    } else if (!areSame(actual.refusals, expected.refusals)) {
      this.#differ('other', sequence, 'other rows are refused', null);
    } else {
      return true;
    }
    return false;
  }

  #compareReports(expected: Decision, actual: Decision): void {
    const differ = (what: string): void =>
      this.#differ('other', expected.sequence, `${what} reported differently`, null);
    if (!areSame(expected.levels, actual.levels)) differ('level changes are');
    else if (!areSame(expected.verdicts, actual.verdicts)) differ('verdicts are');
    else if (emergencyText(expected.emergency) !== emergencyText(actual.emergency))
      differ('the emergency is');
  }

  /** Whether every report since the last comparison was right and in time. */
  #compareNews(sequence: number): boolean {
    let isEqual = true;
    for (const watched of this.#news) {
      if (!this.#compareBucket(watched, sequence)) isEqual = false;
      watched.isEngineNews = false;
      watched.isReferenceNews = false;
    }
    this.#news.clear();
    return isEqual;
  }

  #compareBucket(watched: Watched, sequence: number): boolean {
    const { engine, reference, isEngineNews, isReferenceNews, state } = watched;
    if (engine === reference) {
      if (state === 'behind') {
        // Either the engine has caught up, or the level went back before it noticed.
        if (isEngineNews) this.#late++;
        else this.#missed++;
      }
      watched.state = 'equal';
      return state !== 'behind';
    }
    const what = `reference says ${LEVEL_NAMES[reference]}, engine ${LEVEL_NAMES[engine]}`;
    // What it was behind with it will now never report.
    if (state === 'behind') this.#missed++;
    if (isEngineNews) {
      this.#differ('extra', sequence, what, watched);
      watched.state = 'wrong';
    }
    if (isReferenceNews) {
      this.#differ('behind', sequence, what, watched);
      watched.state = 'behind';
    }
    return false;
  }

  #compareDigests(): Difference | null {
    const expected = this.reference.digest();
    const actual = this.#engine.digest();
    if (actual === expected) return null;
    this.#differ('other', this.#commands, `state hash: engine ${actual}, reference ${expected}`, null);
    return this.#takeFirst();
  }

  #differ(kind: 'extra' | 'behind' | 'other', sequence: number, what: string, watched: Watched | null): void {
    if (kind === 'extra') this.#extra++;
    if (kind === 'other') this.#other++;
    if (this.#first !== null) return;
    const account = watched?.change.account ?? null;
    const where = account === null ? '' : ` account ${account}:`;
    const line = `command ${sequence}:${where} ${what}`;
    const text = watched === null ? line : `${line}\n${this.#describe(watched.change)}`;
    this.#first = { sequence, what: line, account, text };
    this.#untold = this.#first;
  }

  #describe({ account, isolated, market, leg }: LevelChange): string {
    const report = this.reference.inspect(account);
    const bucket = report?.buckets.find(
      (each) => each.isolated === isolated && (!isolated || (each.market === market && each.leg === leg)),
    );
    if (report === null || bucket === undefined) return `account ${account}: the bucket is gone`;
    return `${report.name}, ${bucketText(bucket, this.reference.settings?.decimals ?? 0)}`;
  }

  #takeFirst(): Difference | null {
    const difference = this.#untold;
    this.#untold = null;
    return difference;
  }
}

function emergencyText(emergency: Emergency | null): string {
  if (emergency === null) return '';
  const { kind, accounts, holders, markets } = emergency;
  return [kind, accounts, holders, ...markets].join(' ');
}

function areSame<Fields extends object>(a: readonly Fields[], b: readonly Fields[]): boolean {
  return (
    a.length === b.length &&
    a.every((fields, at) => {
      const others = b[at];
      return (Object.keys(fields) as (keyof Fields)[]).every((key) => fields[key] === others[key]);
    })
  );
}
