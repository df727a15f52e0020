/**
 * The thresholds of the settings as columns, and the level a bucket moves to.
 *
 *   x(threshold) = den * E - num * MM - [inclusive and MM > 0]          breached when x < 0
 *
 * Thresholds fall from level to level, so breaching one means having breached all before it.
 */
import {
  entryThresholds,
  exitThresholds,
  LEVEL_COUNT,
  type LevelSettings,
  type Threshold,
} from '../schema/levels.ts';

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

/** Slack above the entry threshold of `level`: negative when breached. Its sign is exact while the bucket's gross is under 2^48. */
export function enterSlack(t: Thresholds, level: number, equity: number, maintenance: number): number {
  return (
    t.enterDen[level] * equity - t.enterNum[level] * maintenance - (maintenance > 0 ? t.inclusive[level] : 0)
  );
}

export function exitSlack(t: Thresholds, level: number, equity: number, maintenance: number): number {
  return (
    t.exitDen[level] * equity - t.exitNum[level] * maintenance - (maintenance > 0 ? t.inclusive[level] : 0)
  );
}

/** The level after `level` at this equity and maintenance. Exact while the bucket's gross is under 2^48. */
export function nextLevel(t: Thresholds, level: number, equity: number, maintenance: number): number {
  let next = level;
  while (next < LEVEL_COUNT - 1 && enterSlack(t, next + 1, equity, maintenance) < 0) next++;
  if (next > level) return next;
  while (next > 0 && exitSlack(t, next, equity, maintenance) >= 0) next--;
  return next;
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
