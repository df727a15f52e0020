/**
 * `plimsoll bench watch`: what a price costs when every account is watched, next to what it would cost to look at all
 * holders of its market. docs/operating/benchmarks.md says how to read what comes out.
 */
import { Engine } from '../../core/engine/engine.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../../core/num/units.ts';
import { Kind } from '../../core/schema/commands.ts';
import { PriceStream } from '../../sim/prices.ts';
import { describeBook } from '../../sim/book-description.ts';
import { ColumnarBook } from './columnar-book.ts';
import { GAP_BP, measureGaps, type GapSize, type Gaps } from './gaps.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { loadBook, nextTurn, type BookChoice, type OnProgress } from './load.ts';
import { memoryBytes } from './machine.ts';
import { Checks, report, rounded, type Report } from './report.ts';

export interface WatchOptions extends BookChoice {
  readonly stepBp: number;
  readonly seconds: number;
  readonly gaps: boolean;
  readonly quick: boolean;
}

export interface WatchResults {
  readonly pricesPerSecond: number;
  readonly latencyUs: LatencyReport;
  readonly evaluationsPerPrice: number;
  readonly levelChangesPerPrice: number;
  readonly holdersPerPrice: number;
  readonly usPerEvaluation: number;
  /** A price that evaluates nothing, at the median. */
  readonly idlePriceUs: number;
  readonly bytesPerPosition: number;
  /** Null where gaps were left out. */
  readonly sweepMs: number | null;
  readonly gapMs: number | null;
  readonly gap: (GapSize & { readonly sizes: readonly GapSize[]; readonly autoWorst: number }) | null;
  readonly sweepOfTouchedMarketUs: number;
  readonly speedup: number;
  readonly prices: number;
  readonly positions: number;
  readonly buckets: number;
  readonly loadSeconds: number;
}

/** The last leaves the rungs of every market. */
const SIZES = [1, 5, 25, 100, 300, GAP_BP, 2000, 6000];
const SIZES_QUICK = [10, GAP_BP];
const BLOCK = 4096;
/** Differences under this are the clock's and the scheduler's, ms. */
const AUTO_SLACK_MS = 1;

export async function benchWatch(
  options: WatchOptions,
  onProgress: OnProgress,
): Promise<Report & WatchResults> {
  const { seconds, quick, stepBp, popularity, seed } = options;
  const before = await memoryBytes();
  const loadStart = performance.now();
  const engine = new Engine();
  const marks = await loadBook(engine, options, { onProgress });
  const loadSeconds = (performance.now() - loadStart) / 1000;
  const positions = engine.book.positions.count;
  const bytesPerPosition = ((await memoryBytes()) - before) / positions;

  const stream = new PriceStream({ marks, seed, popularity, stepBp });
  const block = new PriceBlock(stream);
  onProgress('warming up', 0);
  await measurePrices(engine, block, Math.max(0.1, seconds / 4), () => {});
  const measured = await measurePrices(engine, block, seconds, (share) => onProgress('prices', share));

  onProgress('sweeping holders', 0);
  await nextTurn();
  const columnar = new ColumnarBook(engine);
  const baseline = compareWithSweep(engine, columnar, block, quick ? 50 : 2000);
  const differences = columnar.countDifferences(engine);
  const holders = measured.movedPerMarket.reduce(
    (sum, moved, market) => sum + moved * columnar.holders[market],
    0,
  );
  const buckets = engine.book.buckets.count;

  const gaps = options.gaps ? await measureGaps(engine, quick ? SIZES_QUICK : SIZES, onProgress) : null;

  const { latencies, idle, busyMs, busy, evaluations, levelChanges } = measured;
  const prices = latencies.count;
  const idlePriceUs = idle.percentileUs(0.5);
  const evaluationsPerPrice = evaluations / prices;
  const levelChangesPerPrice = levelChanges / prices;
  const usPerEvaluation = evaluations === 0 ? 0 : (busyMs * 1000 - busy * idlePriceUs) / evaluations;
  const latencyUs = latencies.report();
  const pricesPerSecond = prices / (latencies.total / 1000);
  const checks = judge(options, gaps, {
    pricesPerSecond,
    p99: latencyUs.p99,
    evaluationsPerPrice,
    levelChangesPerPrice,
    usPerEvaluation,
    bytesPerPosition,
    speedup: baseline.speedup,
  });
  checks.equal('levels that differ between the watch and the sweep of holders', differences, 0);
  if (gaps !== null) checks.equal('wires, sweep and auto end at the same levels', String(gaps.agree), 'true');
  const headline = gaps?.sizes.find(({ bp }) => bp === GAP_BP) ?? null;
  return report(
    'watch',
    quick,
    checks,
    { ...describeBook(options).json, stepBp, seconds, gaps: options.gaps },
    NOT_INCLUDED,
    {
      pricesPerSecond: rounded(pricesPerSecond),
      latencyUs,
      evaluationsPerPrice: rounded(evaluationsPerPrice),
      levelChangesPerPrice: rounded(levelChangesPerPrice),
      holdersPerPrice: rounded(holders / prices),
      usPerEvaluation: rounded(usPerEvaluation),
      idlePriceUs: rounded(idlePriceUs),
      bytesPerPosition: rounded(bytesPerPosition),
      sweepMs: headline?.sweepApplyMs ?? null,
      gapMs: headline === null ? null : rounded(headline.autoApplyMs + headline.listMs),
      gap:
        headline === null ? null : { ...headline, sizes: gaps!.sizes, autoWorst: rounded(autoWorst(gaps!)) },
      sweepOfTouchedMarketUs: rounded(baseline.sweepUs),
      speedup: rounded(baseline.speedup),
      prices,
      positions,
      buckets,
      loadSeconds: rounded(loadSeconds),
    },
  );
}

