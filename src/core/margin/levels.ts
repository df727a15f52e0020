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

/** Entry and exit thresholds by level, at index level; level 0 has none. */
export class Thresholds {
  readonly enterNum = new Float64Array(LEVEL_COUNT);
  readonly enterDen = new Float64Array(LEVEL_COUNT);
  readonly exitNum = new Float64Array(LEVEL_COUNT);
  readonly exitDen = new Float64Array(LEVEL_COUNT);
  /** 1 for the level whose threshold is inclusive. */
  readonly inclusive = new Float64Array(LEVEL_COUNT);
  readonly enter: readonly Threshold[];
  readonly exit: readonly Threshold[];

  constructor(levels: LevelSettings, inclusive: boolean) {
    this.enter = entryThresholds(levels, inclusive);
    this.exit = exitThresholds(levels, inclusive);
    for (let level = 1; level < LEVEL_COUNT; level++) {
      const enter = this.enter[level - 1];
      const exit = this.exit[level - 1];
      this.enterNum[level] = enter.num;
      this.enterDen[level] = enter.den;
      this.exitNum[level] = exit.num;
      this.exitDen[level] = exit.den;
      this.inclusive[level] = enter.inclusive ? 1 : 0;
    }
  }
}

/**
 * The level after `level` at the equity and maintenance in `sums`. Exact while the bucket's gross is under 2^48.
 *
 * Here and below numbers travel in `sums`: a double handed to a function or back from one can cost an allocation.
 */
export function nextLevel(t: Thresholds, level: number, sums: Float64Array): number {
  const equity = sums[S_EQUITY];
  const maintenance = sums[S_MAINTENANCE];
  const charged = maintenance > 0 ? 1 : 0;
  let next = level;
  while (
    next < LEVEL_COUNT - 1 &&
    t.enterDen[next + 1] * equity - t.enterNum[next + 1] * maintenance - charged * t.inclusive[next + 1] < 0
  ) {
    next++;
  }
  if (next > level) return next;
  while (
    next > 0 &&
    t.exitDen[next] * equity - t.exitNum[next] * maintenance - charged * t.inclusive[next] >= 0
  ) {
    next--;
  }
  return next;
}

/** Leaves in `sums` how much is left to the neighbouring thresholds of `level`; -1 where there is no such neighbour. */
export function leaveSlacks(t: Thresholds, level: number, sums: Float64Array): void {
  const equity = sums[S_EQUITY];
  const maintenance = sums[S_MAINTENANCE];
  const charged = maintenance > 0 ? 1 : 0;
  const worse = level + 1;
  sums[S_SLACK_WORSE] =
    worse < LEVEL_COUNT
      ? t.enterDen[worse] * equity - t.enterNum[worse] * maintenance - charged * t.inclusive[worse]
      : -1;
  sums[S_SLACK_BETTER] =
    level > 0
      ? t.exitNum[level] * maintenance - t.exitDen[level] * equity + charged * t.inclusive[level] - 1
      : -1;
}

export function slackWide(threshold: Threshold, equity: bigint, maintenance: bigint): bigint {
  const strictness = threshold.inclusive && maintenance > 0n ? 1n : 0n;
  return BigInt(threshold.den) * equity - BigInt(threshold.num) * maintenance - strictness;
}

export function nextLevelWide(t: Thresholds, level: number, equity: bigint, maintenance: bigint): number {
  let next = level;
  while (next < LEVEL_COUNT - 1 && slackWide(t.enter[next], equity, maintenance) < 0n) next++;
  if (next > level) return next;
  while (next > 0 && slackWide(t.exit[next - 1], equity, maintenance) >= 0n) next--;
  return next;
}
