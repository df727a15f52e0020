/**
 * One pass over a journal for one account: the state at the cut that is asked about, where each mark came from, and every
 * time that one of the account's buckets became liquidatable and stopped being so.
 *
 * It begins at the first record, because only the whole history tells what was first. Where history was pruned it begins
 * at the snapshot that stands for it, and says so.
 */
import { Engine } from '../../core/engine/engine.ts';
import { Level } from '../../core/schema/levels.ts';
import { isIsolated, legOfPlace, marketOfPlace } from '../../core/state/buckets.ts';
import { ROW_NONE } from '../../core/state/names.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { bucketPositions } from './buckets.ts';
import { PriceOrigins, type MarkOrigin } from './origins.ts';
import type { EngineRecord, EngineRecords } from './records.ts';

/** Which moment is explained. `first`: when the account first became liquidatable, else the end. */
export type CutWish =
  | { readonly at: 'first' }
  | { readonly at: 'sequence'; readonly sequence: number }
  | { readonly at: 'time'; readonly timeUs: number };

/** A command that moved a bucket's level, with the marks it moved that the bucket holds. */
export interface Moment {
  readonly sequence: number;
  readonly timeUs: number;
  readonly kind: string;
  readonly from: Level;
  readonly to: Level;
  readonly marks: readonly MarkOrigin[];
}

/** A time during which a bucket was liquidatable or worse; `end` is null while it lasts. */
export interface Episode {
  readonly isolated: boolean;
  readonly market: number;
  readonly leg: number;
  readonly start: Moment;
  end: Moment | null;
  worst: Level;
}

export interface Walk<Cut> {
  readonly row: number;
  readonly name: string;
  readonly cut: Cut;
  readonly cutSequence: number;
  readonly episodes: readonly Episode[];
  /** The first and the last record that were seen. */
  readonly first: number;
  readonly last: number;
}

export interface CutPlace {
  /** Of the journal. */
  readonly sequence: number;
  /** All that follows from the record has happened; within one, an exchange has gone on already. */
  readonly isWhole: boolean;
  readonly marks: readonly (MarkOrigin | null)[];
}

/** Makes something of the engine as it is at the cut; it moves on afterwards. */
export type CutTaker<Cut> = (engine: Engine, account: number, place: CutPlace) => Cut;

export async function walkJournal<Cut>(
  records: EngineRecords,
  account: string,
  wish: CutWish,
  takeCut: CutTaker<Cut>,
  onProgress: (done: number, total: number) => void,
): Promise<Walk<Cut>> {
  const walker = new Walker(account, wish, takeCut);
  const { start, last } = records;
  if (start > 0) walker.begin(await records.begin(), start);
  if (wish.at === 'sequence') assertSequence(wish.sequence, start, last);
  walker.takeIfAtCut();
  await records.read({
    approach: (timeUs) => walker.approach(timeUs),
    visit: (record) => {
      walker.step(record);
      if (record.sequence % 16_384 === 0) onProgress(record.sequence, last);
    },
  });
  return walker.finish(start + 1);
}

/** Throws where the directory has no state at that sequence: it begins at `first`, a snapshot or nothing. */
export function assertSequence(sequence: number, first: number, last: number): void {
  if (sequence >= Math.max(1, first) && sequence <= last) return;
  throw new OperationalError(
    'EXPLAIN_SEQUENCE',
    `there is no state at sequence ${sequence}: this directory has ${Math.max(1, first)} to ${last}`,
    { field: '--seq', value: sequence },
  );
}

class Walker<Cut> {
  engine = new Engine();
  readonly #account: string;
  readonly #wish: CutWish;
  readonly #takeCut: CutTaker<Cut>;
  readonly #origins = new PriceOrigins();
  readonly #episodes: Episode[] = [];
  /** Open ones, by place of the bucket. */
  readonly #open = new Map<number, Episode>();
  #row = ROW_NONE;
  /** The time asked about passed before the account was open. */
  #isTooEarly = false;
  #accountsSeen = 0;
  #cut: { readonly value: Cut; readonly sequence: number } | null = null;
  /** Of the record at hand, and whether all of it has happened. */
  #sequence = 0;
  #isWhole = true;

  constructor(account: string, wish: CutWish, takeCut: CutTaker<Cut>) {
    this.#account = account;
    this.#wish = wish;
    this.#takeCut = takeCut;
  }

  begin(engine: Engine, sequence: number): void {
    this.engine = engine;
    this.#sequence = sequence;
    this.#origins.begin(engine);
    this.#findAccount();
  }