const NOT_INCLUDED = [
  'making the prices: they are drawn before the clock starts, a block at a time',
  'decoding, journal and publishing: `bench ingest` has those',
  'included in each price: one reading of the clock and one count in the histogram',
];

interface Judged {
  readonly pricesPerSecond: number;
  readonly p99: number;
  readonly evaluationsPerPrice: number;
  readonly levelChangesPerPrice: number;
  readonly usPerEvaluation: number;
  readonly bytesPerPosition: number;
  readonly speedup: number;
}

/** Thresholds hold for the workload they were set on, and for no harder one. */
function judge(options: WatchOptions, gaps: Gaps | null, found: Judged): Checks {
  const { accounts, markets, book, popularity, stepBp, quick } = options;
  const checks = new Checks(quick);
  const standard = accounts <= 1_000_000 && markets >= 512 && stepBp <= 1 && popularity === 'uniform';
  checks.atLeast('pricesPerSecond', found.pricesPerSecond, book === 'spread' ? 400_000 : 60_000, standard);
  checks.atMost('latencyUs.p99', found.p99, book === 'spread' ? 20 : 100, standard);
  checks.atMost(
    'evaluationsPerPrice',
    found.evaluationsPerPrice,
    rounded(4 * found.levelChangesPerPrice + 1),
  );
  checks.atMost('usPerEvaluation', found.usPerEvaluation, 0.6);
  checks.atMost('bytesPerPosition', found.bytesPerPosition, 120, accounts >= 3_300_000);
  checks.atLeast(
    'speedup',
    found.speedup,
    20,
    book === 'edge' && popularity === 'zipf' && accounts >= 1_000_000,
  );
  if (gaps === null) return checks;
  const headline = gaps.sizes.find(({ bp }) => bp === GAP_BP)!;
  checks.atMost('gapMs', headline.autoApplyMs + headline.listMs, 60, accounts <= 1_000_000);
  checks.atMost('gap.autoWorst', autoWorst(gaps), 1.25);
  return checks;
}

/** How many times the better of wires and sweep the automatic choice took at worst. */
function autoWorst({ sizes }: Gaps): number {
  return Math.max(
    ...sizes.map(({ wiresMs, sweepMs, autoMs }) => {
      const best = Math.min(wiresMs, sweepMs);
      return autoMs - best < AUTO_SLACK_MS ? 1 : autoMs / best;
    }),
  );
}

