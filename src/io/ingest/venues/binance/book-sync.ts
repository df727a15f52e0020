/**
 * Keeps one order book the way Binance documents it: updates are buffered until a snapshot comes, the snapshot is joined to
 * the first update that covers it, and from there each update must follow the one before.
 *
 *   waiting ── snapshot that fits the buffer ──> live ── gap, crossed, nothing left, disconnected ──> waiting
 *
 * What leaves is in order and without holes: a snapshot, then updates that each follow the last, or `lost`. An update that
 * would cross the book, or leave nothing known of a side, does not leave; `lost` does.
 *
 * A snapshot shows a thousand levels a side, and the market moves away from it. When few of those are left, another is
 * wanted while the book goes on: updates are applied and kept, and what is kept is joined to the new one when it comes.
 *
 * Ids. An update whose last id is not above ours is a duplicate or came late, and is dropped. When it is newer by the venue's
 * own clock, the venue has begun to count anew, and the book is lost instead: otherwise it would stand still for good.
 */
import { DepthBook } from '../../../../core/price/depth-book.ts';
import type { TimeUs } from '../../../../core/num/units.ts';
import type {
  DepthEvent,
  InstrumentRow,
  LostEvent,
  SnapshotEvent,
  VenueEvent,
} from '../../../../core/price/venue-event.ts';

export type Place = 'old' | 'next' | 'gap';

/** How ids of this venue join: an update to the snapshot before it, and to the update before it. */
export interface ChainRule {
  joins(update: DepthEvent, snapshotId: number): Place;
  follows(update: DepthEvent, last: number): Place;
}

/** Ids are shared by all contracts and so leave gaps: `pu` names the update before. */
export const USDM_CHAIN: ChainRule = {
  joins: ({ first, last, previous }, id) => {
    if (last < id) return 'old';
    return first <= id || previous === id ? 'next' : 'gap';
  },
  follows: ({ last, previous }, id) => {
    if (last <= id) return 'old';
    return previous === id ? 'next' : 'gap';
  },
};

/** Ids are contiguous. */
export const SPOT_CHAIN: ChainRule = {
  joins: ({ first, last }, id) => {
    if (last <= id) return 'old';
    return first <= id + 1 ? 'next' : 'gap';
  },
  follows: ({ first, last }, id) => {
    if (last <= id) return 'old';
    return first === id + 1 ? 'next' : 'gap';
  },
};

export type SyncOutcome = 'applied' | 'buffered' | 'duplicate' | 'lost' | 'restarted';

export interface SyncCounts {
  applied: number;
  /** Old ids: repeated, late, or covered by the snapshot. */
  duplicates: number;
  gaps: number;
  crossed: number;
  /** Times that nothing was left that is known of a side. */
  exhausted: number;
  /** Times that the venue began to count anew. */
  restarts: number;
  snapshots: number;
  /** Snapshots that did not fit what was buffered, or made no book. */
  snapshotsRefused: number;
  /** Buffered updates that were let go of because there were too many. */
  overflowed: number;
}

/** 100 seconds at ten a second: more than any snapshot takes, and a few megabytes at worst. */
const BUFFERED_MAX = 1000;
/** How far a snapshot may be ahead of the updates, by the venue's clock. */
const JOIN_US = 10e6;
/** Of the levels that a snapshot shows. */
const KNOWN_SHARE_MIN = 1 / 4;

export class BookSync {
  readonly book = new DepthBook();
  readonly counts: SyncCounts = {
    applied: 0,
    duplicates: 0,
    gaps: 0,
    crossed: 0,
    exhausted: 0,
    restarts: 0,
    snapshots: 0,
    snapshotsRefused: 0,
    overflowed: 0,
  };
  readonly #instrument: InstrumentRow;
  readonly #rule: ChainRule;
  readonly #emit: (event: VenueEvent) => void;
  #buffer: DepthEvent[] = [];
  #isLive = false;
  /** No update has been joined to the snapshot yet. */
  #isJoining = false;
  #last = 0;
  #lastUs = 0;
  /** With fewer known levels than this, another snapshot is wanted. */
  #knownMin = 0;

  constructor(instrument: InstrumentRow, rule: ChainRule, emit: (event: VenueEvent) => void) {
    this.#instrument = instrument;
    this.#rule = rule;
    this.#emit = emit;
  }

  /** Whether `book` may be used: whole, in order and not crossed. */
  get isUsable(): boolean {
    return this.#isLive;
  }