  /** A command of this time comes. */
  approach(timeUs: number): void {
    if (this.#wish.at !== 'time' || timeUs <= this.#wish.timeUs) return;
    if (this.#row === ROW_NONE) this.#isTooEarly = true;
    else this.#take();
  }

  step({ sequence, command, kind, isLast }: EngineRecord): void {
    const { engine } = this;
    this.#sequence = sequence;
    this.#isWhole = isLast;
    const decision = engine.apply(command);
    if (engine.book.accounts.count !== this.#accountsSeen) this.#findAccount();
    this.#origins.note(engine, command, decision, { sequence, kind });
    if (decision.changes.count > 0 && this.#row !== ROW_NONE) this.#noteLevels(kind);
    this.takeIfAtCut();
  }

  takeIfAtCut(): void {
    if (this.#wish.at === 'sequence' && this.#isWhole && this.#sequence === this.#wish.sequence) this.#take();
  }

  finish(first: number): Walk<Cut> {
    const row = this.#row;
    if (row === ROW_NONE) throw this.#unknown();
    if (this.#isTooEarly) throw this.#notYet('at that time');
    if (this.#cut === null) {
      if (this.#wish.at === 'sequence') throw this.#notYet(`at sequence ${this.#wish.sequence}`);
      this.#take();
    }
    const { value, sequence } = this.#cut!;
    return {
      row,
      name: this.engine.book.accounts.at(row),
      cut: value,
      cutSequence: sequence,
      episodes: this.#episodes,
      first,
      last: this.#sequence,
    };
  }

  #take(): void {
    if (this.#cut !== null || this.#row === ROW_NONE || this.#isTooEarly) return;
    this.#cut = {
      value: this.#takeCut(this.engine, this.#row, {
        sequence: this.#sequence,
        isWhole: this.#isWhole,
        marks: this.#origins.marks,
      }),
      sequence: this.#sequence,
    };
  }

  /** By name; a number that is nobody's name is a row. */
  #findAccount(): void {
    const { accounts } = this.engine.book;
    this.#accountsSeen = accounts.count;
    if (this.#row !== ROW_NONE) return;
    this.#row = accounts.find(this.#account);
    if (this.#row === ROW_NONE && /^\d{1,9}$/.test(this.#account) && Number(this.#account) < accounts.count)
      this.#row = Number(this.#account);
  }

  #noteLevels(kind: string): void {
    const { engine } = this;
    const { buckets } = engine.book;
    const { changes } = this.engine.watch!;
    let isNew = false;
    for (let at = 0; at < changes.count; at++) {
      const bucket = changes.bucket[at];
      if (buckets.account(bucket) !== this.#row) continue;
      const place = buckets.place(bucket);
      const moment = (): Moment =>
        this.#momentOf(kind, bucket, changes.from[at] as Level, changes.to[at] as Level);
      const open = this.#open.get(place);
      if (changes.to[at] >= Level.liquidatable) {
        if (open !== undefined) {
          if (changes.to[at] > open.worst) open.worst = changes.to[at] as Level;
          continue;
        }
        const episode: Episode = {
          isolated: isIsolated(place),
          market: marketOfPlace(place),
          leg: legOfPlace(place),
          start: moment(),
          end: null,
          worst: changes.to[at] as Level,
        };
        this.#episodes.push(episode);
        this.#open.set(place, episode);
        isNew = true;
      } else if (open !== undefined) {
        open.end = moment();
        this.#open.delete(place);
      }
    }
    if (isNew && this.#wish.at === 'first') this.#take();
  }

  #momentOf(kind: string, bucket: number, from: Level, to: Level): Moment {
    const { book, timeUs } = this.engine;
    const sequence = this.#sequence;
    const held = new Set(bucketPositions(book, bucket).map(({ market }) => market));
    const marks = this.#origins.marks.filter(
      (mark): mark is MarkOrigin =>
        mark !== null && mark !== undefined && mark.sequence === sequence && held.has(mark.market),
    );
    return { sequence, timeUs, kind, from, to, marks };
  }

  #unknown(): OperationalError {
    const { accounts } = this.engine.book;
    const hint =
      accounts.count === 0
        ? 'it has no accounts'
        : `it has ${accounts.count}, from ${accounts.at(0)} to ${accounts.at(accounts.count - 1)}`;
    return new OperationalError(
      'EXPLAIN_ACCOUNT',
      `there is no account ${JSON.stringify(this.#account)} in this directory: ${hint}. Give a name, or a row from 0`,
      { field: 'account', value: this.#account },
    );
  }

  #notYet(when: string): OperationalError {
    return new OperationalError(
      'EXPLAIN_ACCOUNT',
      `account ${JSON.stringify(this.#account)} was not open yet ${when}. Give a later moment`,
      { field: 'account', value: this.#account },
    );
  }
}
