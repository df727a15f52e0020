/** What the engine decided about one command. The same from `core` and `reference`, to the last entry. */
import type { AccountRow, MarketRow } from '../num/units.ts';
import type { Leg } from './commands.ts';
import type { Level } from './levels.ts';
import type { Verdict } from './quality.ts';
import type { Reason } from './reasons.ts';

/** A margin bucket. `market` and `leg` are 0 where `isolated` is false. */
export interface BucketName {
  readonly account: AccountRow;
  readonly isolated: boolean;
  readonly market: MarketRow;
  readonly leg: Leg;
}

/** One margin bucket's level moved. */
export interface LevelChange extends BucketName {
  readonly from: Level;
  readonly to: Level;
}

/** One margin bucket's verdict moved, or its level while it is held. */
export interface VerdictChange extends BucketName {
  readonly from: Verdict;
  readonly to: Verdict;
  readonly level: Level;
  /** See `Standing`. */
  readonly referenceLevel: Level | null;
}

/** A bucket at liquidatable or worse. */
export interface Standing extends BucketName {
  readonly verdict: Verdict;
  readonly level: Level;
  /**
   * Of a held bucket, the worst level whose entry it breaches with its held markets at their reference prices and the others at
   * their marks. Null where one of them has no reference price, and for buckets that are not held.
   */
  readonly referenceLevel: Level | null;
}

/** The breaker tripped: one command would have made too many accounts liquidatable. */
export interface Emergency {
  readonly kind: 'system_implausible';
  /** Newly liquidatable accounts, and all that hold positions (`BreakerCommand`). */
  readonly accounts: number;
  readonly holders: number;
  /** The markets held for it, in ascending order; some may have been tripped before. */
  readonly markets: readonly MarketRow[];
}

/** A row of a transaction that was refused. */
export interface RowRefusal {
  readonly row: number;
  readonly reason: Reason;
}

export interface Decision {
  /** The command's place in the input, from 1. */
  readonly sequence: number;
  /** `accepted`, or why the whole command was refused. */
  readonly reason: Reason;
  readonly refusals: readonly RowRefusal[];
  /** Sorted by account, cross before isolated, market, leg. Can be non-empty for a refused command: tiers may have come due. */
  readonly levels: readonly LevelChange[];
  /** In the same order. */
  readonly verdicts: readonly VerdictChange[];
  readonly emergency: Emergency | null;
}
