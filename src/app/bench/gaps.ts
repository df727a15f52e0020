/**
 * What a gap costs: all markets fall by the same share in one command. Measured in each of the watch's three ways of
 * finding whom that concerns, because `auto` is only right when it is never much worse than the better of the others.
 *
 * Every gap is three commands and two waits: down (timed), the complete list of the liquidatable worst first (timed), wires
 * laid for everyone (timed), up again, wires laid. So each starts from the same marks, with all wires in place.
 */
import { Engine } from '../../core/engine/engine.ts';
import type { WatchMode } from '../../core/watch/watch.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../../core/num/units.ts';
import { Kind, type MarksCommand } from '../../core/schema/commands.ts';
import { worstFirst } from '../../core/watch/worst-first.ts';
import { loadBook, nextTurn, type BookChoice, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
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
  /** The three ways ended in the same state. */
  readonly agree: boolean;
}

interface Timing {
  readonly apply: number;
  readonly total: number;
  readonly list: number;
  readonly liquidatable: number;
}

/** Up to so many runs a size, fewer where they are slow; the headline has them all. */
const RUNS = 3;
const RUNS_MS = 1000;
/** The gap that warms everything up, and whose cost is the headline. */
export const GAP_BP = 1000;

export async function measureGaps(
  choice: BookChoice,
  sizes: readonly number[],
  onProgress: OnProgress,
): Promise<Gaps> {
  const modes: readonly WatchMode[] = ['auto', 'sweep', 'wires'];
  const timings = new Map<WatchMode, Timing[]>();
  const digests = new Set<string>();
  for (const [place, mode] of modes.entries()) {
    collectGarbage();
    const engine = new Engine();
    const share = (part: number): number => (place + part) / modes.length;
    const marks = await loadBook(engine, choice, {
      onProgress: (_, part) => onProgress(`gaps (${mode}): loading`, share(part * 0.3)),
    });
    engine.watch!.mode = mode;
    gap(engine, marks, GAP_BP);
    const measured: Timing[] = [];
    for (const [at, bp] of sizes.entries()) {
      onProgress(`gaps (${mode}): ${bp} bp`, share(0.3 + (0.7 * at) / sizes.length));
      await nextTurn();
      const runs: Timing[] = [];
      const until = performance.now() + RUNS_MS;
      while (runs.length === 0 || (runs.length < RUNS && (bp === GAP_BP || performance.now() < until)))
        runs.push(gap(engine, marks, bp));
      measured.push({
        apply: median(runs.map(({ apply }) => apply)),
        total: median(runs.map(({ total }) => total)),
        list: median(runs.map(({ list }) => list)),
        liquidatable: runs[0].liquidatable,
      });
    }
    timings.set(mode, measured);
    digests.add(engine.digest());
  }
  const [auto, sweep, wires] = modes.map((mode) => timings.get(mode)!);
  return {
    agree:
      digests.size === 1 &&
      auto.every(
        ({ liquidatable }, at) =>
          liquidatable === sweep[at].liquidatable && liquidatable === wires[at].liquidatable,
      ),
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
