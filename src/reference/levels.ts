/** A bucket's level from its equity, its maintenance and the level it had. */
import {
  entryThresholds,
  exitThresholds,
  type Level,
  type LevelSettings,
  type Threshold,
} from '../core/schema/levels.ts';

interface Line {
  readonly num: bigint;
  readonly den: bigint;
  readonly inclusive: boolean;
}

/** Entry and exit thresholds of levels 1 to 6, at index level - 1. */
export interface Lines {
  readonly enter: readonly Line[];
  readonly exit: readonly Line[];
}

export function linesOf(levels: LevelSettings, inclusive: boolean): Lines {
  return {
    enter: entryThresholds(levels, inclusive).map(lineOf),
    exit: exitThresholds(levels, inclusive).map(lineOf),
  };
}

/**
 * A bucket is at least at the worst level whose entry it breaches, and it comes back from a worse level only as
 * far as the worst level whose exit it still breaches:
 *
 *   max( worst entry breached, min( old level, worst exit breached ) )
 */
export function levelAfter(old: Level, equity: bigint, maintenance: bigint, lines: Lines): Level {
  const entered = worstBreached(lines.enter, equity, maintenance);
  if (entered >= old) return entered;
  const held = worstBreached(lines.exit, equity, maintenance);
  return Math.max(entered, Math.min(old, held)) as Level;
}

/**
 * Thresholds fall from level to level, and maintenance is never negative, so a bucket that does not breach one
 * breaches none of the worse ones either. 0 where it breaches none.
 */
function worstBreached(lines: readonly Line[], equity: bigint, maintenance: bigint): Level {
  let level = 0;
  while (level < lines.length && isBreached(lines[level], equity, maintenance)) level++;
  return level as Level;
}

function isBreached(line: Line, equity: bigint, maintenance: bigint): boolean {
  const tie = line.inclusive && maintenance > 0n ? 1n : 0n;
  return line.den * equity - line.num * maintenance - tie < 0n;
}

function lineOf({ num, den, inclusive }: Threshold): Line {
  return { num: BigInt(num), den: BigInt(den), inclusive };
}