  /** Asked for only when updates are kept, so that it is newer than the first of them. */
  get wantsSnapshot(): boolean {
    return this.#buffer.length > 0;
  }

  get lastId(): number {
    return this.#last;
  }

  depth(update: DepthEvent): SyncOutcome {
    if (!this.#isLive) return this.#keep(update);
    const place = this.#isJoining
      ? this.#rule.joins(update, this.#last)
      : this.#rule.follows(update, this.#last);
    if (place === 'next') return this.#apply(update);
    if (place === 'gap') {
      this.counts.gaps++;
      return this.#lose('gap', update);
    }
    // A snapshot covers updates that are yet to come, but not for long.
    const isRestart = update.eventUs > this.#lastUs + (this.#isJoining ? JOIN_US : 0);
    if (!isRestart) {
      this.counts.duplicates++;
      return 'duplicate';
    }
    this.counts.restarts++;
    this.#lose('gap', update);
    return 'restarted';
  }

  /** Whether it was taken: it is wanted, covers what comes before the updates that are kept, and makes a book. */
  snapshot(snapshot: SnapshotEvent): boolean {
    if (!this.wantsSnapshot) return false;
    const first = this.#buffer.find((update) => this.#rule.joins(update, snapshot.last) !== 'old');
    const isTooOld = first !== undefined && this.#rule.joins(first, snapshot.last) === 'gap';
    if (isTooOld || isCrossed(snapshot)) {
      this.counts.snapshotsRefused++;
      return false;
    }
    this.book.replace(snapshot.bids, snapshot.asks, snapshot.levelsMax ?? null);
    this.#knownMin = Math.floor((snapshot.levelsMax ?? 0) * KNOWN_SHARE_MIN);
    this.counts.snapshots++;
    this.#isLive = true;
    this.#isJoining = true;
    this.#last = snapshot.last;
    // Not the time of the snapshot, which spot does not give.
    this.#lastUs = this.#buffer.at(-1)!.eventUs;
    const waiting = this.#buffer;
    this.#buffer = [];
    this.#emit(snapshot);
    for (const update of waiting) this.depth(update);
    return true;
  }

  /** Nothing of before may be joined to what comes next. Says `lost` only where there was a book to lose. */
  reset(why: LostEvent['why'], now: TimeUs): void {
    this.#buffer = [];
    this.#end(why, now, now);
  }

  #apply(update: DepthEvent): SyncOutcome {
    const { book, counts } = this;
    book.apply(update.bids, update.asks);
    const state = book.state;
    if (state === 'crossed') {
      counts.crossed++;
      return this.#lose('crossed', update);
    }
    if (state === 'beyond' && (book.bid === 0 || book.ask === 0)) {
      counts.exhausted++;
      return this.#lose('gap', update);
    }
    // What was joined follows the snapshot, whatever the venue sent before it.
    const isNamed = this.#isJoining && update.previous !== null;
    const passed = isNamed ? { ...update, previous: this.#last } : update;
    this.#isJoining = false;
    this.#last = update.last;
    this.#lastUs = update.eventUs;
    counts.applied++;
    this.#emit(passed);
    if (this.#buffer.length > 0 || this.#isRunningOut()) this.#keep(update);
    return 'applied';
  }

  #isRunningOut(): boolean {
    const { bids, asks } = this.book;
    const least = this.#knownMin;
    return (bids.horizon > 0 && bids.known < least) || (asks.horizon > 0 && asks.known < least);
  }

  #lose(why: LostEvent['why'], update: DepthEvent): 'lost' {
    this.#end(why, update.eventUs, update.receivedUs);
    this.#keep(update);
    return 'lost';
  }

  #end(why: LostEvent['why'], eventUs: TimeUs, receivedUs: TimeUs): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#buffer = [];
    this.book.clear();
    this.#emit({ kind: 'lost', instrument: this.#instrument, eventUs, receivedUs, why });
  }

  #keep(update: DepthEvent): SyncOutcome {
    const before = this.#buffer.at(-1);
    if (before !== undefined && update.last < before.last && update.eventUs > before.eventUs) {
      this.counts.restarts++;
      this.#buffer = [update];
      return 'restarted';
    }
    if (this.#buffer.length >= BUFFERED_MAX) {
      this.#buffer.shift();
      this.counts.overflowed++;
    }
    this.#buffer.push(update);
    return 'buffered';
  }
}

function isCrossed({ bids, asks }: SnapshotEvent): boolean {
  return bids.length > 0 && asks.length > 0 && bids[0] >= asks[0];
}
