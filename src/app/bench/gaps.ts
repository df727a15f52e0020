/**
 * What a gap costs: all markets fall by the same share in one command. Measured in each of the watch's three ways of
 * finding whom that concerns, because `auto` is only right when it is never much worse than the better of the others.
 *
 * Every gap is three commands and two waits: down (timed), the complete list of the liquidatable worst first (timed), wires
 * laid for everyone (timed), up again, wires laid. So each starts from the same marks, with all wires in place.
 */
import type { Engine } from '../../core/engine/engine.ts';
import type { WatchMode } from '../../core/watch/watch.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../../core/num/units.ts';
import { Kind, type MarksCommand } from '../../core/schema/commands.ts';
import { worstFirst } from '../../core/watch/worst-first.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { median, rounded } from './report.ts';

export interface GapSize {
  readonly bp: number;
  /** Applying the gap and laying all wires that it left to be laid, ms. */
  readonly wiresMs: number;
  readonly sweepMs: number;
  readonly autoMs: number;
  /** Of `autoMs` and `sweepMs`, what the command itself took: afterwards all levels are right. */
  readonly autoApplyMs: number;
  readonly sweepApplyMs: number;
  /** The list of the liquidatable, worst first, and how long it is. */
  readonly listMs: number;
  readonly liquidatable: number;
}

export interface Gaps {
  readonly sizes: readonly GapSize[];
  /** The three ways ended at the same levels, with as many liquidatable. */
  readonly agree: boolean;
}

interface Timing {
  readonly apply: number;
  readonly total: number;
  readonly list: number;
  readonly liquidatable: number;
}

/** Rounds a size, in each of which every way has its turn; more than the first few only where they are quick. */
const ROUNDS = 3;
const ROUNDS_QUICK = 15;
const QUICK_MS = 1500;
const MODES: readonly WatchMode[] = ['auto', 'sweep', 'wires'];
/** The gap whose cost is the headline. */
export const GAP_BP = 1000;

/** From the engine's present marks, which it has again in the end. */
export async function measureGaps(
  engine: Engine,
  sizes: readonly number[],
  onProgress: OnProgress,
): Promise<Gaps> {
  const { markets } = engine.book;
  const marks = Array.from({ length: markets.count }, (_, row) => markets.mark(row as MarketRow));
  const timings = new Map<WatchMode, Timing[]>(MODES.map((mode) => [mode, []]));
  let agree = true;
  for (const [at, bp] of sizes.entries()) {
    onProgress(`gaps, ${bp} bp`, at / sizes.length);
    // Down and up brings levels with hysteresis to where the same again leaves them.
    const { liquidatable } = gap(engine, marks, bp);
    const levels = levelsOf(engine);
    const runs = new Map<WatchMode, Timing[]>(MODES.map((mode) => [mode, []]));
    const quickUntil = performance.now() + QUICK_MS;
    for (let round = 0; round < ROUNDS || (round < ROUNDS_QUICK && performance.now() < quickUntil); round++) {
      await nextTurn();
      for (const mode of MODES) {
        engine.watch!.mode = mode;
        const run = gap(engine, marks, bp);
        engine.watch!.mode = 'auto';
        runs.get(mode)!.push(run);
        agree &&= levels.equals(levelsOf(engine)) && run.liquidatable === liquidatable;
      }
    }
    for (const mode of MODES) {
      const of = (read: (run: Timing) => number): number => median(runs.get(mode)!.map(read));
      timings.get(mode)!.push({
        apply: of(({ apply }) => apply),
        total: of(({ total }) => total),
        list: of(({ list }) => list),
        liquidatable,
      });
    }
  }
  const [auto, sweep, wires] = MODES.map((mode) => timings.get(mode)!);
  return {
    agree,
    sizes: sizes.map((bp, at) => ({
      bp,
      wiresMs: rounded(wires[at].total),
      sweepMs: rounded(sweep[at].total),
      autoMs: rounded(auto[at].total),
      autoApplyMs: rounded(auto[at].apply),
      sweepApplyMs: rounded(sweep[at].apply),
      listMs: rounded(auto[at].list),
      liquidatable: auto[at].liquidatable,
    })),
  };
}

function levelsOf(engine: Engine): Buffer {
  const { levels, used } = engine.book.buckets;
  return Buffer.from(levels.slice(0, used).buffer);
}

function gap(engine: Engine, marks: readonly MarkTicks[], bp: number): Timing {
  const down = fall(engine, marks, bp);
  const start = performance.now();
  engine.apply(down);
  const applied = performance.now();
  const liquidatable = worstFirst(engine).length;
  const listed = performance.now();
  engine.tidy(Infinity);
  const done = performance.now();
  engine.apply(fall(engine, marks, 0));
  engine.tidy(Infinity);
  return {
    apply: applied - start,
    list: listed - applied,
    total: applied - start + (done - listed),
    liquidatable,
  };
}

function fall(engine: Engine, marks: readonly MarkTicks[], bp: number): MarksCommand {
  return {
    kind: Kind.marks,
    timeUs: (engine.timeUs + 1) as TimeUs,
    origin: null,
    text: '',
    marks: marks.map((mark, row) => ({
      market: row as MarketRow,
      price: Math.max(1, Math.round(mark * (1 - bp / 10_000))) as MarkTicks,
    })),
  };
}
