/** What the engine decided about one command. The same from `core` and `reference`, to the last entry. */
import type { AccountRow, MarketRow } from '../num/units.ts';
import type { Leg } from './commands.ts';
import type { Level } from './levels.ts';
import type { Reason } from './reasons.ts';

/** One margin bucket's level moved. `market` and `leg` are 0 where `isolated` is false. */
export interface LevelChange {
  readonly account: AccountRow;
  readonly isolated: boolean;
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly from: Level;
  readonly to: Level;
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
}