/** Prices drawn ahead of the clock, given to the engine in one command that is filled again. */
class PriceBlock {
  readonly #markets = new Int32Array(BLOCK);
  readonly #prices = new Float64Array(BLOCK);
  readonly #stream: PriceStream;
  readonly #update = { market: 0 as MarketRow, price: 0.5 as MarkTicks };
  readonly #command = {
    kind: Kind.marks,
    timeUs: 0.5 as TimeUs,
    origin: null,
    text: '',
    marks: [this.#update],
  } as const;
  #timeUs = 1;

  constructor(stream: PriceStream) {
    this.#stream = stream;
  }

  draw(): void {
    for (let at = 0; at < BLOCK; at++) {
      const { marks } = this.#stream.next();
      this.#markets[at] = marks[0].market;
      this.#prices[at] = marks[0].price;
    }
  }

  market(at: number): number {
    return this.#markets[at];
  }

  price(at: number): number {
    return this.#prices[at];
  }

  apply(engine: Engine, at: number): number {
    this.#update.market = this.#markets[at] as MarketRow;
    this.#update.price = this.#prices[at] as MarkTicks;
    (this.#command as { timeUs: number }).timeUs = Math.max(this.#timeUs++, engine.timeUs);
    return engine.apply(this.#command).changes.count;
  }
}

interface Measured {
  readonly latencies: Latencies;
  /** Prices that evaluated nothing. */
  readonly idle: Latencies;
  /** Prices that evaluated something: how many, and the time they took. */
  readonly busy: number;
  readonly busyMs: number;
  readonly evaluations: number;
  readonly levelChanges: number;
  readonly movedPerMarket: number[];
}

async function measurePrices(
  engine: Engine,
  block: PriceBlock,
  seconds: number,
  onShare: (share: number) => void,
): Promise<Measured> {
  const latencies = new Latencies();
  const idle = new Latencies();
  const watch = engine.watch!;
  const movedPerMarket = Array.from({ length: engine.book.markets.count }, () => 0);
  const started = watch.evaluations;
  let levelChanges = 0;
  let busy = 0;
  let busyMs = 0;
  while (latencies.total < seconds * 1000) {
    block.draw();
    let evaluated = watch.evaluations;
    let since = performance.now();
    const end = since + 100;
    for (let at = 0; at < BLOCK && since < end; at++) {
      levelChanges += block.apply(engine, at);
      const now = performance.now();
      const took = now - since;
      since = now;
      latencies.add(took);
      movedPerMarket[block.market(at)]++;
      if (watch.evaluations === evaluated) idle.add(took);
      else {
        busy++;
        busyMs += took;
        evaluated = watch.evaluations;
      }
    }
    onShare(latencies.total / (seconds * 1000));
    await nextTurn();
  }
  return {
    latencies,
    idle,
    busy,
    busyMs,
    evaluations: watch.evaluations - started,
    levelChanges,
    movedPerMarket,
  };
}

/** The same prices by the watch and by sweeping the holders of the market that moved. */
function compareWithSweep(
  engine: Engine,
  columnar: ColumnarBook,
  block: PriceBlock,
  budgetMs: number,
): { sweepUs: number; speedup: number } {
  block.draw();
  const warm = performance.now();
  let sweeps = 0;
  // At the marks they have: this changes nothing but the state of caches and compilers.
  while (sweeps < BLOCK && (sweeps < 8 || performance.now() - warm < budgetMs / 4)) {
    const market = block.market(sweeps++);
    columnar.sweepMarket(market, columnar.marks[market]);
  }
  const expectedMs = (performance.now() - warm) / sweeps;
  const count = Math.max(8, Math.min(BLOCK, Math.floor(budgetMs / expectedMs)));
  const start = performance.now();
  for (let at = 0; at < count; at++) block.apply(engine, at);
  const watched = performance.now();
  for (let at = 0; at < count; at++) columnar.sweepMarket(block.market(at), block.price(at));
  const swept = performance.now();
  return { sweepUs: ((swept - watched) * 1000) / count, speedup: (swept - watched) / (watched - start) };
}
