/** `plimsoll bench sweep`: how many positions a second brute force evaluates, which is what everything else is measured against. */
import { Engine } from '../../core/engine/engine.ts';
import { moveLevel, Thresholds } from '../../core/margin/levels.ts';
import { describeBook } from '../../sim/book-description.ts';
import { ColumnarBook } from './columnar-book.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { loadBook, nextTurn, type BookChoice, type OnProgress } from './load.ts';
import { Checks, report, rounded, type Report } from './report.ts';

export interface SweepOptions extends BookChoice {
  readonly seconds: number;
  readonly quick: boolean;
}

export interface SweepResults {
  readonly positionsPerSecond: number;
  readonly bucketsPerSecond: number;
  /** A sweep of the whole book. */
  readonly sweepMs: number;
  readonly sweepUs: LatencyReport;
  /** The same with the engine's own valuation, which also works out slopes for wires. */
  readonly engineValuationMs: number;
  readonly sweeps: number;
  readonly positions: number;
  readonly buckets: number;
}

const POSITIONS_PER_SECOND_MIN = 30_000_000;

export async function benchSweep(
  options: SweepOptions,
  onProgress: OnProgress,
): Promise<Report & SweepResults> {
  const { quick, seconds } = options;
  const engine = new Engine();
  const marks = await loadBook(engine, options, { onProgress });
  const columnar = new ColumnarBook(engine);
  for (let warm = 0; warm < 3; warm++) columnar.sweepAll();
  const latencies = new Latencies();
  // All marks move a little before each sweep, so that none repeats the one before.
  for (let round = 1; latencies.total < seconds * 1000; round++) {
    for (let market = 0; market < marks.length; market++)
      columnar.marks[market] = Math.max(
        1,
        marks[market] + (round % 2 === 0 ? 1 : -1) * Math.ceil(marks[market] * 1e-4),
      );
    const start = performance.now();
    columnar.sweepAll();
    latencies.add(performance.now() - start);
    onProgress('sweeping', latencies.total / (seconds * 1000));
    await nextTurn();
  }
  const sweepMs = latencies.total / latencies.count;

  const { levels, inclusive } = engine.settings!;
  const thresholds = new Thresholds(levels, inclusive);
  const start = performance.now();
  let differences = 0;
  for (let bucket = 0; bucket < engine.book.buckets.used; bucket++) {
    const { sums } = engine.watch!.value(bucket);
    const level = engine.book.buckets.levels[bucket];
    if (moveLevel(thresholds, level, sums) !== level) differences++;
  }
  const engineValuationMs = performance.now() - start;

  const checks = new Checks(quick);
  const positionsPerSecond = columnar.positionCount / (sweepMs / 1000);
  checks.atLeast('positionsPerSecond', positionsPerSecond, POSITIONS_PER_SECOND_MIN);
  checks.equal('buckets whose level is not what brute force says', differences, 0);
  return report(
    'sweep',
    quick,
    checks,
    { ...describeBook(options).json, seconds },
    ['more than one core: this is one thread', 'finding out whom a price concerns: everything is evaluated'],
    {
      positionsPerSecond: rounded(positionsPerSecond),
      bucketsPerSecond: rounded(columnar.bucketCount / (sweepMs / 1000)),
      sweepMs: rounded(sweepMs),
      sweepUs: latencies.report(),
      engineValuationMs: rounded(engineValuationMs),
      sweeps: latencies.count,
      positions: columnar.positionCount,
      buckets: columnar.bucketCount,
    },
  );
}
