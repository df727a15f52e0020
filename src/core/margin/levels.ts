/**
 * The thresholds of the settings as columns, and the level a bucket moves to.
 *
 *   x(threshold) = den * E - num * MM - [inclusive and MM > 0]          breached when x < 0
 *
 * Thresholds fall from level to level, so breaching one means having breached all before it.
 */
import { Sum } from './valuation.ts';
import {
  entryThresholds,
  exitThresholds,
  LEVEL_COUNT,
  type LevelSettings,
  type Threshold,
} from '../schema/levels.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const {
  equity: S_EQUITY,
  maintenance: S_MAINTENANCE,
  slackWorse: S_SLACK_WORSE,
  slackBetter: S_SLACK_BETTER,
} = Sum;

/** A level's place in `Thresholds.table`: num and den of either threshold, and 1 where it is inclusive. */
export const Bound = { enter: 0, exit: 2, inclusive: 4 } as const;
export const BOUND_STRIDE = 8;
const STRIDE = BOUND_STRIDE;
const LEVEL_LAST = LEVEL_COUNT - 1;
const { enter: ENTER, exit: EXIT, inclusive: INCLUSIVE } = Bound;

/** Entry and exit thresholds by level; level 0 has none. */
export class Thresholds {
  /** One line a level, at [level * BOUND_STRIDE]. */
  readonly table = new Float64Array(LEVEL_COUNT * STRIDE);
  readonly enter: readonly Threshold[];
  readonly exit: readonly Threshold[];

  constructor(levels: LevelSettings, inclusive: boolean) {
    this.enter = entryThresholds(levels, inclusive);
    this.exit = exitThresholds(levels, inclusive);
    for (let level = 1; level < LEVEL_COUNT; level++) {
      const enter = this.enter[level - 1];
      const exit = this.exit[level - 1];
      this.table.set([enter.num, enter.den, exit.num, exit.den, enter.inclusive ? 1 : 0], level * STRIDE);
    }
  }
}

/**
 * The level after `was` at the equity and maintenance in `sums`, where it leaves how much is left to the neighbouring
 * thresholds of that level; -1 where there is no such neighbour. Exact while the bucket's gross is under 2^48.
 *
 * Here and elsewhere numbers travel in `sums`: a double handed to a function or back from one can cost an allocation.
 */
export function moveLevel(thresholds: Thresholds, was: number, sums: Float64Array): number {
  const { table } = thresholds;
  const equity = sums[S_EQUITY];
  const maintenance = sums[S_MAINTENANCE];
  const charged = maintenance > 0 ? 1 : 0;
  let level = was;
  let worse = -1;
  for (let t = (level + 1) * STRIDE; level < LEVEL_LAST; level++, t += STRIDE) {
    worse = table[t + ENTER + 1] * equity - table[t + ENTER] * maintenance - charged * table[t + INCLUSIVE];
    if (worse >= 0) break;
  }
  // What was entered just now is not left again: thresholds of exit are not below those of entry.
  let better = -1;
  for (let t = level * STRIDE; level > 0; level--, t -= STRIDE) {
    better =
      table[t + EXIT] * maintenance - table[t + EXIT + 1] * equity + charged * table[t + INCLUSIVE] - 1;
    if (better >= 0) break;
    worse = table[t + ENTER + 1] * equity - table[t + ENTER] * maintenance - charged * table[t + INCLUSIVE];
  }
  sums[S_SLACK_WORSE] = level < LEVEL_LAST ? worse : -1;
  sums[S_SLACK_BETTER] = level > 0 ? better : -1;
  return level;
}

export function slackWide(threshold: Threshold, equity: bigint, maintenance: bigint): bigint {
  const strictness = threshold.inclusive && maintenance > 0n ? 1n : 0n;
  return BigInt(threshold.den) * equity - BigInt(threshold.num) * maintenance - strictness;
}

export function nextLevelWide(t: Thresholds, level: number, equity: bigint, maintenance: bigint): number {
  let next = level;
  while (next < LEVEL_LAST && slackWide(t.enter[next], equity, maintenance) < 0n) next++;
  if (next > level) return next;
  while (next > 0 && slackWide(t.exit[next - 1], equity, maintenance) >= 0n) next--;
  return next;
}
